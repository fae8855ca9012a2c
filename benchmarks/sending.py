"""Lessons due at once, sent against the platforms' limits: `python -m benchmarks.sending [CHANNELS]`, 1,000 by default.

How near the sending comes to what Discord allows a bot (50 requests a second), how often either platform had to say
that it is too much, and what a lookup takes meanwhile beside what it takes at rest.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from statistics import quantiles

import aiohttp
import discord
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.slack.messenger import SlackMessenger
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.app import SystemClock
from bot.core.daily import Outcome, Place, Subscription
from bot.core.recurrence import Schedule
from bot.core.search import Index
from bot.daily import Daily
from bot.desk import Asker, Desk, Shelf
from bot.ports import Messenger
from bot.scheduler import Scheduler
from bot.settings import read_settings
from tests.databases import fresh
from tests.documents import garden
from tests.fakes.local_discord import LocalDiscord
from tests.fakes.slack import LocalSlack

LIMIT = 50.0  # requests a second
DUE = datetime(2026, 11, 24, 8, tzinfo=UTC)
NINE = Schedule(wall(9), "Europe/Berlin")


async def look_up(desk: Desk) -> float:
    start = time.perf_counter()
    await desk.typed("/lookup worms compost soil", Asker("Ada", "UTC"))
    return (time.perf_counter() - start) * 1000


async def looking_up(desk: Desk, taken: list[float]) -> None:
    """A lookup every 10 ms; what is counted is how late it is answered, a busy loop included."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.01)
        await look_up(desk)
        taken.append((time.perf_counter() - start - 0.01) * 1000)


async def sent(name: str, channels: list[str], messenger: Messenger, folder: Path, refused: Sequence[object]) -> None:
    engine = open_engine(fresh("sqlite", folder))
    await migrate.upgrade(engine)
    desk = Desk(Shelf(Index(garden())), read_settings(""), SystemClock(), random.Random(1))  # noqa: S311
    store = SqlStore(engine, "bench", timedelta(hours=6), lambda: DUE - timedelta(hours=1))
    for channel in channels:
        await store.put(Subscription(Place(name, "T", channel), NINE, DUE - timedelta(hours=1)))
    begun = time.time()
    store = SqlStore(engine, "bench", timedelta(hours=6), lambda: DUE + timedelta(seconds=time.time() - begun))
    scheduler = Scheduler(Daily(desk, store), store, {name: messenger})
    idle: list[float] = []
    busy: list[float] = []
    resting = asyncio.create_task(looking_up(desk, idle))
    await asyncio.sleep(3)
    resting.cancel()
    working = asyncio.create_task(looking_up(desk, busy))
    start = time.perf_counter()
    while await scheduler.tick() or scheduler._sending or any(lane.waiting for lane in scheduler._lanes.values()):
        await asyncio.sleep(0.5)
    took = time.perf_counter() - start
    working.cancel()
    past = await store.deliveries([one.id for one in await store.every()], 1)
    done = sum(one[0].outcome is Outcome.SENT for one in past.values() if one)
    await store.close()
    rate = done / took
    p99 = [quantiles(times, n=100)[-1] for times in (idle, busy)]
    told = f"{name:8}{done:7,} of {len(channels):,} in {took:5.1f} s, {100 * rate / LIMIT:3.0f} % of 50 a second; "
    told += f"429s {len(refused)}; lookup p99 {p99[0]:.2f} ms at rest, {p99[1]:.2f} ms meanwhile"
    print(told, flush=True)


async def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        async with LocalDiscord() as fake:
            guild = fake.guild("Garden")
            channels = [str(guild.channel(f"c{at}").id) for at in range(number)]
            discord.http.Route.BASE = fake.api_url
            async with discord.Client(intents=discord.Intents.none()) as client:
                await client.login(fake.token)
                refused = fake.refusals
                await sent("discord", channels, DiscordMessenger(client), Path(folder), refused)
        async with LocalSlack() as slack, aiohttp.ClientSession() as session:
            web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])

            async def client_of(_: str) -> AsyncWebClient:
                return web

            channels = [slack.channel(f"c{at}").id for at in range(number)]
            await sent("slack", channels, SlackMessenger(client_of), Path(folder), slack.refusals)


if __name__ == "__main__":
    asyncio.run(main())
