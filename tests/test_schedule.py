"""`python -m bot schedule` tells what the scheduler then does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bot import upkeep
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.app import Places
from bot.core.scheduling.recurrence import EVERY_DAY, Schedule
from bot.core.scheduling.subscription import Outcome, Place, State, Subscription
from bot.daily import Daily
from tests.databases import fresh
from tests.desks import garden_desk
from tests.documents import KEPT

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)  # an hour before nine in Berlin
MADE = Subscription(Place("slack", "T1", "C1"), Schedule(time(9), "Europe/Berlin", frozenset(range(5))), MONDAY)


class Time:
    now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def store_of(url: str, clock: Time | None = None) -> AsyncIterator[SqlStore]:
    engine = open_engine(url)
    await migrate.upgrade(engine)
    store = SqlStore(engine, "one", timedelta(hours=6), clock)
    try:
        yield store
    finally:
        await store.close()


def test_what_is_told_is_what_is_posted(tmp_path: Path) -> None:
    async def run() -> None:
        clock = Time()
        async with store_of(fresh("sqlite", tmp_path), clock) as store:
            daily = Daily(garden_desk(), store)
            for number in range(3):
                place = replace(MADE.place, channel=f"C{number}")
                await store.put(replace(MADE, place=place, skip=date(2026, 11, 24)))
            told = {
                (one.subscription.id, at.date): lesson.key
                async for one in daily.coming(timedelta(days=7))
                for at, lesson in one.lessons
            }
            posted = {}
            for day in range(7):
                clock.now = MONDAY + timedelta(days=day, hours=1)
                claims = await store.claim(10, ["slack"])
                for claim in claims:
                    lesson = (await daily.due([claim]))[claim.subscription.id]
                    assert lesson
                    await store.begin(claim.delivery, lesson[0].key)
                    await store.settle(claim.delivery, Outcome.SENT)
                    posted[claim.subscription.id, claim.delivery.date] = lesson[0].key
            assert told == posted
            assert len(told) == 3 * 4  # weekdays but Tuesday

    asyncio.run(run())


def test_an_overdue_lesson_is_told_and_one_whose_date_was_owed_is_not(tmp_path: Path) -> None:
    async def run() -> None:
        clock = Time()
        async with store_of(fresh("sqlite", tmp_path), clock) as store:
            daily = Daily(garden_desk(), store)

            async def dates() -> list[int]:
                (one,) = [found async for found in daily.coming(timedelta(days=2))]
                return [at.date.day for at, _ in one.lessons]

            made = await store.put(MADE)
            clock.now = MONDAY + timedelta(hours=3)
            assert await dates() == [23, 24, 25]  # the bot was down at nine
            (claim,) = await store.claim(10, ["slack"])
            await store.postpone(claim.delivery, 60, "Slack could not be reached")
            assert await dates() == [23, 24, 25]  # still to come
            clock.now += timedelta(minutes=1)
            (claim,) = await store.claim(10, ["slack"])
            await store.settle(claim.delivery, Outcome.SENT)
            assert await dates() == [24, 25]
            later = Schedule(time(17), "Europe/Berlin", EVERY_DAY)
            await store.put(replace(made, schedule=later, since=clock.now))
            clock.now += timedelta(hours=4)
            assert await dates() == [24]  # not a second one on Monday
            await store.put(replace(made, state=State.PAUSED))
            assert await dates() == []

    asyncio.run(run())


def schedule(folder: Path, *made: Subscription, days: int = 7, as_json: bool = False, declared: str = "") -> list[str]:
    """What the verb prints with these in the database."""
    (folder / "content").mkdir(exist_ok=True)
    (folder / "content" / "garden.md").write_text(KEPT, "utf-8")
    (folder / "bot.yaml").write_text(f"daily: {{grace: 0, channels: [{declared}]}}", "utf-8")
    url = f"sqlite:///{folder / 'bot.db'}"

    async def run() -> list[str]:
        async with store_of(url.replace("sqlite", "sqlite+aiosqlite", 1)) as store:
            for one in made:
                await store.put(one)
        places = Places(folder / "content", folder / "bot.yaml")
        return [line async for line in upkeep.schedule(places, {"DATABASE_URL": url}, days, as_json=as_json)]

    return asyncio.run(run())


def test_people_read_a_channel_with_its_lessons(tmp_path: Path) -> None:
    assert schedule(tmp_path) == ["No daily lesson is on anywhere."]
    every_day = replace(MADE, schedule=Schedule(time(9), "Europe/Berlin"), since=datetime.now(UTC))
    paused = replace(MADE, place=Place("discord", "7", "8", "9"), state=State.PAUSED)
    on, off = schedule(tmp_path, every_day, paused, days=2)
    first, *lessons = on.splitlines()
    assert first == "Slack T1, C1: 09:00, every day, Europe/Berlin"
    assert len(lessons) == 2
    assert all(", 09:00  " in line for line in lessons)
    assert off == "Discord 7, 8, 9: paused"


def test_programs_read_a_line_a_channel(tmp_path: Path) -> None:
    made = replace(MADE, schedule=Schedule(time(9), "Asia/Kolkata"), since=datetime.now(UTC))
    (line,) = schedule(tmp_path, made, days=1, as_json=True)
    told = json.loads(line)
    (lesson,) = told.pop("lessons")
    assert told == {
        "platform": "slack", "workspace": "T1", "channel": "C1", "thread": None, "state": "on",
        "time": "09:00", "timezone": "Asia/Kolkata", "days": "every day", "within": None,
    }  # fmt: skip
    assert lesson["at"] == f"{lesson['date']}T09:00+05:30"
    assert lesson["id"].startswith("garden/")


def test_what_the_settings_declare_is_told_before_a_run_has_begun_it(tmp_path: Path) -> None:
    line = "slack T1/C1 9:00 Europe/Berlin weekdays"
    (told,) = schedule(tmp_path, declared=line)
    assert told.startswith("Slack T1, C1: 09:00, weekdays, Europe/Berlin\n  declared in the settings")
    (record,) = schedule(tmp_path, declared=line, as_json=True)
    assert (json.loads(record)["state"], json.loads(record)["lessons"]) == ("declared", [])
    begun = replace(MADE, by_name="The settings", declared=True)
    (told,) = schedule(tmp_path, begun, declared=line)
    assert "declared in" not in told
    both = schedule(tmp_path, declared="slack T1/C1 10:00 Europe/Berlin weekdays")  # changed in the file since
    assert ["declared in" in one for one in both] == [False, True]
