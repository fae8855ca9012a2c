"""The bot running in a local Discord, so that a test reads as a conversation."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import discord

from bot.adapters.discord.client import Client, serve
from bot.desk import Desk
from bot.settings import Discord
from tests.dailies import kept
from tests.desks import garden_desk
from tests.fakes.local_discord import Channel, LocalDiscord, Person


async def served(desk: Desk, settings: Discord, connected: asyncio.Event, **parts: Any) -> None:
    """Serve with a database of its own, and whatever else is not given."""
    async with kept(desk) as (daily, _):
        given: dict[str, Any] = {"daily": daily, "messengers": {}} | parts
        await serve(desk, settings, connected, **given)


@asynccontextmanager
async def running(
    desk: Desk, fake: LocalDiscord, guild: int | None = None, token: str = "", gateway: str = "", **parts: Any
) -> AsyncIterator[asyncio.Event]:
    """The bot, connected, for the length of the block; gives what is set while it is. `parts` are the rest of it."""
    base, before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    connected = asyncio.Event()
    settings = Discord(fake.api_url, gateway, guild, token or fake.token)
    task = asyncio.create_task(served(desk, settings, connected, **parts))
    ready = asyncio.create_task(connected.wait())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if task.done():
            await task
        yield connected
    finally:
        ready.cancel()
        task.cancel()
        await asyncio.gather(task, ready, return_exceptions=True)
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, before


def met(fake: LocalDiscord) -> tuple[Channel, Person, Person]:
    """A channel of a server, and Ada and Bob, who are in it."""
    guild = fake.guild("Garden")
    return guild.channel("general"), fake.person("Ada", guild), fake.person("Bob", guild)


def converse(
    scenario: Callable[[LocalDiscord], Coroutine[Any, Any, None]],
    *,
    config: str = "",
    desk: Desk | None = None,
    **options: Any,
) -> None:
    """Run a conversation, and check that nothing sent was refused for its form."""

    async def run() -> None:
        async with LocalDiscord(rate_limits=False, **options) as fake:
            async with running(desk or garden_desk(config), fake):
                await scenario(fake)
            assert not [one for one in fake.refusals if "50035" in str(one)], fake.refusals

    without_pauses(run)


def without_pauses(run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """discord.py waits 5 s before it identifies anew."""

    async def no_pause(*_: Any, **__: Any) -> None:
        pass

    before = Client.before_identify_hook
    Client.before_identify_hook = no_pause  # type: ignore[method-assign]
    try:
        asyncio.run(run())
    finally:
        Client.before_identify_hook = before  # type: ignore[method-assign]
