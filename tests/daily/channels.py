"""A channel in a local Slack or a local Discord whose bot has a real database, and a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.adapters.metrics import Metrics
from bot.adapters.slack.manifest import manifest
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.core.answering.typed import parse
from bot.daily import Daily
from bot.desk import Desk
from bot.ports import Messenger
from bot.scheduler import Scheduler
from tests.adapters.discord_.running import running as running_discord
from tests.adapters.slack.running import running as running_slack
from tests.adapters.store.processes import Time
from tests.databases import fresh
from tests.desks import garden_desk
from tests.fakes import local_discord, slack
from tests.ticking import ticks

PLATFORMS = ("slack", "discord")


@dataclass
class Channel:
    """What a test does there: `ada` may change the daily lesson, `guest` may not."""

    fake: Any
    place: Any
    ada: Any
    guest: Any
    store: SqlStore
    daily: Daily
    messengers: dict[str, Messenger]
    time: Time
    metrics: Metrics

    @property
    def discord(self) -> bool:
        return isinstance(self.fake, local_discord.LocalDiscord)

    async def types(self, line: str, who: Any = None) -> str:
        """The private answer to a command."""
        person = who or self.ada
        if not self.discord:
            seen = await person.types(self.place, line)
            return str(seen.shown)
        invocation = parse(line)
        seen = await person.types(self.place, "/" + " ".join(invocation.path), **invocation.options)
        return str(seen.text).replace("\\", "")

    @property
    def posts(self) -> list[str]:
        """What everybody reads in the channel."""
        return [message.text.replace("\\", "") for message in self.place.messages]

    @property
    def lessons(self) -> list[str]:
        return [post for post in self.posts if "Lesson of the day" in post]

    def scheduler(self) -> Scheduler:
        return Scheduler(self.daily, self.store, self.messengers, watch=self.metrics.lesson)

    async def ticks(self) -> int:
        """One tick, and everything that it leads to."""
        return await ticks(self.scheduler())

    async def goes_on(self, seconds: int) -> None:
        """So many seconds, with a tick in each."""
        for _ in range(seconds):
            self.time.passes(seconds=1)
            await self.ticks()

    def fail(self, **how: Any) -> None:
        """The next post goes wrong."""
        if self.discord:
            self.fake.fail("POST", "/channels/{id}/messages", **how)
        else:
            self.fake.fail("chat.postMessage", **how)


@asynccontextmanager
async def channel(platform: str, url: str, config: str = "") -> AsyncIterator[Channel]:
    time, engine, metrics = Time(), open_engine(url), Metrics([platform])
    await migrate.upgrade(engine)
    store = SqlStore(engine, "one", timedelta(hours=6), time, metrics.lesson)
    desk, messengers = garden_desk(config), dict[str, Messenger]()
    daily = Daily(desk, store)
    parts: dict[str, Any] = {"daily": daily, "messengers": messengers}
    there = _in_slack if platform == "slack" else _in_discord
    try:
        async with there(desk, parts) as (fake, place, ada, guest):
            yield Channel(fake, place, ada, guest, store, daily, messengers, time, metrics)
    finally:
        await store.close()


@asynccontextmanager
async def _in_slack(desk: Desk, parts: dict[str, Any]) -> AsyncIterator[tuple[Any, ...]]:
    async with slack.LocalSlack(manifest=manifest()) as fake, running_slack("socket", desk, fake, **parts):
        fake.state.strict_rate = False  # days pass in a moment here
        ada, guest = fake.person("Ada", tz="Europe/Berlin"), fake.person("Gus", guest=True)
        yield fake, fake.channel("general", ada, guest), ada, guest


@asynccontextmanager
async def _in_discord(desk: Desk, parts: dict[str, Any]) -> AsyncIterator[tuple[Any, ...]]:
    async with local_discord.LocalDiscord(rate_limits=False) as fake, running_discord(desk, fake, **parts):
        guild = fake.guild("Garden")
        ada, guest = fake.person("Ada", guild, permissions={"manage_channels"}), fake.person("Gus", guild)
        yield fake, guild.channel("general"), ada, guest


def in_channel(
    platform: str, folder: Path, scenario: Callable[[Channel], Awaitable[None]], config: str = "", kind: str = "sqlite"
) -> None:
    async def run() -> None:
        async with channel(platform, fresh(kind, folder), config) as there:
            await scenario(there)

    asyncio.run(run())
