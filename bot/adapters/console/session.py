"""A conversation in a terminal, or over a pipe: one line in, one answer out. Draws nothing itself."""

import sys
import textwrap
from collections.abc import Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import Completer
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style
from rich.console import Console

from bot.adapters.console.completion import Typing
from bot.adapters.console.draw import Screen, numbered, print_card, print_echo, print_post
from bot.core import cards, wording
from bot.core.card import Action, Reply
from bot.desk import Asker, Desk

# The grey can be read on white and on black.
_STYLE = Style.from_dict({"prompt": "bold", "bottom-toolbar": "noreverse fg:#808080"})


class Conversation:
    """What was said last decides what a number means."""

    def __init__(self, desk: Desk, asker: Asker, console: Console) -> None:
        self.desk, self.asker, self.console = desk, asker, console
        self.offered: list[Action] = []

    def greet(self) -> None:
        """Today's lesson and what can be typed."""
        self._show(Reply(self.desk.greet(self.asker)))

    async def hear(self, line: str) -> None:
        """Answer one line: a number presses what it stands for, anything else is a command or a look-up."""
        word = line.strip()
        if word.isascii() and word.isdigit() and self.offered and len(word) <= 3:
            number = int(word)
            if not 1 <= number <= len(self.offered):
                self._show(Reply(cards.note(wording.no_such_number(word, len(self.offered)))), keep=True)
                return
            self._show(self.desk.act(self.offered[number - 1], self.asker))
        elif word:
            self._show(await self.desk.typed(word, self.asker))

    def _show(self, reply: Reply, *, keep: bool = False) -> None:
        if reply.post:
            print_post(reply.post, self.console, wording.OPENLY)
        print_card(reply.card, self.console, numbers=True)
        self.console.print()
        if not keep:
            self.offered = numbered(reply.card)


async def run(desk: Desk, asker: Asker) -> None:
    """Converse until the input ends, `/quit`, Ctrl-D, or Ctrl-C on an empty line.

    Raises BrokenPipeError when whoever reads the answers has gone.
    """
    conversation = Conversation(desk, asker, Screen())
    if sys.stdin.isatty() and sys.stdout.isatty():
        conversation.greet()
        await converse(conversation, Typing(desk))
    else:
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        await listen(conversation, sys.stdin)


async def listen(conversation: Conversation, lines: Iterable[str]) -> None:
    """Answer every line of a pipe. Each is repeated above its answer, so that the two can be told together."""
    for line in lines:
        if line.strip() in wording.LEAVING:
            return
        if line.strip():
            print_echo(line, conversation.console)
            await conversation.hear(line)


async def converse(
    conversation: Conversation, completer: Completer, source: Input | None = None, screen: Output | None = None
) -> None:
    """Prompt, answer, and prompt again."""
    session: PromptSession[str] = PromptSession(
        completer=completer,
        complete_while_typing=True,
        reserve_space_for_menu=6,
        bottom_toolbar=lambda: toolbar(conversation.desk.prefix, get_app().output.get_size().columns),
        style=_STYLE,
        input=source,
        output=screen,
    )
    while True:
        try:
            line = await session.prompt_async([("class:prompt", wording.PROMPT)])
        except KeyboardInterrupt:
            if session.default_buffer.text:
                continue
            return
        except EOFError:
            return
        if line.strip() in wording.LEAVING:
            return
        await conversation.hear(line)


def toolbar(prefix: str, columns: int) -> str:
    """What can be done at the prompt, broken between its parts where the terminal is narrow."""
    lines = [""]
    for part in wording.TOOLBAR.replace("/commonplace", f"/{prefix}commonplace").strip().split(" · "):
        longer = f"{lines[-1]} · {part}" if lines[-1] else f" {part}"
        if len(longer) <= columns:
            lines[-1] = longer
        else:
            lines += [f" {piece}" for piece in textwrap.wrap(part, max(columns - 1, 1))]
    return "\n".join(line for line in lines if line)
