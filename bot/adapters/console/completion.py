"""What can be typed next: commands, their options, and what the options hold. Draws and answers nothing."""

import re
from collections.abc import AsyncGenerator, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.core.answering.commands import COMMANDS, Command, Value
from bot.core.cleaning import cleaned
from bot.desk import Desk

_OPTION = re.compile(r'(?:^|\s)(\w+):(?:(")([^"]*)|(\S*))$')  # its name, then a value in quotes or without


class Typing(Completer):
    """Completes a line from the table of commands and the desk's suggestions."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def get_completions(
        self,
        document: Document,  # noqa: ARG002
        complete_event: CompleteEvent,  # noqa: ARG002
    ) -> Iterable[Completion]:
        """What a prompt that cannot wait would be told: nothing."""
        return ()

    async def get_completions_async(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002
    ) -> AsyncGenerator[Completion, None]:
        """Completions of the text before the cursor, best first."""
        text = document.text_before_cursor.lstrip()
        _, link, name = text.rpartition("[[")
        if link and "]]" not in name:
            found = self._values(Value.QUERY, name, from_link=True)
        elif not text.startswith("/"):
            found = self._values(Value.QUERY, text if len(text) > 1 else None)
        else:
            found = self._words(text)
        async for completion in found:
            yield completion

    async def _words(self, text: str) -> AsyncGenerator[Completion, None]:
        """What may follow in a command."""
        name, blank, rest = text[1:].partition(" ")
        named = {self.desk.prefix + command.name: command for command in COMMANDS}
        command = named.get(name.lower())
        if not blank:
            for completion in _commands(named.values(), name, self.desk.prefix):
                yield completion
            return
        if command and command.commands:
            inner, blank, after = rest.partition(" ")
            if not blank:
                for completion in _commands(command.commands, inner):
                    yield completion
                return
            command, rest = next((sub for sub in command.commands if sub.name == inner), None), after
        if command:
            async for completion in self._options(command, rest):
                yield completion

    async def _options(self, command: Command, rest: str) -> AsyncGenerator[Completion, None]:
        typed = _OPTION.search(rest)
        options = {option.name: option for option in command.options}
        if typed and typed[1].lower() in options:
            value = typed[3] if typed[2] else typed[4]
            async for completion in self._values(options[typed[1].lower()].value, value, quoted=bool(typed[2])):
                yield completion
            return
        word = rest.rpartition(" ")[2]
        first = command.options[0] if command.options else None
        if first and first.value is Value.QUERY and rest.strip() and not any(f"{name}:" in rest for name in options):
            async for completion in self._values(Value.QUERY, rest):
                yield completion
        for option in command.options:
            if (
                option.value is not Value.QUERY
                and option.name.startswith(word.lower())
                and f"{option.name}:" not in rest
            ):
                yield Completion(f"{option.name}:", -len(word), display_meta=option.description)

    async def _values(
        self, value: Value, text: str | None, *, quoted: bool = False, from_link: bool = False
    ) -> AsyncGenerator[Completion, None]:
        for suggestion in await self.desk.suggest(value, text) if text is not None else ():
            filled = suggestion.value.removeprefix("[[") if from_link else suggestion.value
            filled = f'"{filled}"' if " " in filled and not quoted and value is not Value.QUERY else filled
            meta = suggestion.label if suggestion.label != filled else ""
            yield Completion(filled, -len(text or ""), display_meta=cleaned(meta, " "))


def _commands(known: Iterable[Command], word: str, prefix: str = "") -> Iterator[Completion]:
    for command in known:
        name = prefix + command.name
        if name.startswith(word.lower()):
            yield Completion(f"{name} ", -len(word), display=name, display_meta=command.description)
