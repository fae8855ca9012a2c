"""Processes on one database, at a time that the test sets."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.subscription import Place, Subscription
from tests.databases import KINDS, fresh

both = pytest.mark.parametrize("kind", KINDS)
GRACE = timedelta(hours=6)
NINE = Schedule(time(9), "Europe/Berlin", frozenset(range(5)))
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)  # an hour before nine in Berlin


@dataclass
class Time:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **how: float) -> None:
        self.now += timedelta(**how)


@dataclass
class Databases:
    """Processes on one database: each has an engine of its own."""

    url: str
    time: Time = field(default_factory=Time)
    opened: list[SqlStore] = field(default_factory=list)

    async def store(self, holder: str = "a") -> SqlStore:
        engine = open_engine(self.url)
        await migrate.upgrade(engine)
        self.opened.append(SqlStore(engine, holder, GRACE, self.time))
        return self.opened[-1]


def on(kind: str, folder: Path, scenario: Callable[[Databases], Awaitable[None]]) -> None:
    async def run() -> None:
        databases = Databases(fresh(kind, folder))
        try:
            await scenario(databases)
        finally:
            for store in databases.opened:
                await store.close()

    asyncio.run(run())


def subscription(channel: str = "C1", **changes: object) -> Subscription:
    made = Subscription(Place("slack", "T1", channel), NINE, MONDAY, by="U1", by_name="Ada")
    return replace(made, **changes)  # type: ignore[arg-type]
