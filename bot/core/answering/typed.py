"""Reads a command as people type it: `/lookup "data efficiency" kind:lesson topic:scaling`.

Knows the table of commands; values are checked where the library is known, in the desk.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from rapidfuzz import fuzz

from bot.core.answering import refusals, when
from bot.core.answering.commands import COMMANDS, Command, Invocation, Value
from bot.core.errors import UsageError

# An option's name and colon, then a quoted or a bare value; or quoted words; or one bare word.
_PART = re.compile(
    r"""(?P<name>[a-zA-Z]+)(?P<sign>[:=])[ ]?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]\S*)?)"""
    r"""|"(?P<words>[^"]*)"?|(?P<word>\S+)"""
)
_FILTER = re.compile(r"(?<!\S)(kind|topic|summary):\S", re.IGNORECASE)
_QUOTES = str.maketrans("“”„«»", '"' * 5)
_SHAPES = {Value.DAYS: when.DAYS, Value.TIME: when.TIME, Value.ZONE: when.ZONE}
_JOINTS = re.compile(r"(?:(?:and|at|for|from|in|on|the)\b|[\s,;'])*", re.IGNORECASE)  # what joins those
_FEW = 8  # words or quotations among which a city is looked for, since each is compared with every zone
_READING = ("lookup", "lesson", "summary", "commonplace")  # commands that anybody may give in plain words

Zones = Callable[[], Collection[str]]


def nearest(word: str, known: Iterable[str], at_least: float = 60) -> str | None:
    """The known word most like `word`, or None when none is at least that similar (0 to 100).

    What is shorter than four letters is like much: the other has to begin with the same letter.
    """
    word = word.lower()
    likely = (one for one in known if len(word) > 3 or one.lower().startswith(word[:1]))
    likeness = {one: _likeness(word, one) for one in likely}
    best = max(likeness, key=likeness.__getitem__, default=None)
    return best if best is not None and likeness[best] >= at_least else None


def _likeness(word: str, known: str) -> float:
    """How like it is to the whole or to one word of it, from 0 to 100."""
    return max((fuzz.WRatio(word, known), *(fuzz.ratio(word, part) for part in known.lower().split())))


def parse(line: str, prefix: str = "", zones: Zones = frozenset) -> Invocation:
    """A typed line, its slash and the configured prefix included, as an invocation.

    A command that takes a time, days or a zone finds them without quotation marks; a zone named as a city alone, such
    as new york, where it is among `zones`.

    Raises UsageError for an unknown command or option, one given twice, or one that is missing.
    """
    name, _, rest = line.strip().removeprefix("/").partition(" ")
    names = {prefix + command.name: command for command in COMMANDS}
    if name.lower() not in names:
        inner = {sub.name: f"{full} {sub.name}" for full, command in names.items() for sub in command.commands}
        near = inner.get(name.lower()) or nearest(name, names)  # `/skip` is `/daily skip`
        raise UsageError(refusals.unknown_command(name, sorted(names), near, prefix))
    command = names[name.lower()]
    path: tuple[str, ...] = (command.name,)
    if command.commands:
        command, rest = _subcommand(command, rest.strip(), prefix)
        path = (*path, command.name)
    command = replace(command, name=prefix + " ".join(path))  # as it is told of
    options = _options(command, rest, zones)
    for option in command.options:
        if option.required and not options.get(option.name, "").strip():
            raise UsageError(refusals.missing_option(option, command))
    return Invocation(path, options)


def meant_as_command(words: str, prefix: str = "") -> str:
    """Plain words that are a command which only reads, as its line: `/lesson`, `lesson`, `lookup gpu`; else ""."""
    first, *rest = words.split(maxsplit=1)
    name = first.lstrip("/").casefold().removeprefix(prefix)
    heeded = name in _READING and (first[0] == "/" or name == "lookup" or not rest)
    return f"/{prefix}{name} {''.join(rest)}" if heeded else ""


def plain(line: str, prefix: str = "") -> Invocation:
    """Plain words as the lookup that they are, its filters heeded too: `scaling kind:lesson`. Raises UsageError."""
    if not _FILTER.search(line):
        return Invocation(("lookup",), {"query": line})
    return parse(f"/{prefix}lookup {line}", prefix)


