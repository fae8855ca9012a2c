"""What happens to a claim between its database and its platform when either is away, slow or taken over."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.adapters.store.store import SqlStore
from bot.core.card import Card
from bot.core.daily import Outcome, Place
from bot.core.errors import Problem, StoreError
from bot.daily import Daily
from bot.ports import ThrottledError
from bot.scheduler import Scheduler
from tests.adapters.store.processes import Databases, on, subscription
from tests.desks import garden_desk


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


def test_a_clock_that_jumps_while_a_lesson_is_throttled_posts_it_once(tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform, throttled = await due(databases), Platform([ThrottledError(30)]), asyncio.Event()

        async def pause(_: float) -> None:
            throttled.set()
            await asyncio.sleep(0.05)

        one = scheduler(store, platform, pause)
        await one.tick()
        await throttled.wait()
        databases.time.passes(minutes=10)
        await one.tick()
        await one.finished()
        assert (platform.posts, platform.told, await outcome(store)) == (["C1"], [], Outcome.SENT)

    on("sqlite", tmp_path, scenario)


def test_a_lesson_that_was_taken_over_while_it_was_throttled_is_left_to_the_other(tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform = await due(databases), Platform([ThrottledError(10)])
        other = await databases.store("other")

        async def pause(_: float) -> None:
            databases.time.passes(minutes=2)
            assert len(await other.claim(10, ["slack"])) == 1

        one = scheduler(store, platform, pause)
        await one.tick()
        await one.finished()
        assert platform.posts == []

    on("sqlite", tmp_path, scenario)


class Away:
    """A store one of whose methods fails so many times."""

    def __init__(self, store: SqlStore, method: str, times: int) -> None:
        self._store, self._method, self._times = store, method, times

    def __getattr__(self, name: str) -> Any:
        if name == self._method and self._times:
            self._times -= 1
            return self._fail
        return getattr(self._store, name)

    async def _fail(self, *_: Any) -> None:
        raise StoreError(Problem("the database is locked", "wait"))


def test_what_was_sent_is_recorded_when_the_database_is_back(tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform, pauses = await due(databases), Platform(), list[float]()

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        one = scheduler(Away(store, "settle", 2), platform, pause)
        await one.tick()
        await one.finished()
        assert (platform.posts, pauses, await outcome(store)) == (["C1"], [2, 8], Outcome.SENT)

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
        assert [found.lapsed for found in await other.claim(10, ["slack"])] == [True]
        assert platform.posts == []

    on("sqlite", tmp_path, scenario)
