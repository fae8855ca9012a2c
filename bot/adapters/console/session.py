"""A conversation in a terminal, or over a pipe: one line in, one answer out. Draws nothing itself.

The terminal is a channel too, with a daily lesson of its own. Opens no database: it is told how to come by one.
"""

import asyncio
import contextlib
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.completion import Completer
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style
from rich.console import Console

from bot.adapters.console.completion import Typing
from bot.adapters.console.draw import numbered, print_card, print_echo, print_post
from bot.adapters.console.wording import LEAVING, NO_DATABASE, NOT_TAKEN_UP, OPENLY, PROMPT, TOOLBAR, no_such_number
from bot.core.answering import cards
from bot.core.answering.card import Accent, Action, Card, Reply
from bot.core.answering.commands import Invocation
from bot.core.errors import BotError, ContentError
from bot.core.scheduling.subscription import Place
from bot.daily import Daily, Manager
from bot.desk import Asker, Desk

# The grey can be read on white and on black.
_STYLE = Style.from_dict({"prompt": "bold", "bottom-toolbar": "noreverse fg:#808080"})


PLACE = Place("console", "local", "terminal")  # one for all terminals on a database
_OWNER = Manager("you", allowed=True)


class Conversation:
    """What was said last decides what a number means. Is the Messenger of its own terminal.

    `opened` gives the daily lesson over its database, or raises BotError; it is asked at every `/daily`.
    """

    def __init__(self, desk: Desk, asker: Asker, console: Console, opened: Callable[[], Awaitable[Daily]]) -> None:
        self.desk, self.asker, self.console, self._opened = desk, asker, console, opened
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
                self._show(Reply(cards.note(no_such_number(word, len(self.offered)))), keep=True)
                return
            self._show(self.desk.act(self.offered[number - 1], self.asker))
        elif word:
            self._show(await self._reply(word))

    async def _reply(self, line: str) -> Reply:
        if line.startswith("/"):
            with contextlib.suppress(BotError):  # what is not understood, the desk answers
                invocation = self.desk.parse(line)
                if invocation.path[0] == "daily":
                    return await self._daily(invocation)
        return await self.desk.typed(line, self.asker)

    async def _daily(self, invocation: Invocation) -> Reply:
        """The answer to `/daily …`, and what the channel is told of a change once that is kept."""
        name = self.asker.name
        asker = replace(self.asker, name=name[:1].upper() + name[1:])  # "you" begins a sentence here
        try:
            daily = await self._opened()
            answer = await daily.answer(invocation, asker, PLACE, _OWNER)
            if answer.change:
                await daily.keep(answer.change)
        except BotError as error:
            return Reply(await self._without(error, invocation))
        return Reply(answer.card, answer.post)

    async def _without(self, error: BotError, invocation: Invocation) -> Card:
        """Why there is no daily lesson now and how to mend it; what would come can be told all the same."""
        why = (NO_DATABASE, *cards.problems(error.problems).body)
        if invocation.path == ("daily", "preview"):
            card = (await self.desk.answer(invocation, self.asker)).card
            return replace(card, body=(*card.body, *why))
        return Card(body=why, accent=Accent.WARNING)

    def _show(self, reply: Reply, *, keep: bool = False) -> None:
        if reply.post:
            print_post(reply.post, self.console, OPENLY)
        print_card(reply.card, self.console, numbers=True)
        self.console.print()
        if not keep:
            self.offered = numbered(reply.card)

    # ---- what comes of itself

    async def post(self, place: Place, card: Card, nonce: str) -> str:
        """Show a lesson above the prompt, which stays as it is with whatever is being typed."""
        del place
        await run_in_terminal(lambda: self._arrive(card))
        return nonce

    async def tell(self, place: Place, user: str, card: Card) -> None:
        """Show what concerns whoever set the lesson up."""
        del place, user
        await run_in_terminal(lambda: self._arrive(card))

    async def warn(self, error: BotError | None) -> None:
        """Show why a change of the content is not taken up, file and line too; one that is shows itself."""
        if error:
            why = (NOT_TAKEN_UP,) if isinstance(error, ContentError) else ()
            card = Card(body=(*why, *map(str, error.problems)), accent=Accent.WARNING)
            await run_in_terminal(lambda: self._arrive(card))

    def _arrive(self, card: Card) -> None:
        """Its numbers follow those on the screen, which somebody may be about to press."""
        print_card(card, self.console, numbers=True, after=len(self.offered))
        self.console.print()
        self.offered += numbered(card)


async def run(
    conversation: Conversation, beside: Callable[[], Awaitable[None]], before: Callable[[], Awaitable[None]]
) -> None:
    """Converse until the input ends, `/quit`, Ctrl-D, or Ctrl-C on an empty line.

    In a terminal `beside` runs from the first prompt on, until it is cancelled at the end; a pipe posts no lessons, but
    `before` is done before its first line is answered. Raises BrokenPipeError when whoever reads the answers has gone.
    """
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        await before()
        await listen(conversation, sys.stdin)
        return
    conversation.greet()
    posting = asyncio.ensure_future(beside())  # begins where the prompt first waits, which is when it is drawn
    try:
        await converse(conversation, Typing(conversation.desk))
    finally:
        posting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await posting


async def listen(conversation: Conversation, lines: Iterable[str]) -> None:
    """Answer every line of a pipe. Each is repeated above its answer, so that the two can be told together."""
    for line in lines:  # nothing else goes on meanwhile that waiting for a line could keep up
        if line.strip() in LEAVING:
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
            line = await session.prompt_async([("class:prompt", PROMPT)])
        except KeyboardInterrupt:
            if session.default_buffer.text:
                continue
            return
        except EOFError:
            return
        if line.strip() in LEAVING:
            return
        await conversation.hear(line)


def toolbar(prefix: str, columns: int) -> str:
    """What can be done at the prompt, broken between its parts where the terminal is narrow."""
    lines = [""]
    for part in TOOLBAR.replace("/commonplace", f"/{prefix}commonplace").strip().split(" · "):
        longer = f"{lines[-1]} · {part}" if lines[-1] else f" {part}"
        if len(longer) <= columns:
            lines[-1] = longer
        else:
            lines += [f" {piece}" for piece in textwrap.wrap(part, max(columns - 1, 1))]
    return "\n".join(line for line in lines if line)