def _subcommand(command: Command, rest: str, prefix: str) -> tuple[Command, str]:
    """The command inside a command that the next word names; the first one when there is no such word."""
    word, _, after = rest.partition(" ")
    inner = {sub.name: sub for sub in command.commands}
    if word.lower() in inner:
        return inner[word.lower()], after
    if not word:
        return command.commands[0], rest
    timed = next((sub.name for sub in command.commands if _cut(rest, _names(sub))[1]), None)  # `/daily 9:30`
    near = timed or nearest(word, inner)
    raise UsageError(refusals.unknown_subcommand(prefix + command.name, word, list(inner), near))


def _options(command: Command, rest: str, zones: Zones) -> dict[str, str]:
    known = {option.name: option for option in command.options}
    found: dict[str, str] = {}
    pieces: list[tuple[str, str]] = [("", "")]  # words in a row, after an option's name, in quotation marks or neither
    for part in _PART.finditer(rest.translate(_QUOTES)):
        name = (part["name"] or "").lower()
        if name not in known:
            if name and part["sign"] == ":" and (like := nearest(name, known, 75)):
                raise UsageError(refusals.unknown_option(name, list(known), like))
            if part["words"] is not None:
                pieces += [('"', part["words"]), ("", "")]
            else:
                owner, text = pieces.pop()
                pieces.append((owner, f"{text} {part[0]}".strip()))
        elif name in found:
            raise UsageError(refusals.option_twice(name))
        else:
            found[name] = part["quoted"] or ""
            pieces.append(("", "") if part["quoted"] is not None else (name, part["bare"] or ""))
    names, loose = _names(command), list[tuple[bool, str]]()
    for owner, text in pieces:
        end = _end(known[owner].value, text, names, zones) if owner in known else 0
        if owner in known:
            found[owner] = text[:end].strip()
        loose.append((owner == '"', text[end:].strip()))
    _place(command, loose, found, zones)
    return found


def _names(command: Command) -> dict[Value, str]:
    return {option.value: option.name for option in command.options}


def _end(value: Value, text: str, names: Collection[Value], zones: Zones) -> int:
    """Where the value ends that an option is given without quotation marks: mostly with its first word."""
    if value in _SHAPES and (shaped := _SHAPES[value].match(text)):
        return shaped.end()
    ends = [word.end() for word in re.finditer(r"\S+", text)] or [0]
    if value is Value.ZONE:
        known = zones()
        return next((end for end in reversed(ends[:4]) if when.names_zone(text[:end], known)), ends[0])
    if value is Value.TOPIC and Value.QUERY not in names:  # up to what is no part of a topic
        found = (_SHAPES[other].search(text, ends[0]) for other in names if other in _SHAPES)
        return min((one.start() for one in found if one), default=len(text))
    return ends[0]


def _place(command: Command, loose: Iterable[tuple[bool, str]], found: dict[str, str], zones: Zones) -> None:
    """Give words without a name to the options that they fit: by their shape, else to the first that takes words."""
    names, words, shaped = _names(command), list[str](), dict[str, list[str]]()
    for quoted, text in loose:
        left, cut = _cut(text, names)
        if quoted and left:  # more than a time, days or a zone
            left, cut = [text], {}
        words += left
        for name, values in cut.items():
            shaped.setdefault(name, []).extend(values)
    zone = names.get(Value.ZONE)
    if zone and words and zone not in found and zone not in shaped:
        known = zones()
        if city := next((word for word in words[:_FEW] if when.names_zone(word, known)), None):
            words.remove(city)
            shaped[zone] = [city]
    for name, values in shaped.items():
        if name in found or (len(values) > 1 and name != names.get(Value.DAYS)):
            raise UsageError(refusals.option_twice(name))
        found[name] = ", ".join(values)
    if not words:
        return
    takers = [option for option in command.options if option.value in (Value.QUERY, Value.TOPIC, Value.SUMMARY)]
    free = next((option for option in takers if option.name not in found), None)
    if free is None:
        raise UsageError(refusals.too_many_words(" ".join(words), command))
    found[free.name] = " ".join(words)


def _cut(text: str, names: Mapping[Value, str]) -> tuple[list[str], dict[str, list[str]]]:
    """What is left of words without what looks like a time, days or a zone, where those are options; and that."""
    left, cut = [text], dict[str, list[str]]()
    for value, shape in _SHAPES.items():
        if value in names and any(shape.search(piece) for piece in left):
            cut[names[value]] = [found for piece in left for found in shape.findall(piece)]
            left = [piece.strip(" ,;'") for whole in left for piece in shape.split(whole)]
    timed = Value.TIME in names
    return [piece for piece in left if piece and not (timed and _JOINTS.fullmatch(piece))], cut
