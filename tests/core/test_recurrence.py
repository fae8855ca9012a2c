"""The DST rule, held against a clock that is watched minute by minute, in every zone there is."""

import zoneinfo
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate, islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.scheduling.recurrence import Occurrence, Schedule, latest_occurrence, next_occurrence, occurrences

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ZONES = sorted(zoneinfo.available_timezones() - {"localtime"})
WINDOW = timedelta(hours=50)  # on either side of a change: more than two days, so that whole dates lie within
STEPS = [MINUTE * i for i in range(100 * 60)]


def shown(moment: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on a wall there shows."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def changes(zone: ZoneInfo, start: int, end: int, step: timedelta) -> Iterator[datetime]:
    """The first second of every new offset between two years."""
    at, stop = datetime(start, 1, 1, tzinfo=UTC), datetime(end, 1, 1, tzinfo=UTC)
    before = at.astimezone(zone).utcoffset()
    while at < stop:
        at += step
        after = at.astimezone(zone).utcoffset()
        if after != before:
            low, high = at - step, at
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            yield high
        before = after


def owed(schedule: Schedule, start: datetime, end: datetime) -> list[Occurrence]:
    return list(takewhile(lambda one: one.at <= end, occurrences(schedule, start)))


class Watch:
    """An independent oracle: the wall clock of a zone, read every minute from `start` to `end`."""

    def __init__(self, zone: ZoneInfo, start: datetime, end: datetime) -> None:
        self.zone = zone
        self.moments = [start + step for step in STEPS[: (end - start) // MINUTE]]
        self.walls = [wall for i in range(0, len(self.moments), 60) for wall in self.hour(i)]
        self.latest = list(accumulate(self.walls, max))
        self.dates = sorted({wall.date() for wall in self.walls})

    def hour(self, i: int) -> list[datetime]:
        """Sixty minutes, each looked up where the clock changes within them (no zone changes twice in an hour)."""
        first, last = (shown(self.moments[j], self.zone) for j in (i, i + 59))
        if last - first == STEPS[59]:
            return [first + step for step in STEPS[:60]]
        return [shown(moment, self.zone) for moment in self.moments[i : i + 60]]

    def owed(self, wanted: time) -> list[Occurrence]:
        """For every date seen, the first minute at which the clock showed the wanted time of that date or later."""
        found = []
        for day in self.dates:
            wall = datetime.combine(day, wanted)
            i = bisect_left(self.latest, wall)
            if self.walls[0] < wall and i < len(self.walls):
                found.append(Occurrence(self.moments[i], day))
        return found


def times_around(change: datetime, zone: ZoneInfo) -> set[time]:
    """Wall times just before, at, inside and just after both ends of the gap or the fold."""
    before, after = shown(change - MINUTE, zone) + MINUTE, shown(change, zone)
    edges = (before, after, before + (after - before) / 2)
    walls = {edge + MINUTE * shift for edge in edges for shift in (-61, -1, 0, 1)} | {before + 7 * MINUTE}
    return {wall.time().replace(second=0, microsecond=0) for wall in walls}


def test_every_zone_posts_every_date_once_around_each_change_of_its_clocks() -> None:
    cases = 0
    for key in ZONES:
        zone = ZoneInfo(key)
        for change in changes(zone, 2024, 2033, DAY):
            watch = Watch(zone, change - WINDOW, change + WINDOW)
            for wanted in times_around(change, zone):
                found = owed(Schedule(wanted, key), watch.moments[0], watch.moments[-1])
                assert found == watch.owed(wanted), (key, change, wanted)
                cases += 1
    print(f"{cases} cases of a zone, a change and a time")  # noqa: T201, the figure is asked for with pytest -s
    assert cases > 10_000


@cache
def great_changes() -> tuple[tuple[str, datetime], ...]:
    """Every change of five hours or more that a zone ever made: most of them moved the date line."""
    found = []
    for key in ZONES:
        zone = ZoneInfo(key)
        for change in changes(zone, 1840, 2033, 20 * DAY):
            if abs(shown(change, zone) - shown(change - timedelta(seconds=1), zone)) > timedelta(hours=5):
                found.append((key, change))
    return tuple(found)


def test_dates_that_a_zone_left_out_owe_nothing_and_dates_it_had_twice_owe_one() -> None:
    """Here changes fall on any second, so each answer is checked to be the first second by its own definition."""
    assert len(great_changes()) > 20
    for key, change in great_changes():
        zone = ZoneInfo(key)
        watch = Watch(zone, change - WINDOW, change + WINDOW)
        for wanted in times_around(change, zone) | {time(0), time(12), time(23, 59)}:
            found = owed(Schedule(wanted, key), watch.moments[0], watch.moments[-1])
            reached = [day for day in watch.dates if watch.walls[0] < datetime.combine(day, wanted) <= watch.latest[-1]]
            assert [one.date for one in found] == reached, (key, change, wanted)
            for one in found:
                wall = datetime.combine(one.date, wanted)
                earlier = watch.walls[: bisect_left(watch.moments, one.at)]
                assert shown(one.at, zone) >= wall > shown(one.at - timedelta(seconds=1), zone), (key, one)
                assert wall > max(earlier), (key, one)
            assert all(one.at < two.at for one, two in pairwise(found)), (key, "no two dates at one moment")


@pytest.mark.parametrize(
    ("zone", "wanted", "day", "at"),
    [
        ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T01:00"),  # skipped: the first moment after the gap
        ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T00:30"),  # twice: the first
        ("America/New_York", "02:00", "2026-03-08", "2026-03-08T07:00"),  # the gap's first minute
        ("America/New_York", "03:00", "2026-03-08", "2026-03-08T07:00"),  # the first minute after it
        ("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03T15:30"),  # a gap of half an hour
        ("America/Nuuk", "23:30", "2024-03-30", "2024-03-31T01:00"),  # the gap ends on the next day
        ("America/Scoresbysund", "23:30", "2024-03-30", "2024-03-31T00:30"),  # summer time met a new offset: no gap
        ("America/Scoresbysund", "23:30", "2025-03-29", "2025-03-30T01:00"),
        ("Africa/Cairo", "00:00", "2024-04-26", "2024-04-25T22:00"),  # a day that begins at one o'clock
        ("America/Havana", "00:30", "2024-11-03", "2024-11-03T04:30"),
        ("Asia/Kathmandu", "09:00", "2026-01-01", "2026-01-01T03:15"),
        ("Africa/Monrovia", "00:30", "1972-01-07", "1972-01-07T00:44:30"),  # a gap of 44 minutes 30 seconds
        ("Pacific/Apia", "09:00", "2011-12-29", "2011-12-29T19:00"),
        ("Pacific/Apia", "09:00", "2011-12-30", None),
        ("Pacific/Apia", "00:00", "2011-12-31", "2011-12-30T10:00"),
        ("Pacific/Fakaofo", "23:59", "2011-12-30", None),
        ("Pacific/Kwajalein", "00:00", "1993-08-21", None),
        ("Pacific/Kwajalein", "13:00", "1969-09-30", "1969-09-30T02:00"),  # a date that came twice
        ("Pacific/Kiritimati", "12:00", "1994-12-31", None),
        ("Asia/Manila", "12:00", "1844-12-31", None),
        ("America/Juneau", "12:00", "1867-10-18", "1867-10-17T20:57:41"),
    ],
)
def test_the_dst_rule_by_example(zone: str, wanted: str, day: str, at: str | None) -> None:
    schedule, local = Schedule(time.fromisoformat(wanted), zone), date.fromisoformat(day)
    noon = datetime.combine(local, time(12), UTC)
    found = {one.date: one.at for one in owed(schedule, noon - 3 * DAY, noon + 3 * DAY)}
    assert found.get(local) == (at and datetime.fromisoformat(at).replace(tzinfo=UTC))


schedules = st.builds(
    Schedule,
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
    st.frozensets(st.integers(0, 6), min_size=1),
)
calm = st.datetimes(datetime(1850, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@st.composite
def near_great_changes(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    key, change = draw(st.sampled_from(great_changes()))
    schedule = draw(schedules)
    return Schedule(schedule.time, key, schedule.days), change + timedelta(minutes=draw(st.integers(-4000, 4000)))


cases = st.tuples(schedules, calm) | st.deferred(near_great_changes)


@settings(max_examples=300)
@given(cases)
def test_going_on_after_each_post_loses_nothing_and_repeats_nothing(case: tuple[Schedule, datetime]) -> None:
    schedule, after = case
    found = list(islice(occurrences(schedule, after), 20))
    chained: list[Occurrence] = []
    for _ in found:
        chained.append(next_occurrence(schedule, chained[-1].at if chained else after))
    assert chained == found == sorted(found)
    assert all(one.at > after and one.at.tzinfo is UTC for one in found)
    assert all(one.date < two.date for one, two in pairwise(found))
    assert {one.date.weekday() for one in found} <= schedule.days
    skipped = set(daily_dates(schedule, found[0].at, found[-1].at)) - {one.date for one in found}
    assert not {day.weekday() for day in skipped} & schedule.days


def daily_dates(schedule: Schedule, first: datetime, last: datetime) -> list[date]:
    """The dates that the same schedule would owe if it wanted every day."""
    daily = Schedule(schedule.time, schedule.zone)
    return [one.date for one in owed(daily, first - timedelta(seconds=1), last)]


@settings(max_examples=300)
@given(cases)
def test_the_latest_one_is_due_by_then_and_nothing_lies_between_it_and_the_next(
    case: tuple[Schedule, datetime],
) -> None:
    schedule, until = case
    latest, following = latest_occurrence(schedule, until), next_occurrence(schedule, until)
    assert latest.at <= until < following.at
    assert next_occurrence(schedule, latest.at) == following
    assert latest_occurrence(schedule, following.at) == following
    assert latest_occurrence(schedule, following.at - timedelta(seconds=1)) == latest


def test_a_time_marked_as_the_second_of_two_still_comes_the_first_time() -> None:
    twice = datetime(2026, 10, 25, tzinfo=UTC)
    assert next_occurrence(Schedule(time(2, 30, fold=1), "Europe/Berlin"), twice).at == twice + 30 * MINUTE


def test_the_moment_may_be_given_in_any_zone() -> None:
    schedule = Schedule(time(9), "Asia/Tokyo")
    moment = datetime(2026, 5, 4, 23, 59, tzinfo=ZoneInfo("America/New_York"))
    assert next_occurrence(schedule, moment) == next_occurrence(schedule, moment.astimezone(UTC))
    assert latest_occurrence(schedule, moment) == latest_occurrence(schedule, moment.astimezone(UTC))


def test_refusals() -> None:
    schedule = Schedule(time(9), "Europe/Berlin")
    for ask in (occurrences, next_occurrence, latest_occurrence):
        with pytest.raises(ValueError, match="needs a time zone"):
            ask(schedule, datetime(2026, 1, 1))
        with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
            ask(Schedule(time(9), "Europe/Atlantis"), datetime(2026, 1, 1, tzinfo=UTC))
    for wanted in (time(9, 0, 1), time(9, tzinfo=UTC), time(9, 0, 0, 1)):
        with pytest.raises(ValueError, match="to the minute"):
            Schedule(wanted, "UTC")
    for days in (frozenset[int](), frozenset({7}), frozenset({-1, 3})):
        with pytest.raises(ValueError, match="from 0"):
            Schedule(time(9), "UTC", days)
