"""Many lessons due in the same minute: how long it takes to claim them all. `python -m benchmarks.claims [sqlite]`.

Beside it, in the same run, one APScheduler cron job a channel, as PEERS.md measured it, at sizes that it survives.
"""

import asyncio
import gc
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
from bot.core.scheduling.recurrence import Schedule, next_occurrence
from bot.core.scheduling.subscription import Place, Subscription
from tests.databases import KINDS, fresh

SIZES = (1_000, 10_000, 100_000)
BATCH = 500
TICK_S = 0.005  # of what watches: more often, and it would take the time of what it measures
MADE = datetime(2026, 11, 24, 7, tzinfo=UTC)
DUE = MADE + timedelta(hours=1)
NINE = Schedule(wall(9), "Europe/Berlin")


class Watch:
    """The longest time for which the event loop did nothing else, the longest garbage collection, and memory."""

    def __init__(self) -> None:
        self.stall = self.collecting = self._began = 0.0
        self.before = self.most = resident_mb()
        self._ticking = asyncio.create_task(self._tick())
        gc.callbacks.append(self._collected)

    async def _tick(self) -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(TICK_S)
            self.stall = max(self.stall, time.perf_counter() - start - TICK_S)
            self.most = max(self.most, resident_mb())

    def _collected(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self.collecting = max(self.collecting, time.perf_counter() - self._began)

    def __str__(self) -> str:
        self._ticking.cancel()
        gc.callbacks.remove(self._collected)
        told = f"stall {self.stall * 1000:5.0f} ms, garbage collection {self.collecting * 1000:3.0f} ms"
        return f"{told}, +{self.most - self.before:.0f} MB"


def resident_mb() -> float:
    """Memory held now; 0 where the system does not say."""
    said = Path("/proc/self/statm")
    return int(said.read_text().split()[1]) * resource.getpagesize() / 2**20 if said.exists() else 0.0


async def claimed(kind: str, size: int, folder: Path) -> str:
    engine = open_engine(fresh(kind, folder))
    await migrate.upgrade(engine)
    upcoming = upcoming_row(next_occurrence(NINE, MADE))
    row = subscription_row(Subscription(Place("slack", "T1", ""), NINE, MADE))
    for at in range(0, size, BATCH):
        async with engine.begin() as connection:
            rows = [{**row, **upcoming, "channel": f"C{number}"} for number in range(at, at + BATCH)]
            await connection.execute(insert(subscriptions), rows)
    async with engine.begin() as connection:
        await connection.execute(text("ANALYZE"))  # as any database that has been there for a while
    store, found = SqlStore(engine, "bench", timedelta(hours=6), lambda: DUE), set[int]()
    gc.collect()
    gc.freeze()  # as the bot does once it has started
    gc.set_threshold(10_000, 20, 20)
    watch, start = Watch(), time.perf_counter()
    while batch := await store.claim(BATCH, ["slack"]):
        found.update(claim.subscription.id for claim in batch)
    taken = time.perf_counter() - start
    told = f"claimed {len(found):8,} in {taken:6.2f} s, {watch}"
    await store.close()
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
    watch = Watch()
    scheduler.start()
    await asyncio.sleep((at - datetime.now(UTC)).total_seconds() + 8)
    scheduler.shutdown(wait=False)
    return f"{'APScheduler':11}{size:8,} fired   {fired:8,} of them,  {watch}"


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
