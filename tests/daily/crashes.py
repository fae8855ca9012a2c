"""Schedulers as processes that are killed with SIGKILL at every step, on a real database, towards a local platform.

What is counted afterwards comes from what the platform holds and from the deliveries: lost, doubled, unknown.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from typing import Any

import aiohttp
import discord
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot import scheduler as scheduling
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.slack.messenger import SlackMessenger
from bot.adapters.store import migrate
from bot.adapters.store import store as storing
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.core.errors import StoreError
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.subscription import FINAL, Outcome, Place, Subscription
from bot.daily import Daily
from bot.ports import Messenger
from bot.scheduler import Scheduler
from tests.databases import fresh
from tests.desks import garden_desk
from tests.fakes import local_discord, slack
from tests.ticking import finished

STEPS = ("claim", "begin", "send", "confirm")  # right after each of these; and at any moment: ""
DUE = datetime(2026, 11, 23, 8, tzinfo=UTC)
NINE = Schedule(wall(9), "Europe/Berlin")
GRACE = timedelta(hours=6)


@dataclass(frozen=True)
class Worker:
    """What a process is told: where everything is, the day, at which step it dies and how often it passes that."""

    platform: str
    url: str
    api_url: str
    token: str
    start: float  # of the day, by the machine's clock
    day: int
    step: str = ""
    passes: int = 0

    def now(self) -> datetime:
        return DUE + timedelta(days=self.day, seconds=time.time() - self.start)


@dataclass
class Count:
    """What came of it all."""

    kills: int = 0
    due: int = 0
    sent: int = 0
    unknown: int = 0
    failed: int = 0
    lost: int = 0
    doubled: int = 0


def work(worker: Worker) -> None:
    """A process of its own: post what is due until killed, or until nothing is left."""
    storing.LEASE = timedelta(seconds=1)
    scheduling.PACE = 400.0
    scheduling.AT_ONCE = 8
    scheduling.AGAIN_S = (0.05, 0.1)
    scheduling.BATCH = 40
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(_work(worker))


async def _work(worker: Worker) -> None:
    engine = open_engine(worker.url)
    store = SqlStore(engine, f"worker-{os.getpid()}", GRACE, worker.now)
    async with _messenger(worker) as messenger:
        dying = _Dying(store, messenger, worker)
        daily = Daily(garden_desk(), dying)
        scheduler = Scheduler(daily, dying, {worker.platform: dying}, sleep=_shortly)
        quiet = 0
        while quiet < 8:  # a lapsed lease may still come back
            try:
                quiet = 0 if await scheduler.tick() else quiet + 1
            except StoreError:
                quiet = 0
            await finished(scheduler)
            await asyncio.sleep(0.2 if quiet else 0)
    await store.close()


async def _shortly(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.05))


@contextlib.asynccontextmanager
async def _messenger(worker: Worker) -> AsyncIterator[Messenger]:
    if worker.platform == "discord":
        discord.http.Route.BASE = worker.api_url
        async with discord.Client(intents=discord.Intents.none()) as bot:
            await bot.login(worker.token)
            yield DiscordMessenger(bot)
        return
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=worker.token, base_url=worker.api_url, session=session, retry_handlers=[])

        async def client_of(_: str) -> AsyncWebClient:
            return client

        yield SlackMessenger(client_of)


class _Dying:
    """The store and the messenger, with death right after a step."""

    def __init__(self, store: SqlStore, messenger: Messenger, worker: Worker) -> None:
        self._store, self._messenger, self._step, self._left = store, messenger, worker.step, worker.passes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def _after(self, step: str, work: Awaitable[Any]) -> Any:
        result = await work
        if step == self._step and result:
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return result

    async def claim(self, *args: Any) -> Any:
        return await self._after("claim", self._store.claim(*args))

    async def begin(self, *args: Any) -> Any:
        return await self._after("begin", self._store.begin(*args))

    async def post(self, *args: Any) -> Any:
        return await self._after("send", self._messenger.post(*args))

    async def tell(self, *args: Any) -> None:
        await self._messenger.tell(*args)

    async def settle(self, *args: Any) -> Any:
        return await self._after("confirm", self._store.settle(*args))


# ---- the other side


Rounds = Callable[["Field"], Awaitable[None]]


class Field:
    """A platform with channels that all want a lesson, and workers that are killed."""

    def __init__(self, platform: str, url: str, fake: Any, channels: list[Any], chance: random.Random) -> None:
        self.platform, self.url, self.fake, self.channels, self.chance = platform, url, fake, channels, chance
        self.count = Count()
        self._day, self._start = 0, time.time()
        self._spawn = multiprocessing.get_context("forkserver")
        self._spawn.set_forkserver_preload([__name__])

    async def prepare(self) -> None:
        engine = open_engine(self.url)
        await migrate.upgrade(engine)
        store = SqlStore(engine, "parent", GRACE, lambda: DUE - timedelta(hours=1))
        for channel in self.channels:
            place = Place(self.platform, "T000000001", str(channel.id))
            await store.put(Subscription(place, NINE, DUE - timedelta(hours=1), by_name="Ada"))
        await store.close()

    def worker(self, step: str = "", passes: int = 0) -> Any:
        token = self.fake.token if self.platform == "discord" else self.fake.bot_token
        told = Worker(self.platform, self.url, self.fake.api_url, token, self._start, self._day, step, passes)
        process = self._spawn.Process(target=work, args=(told,))
        process.start()
        return process

    def next_day(self) -> None:
        self._day += 1
        self._start = time.time()

    def hinder(self) -> None:
        """Now and then an answer is lost with its connection, or the request is."""
        if self.chance.random() < 0.2:
            how = {"drop": True, "after": self.chance.random() < 0.5}
            if self.platform == "discord":
                self.fake.fail("POST", "/channels/{id}/messages", **how)
            else:
                self.fake.fail("chat.postMessage", **how)

    async def kill(self, kills: int) -> None:
        """Kill so many workers, one after the other, at each step in turn and at any moment."""
        steps = (*STEPS, "")
        while self.count.kills < kills:
            self.hinder()
            step = steps[self.count.kills % len(steps)]
            process = self.worker(step, self.chance.randrange(4))
            if not step:
                await asyncio.sleep(self.chance.uniform(0.02, 0.3))
                process.kill()
            await asyncio.to_thread(process.join, 20)
            if process.exitcode == -signal.SIGKILL:
                self.count.kills += 1
            else:
                assert process.exitcode == 0, process.exitcode
                self.next_day()
        await self.finish()

    async def replicas(self, number: int, every: float) -> None:
        """So many workers at once; one of them is killed ever so often and another begins, until all is done."""
        workers = [self.worker() for _ in range(number)]
        while True:
            await asyncio.sleep(every)
            living = [one for one in workers if one.is_alive()]
            if len(living) < number:
                break  # one of them found nothing more to do
            victim = self.chance.choice(living)
            victim.kill()
            self.count.kills += 1
            workers = [*(one for one in living if one is not victim), self.worker()]
        for one in workers:
            await asyncio.to_thread(one.join, 60)
        await self.finish()

    async def finish(self) -> None:
        """Let one worker live until all is done."""
        process = self.worker()
        await asyncio.to_thread(process.join, 60)
        assert process.exitcode == 0, process.exitcode
        await self._counted()

    async def _counted(self) -> None:
        store = SqlStore(open_engine(self.url), "parent", GRACE)
        made = {one.place.channel: one.id for one in await store.every()}
        every = await store.deliveries(list(made.values()), 1000)
        await store.close()
        for channel in self.channels:
            past = every[made[str(channel.id)]]
            posted = [str(message.id if self.platform == "discord" else message.ts) for message in channel.messages]
            sent = [one for one in past if one.outcome is Outcome.SENT]
            unknown = [one for one in past if one.outcome is Outcome.UNKNOWN]
            self.count.due += len(past)
            self.count.sent += len(sent)
            self.count.unknown += len(unknown)
            self.count.failed += sum(one.outcome is Outcome.FAILED for one in past)
            self.count.lost += sum(one.outcome not in FINAL for one in past) + sum(
                one.message not in posted for one in sent
            )
            unclaimed = set(posted) - {one.message for one in sent}
            self.count.doubled += max(len(unclaimed) - len(unknown), 0)
            self.count.doubled += len(sent) - len({one.message for one in sent})


async def field(where: tuple[str, str], folder: Path, channels: int, seed: int, rounds: Rounds) -> Count:
    """Run rounds on a field of so many channels, on a platform and a kind of database, and count."""
    platform, kind = where
    url, chance = fresh(kind, folder), random.Random(seed)
    if platform == "slack":
        async with slack.LocalSlack() as fake:
            fake.state.strict_rate = False
            there = Field(platform, url, fake, [fake.channel(f"c{n}") for n in range(channels)], chance)
            await there.prepare()
            await rounds(there)
            return replace(there.count)
    async with local_discord.LocalDiscord(rate_limits=False) as local:
        guild = local.guild("Garden")
        there = Field(platform, url, local, [guild.channel(f"c{n}") for n in range(channels)], chance)
        await there.prepare()
        await rounds(there)
        return replace(there.count)
