"""The daily lesson of a terminal: switched on there, posted there alone, at the prompt and whatever stands in it."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from prompt_toolkit.application import get_app
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.adapters.console import PLACE, Conversation, Screen
from bot.adapters.console.completion import Typing
from bot.adapters.console.session import converse
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.core.errors import Problem, StoreError
from bot.daily import Daily
from bot.scheduler import Scheduler
from tests.adapters.store.processes import Time
from tests.databases import fresh
from tests.desks import ASKER, garden_desk
from tests.ticking import ticks

ON = "/daily on 9:00 Europe/Berlin weekdays"


@dataclass
class Terminal:
    """A conversation over a database, and the scheduler beside it."""

    talk: Conversation
    store: SqlStore
    time: Time
    scheduler: Scheduler

    async def types(self, line: str) -> str:
        """What is shown after a line."""
        self.talk.console.file = io.StringIO()
        await self.talk.hear(line)
        return self.said

    @property
    def said(self) -> str:
        assert isinstance(self.talk.console.file, io.StringIO)
        return self.talk.console.file.getvalue()

    async def ticks(self) -> int:
        return await ticks(self.scheduler)


@asynccontextmanager
async def terminal(url: str, time: Time, config: str = "") -> AsyncIterator[Terminal]:
    engine, desk = open_engine(url), garden_desk(config)
    await migrate.upgrade(engine)
    store = SqlStore(engine, "one", timedelta(hours=6), time)
    daily = Daily(desk, store)

    async def opened() -> Daily:
        return daily

    talk = Conversation(desk, ASKER, Screen(file=io.StringIO(), width=100), opened)
    try:
        yield Terminal(talk, store, time, Scheduler(daily, store, {"console": talk}))
    finally:
        await store.close()


def in_terminal(folder: Path, scenario: Callable[[Terminal], Awaitable[None]], config: str = "") -> None:
    async def run() -> None:
        async with terminal(fresh("sqlite", folder), Time(), config) as there:
            await scenario(there)

    asyncio.run(run())


def test_a_lesson_comes_once_at_its_time_and_what_was_switched_on_outlives_the_console(tmp_path: Path) -> None:
    async def run() -> None:
        url, time = fresh("sqlite", tmp_path), Time()
        async with terminal(url, time) as there:
            assert "Mon 23 Nov, 09:00 (Europe/Berlin)" in await there.types(ON)
            assert await there.ticks() == 0
            time.passes(hours=1, seconds=1)
            assert (await there.ticks(), await there.ticks()) == (1, 0)
            assert there.said.count("Lesson of the day") == 1
            assert "comes late" not in there.said
        async with terminal(url, time) as there:
            told = await there.types("/daily status")
            assert "Mon 23 Nov, 09:00 · sent" in told
            assert "Tue 24 Nov, 09:00 (Europe/Berlin)" in told
            time.passes(days=1, hours=2)  # closed at nine, open at eleven
            assert await there.ticks() == 1
            assert "It was due Tue 24 Nov, 09:00 and comes late." in there.said
            time.passes(days=1, hours=5)  # later than daily.grace
            assert await there.ticks() == 0
            assert "Wed 25 Nov, 09:00 · missed" in await there.types("/daily status")

    asyncio.run(run())


def test_what_came_of_itself_is_pressed_by_numbers_that_follow_those_on_the_screen(tmp_path: Path) -> None:
    async def scenario(there: Terminal) -> None:
        await there.types(ON)
        await there.types("[[clay]]")
        there.time.passes(hours=1, seconds=1)
        await there.ticks()
        assert "[3] More like this" in there.said
        assert "Shared by Ada" in await there.types("1")  # of the entry, as it was before

    in_terminal(tmp_path, scenario)


def test_a_lesson_leaves_the_line_that_is_being_typed_as_it_is(tmp_path: Path) -> None:
    async def scenario(there: Terminal) -> None:
        await there.types(ON)
        there.time.passes(hours=1, seconds=1)
        with create_pipe_input() as keyboard:
            talking = asyncio.create_task(converse(there.talk, Typing(there.talk.desk), keyboard, DummyOutput()))
            keyboard.send_text("[[cl")
            while get_app().current_buffer.text != "[[cl":
                await asyncio.sleep(0.01)
            assert await there.ticks() == 1
            assert "Lesson of the day" in there.said
            assert get_app().current_buffer.text == "[[cl"
            keyboard.send_text("ay]]\r\x04")
            await asyncio.wait_for(talking, 60)
        assert "Clay holds water" in there.said

    in_terminal(tmp_path, scenario)


def test_who_serves_other_platforms_leaves_the_terminal_its_lessons_and_it_leaves_them_theirs(tmp_path: Path) -> None:
    async def scenario(there: Terminal) -> None:
        await there.types(ON)
        mine = await there.store.find(PLACE)
        assert mine
        await there.store.put(replace(mine, place=replace(PLACE, platform="slack")))
        there.time.passes(hours=1, seconds=1)
        assert await there.ticks() == 1
        assert [claim.subscription.place.platform for claim in await there.store.claim(9, ["slack", "discord"])] == [
            "slack"
        ]

    in_terminal(tmp_path, scenario)


def test_every_sentence_knows_the_prefix(tmp_path: Path) -> None:
    async def scenario(there: Terminal) -> None:
        assert "/cp-daily on switches it on" in await there.types("/cp-daily status")

    in_terminal(tmp_path, scenario, "commands: {prefix: cp-}")


def test_without_its_database_it_says_why_and_everything_else_works() -> None:
    async def opened() -> Daily:
        raise StoreError(Problem("the database is locked", "close what holds it"))

    there = Conversation(garden_desk(), ASKER, Screen(file=io.StringIO(), width=100), opened)

    async def types(line: str) -> str:
        there.console.file = out = io.StringIO()
        await there.hear(line)
        return " ".join(out.getvalue().split())

    async def run() -> None:
        for verb in ("on", "off", "pause", "resume", "skip", "status", "preview"):
            told = await types(f"/daily {verb}")
            assert "Everything else works without it. the database is locked; close what holds it" in told
        assert "Wed 2 Dec, 09:30" in await types("/daily preview 9:30 Europe/Berlin weekdays")
        assert "is not a time of day" in await types("/daily preview 8:75")
        assert "Clay holds water" in await types("[[clay]]")

    asyncio.run(run())
