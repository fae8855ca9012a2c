"""Reads a command as people type it: `/lookup "data efficiency" kind:lesson topic:scaling`.

Knows the table of commands; values are checked where the library is known, in the desk.
"""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from bot.core import wording
from bot.core.commands import COMMANDS, Command, Invocation, Option, Value
from bot.core.errors import UsageError

# An option's name and colon, then a quoted or a bare value; or quoted words; or one bare word.
_PART = re.compile(
    r"""(?P<name>[a-zA-Z]+)(?P<sign>[:=])[ ]?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]\S*)?)"""
    r"""|"(?P<words>[^"]*)"?|(?P<word>\S+)"""
)
_FILTER = re.compile(r"(?<!\S)(kind|topic|summary):\S", re.IGNORECASE)
_QUOTES = str.maketrans("“”„«»", '"' * 5)
_TIME = re.compile(r"^(\d{1,2}([:.h]?\d{2})?h?(am|pm)?|noon|midnight)$", re.IGNORECASE)
_DAYS = re.compile(
    r"^((mon|tue|wed|thu|fri|sat|sun)\w*[,-]?)+$|^(weekdays?|weekends?|daily|every\w*|all)$", re.IGNORECASE
)
_ZONE = re.compile(r"^([A-Za-z_]+/[\w/+-]+|utc|gmt)$", re.IGNORECASE)


def nearest(word: str, known: Iterable[str], at_least: float = 60) -> str | None:
    """The known word most like `word`, or None when none is at least that similar (0 to 100)."""
    likeness = {one: _likeness(word.lower(), one) for one in known}
    best = max(likeness, key=likeness.__getitem__, default=None)
    return best if best is not None and likeness[best] >= at_least else None


def _likeness(word: str, known: str) -> float:
    """How like it is to the whole or to one word of it, from 0 to 100."""
    return max((fuzz.WRatio(word, known), *(fuzz.ratio(word, part) for part in known.lower().split())))


def parse(line: str, prefix: str = "") -> Invocation:
    """A typed line, its slash and the configured prefix included, as an invocation.

    Raises UsageError for an unknown command or option, one given twice, or one that is missing.
    """
    name, _, rest = line.strip().removeprefix("/").partition(" ")
    names = {prefix + command.name: command for command in COMMANDS}
    if name.lower() not in names:
        raise UsageError(wording.unknown_command(name, sorted(names), nearest(name, names), prefix))
    command = names[name.lower()]
    path: tuple[str, ...] = (command.name,)
    if command.commands:
        command, rest = _subcommand(command, rest.strip(), prefix)
        path = (*path, command.name)
    options = _options(command, rest)
    for option in command.options:
        if option.required and not options.get(option.name, "").strip():
            raise UsageError(wording.missing_option(option, command))
    return Invocation(path, options)


def plain(line: str) -> Invocation:
    """Plain words as the lookup that they are, its filters heeded too: `scaling kind:lesson`. Raises UsageError."""
    return parse(f"lookup {line}") if _FILTER.search(line) else Invocation(("lookup",), {"query": line})


def _subcommand(command: Command, rest: str, prefix: str) -> tuple[Command, str]:
    """The command inside a command that the next word names; the first one when there is no such word."""
    word, _, after = rest.partition(" ")
    inner = {sub.name: sub for sub in command.commands}
    if word.lower() in inner:
        return inner[word.lower()], after
    first = command.commands[0]
    if not word or (first.options and (_recognised(word, first) or _PART.match(word)["name"])):  # type: ignore[index]
        return first, rest
    raise UsageError(wording.unknown_subcommand(prefix + command.name, word, list(inner), nearest(word, inner)))


def _options(command: Command, rest: str) -> dict[str, str]:
    known = {option.name: option for option in command.options}
    found: dict[str, str] = {}
    loose: list[str] = []
    for part in _PART.finditer(rest.translate(_QUOTES)):
        name = (part["name"] or "").lower()
        if name not in known:
            if name and part["sign"] == ":" and (like := nearest(name, known, 75)):
                raise UsageError(wording.unknown_option(name, list(known), like))
            loose.append(part["words"] if part["words"] is not None else part[0])
        elif name in found:
            raise UsageError(wording.option_twice(name))
        else:
            found[name] = part["quoted"] if part["quoted"] is not None else part["bare"] or ""
    _place(command, loose, found)
    return found


def _place(command: Command, loose: list[str], found: dict[str, str]) -> None:
    """Give words without a name to the options that they fit: by their shape, else to the first that takes words."""
    words: list[str] = []
    for word in loose:
        option = _recognised(word, command)
        if option and option.name not in found:
            found[option.name] = word
        else:
            words.append(word)
    if not words:
        return
    takers = [option for option in command.options if option.value in (Value.QUERY, Value.TOPIC, Value.SUMMARY)]
    free = next((option for option in takers if option.name not in found), None)
    if free is None:
        raise UsageError(wording.too_many_words(" ".join(words), command))
    found[free.name] = " ".join(words)


def _recognised(word: str, command: Command) -> Option | None:
    """The option that a bare word fits by its shape alone: a time, a time zone, days."""
    for option in command.options:
        shape = {Value.TIME: _TIME, Value.ZONE: _ZONE, Value.DAYS: _DAYS}.get(option.value)
        if shape and shape.match(word):
            return option
    return None
