"""A slash command in Slack: the bot beside a bare AsyncApp that calls the same core lookup, in one run.

`python -m benchmarks.slack`. In process and over loopback HTTP; also what importing and starting cost.
"""

import asyncio
import gc
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.content import read_library
from bot.adapters.slack.client import EVENTS, bolt_app, http
from bot.adapters.slack.listeners import Listeners
from bot.adapters.slack.people import People
from bot.app import SystemClock
from bot.core.finding import search
from bot.core.finding.search import Index
from bot.core.reading.parser import Limits
from bot.daily import Daily
from bot.desk import Desk
from bot.settings import Slack, read_settings
from bot.shelf import Shelf
from tests.dailies import kept

ROUNDS = 3000
SECRET = "a signing secret"
SETTINGS = Slack("http://127.0.0.1:1/api/", 3999, bot_token="xoxb-1", signing_secret=SECRET)
QUERIES = (
    "scaling laws", "why do big training runs fail", "data efficiency kind:lesson", "torch.sum bug", "fault tolerence",
    "how many people", "multi cluster", "what is next", "co-design", "compression is intelligence",
)  # fmt: skip


def body(query: str) -> str:
    fields = {"command": "/lookup", "text": query, "team_id": "T1", "user_id": "U1", "user_name": "ada"}
    return urlencode({**fields, "channel_id": "C1", "response_url": "http://127.0.0.1:1/r", "trigger_id": "1.2"})


def signed(payload: str) -> dict[str, Any]:
    now = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=payload) or ""
    kind = "application/x-www-form-urlencoded"
    return {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": now, "Content-Type": kind}


def ours(desk: Desk, daily: Daily) -> AsyncApp:
    client = AsyncWebClient(base_url=SETTINGS.api_url)
    app = bolt_app(SETTINGS, client)

    async def client_of(_: object) -> AsyncWebClient:
        return client

    Listeners(desk, client_of, People("UTC"), daily).register(app)
    return app


def bare(desk: Desk) -> AsyncApp:
    app = bolt_app(SETTINGS, AsyncWebClient(base_url=SETTINGS.api_url))

    async def look_up(ack: Callable[..., Awaitable[None]], command: dict[str, str]) -> None:
        hits = search.look_up(desk.index, command["text"], limit=5).hits
        await ack("\n".join(hit.entry.full_text for hit in hits))

    app.command("/lookup")(look_up)
    return app


async def in_process(app: AsyncApp, query: str) -> float:
    request = AsyncBoltRequest(body=(payload := body(query)), headers=signed(payload))
    start = time.perf_counter()
    response = await app.async_dispatch(request)
    taken = time.perf_counter() - start
    assert response.status == 200
    assert len(response.body) > 20
    return taken


def row(name: str, times: list[float]) -> None:
    ranked = sorted(times)
    p50, p99 = statistics.median(ranked), ranked[int(len(ranked) * 0.99)]
    print(f"  {name:44} p50 {p50 * 1e6:7.0f} us   p99 {p99 * 1e6:7.0f} us   {len(times) / sum(times):8.0f} /s")


async def over_http(apps: dict[str, AsyncApp]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in apps}

    def served(name: str, port: int) -> AbstractAsyncContextManager[None]:
        return http(apps[name], replace(SETTINGS, port=port))

    async with ClientSession() as session, served("ours", 3998), served("bare", 3997):
        for at in range(ROUNDS):
            for name, port in (("ours", 3998), ("bare", 3997)):
                payload = body(QUERIES[at % len(QUERIES)])
                headers = signed(payload)
                start = time.perf_counter()
                async with session.post(f"http://127.0.0.1:{port}{EVENTS}", data=payload, headers=headers) as answer:
                    await answer.read()
                found[name].append(time.perf_counter() - start)
    return found


async def main() -> None:
    library = await read_library(Path("content"), Limits())
    desk = Desk(Shelf(Index(library)), read_settings(""), SystemClock(), random.Random(1))  # noqa: S311
    async with kept(desk) as (daily, _):
        await compare({"ours": ours(desk, daily), "bare": bare(desk)})


async def compare(apps: dict[str, AsyncApp]) -> None:
    gc.collect()
    gc.freeze()  # as the bot does once it has started
    gc.set_threshold(10_000, 20, 20)
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for at in range(ROUNDS + 100):
        for name, app in apps.items():
            taken = await in_process(app, QUERIES[at % len(QUERIES)])
            if at >= 100:
                times[name].append(taken)
    print("in process")
    for name in apps:
        row(name, times[name])
    print("over loopback HTTP")
    for name, found in (await over_http(apps)).items():
        row(name, found)
    answer = await apps["ours"].async_dispatch(AsyncBoltRequest(body=(p := body(QUERIES[0])), headers=signed(p)))
    print(f"an answer: {len(answer.body):,} bytes, {len(json.loads(answer.body)['blocks'])} blocks")


if __name__ == "__main__":
    asyncio.run(main())
