"""What happens to a claim between its database and its platform when either is away, slow or taken over."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apscheduler.schedulers.base as aps  # type: ignore[import-untyped]
import pytest

from bot import scheduler as scheduling
from bot.adapters.store.store import SqlStore
from bot.core.answering.card import Card
from bot.core.errors import Problem, StoreError
from bot.core.scheduling.subscription import Outcome, Place, State
from bot.daily import Daily
from bot.ports import ThrottledError, UnsentError
from bot.scheduler import PACE, Lane, Scheduler
from tests.adapters.store.processes import MONDAY, Databases, on, subscription
from tests.desks import garden_desk
from tests.ticking import finished, ticks


@dataclass
class Platform:
    """Posts; what `first` holds happens instead of the first posts."""

    first: list[Exception] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    async def post(self, place: Place, card: Card, nonce: str) -> str:
        del card, nonce
        if self.first:
            raise self.first.pop(0)
        self.posts.append(place.channel)
        return "m1"

    async def tell(self, place: Place, user: str, card: Card) -> None:
        del place, card
        self.told.append(user)


def scheduler(store: Any, platform: Platform, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> Scheduler:
    return Scheduler(Daily(garden_desk(), store), store, {"slack": platform}, sleep=pause)


async def due(databases: Databases, holder: str = "a") -> SqlStore:
    store = await databases.store(holder)
    await store.put(subscription())
    databases.time.passes(hours=1)
    return store


async def outcome(store: SqlStore) -> Outcome:
    (one,) = await store.every()
    return (await store.deliveries([one.id], 1))[one.id][0].outcome


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.005)


def test_a_clock_that_jumps_while_a_lesson_is_sent_posts_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform()
        one, post, reached, jumped = scheduler(store, platform), platform.post, asyncio.Event(), asyncio.Event()

        async def slowly(*args: Any) -> str:
            reached.set()
            await jumped.wait()
            return await post(*args)

        monkeypatch.setattr(platform, "post", slowly)
        await one.tick()
        await reached.wait()
        databases.time.passes(minutes=10)
        await one.tick()
        jumped.set()
        await finished(one)
        assert (platform.posts, platform.told, await outcome(store)) == (["C1"], [], Outcome.SENT)

    on("sqlite", tmp_path, scenario)


@pytest.mark.parametrize("why", [ThrottledError(2), UnsentError("no network")], ids=str)
def test_what_surely_was_not_sent_is_anybodys_soon_and_ends_with_its_subscription(
    why: Exception, tmp_path: Path
) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform([why])
        await ticks(scheduler(store, platform))
        databases.time.passes(seconds=2)
        other = await databases.store("other")
        (claim,) = await other.claim(10, ["slack"])  # as if the first had died
        assert (claim.delivery.outcome, claim.delivery.first_try) == (Outcome.CLAIMED, None)
        assert claim.delivery.reason == ("" if isinstance(why, ThrottledError) else "no network")
        await store.put(replace(claim.subscription, state=State.OFF))
        assert await other.begin(claim.delivery, "garden/clay") is None
        assert platform.posts == []

    on("sqlite", tmp_path, scenario)


def test_a_platform_out_of_reach_delays_a_lesson_and_loses_it_after_the_grace_alone(tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform([UnsentError("no network") for _ in range(1000)])
        one = scheduler(store, platform)
        for tries in range(20):
            assert len(platform.first) == 1000 - tries
            await ticks(one)
            databases.time.passes(minutes=5)
        back = platform.first
        platform.first = []
        await ticks(one)
        assert (platform.posts, await outcome(store)) == (["C1"], Outcome.SENT)
        platform.first = back
        for hours in (0, 7):
            databases.time.now = MONDAY + timedelta(days=1, hours=1 + hours)
            await ticks(one)
        (subscription,) = await store.every()
        ((latest,),) = (await store.deliveries([subscription.id], 1)).values()
        assert (latest.outcome, latest.reason) == (Outcome.FAILED, "no network")

    on("sqlite", tmp_path, scenario)


def test_a_workspace_that_asks_for_a_pause_is_asked_nothing_meanwhile_and_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform([ThrottledError(30)])
        monkeypatch.setattr(scheduling, "AT_ONCE", 1)  # what is under way already may still go out
        databases.time.passes(hours=-1)
        await store.put(subscription("C2"))
        await store.put(subscription(place=Place("slack", "T2", "C3")))
        databases.time.passes(hours=1)
        await ticks(scheduler(store, platform))
        assert platform.posts == ["C3"]
        databases.time.passes(seconds=30)
        await ticks(scheduler(store, platform))
        assert sorted(platform.posts) == ["C1", "C2", "C3"]

    on("sqlite", tmp_path, scenario)


def test_a_platform_that_hangs_with_much_to_send_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        for one in range(3):
            await store.put(subscription(place=Place("discord", "1", f"{one}")))
        await store.put(subscription())
        databases.time.passes(hours=1)
        hanging, platform, never = Platform(), Platform(), asyncio.Event()
        monkeypatch.setattr(scheduling, "BATCH", 2)
        monkeypatch.setattr(hanging, "post", lambda *_: never.wait())
        one_tick = Scheduler(Daily(garden_desk(), store), store, {"discord": hanging, "slack": platform})
        assert await one_tick.tick() == 3
        while not platform.posts:
            await asyncio.sleep(0.01)
        await one_tick.stop(0)

    on("sqlite", tmp_path, scenario)


def test_what_hangs_is_given_up_within_its_lease(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform()
        monkeypatch.setattr(platform, "post", lambda *_: asyncio.sleep(60))
        monkeypatch.setattr(scheduling, "_ANSWER_S", 0.05)
        await ticks(scheduler(store, platform))
        assert (platform.told, await outcome(store)) == (["U1"], Outcome.UNKNOWN)

    on("sqlite", tmp_path, scenario)


class Away:
    """A store one of whose methods fails so many times; `after` it was done, where its answer alone is lost."""

    def __init__(self, store: SqlStore, method: str, times: int, *, after: bool = False) -> None:
        self._store, self._method, self._times, self._after = store, method, times, after

    def __getattr__(self, name: str) -> Any:
        if name == self._method and self._times:
            self._times -= 1
            return self._fail
        return getattr(self._store, name)

    async def _fail(self, *args: Any) -> None:
        if self._after:
            await getattr(self._store, self._method)(*args)
        raise StoreError(Problem("the database is locked", "wait"))


@pytest.mark.parametrize("after", [False, True])
def test_a_database_that_is_lost_as_a_lesson_is_begun_delays_it(after: bool, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform()
        one = scheduler(Away(store, "begin", 1, after=after), platform)
        await ticks(one)
        assert platform.posts == []
        databases.time.passes(seconds=1)
        await ticks(one)
        assert (platform.posts, platform.told, await outcome(store)) == (["C1"], [], Outcome.SENT)

    on("sqlite", tmp_path, scenario)


def test_a_process_that_stood_still_as_it_began_a_lesson_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform()
        monkeypatch.setattr(scheduling, "_RENEWED_S", 0)
        await ticks(scheduler(store, platform))
        assert platform.posts == []
        monkeypatch.undo()
        databases.time.passes(seconds=1)
        await ticks(scheduler(store, platform))
        assert platform.posts == ["C1"]

    on("sqlite", tmp_path, scenario)


def test_a_stop_while_the_database_is_away_waits_for_what_is_under_way(tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform()
        databases.time.passes(hours=-1)
        for number in range(40):
            await store.put(subscription(f"D{number}"))
        databases.time.passes(hours=1)
        one = scheduler(Away(store, "release", 1), platform)
        await one.tick()
        await until(lambda: bool(platform.posts))
        await one.stop(60)
        begun = [found for found in (await store.deliveries(range(1, 42), 1)).values() if found[0].first_try]
        assert 0 < len(begun) == len(platform.posts) < 41

    on("sqlite", tmp_path, scenario)


def test_processes_that_send_at_once_keep_the_pace_together(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def turns() -> None:
        lane = Lane()
        for lane.shared_by in (1, 4, 4, 2):
            await lane.turn()

    monkeypatch.setattr(scheduling, "time", SimpleNamespace(monotonic=lambda: 0.0))
    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(turns())
    assert pauses == pytest.approx([0, 1 / PACE, 5 / PACE, 9 / PACE])


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=30)], ids=str)
def test_ticks_go_on_wherever_the_machines_clock_jumps(
    jump: timedelta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Jumping(datetime):
        by = timedelta()

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + cls.by

    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        one, enough = scheduler(store, Platform()), asyncio.Event()
        running = asyncio.create_task(one.run(enough))
        await until(lambda: one.last_tick > 0)
        Jumping.by, begun, before = jump, time.process_time(), one.last_tick
        await until(lambda: one.last_tick > before)
        assert time.process_time() - begun < 5  # the month between, 50 million ticks, is not gone through one by one
        enough.set()
        await running

    for module in (aps, scheduling):
        monkeypatch.setattr(module, "datetime", Jumping)
    monkeypatch.setattr(scheduling, "TICK_S", 0.05)
    monkeypatch.setattr(scheduling, "_SET_BACK_S", 0.05)
    on("sqlite", tmp_path, scenario)


def test_what_was_sent_is_recorded_when_the_database_is_back(tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform, pauses = await due(databases), Platform(), list[float]()

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        await ticks(scheduler(Away(store, "settle", 200), platform, pause))  # more than an hour
        assert (platform.posts, pauses[:4], await outcome(store)) == (["C1"], [2, 8, 20, 20], Outcome.SENT)

    on("sqlite", tmp_path, scenario)


def test_what_is_claimed_while_the_process_stops_is_given_back_at_once(tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform()
        away = Away(store, "", 0)
        one, claim = scheduler(away, platform), store.claim

        async def claim_and_stop(*args: Any) -> Any:
            found = await claim(*args)
            await one.stop(1)
            return found

        away.claim = claim_and_stop  # type: ignore[attr-defined]
        await one.tick()
        other = await databases.store("other")
        assert len(await other.claim(10, ["slack"])) == 1
        assert platform.posts == []

    on("sqlite", tmp_path, scenario)
