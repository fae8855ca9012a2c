"""Times, days and time zones as people type them.

Knows no clock, and which zones exist only as an argument. What could be read in two ways is refused and never guessed:
abbreviations such as CET or EST name a fixed offset in the IANA data and something else in people's mouths, and an
offset such as UTC+2 knows no clock changes. Both get the places that are probably meant.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import time

from rapidfuzz import fuzz, process

from bot.core.answering import refusals
from bot.core.errors import UsageError
from bot.core.scheduling.recurrence import EVERY_DAY

_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_TIME = re.compile(r"(?:(?:at|@) ?)?(\d{1,2})(?:[:.h]?(\d{2}))?h?(?: ?([ap])\.?m\.?)?(?: ?o['’]?clock)?")

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS, _WEEKEND = frozenset(range(5)), frozenset({5, 6})
_GROUPS = (
    dict.fromkeys(("daily", "everyday", "day", "days", "all", "always"), EVERY_DAY)
    | dict.fromkeys(("weekday", "weekdays", "workday", "workdays"), _WEEKDAYS)
    | dict.fromkeys(("weekend", "weekends"), _WEEKEND)
)
_FILLER = re.compile(r"\b(?:on|every|each|all|from|the)\s+(?=\w)")
_TO = re.compile(r"\s*(?:[-–—]|\b(?:to|through|thru|until|till)\b)\s*")
_BETWEEN = re.compile(r"(?:[\s,;+&/]|\band\b)+")

# What in a line looks like a time, days or a zone, right or wrong: whatever is refused is refused by its name.
_DAY = "|".join(name[:letters].lower() for name in _NAMES for letters in range(len(name), 2, -1))
_SHORT = r"(?:(?<=[-–—,/])|(?=..[-–—,/]))(?:mo|tu|we|th|fr|sa|su)"  # two letters mean a day only beside another
# Atomic: what could be parted in several ways, such as mon-mon-mon, would be tried in all of them.
_UNIT = (
    rf"(?>(?:(?:every|each)\s+[a-z]+(?:\s+days?)?|(?:{_DAY})s?\.?(?:[-–—]\w+)*|{_SHORT}"
    r"|(?:week|work)days?|weekends?|daily|everyday|always|all(?:\s+days)?|\w*[nrs]days?)(?=[\s,;'+&/–—-]|$))"
)
_JOINT = (
    r"(?:\s*[,;+&/–—-]\s*|\s+)"
    r"(?:(?:and|or|to|through|thru|until|till|on|from|the|except|but|not|without)\s+){0,3}"
)


def _shape(pattern: str) -> re.Pattern[str]:
    """The pattern where it stands apart from other words."""
    return re.compile(rf"(?<![^\s,;'])(?:{pattern})(?=[\s,;']|$)", re.IGNORECASE)


DAYS = _shape(rf"(?:(?:on|from|the|except|but|not|without)\s+){{0,3}}{_UNIT}(?:{_JOINT}{_UNIT})*")
TIME = _shape(
    r"(?:(?:at\s+|@\s*))?(?:\d{1,2}(?:[:h]\d{1,2}|\.?\d{2})?(?::\d+)*h?(?:\s?[ap]\.?m\.?)?(?:\s?o['’]?clock)?"
    r"|noon|midday|midnight)"
)
ZONE = _shape(r"(?:in\s+)?(?:[a-z_]+/[\w/+-]+|(?:utc|gmt)|(?:utc|gmt)?\s?[+-]\d[\d:]*)(?:\s+time)?")

# What people mean by an abbreviation, likeliest first.
_MEANT = {
    "gmt": "Europe/London UTC",
    "bst": "Europe/London Asia/Dhaka",
    "wet": "Europe/Lisbon",
    "cet": "Europe/Berlin Europe/Paris Europe/Madrid",
    "eet": "Europe/Athens Europe/Helsinki Africa/Cairo",
    "msk": "Europe/Moscow",
    "ist": "Asia/Kolkata Europe/Dublin Asia/Jerusalem",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "hkt": "Asia/Hong_Kong",
    "sgt": "Asia/Singapore",
    "awst": "Australia/Perth",
    "acst": "Australia/Adelaide Australia/Darwin",
    "aest": "Australia/Sydney Australia/Brisbane",
    "nzst": "Pacific/Auckland",
    "brt": "America/Sao_Paulo",
    "nst": "America/St_Johns",
    "ast": "America/Halifax America/Puerto_Rico Asia/Riyadh",
    "est": "America/New_York America/Toronto America/Panama",
    "cst": "America/Chicago Asia/Shanghai America/Mexico_City",
    "mst": "America/Denver America/Phoenix",
    "pst": "America/Los_Angeles America/Vancouver",
    "akst": "America/Anchorage",
    "hst": "Pacific/Honolulu",
    "met": "Europe/Berlin Europe/Paris",
}
_SUMMER = {"wes": "wet", "mes": "met", "ces": "cet", "ees": "eet", "acd": "acst", "aed": "aest", "nzd": "nzst"}
_ALIKE = {f"{stem}t": name for stem, name in _SUMMER.items()}
_ALIKE |= {f"{stem}{end}": f"{stem}st" for stem in ("n", "a", "e", "c", "m", "p", "ak", "h") for end in ("dt", "t")}
_ALIKE |= {"est5edt": "est", "cst6cdt": "cst", "mst7mdt": "mst", "pst8pdt": "pst"}
_OFFSET_TYPED = re.compile(r"(?:utc|gmt)?[+-]?\d.*|(?:utc|gmt)_?[+-].*")
_NO_PLACES = ("Factory", "localtime", "posixrules")
_NO_CITIES = ("Etc/", "SystemV/", "posix/", "right/")


def parse_time(text: str) -> time:
    """`9`, `9.30`, `0930`, `9h30`, `at 9:30 pm`, `noon`, `midnight` (the day's first minute). Raises UsageError."""
    value = _tidy(text)
    if value.removeprefix("at ") in _TIMES:
        return _TIMES[value.removeprefix("at ")]
    found = _TIME.fullmatch(value)
    if not found:
        raise UsageError(refusals.no_time(text, _near(value, _TIMES)))
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    fits = 1 <= hour <= 12 if half else hour <= 23
    if fits and minute <= 59:
        return time(hour % 12 + 12 * (half == "p") if half else hour, minute)
    near = f"{hour}:{minute:02}" if half == "p" and 12 < hour <= 23 and minute <= 59 else None
    raise UsageError(refusals.no_time(text, near))


def parse_days(text: str) -> frozenset[int]:
    """`weekdays`, `every day`, `mon,wed fri`, `monday to thursday`, `fri-mon`, as days from 0 (Monday) to 6.

    Two letters of a name are enough. Raises UsageError.
    """
    parts = _BETWEEN.split(_TO.sub("-", _FILLER.sub("", _tidy(text).replace("every", "every "))))
    days = [_days(part.rstrip(".")) for part in parts if part]
    if not days:
        raise UsageError(refusals.no_days(text))
    return frozenset().union(*days)


def describe_days(days: Collection[int]) -> str:
    """`every day`, `weekdays`, `weekends` or `Monday, Wednesday`: what `parse_days` reads back."""
    groups = {EVERY_DAY: "every day", _WEEKDAYS: "weekdays", _WEEKEND: "weekends"}
    return groups.get(frozenset(days)) or ", ".join(_NAMES[day] for day in sorted(days))


def parse_zone(text: str, known: Collection[str]) -> str:
    """The key in `known`, IANA zones, that the text names: `europe/berlin`, `in new york`, `Berlin time`, `UTC`.

    A city alone is enough where one zone has it. Raises UsageError, also for abbreviations and offsets (GMT included).
    """
    value = _zone(text)
    if value in _MEANT or value in _ALIKE:
        meant = [zone for zone in _MEANT[_ALIKE.get(value, value)].split() if zone in known]
        raise UsageError(refusals.abbreviated_zone(text, meant))
    if _OFFSET_TYPED.fullmatch(value):
        raise UsageError(refusals.offset(text))
    exact, same = _named(value, known)
    if exact and ("/" in value or not same):
        return exact[0]
    if len(same) == 1:
        return same[0]
    if same:
        raise UsageError(refusals.several_zones(text, same[:4]))
    raise UsageError(refusals.no_zone(text, _nearest(value, _cities(known))))


def names_zone(text: str, known: Collection[str]) -> bool:
    """Whether `parse_zone` would know what is meant, be it only to say that it could be several."""
    value = _zone(text)
    return value in _MEANT or value in _ALIKE or any(_named(value, known))


def _zone(text: str) -> str:
    return _folded(_tidy(text).removeprefix("in ").removesuffix(" time"))


def _cities(known: Collection[str]) -> list[str]:
    return [zone for zone in sorted(known) if "/" in zone and not zone.startswith(_NO_CITIES)]


def _named(value: str, known: Collection[str]) -> tuple[list[str], list[str]]:
    """The zone of that name, if there is one, and those that are named after a city of that name."""
    exact = [zone for zone in sorted(known) if zone not in _NO_PLACES and _folded(zone) == value]
    return exact, [zone for zone in _cities(known) if _folded(zone).endswith(f"/{value}")]


def _days(part: str) -> frozenset[int]:
    """The days of one word or one range; a range may run over the end of the week."""
    if part in _GROUPS:
        return _GROUPS[part]
    first, *rest = part.split("-")
    if not rest:
        return frozenset({_day(part)})
    if len(rest) > 1 or not first or not rest[0] or {first, rest[0]} & set(_GROUPS):
        raise UsageError(refusals.no_range(part))
    start, end = _day(first), _day(rest[0])
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))


