"""What the bot tells of itself over HTTP, and that it tells no more."""

import asyncio
import contextlib
import socket
import time
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientSession

from bot import service
from bot.adapters import health
from bot.adapters.metrics import CONTENT_TYPE, Metrics
from bot.core.answering.commands import Invocation
from tests.desks import ASKER, garden_desk


async def well() -> str:
    return ""


async def ill() -> str:
    return "not connected"


async def slow() -> str:
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(60)
    await asyncio.sleep(60)  # however much it is asked to end
    return ""


async def broken() -> str:
    raise ConnectionError("postgresql://ada:s3cret@db")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (well, "ok"),
        (ill, "not connected"),
        (slow, "no answer within 1 s"),
        (broken, "failed (ConnectionError)"),
    ],
)
def test_it_is_ready_where_every_part_is_well_and_alive_in_any_case(check: health.Check, said: str) -> None:
    async def run() -> None:
        checks = {"slack": well, "database": check}
        async with health.served("127.0.0.1", 0, checks, lambda: b"", CONTENT_TYPE) as port, ClientSession() as client:
            answer = await client.get(f"http://127.0.0.1:{port}/readyz")
            ready = said == "ok"
            assert answer.status == (200 if ready else 503)
            assert await answer.json() == {"ready": ready, "parts": {"slack": "ok", "database": said}}
            assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status == 200
            assert (await client.get(f"http://127.0.0.1:{port}/")).status == 404

    asyncio.run(run())


def test_once_a_stop_has_begun_it_is_not_ready_and_says_why() -> None:
    async def run() -> None:
        stop = asyncio.Event()
        parts: Any = SimpleNamespace(answers=well, last_tick=time.monotonic())  # database and scheduler
        checks = service.checks({}, parts, parts, stop)
        async with health.served("127.0.0.1", 0, checks, lambda: b"", CONTENT_TYPE) as port, ClientSession() as client:
            assert (await client.get(f"http://127.0.0.1:{port}/readyz")).status == 200
            stop.set()
            answer = await client.get(f"http://127.0.0.1:{port}/readyz")
            assert answer.status == 503
            assert (await answer.json())["parts"]["scheduler"].startswith("stopping")
            assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status == 200

    asyncio.run(run())


def test_a_port_that_is_taken_is_an_os_error() -> None:
    async def run() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with pytest.raises(OSError, match="address already in use"):
                async with health.served("127.0.0.1", taken.getsockname()[1], {}, lambda: b"", CONTENT_TYPE):
                    pass

    asyncio.run(run())


def test_lookups_and_quotes_are_counted_once_each_on_their_own_platform() -> None:
    metrics = Metrics(["slack", "discord"])
    desk = garden_desk().watched(partial(metrics.lookup, "slack"))
    for path in (("lookup",), ("quote",), ("lesson",)):
        asyncio.run(desk.answer(Invocation(path, {"query": "clay"}), ASKER))
    asyncio.run(desk.look_up("clay"))
    asyncio.run(desk.match("the clay keeps its moisture", 1))
    told = metrics.text().decode()
    assert 'commonplace_lookups_total{platform="slack"} 4.0' in told
    assert 'commonplace_lookup_seconds_count{platform="slack"} 4.0' in told
    assert 'commonplace_lookups_total{platform="discord"} 0.0' in told
