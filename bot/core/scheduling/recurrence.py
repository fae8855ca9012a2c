"""When the next post is due in a time zone, the DST rule included.

The rule: a post is due at the first moment at which the local clock shows its date and time or later. So a time that a
clock change skips is due at the first moment after the gap and counts for the date it was meant for, even where that
moment lies on the next day; a time that comes twice is due the first time; a date that a zone left out altogether
(Pacific/Apia, 30 December 2011) owes nothing. Every other date owes one post, never none and never two.

Two dates fall due at one moment only where a gap of a day or more begins and ends at the wanted time in the middle of a
day. No zone has ever had one; both would be owed, the earlier date first.

Knows zones by zoneinfo alone, and nothing of subscriptions, deliveries or the present moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Schedule:
    """A local wall time to the minute, an IANA zone key, and days of the week (Monday is 0).

    Raises ValueError where the time has seconds or a zone of its own, and where `days` is empty or holds anything but
    0 to 6.
    """

    time: time
    zone: str
    days: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if self.time.second or self.time.microsecond or self.time.tzinfo:
            raise ValueError(f"a schedule needs a local time to the minute, not {self.time}")
        if not self.days or not self.days <= EVERY_DAY:
            raise ValueError(f"a schedule needs days from 0 (Monday) to 6, not {sorted(self.days)}")


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """A post that is owed: the moment it is due, in UTC, and the local date it counts for. Sorts in that order."""

    at: datetime
    date: date


def occurrences(schedule: Schedule, after: datetime) -> Iterator[Occurrence]:
    """Everything owed later than `after`, in order, without end (a calendar's year 9999 apart: OverflowError).

    Raises ValueError where `after` is naive, ZoneInfoNotFoundError where the zone is unknown; both at the call.
    """
    # The local clock has passed the wanted time of every earlier date, so none of those is due later than `after`.
    today = _local(after, ZoneInfo(schedule.zone)).date()
    return (
        occurrence
        for days in count()
        if (occurrence := _owed(schedule, today + timedelta(days))) and occurrence.at > after
    )


def next_occurrence(schedule: Schedule, after: datetime) -> Occurrence:
    """The first post owed later than `after`. Raises what `occurrences` raises."""
    return next(occurrences(schedule, after))


def latest_occurrence(schedule: Schedule, until: datetime) -> Occurrence:
    """The last post that was owed at `until` or earlier. Raises what `occurrences` raises."""
    # Tomorrow's date may have begun and be over: clocks that went back across midnight, at most by a day.
    tomorrow = _local(until, ZoneInfo(schedule.zone)).date() + timedelta(days=1)
    return next(
        occurrence
        for days in count()
        if (occurrence := _owed(schedule, tomorrow - timedelta(days))) and occurrence.at <= until
    )


def _owed(schedule: Schedule, day: date) -> Occurrence | None:
    """What a local date owes: nothing on days that are not wanted and on dates that never existed."""
    if day.weekday() not in schedule.days:
        return None
    zone = ZoneInfo(schedule.zone)
    at, exists = _first(datetime.combine(day, schedule.time.replace(fold=0)), zone)
    if not exists and _local(_first(datetime.combine(day, time.min), zone)[0], zone).date() != day:
        return None
    return Occurrence(at, day)


def _first(wall: datetime, zone: ZoneInfo) -> tuple[datetime, bool]:
    """The first moment, in UTC, at which the zone's clocks show `wall` or later, and whether they ever show `wall`.

    By PEP 495 fold=0 is the first of two readings; in a gap it reads `wall` by the offset from before, which is the
    change or later, and fold=1 by the one from after, which is before the change. Changes fall on whole seconds.
    """
    late = wall.replace(tzinfo=zone).astimezone(UTC)
    if _local(late, zone) == wall:
        return late, True
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // timedelta(seconds=2) * timedelta(seconds=1)
        early, late = (early, middle) if _local(middle, zone) >= wall else (middle, late)
    return late, False


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in the zone shows, as a naive datetime. Raises ValueError where `moment` is naive itself."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} needs a time zone")
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
