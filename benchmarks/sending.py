"""Lessons due at once, sent against the platforms' limits: `python -m benchmarks.sending [CHANNELS]`, 1,000 by default.

How near the sending comes to what Discord allows a bot (50 requests a second), how often either platform had to say
that it is too much, and what a lookup takes meanwhile beside what it takes at rest. The local platform is a process of
its own, as the real one is: in this process its work would hold up the lookups.
"""

import asyncio
import gc
import io
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

import aiohttp
import discord
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters import logs
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.slack.messenger import SlackMessenger
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.app import SystemClock
from bot.core.finding.search import Index
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.subscription import Outcome, Place, Subscription
from bot.daily import Daily
from bot.desk import Asker, Desk
from bot.ports import Messenger
from bot.scheduler import Scheduler
from bot.settings import read_settings
from bot.shelf import Shelf
from tests.databases import fresh
from tests.documents import garden
from tests.fakes.local_discord import LocalDiscord
from tests.fakes.slack import LocalSlack

LIMIT = 50.0  # requests a second
DUE = datetime(2026, 11, 24, 8, tzinfo=UTC)
NINE = Schedule(wall(9), "Europe/Berlin")


async def platform(name: str, number: int, bot: Connection) -> None:
    """Tell the bot where it is, its token and its channels; when it is done, how often it was told to wait."""
    async with LocalDiscord() if name == "discord" else LocalSlack() as fake:
        if isinstance(fake, LocalDiscord):
            guild = fake.guild("Garden")
            bot.send((fake.api_url, fake.token, [str(guild.channel(f"c{at}").id) for at in range(number)]))
        else:
            bot.send((fake.api_url, fake.bot_token, [fake.channel(f"c{at}").id for at in range(number)]))
        await asyncio.to_thread(bot.recv)
        bot.send(len(fake.refusals))


def serve(name: str, number: int, bot: Connection) -> None:
    asyncio.run(platform(name, number, bot))


@contextmanager
def served(name: str, number: int) -> Iterator[Connection]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(name, number, there))
    process.start()
    try:
        yield here
    finally:
        process.kill()
        process.join()


async def look_up(desk: Desk) -> None:
    await desk.typed("/lookup worms compost soil", Asker("Ada", "UTC"))


async def looking_up(desk: Desk, taken: list[float]) -> None:
    """A lookup every 10 ms; what is counted is how late it is answered, a busy loop included."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.01)
        await look_up(desk)
        taken.append((time.perf_counter() - start - 0.01) * 1000)


async def sent(name: str, channels: list[str], messenger: Messenger, folder: Path, platform: Connection) -> None:
    engine = open_engine(fresh("sqlite", folder))
    await migrate.upgrade(engine)
    desk = Desk(Shelf(Index(garden())), read_settings(""), SystemClock(), random.Random(1))  # noqa: S311
    store = SqlStore(engine, "bench", timedelta(hours=6), lambda: DUE - timedelta(hours=1))
    for channel in channels:
        await store.put(Subscription(Place(name, "T", channel), NINE, DUE - timedelta(hours=1)))
    begun = time.time()
    store = SqlStore(engine, "bench", timedelta(hours=6), lambda: DUE + timedelta(seconds=time.time() - begun))
    scheduler = Scheduler(Daily(desk, store), store, {name: messenger})
    gc.collect()
    gc.freeze()  # as the bot does once it has started
    gc.set_threshold(10_000, 20, 20)
    sys.setswitchinterval(0.0005)
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
    platform.send("done")
    p99 = [quantiles(times, n=100)[-1] for times in (idle, busy)]
    told = f"{name:8}{done:7,} of {len(channels):,} in {took:5.1f} s, {100 * rate / LIMIT:3.0f} % of 50 a second; "
    told += f"429s {platform.recv()}; lookup p99 {p99[0]:.2f} ms at rest, {p99[1]:.2f} ms meanwhile"
    print(told, flush=True)


async def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    logs.configure(human=False, stream=io.StringIO())  # written as the bot writes them, and not looked at
    with tempfile.TemporaryDirectory() as folder:
        with served("discord", number) as fake:
            discord.http.Route.BASE, token, channels = fake.recv()
            async with discord.Client(intents=discord.Intents.none()) as client:
                await client.login(token)
                await sent("discord", channels, DiscordMessenger(client), Path(folder), fake)
        with served("slack", number) as fake:
            api_url, token, channels = fake.recv()
            async with aiohttp.ClientSession() as session:
                web = AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])

                async def client_of(_: str) -> AsyncWebClient:
                    return web

                await sent("slack", channels, SlackMessenger(client_of), Path(folder), fake)


if __name__ == "__main__":
    asyncio.run(main())
