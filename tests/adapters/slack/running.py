"""The bot running in a local Slack, over Socket Mode or over HTTP, so that a test reads as a conversation."""

import asyncio
import itertools
import os
import socket
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot.adapters.slack.client import serve
from bot.adapters.slack.manifest import manifest
from bot.desk import Desk
from bot.settings import Slack
from tests.dailies import kept
from tests.desks import garden_desk
from tests.fakes.slack import LocalSlack, message_problems, view_problems

MODES = ("socket", "http")


# Below those that the system hands out, so that nothing takes one between its choice and its use.
_PORTS = itertools.count(10_000 + os.getpid() % 1_000 * 20)


def free_port() -> int:
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("0.0.0.0", port))  # noqa: S104 - as the bot does
            return port
    raise AssertionError


async def served(desk: Desk, settings: Slack, connected: asyncio.Event, **parts: Any) -> None:
    """Serve with a database of its own, and whatever else is not given."""
    async with kept(desk) as (daily, store):
        given: dict[str, Any] = {"daily": daily, "messengers": {}, "engine": store.engine} | parts
        await serve(desk, settings, connected, **given)


@asynccontextmanager
async def running(mode: str, desk: Desk, slack: LocalSlack, **parts: Any) -> Any:
    """The bot, connected, for the length of the block."""
    over_socket = mode == "socket"
    port = free_port()
    settings = Slack(
        api_url=slack.api_url,
        port=port,
        bot_token=slack.bot_token,
        app_token=slack.app_token if over_socket else "",
        signing_secret="" if over_socket else slack.signing_secret,
    )
    connected = asyncio.Event()
    task = asyncio.create_task(served(desk, settings, connected, **parts))
    ready = asyncio.create_task(connected.wait())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        ready.cancel()
        await task
    if over_socket:
        await slack.connected()
    else:
        slack.http(f"http://127.0.0.1:{port}")
    try:
        yield settings
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def converse(
    mode: str,
    scenario: Callable[[LocalSlack], Coroutine[Any, Any, None]],
    *,
    config: str = "",
    desk: Desk | None = None,
    **options: Any,
) -> None:
    """Run a conversation, and check that nothing sent was beyond Slack's limits."""

    async def run() -> None:
        desk_ = desk or garden_desk(config)
        async with LocalSlack(manifest=manifest(desk_.prefix), **options) as slack:
            async with running(mode, desk_, slack):
                await scenario(slack)
            for payload in slack.payloads:
                problems = view_problems(payload) if "type" in payload else message_problems(payload)
                assert not problems, problems

    asyncio.run(run())
