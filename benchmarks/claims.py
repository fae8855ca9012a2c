"""Many lessons due in the same minute: how long it takes to claim them all. `python -m benchmarks.claims [sqlite]`.

Beside it, in the same run, one APScheduler cron job a channel, as PEERS.md measured it, at sizes that it survives.
"""

import asyncio
import logging
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from sqlalchemy import insert, text

from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.rows import subscription_row, upcoming_row
from bot.adapters.store.store import SqlStore
from bot.adapters.store.tables import subscriptions
from bot.core.daily import Place, Subscription
from bot.core.recurrence import Schedule, next_occurrence
from tests.databases import KINDS, fresh

SIZES = (1_000, 10_000, 100_000)
BATCH = 500
MADE = datetime(2026, 11, 24, 7, tzinfo=UTC)
DUE = MADE + timedelta(hours=1)
NINE = Schedule(wall(9), "Europe/Berlin")


class Stall:
    """The longest time for which the event loop did nothing else."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - start - 0.001)


async def claimed(kind: str, size: int, folder: Path) -> str:
    engine = open_engine(fresh(kind, folder))
    await migrate.upgrade(engine)
    upcoming = upcoming_row(next_occurrence(NINE, MADE))
    row = subscription_row(Subscription(Place("slack", "T1", ""), NINE, MADE))
    async with engine.begin() as connection:
        rows = [{**row, **upcoming, "channel": f"C{number}"} for number in range(size)]
        for at in range(0, size, 5000):
            await connection.execute(insert(subscriptions), rows[at : at + 5000])
    async with engine.begin() as connection:
        await connection.execute(text("ANALYZE"))  # as any database that has been there for a while
    store, stall, found = SqlStore(engine, "bench", timedelta(hours=6), lambda: DUE), Stall(), 0
    watching = asyncio.create_task(stall.watch())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    while batch := await store.claim(BATCH, ["slack"]):
        found += len(batch)
    taken = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    watching.cancel()
    await store.close()
    told = f"claimed {found:8,} in {taken:6.2f} s, stall {stall.longest * 1000:5.0f} ms, +{grown:.0f} MB"
    return f"{kind:11}{size:8,} {told}"


async def jobs(size: int) -> str:
    """One cron job a channel, all due at the same second."""
    fired = 0

    async def fire() -> None:
        nonlocal fired
        fired += 1

    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    scheduler = AsyncIOScheduler(timezone="UTC")
    at = datetime.now(UTC) + timedelta(seconds=3 + size / 2000)
    for _ in range(size):
        scheduler.add_job(fire, "cron", hour=at.hour, minute=at.minute, second=at.second)
    stall = Stall()
    watching = asyncio.create_task(stall.watch())
    scheduler.start()
    await asyncio.sleep((at - datetime.now(UTC)).total_seconds() + 8)
    scheduler.shutdown(wait=False)
    watching.cancel()
    return f"{'APScheduler':11}{size:8,} fired   {fired:8,} of them, stall {stall.longest * 1000:5.0f} ms"


async def main() -> None:
    kinds = [kind for kind in KINDS if kind in sys.argv[1:]] or KINDS
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            for size in SIZES:
                print(await claimed(kind, size, Path(folder)), flush=True)
    for size in SIZES[:2]:
        print(await jobs(size), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
