"""Entries as plain records, for JSON and CSV: the shapes that other programs rely on (README, "For other programs")."""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.answering.when import describe_days
from bot.core.finding.search import Hit
from bot.core.library import Library
from bot.core.scheduling.recurrence import Occurrence
from bot.core.scheduling.subscription import Subscription
from bot.core.summary import Entry

COLUMNS = ("summary", "id", "kind", "list", "topic", "title", "text", "line", "family")


def entry(library: Library, found: Entry) -> dict[str, Any]:
    """One entry as exported. `family` is the id of its fullest member, None where the entry stands alone."""
    related = library.family(found)
    return {
        "id": found.key,
        "kind": found.kind.value,
        "list": found.listing.value,
        "topic": found.topic.title if found.topic else None,
        "title": found.title,
        "text": found.text,
        "line": found.line,
        "family": related[0].key if len(related) > 1 else None,
    }


def export(library: Library) -> dict[str, Any]:
    """Everything the bot knows, in document order."""
    return {
        "summaries": [
            {"name": one.name, "title": one.title, "entries": [entry(library, found) for found in one.entries]}
            for one in library.summaries.values()
        ]
    }


def rows(library: Library) -> Iterator[dict[str, Any]]:
    """Everything the bot knows, a row an entry, with the keys of COLUMNS."""
    return ({"summary": found.summary, **entry(library, found)} for found in library.entries)


def answer(library: Library, query: str | None, hits: Sequence[Hit]) -> dict[str, Any]:
    """What one look-up found, best first. Ids are full, topics by their heading, scores from 0 to 1."""
    return {"query": query, "results": [_result(library, hit) for hit in hits]}


def coming(subscription: Subscription, lessons: Sequence[tuple[Occurrence, Entry]]) -> dict[str, Any]:
    """What a channel will be sent. `at` is the local time with its offset, `date` the local date it is meant for."""
    place, schedule = subscription.place, subscription.schedule
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread or None,
        "state": subscription.state.value,
        "time": f"{schedule.time:%H:%M}",
        "timezone": schedule.zone,
        "days": describe_days(schedule.days),
        "within": subscription.within or None,
        "lessons": [
            {
                "date": one.date.isoformat(),
                "at": one.at.astimezone(ZoneInfo(schedule.zone)).isoformat(timespec="minutes"),
                "id": lesson.key,
                "title": lesson.title,
            }
            for one, lesson in lessons
        ],
    }


def _result(library: Library, hit: Hit) -> dict[str, Any]:
    topic = library.topic_of(hit.entry)
    return {
        "id": hit.entry.key,
        "kind": hit.entry.kind.value,
        "summary": hit.entry.summary,
        "topic": topic.title if topic else None,
        "title": hit.entry.title,
        "text": hit.entry.text,
        "score": round(hit.score, 4),
    }
