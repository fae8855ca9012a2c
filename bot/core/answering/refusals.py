"""What was not understood, as problems: each names the value, what is allowed and the nearest match."""

from collections.abc import Iterable, Sequence
from datetime import time

from bot.core.answering.commands import Command, Option, usage
from bot.core.answering.wording import listed
from bot.core.errors import Problem
from bot.core.excerpts import shortened


def _or(near: str | None, allowed: str) -> str:
    return f"did you mean {near}?" if near else allowed


def _else(near: str | None, allowed: str) -> str:
    return f"did you mean {near}? Else {allowed}" if near else allowed


def unknown_command(name: str, known: Iterable[str], near: str | None, prefix: str) -> Problem:
    allowed = f"there are {listed(f'/{command}' for command in known)}; /{prefix}commonplace help tells what they do"
    return Problem(f"There is no command /{name}", _or(near and f"/{near}", allowed))


def unknown_subcommand(command: str, word: str, known: Sequence[str], near: str | None) -> Problem:
    allowed = f"there is {listed(f'/{command} {sub}' for sub in known)}"
    return Problem(f"/{command} has no “{shortened(word, 40)}”", _or(near and f"/{command} {near}", allowed))


def unknown_option(name: str, known: Iterable[str], near: str) -> Problem:
    mend = f"did you mean {near}:? Options are {listed(f'{option}:' for option in known)}"
    return Problem(f"There is no option {name}:", mend)


def option_twice(name: str) -> Problem:
    return Problem(f"{name}: is given twice", "keep one of them")


def which_zone(at: time) -> Problem:
    mend = "name a time zone with timezone:, such as Europe/Berlin; where options are completed, type a city"
    return Problem(f"{at:%H:%M} in whose local time? Nothing here tells it", mend)


def missing_option(option: Option, command: Command) -> Problem:
    return Problem(f"/{command.name} needs a {option.name}", f"for example {command.example}")


def too_many_words(words: str, command: Command) -> Problem:
    known = listed(f"{option.name}:" for option in command.options)
    mend = f"it takes {known}" if known else f"{usage(command)} takes nothing more"
    return Problem(f"“{shortened(words, 60)}” says nothing to /{command.name}", mend)


def unknown_value(what: str, value: str, allowed: Sequence[str], near: str | None) -> Problem:
    """`allowed` may be long: its first eight are named. What is several words stands in quotation marks."""
    told = [f"“{one}”" if " " in one else one for one in allowed[:8]]
    named = listed([*told, f"{len(allowed) - 8} more"] if len(allowed) > 8 else told)
    known = f"choose from {named}" if allowed else "there is none to choose from"
    return Problem(f"There is no {what} “{shortened(value, 60)}”", _else(near, known))


# ---- times, days and zones


_TIME = "type hours and minutes, such as 9:30, 21:00, 9am or noon"
_DAYS = "type days such as mon,wed,fri or mon-thu, or weekdays, weekends or daily"
_ZONE = "type the IANA name of a zone, or a city it is named after, such as Europe/Berlin or new york"


def no_time(text: str, near: str | None) -> Problem:
    return Problem(f"“{shortened(text, 60)}” is not a time of day", _else(near, _TIME))


def no_days(text: str) -> Problem:
    return Problem(f"“{shortened(text, 60)}” does not say which days", _DAYS)


def no_day(word: str, near: str | None) -> Problem:
    return Problem(f"“{shortened(word, 60)}” is not a day", _else(near, _DAYS))


def no_range(word: str) -> Problem:
    return Problem(f"“{shortened(word, 60)}” is not a range of days", _DAYS)


def no_zone(text: str, near: Sequence[str]) -> Problem:
    return Problem(f"There is no time zone “{shortened(text, 60)}”", _else(listed(near, "or"), _ZONE))


def several_zones(text: str, zones: Sequence[str]) -> Problem:
    return Problem(f"“{shortened(text, 60)}” could be several time zones", _else(listed(zones, "or"), _ZONE))


def abbreviated_zone(text: str, meant: Sequence[str]) -> Problem:
    reason = f"“{shortened(text, 60)}” is an abbreviation, which does not say when clocks change"
    return Problem(reason, _else(listed(meant, "or"), _ZONE))


def offset(text: str) -> Problem:
    return Problem(f"“{shortened(text, 60)}” is an offset, which does not say when clocks change", _ZONE)