def _day(word: str) -> int:
    """The day that a word names or abbreviates: `tue`, `tues.`, `weds`, `mondays`."""
    names = [name.lower() for name in _NAMES]
    stem = word.rstrip(".")
    for form in (stem, stem.removesuffix("s")):
        if len(form) >= 2 and (found := [i for i, name in enumerate(names) if name.startswith(form)]):
            return found[0]
    raise UsageError(refusals.no_day(word, _near(word, [*names, *_GROUPS, *(name[:3] for name in names)])))


def _nearest(value: str, zones: list[str]) -> list[str]:
    """At most three zones whose name or city looks like the value, best first."""
    city = value.rpartition("/")[2]
    typed = {city, city.split(",")[0], city.removesuffix("_city")}
    scores: dict[str, float] = {}
    for zone in zones:
        name = _folded(zone)
        scores[zone] = max(fuzz.ratio(value, name), *(fuzz.ratio(form, name.rpartition("/")[2]) for form in typed))
    best = sorted(scores, key=lambda zone: (-scores[zone], zone))[:3]
    return [zone for zone in best if scores[zone] >= max(75, scores[best[0]] - 10)]


def _near(word: str, words: Collection[str]) -> str | None:
    found = process.extractOne(word, list(words), scorer=fuzz.ratio, score_cutoff=65)
    return found[0] if found else None


def _tidy(text: str) -> str:
    """The text in lower case and plain forms (full-width digits and colons, for one), with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _folded(zone: str) -> str:
    """A zone's name without case, accents and the difference of space and underscore."""
    plain = unicodedata.normalize("NFD", zone.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace(" ", "_")
