"""What the words of an option name: kinds, topics, summaries; how they are completed, and what unknown ones get."""

from collections.abc import Callable, Iterable
from itertools import islice

from bot.core.answering import refusals, wording
from bot.core.answering.commands import Value
from bot.core.answering.typed import nearest
from bot.core.errors import UsageError
from bot.core.finding import search
from bot.core.library import Library, Scope
from bot.core.summary import Entry, Kind, Listing, Summary, Topic

# What is offered before anything is typed.
_DAYS = ("weekdays", "every day", "weekends", "mon,wed,fri", "tue,thu", "monday")
_ZONES = tuple(
    "America/Los_Angeles America/Denver America/Mexico_City America/Chicago America/New_York America/Bogota "
    "America/Sao_Paulo America/Argentina/Buenos_Aires UTC Europe/London Africa/Lagos Europe/Paris Europe/Berlin "
    "Africa/Johannesburg Africa/Cairo Europe/Kyiv Europe/Istanbul Africa/Nairobi Asia/Dubai Asia/Kolkata Asia/Jakarta "
    "Asia/Shanghai Asia/Tokyo Australia/Sydney Pacific/Auckland".split()
)  # from west to east
_TIMES = tuple(f"{hour:02}:{minute:02}" for hour in range(6, 22) for minute in (0, 30))


def scope(index: search.Index, kind: str | None, topic: str | None, summary: str | None) -> Scope:
    """The limits that these words name. Raises UsageError with what is allowed and the nearest match."""
    within = named_summary(index.library, summary) if summary is not None else None
    topics = named_topics(index, topic, within) if topic is not None else None
    return Scope(
        named_kind(kind) if kind is not None else None,
        frozenset(one.key for one in topics) if topics else None,
        within.name if within else None,
    )


def named_kind(text: str) -> Kind:
    """`lesson`, `Lessons`. Raises UsageError."""
    word = text.strip().casefold().removesuffix("s")
    if word in set(Kind):
        return Kind(word)
    raise UsageError(refusals.unknown_value("kind", text, list(Kind), nearest(word, list(Kind))))


def named_summary(library: Library, text: str) -> Summary:
    """A summary by its name or title, or by a part that only one has. Raises UsageError."""
    wanted = text.strip().casefold()
    every = list(library.summaries.values())
    exact = [one for one in every if wanted in (one.name, one.title.casefold())]
    partly = [one for one in every if wanted and (wanted in one.name or wanted in one.title.casefold())]
    for found in (exact, partly):
        if len(found) == 1:
            return found[0]
    names = list(library.summaries)
    raise UsageError(refusals.unknown_value("summary", text, names, nearest(wanted, names)))


def named_topics(index: search.Index, text: str, within: Summary | None) -> tuple[Topic, ...]:
    """The topic of that id or heading, else all whose headings hold the words. Raises UsageError."""
    found = search.find_topics(index, text, within.name if within else None)
    if not found:
        titles = [topic.title for topic in (within.topics if within else index.library.topics.values())]
        raise UsageError(refusals.unknown_value("topic", text, titles, nearest(text, titles)))
    return found


def suggest(
    index: search.Index,
    value: Value,
    text: str,
    zones: Callable[[], Iterable[str]],
    limit: int,
    *,
    meant: search.Meant | None = None,
) -> list[tuple[str, str]]:
    """Completions of a value: what is filled in, and what a person reads in the list; best first."""
    library = index.library
    match value:
        case Value.QUERY:
            return [(f"[[{one.key}]]", _named(library, one)) for one in search.suggest(index, text, limit, meant)]
        case Value.TOPIC:
            if not text.strip():
                return [(topic.key, topic.title) for topic in islice(library.topics.values(), limit)]
            topics = search.find_topics(index, text) or search.nearest_topics(index, text, limit)
            return [(topic.key, topic.title) for topic in topics[:limit]]
        case Value.SUMMARY:
            pairs = [(one.name, one.title) for one in library.summaries.values()]
        case Value.KIND:
            pairs = [(kind.value, wording.KINDS[kind]) for kind in Kind]
        case Value.ZONE:
            known = zones()
            offered = sorted(known) if text.strip() else [zone for zone in _ZONES if zone in known]
            pairs = [(zone, zone) for zone in offered]
        case Value.DAYS:
            pairs = [(days, days) for days in _DAYS]
        case Value.TIME:
            pairs = [(time, time) for time in _TIMES]
        case Value.CHANNEL | Value.FORUM:  # the platform itself offers them
            pairs = []
    return _fitting(pairs, text)[:limit]


def _named(library: Library, entry: Entry) -> str:
    """What an entry is called, wherever it stands: every summary has a tl;dr."""
    label = wording.label(entry)
    taken = entry.listing is Listing.TAKE and not entry.title and len(library.summaries) > 1
    return f"{label} · {library.summaries[entry.summary].title}" if taken else label


def _fitting(pairs: list[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    """The pairs that hold the text, those first in which a part begins with it."""

    def folded(words: str) -> str:
        return words.casefold().replace(" ", "_").strip("_")

    wanted = folded(text)
    found = [pair for pair in pairs if any(wanted in folded(part) for part in pair)]
    return sorted(found, key=lambda pair: not any(part.startswith(wanted) for part in folded(pair[0]).split("/")))
