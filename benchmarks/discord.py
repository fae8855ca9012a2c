"""A slash command in Discord: the bot beside a bare command tree that calls the same core lookup, in one run.

`python -m benchmarks.discord`. In process, from the event to the body of the answer; also completion, and the memory
that a shard of 2,500 servers takes.
"""

import asyncio
import gc
import json
import random
import statistics
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.adapters.content import read_library
from bot.adapters.discord.client import Client
from bot.app import SystemClock
from bot.core.finding import search
from bot.core.finding.search import Index
from bot.core.reading.parser import Limits
from bot.desk import Desk
from bot.settings import Discord, read_settings
from bot.shelf import Shelf
from tests.dailies import kept

ROUNDS = 3000
GUILDS = 2500
QUERIES = (
    "scaling laws", "why do big training runs fail", "data efficiency", "torch.sum bug", "fault tolerence",
    "how many people", "multi cluster", "what is next", "co-design", "compression is intelligence",
)  # fmt: skip

Answer = Callable[["discord.Interaction[discord.Client]"], Awaitable[object]]
sent: list[Any] = []


async def keep(*_: object, payload: Any = None, multipart: Any = None, **__: Any) -> Any:
    """In place of the network: what would have been sent is kept, as the text that it would be sent as."""
    body = payload if payload is not None else json.loads(multipart[0]["value"])
    sent.append(discord.utils._to_json(body))
    return {"interaction": {"id": "1", "type": 2}}


def user() -> dict[str, Any]:
    return {"id": "5", "username": "ada", "discriminator": "0", "global_name": "Ada", "avatar": None}


def given(kind: int, query: str) -> dict[str, Any]:
    """A command, or with `kind` 4 a completion, as the gateway sends it."""
    member = {"user": user(), "roles": [], "joined_at": "2024-01-01T00:00:00+00:00", "deaf": False, "mute": False}
    option = {"type": 3, "name": "query", "value": query, "focused": kind == 4}
    return {
        "id": "1", "application_id": "2", "type": kind, "token": "t", "version": 1, "guild_id": "3", "channel_id": "4",
        "channel": {"id": "4", "type": 0, "name": "general", "permissions": "3072", "position": 0},
        "guild": {"id": "3", "locale": "en-US", "features": []}, "attachment_size_limit": 1, "entitlements": [],
        "member": {**member, "permissions": "3072", "nick": None, "avatar": None, "flags": 0}, "context": 0,
        "app_permissions": "3072", "authorizing_integration_owners": {"0": "3"}, "locale": "en-GB",
        "data": {"id": "9", "name": "lookup", "type": 1, "options": [option]},
    }  # fmt: skip


def bare(desk: Desk) -> tuple[discord.Client, Answer]:
    client = discord.Client(intents=discord.Intents(guilds=True))
    tree = app_commands.CommandTree(client)

    @tree.command(name="lookup", description="Find the ideas that fit a query")
    async def look_up(interaction: "discord.Interaction[discord.Client]", query: str) -> None:
        hits = search.look_up(desk.index, query, limit=5).hits
        await interaction.response.send_message("\n".join(hit.entry.full_text for hit in hits)[:2000], ephemeral=True)

    return client, tree._call


async def timed(client: discord.Client, answer: Answer, kind: int, query: str) -> float:
    data: Any = given(kind, query)
    sent.clear()
    start = time.perf_counter()
    await answer(discord.Interaction(data=data, state=client._connection))
    taken = time.perf_counter() - start
    assert len(sent) == 1
    assert len(sent[0]) > 20
    return taken


def row(name: str, times: list[float]) -> None:
    ranked = sorted(times)
    p50, p99 = statistics.median(ranked), ranked[int(len(ranked) * 0.99)]
    print(f"  {name:44} p50 {p50 * 1e6:7.0f} us   p99 {p99 * 1e6:7.0f} us   {len(times) / sum(times):8.0f} /s")


def guild(number: int) -> dict[str, Any]:
    """A server of 40 channels and 20 roles, as the gateway sends it to those who ask for servers."""
    base = (number + 1) << 32
    role = {"color": 0, "colors": {"primary_color": 0}, "hoist": False, "position": 1, "permissions": "3072",
            "managed": False, "mentionable": False, "flags": 0}  # fmt: skip
    roles = [{"id": str(base + at), "name": f"role {at}", **role} for at in range(20)]
    channel = {"type": 0, "position": 1, "permission_overwrites": [], "nsfw": False, "parent_id": None, "topic": None}
    channels = [{"id": str(base + 100 + at), "name": f"channel {at}", **channel} for at in range(40)]
    member = {"user": user(), "roles": [], "joined_at": "2024-01-01T00:00:00+00:00", "deaf": False, "mute": False}
    member |= {"flags": 0}
    return {
        "id": str(base), "name": f"server {number}", "owner_id": "5", "roles": roles, "emojis": [], "features": [],
        "channels": channels, "members": [member], "threads": [], "stickers": [], "presences": [], "voice_states": [],
        "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [], "member_count": 50,
        "large": False, "unavailable": False, "joined_at": "2024-01-01T00:00:00+00:00",
    }  # fmt: skip


def memory(client: discord.Client) -> None:
    """What stays of a shard's servers once all have come, where the bot asks for them and where it does not."""
    state = client._connection
    tracemalloc.start()
    for number in range(GUILDS):
        state._add_guild_from_data({"id": str((number + 1) << 32), "unavailable": True})  # type: ignore[typeddict-item]
    listed, _ = tracemalloc.get_traced_memory()
    for number in range(GUILDS):
        state._add_guild_from_data(guild(number))  # type: ignore[arg-type]
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{GUILDS:,} servers: {listed / 1e6:.1f} MB listed, {held / 1e6:.1f} MB with their channels and roles")


async def main() -> None:
    AsyncWebhookAdapter.request = keep  # type: ignore[method-assign]
    library = await read_library(Path("content"), Limits())
    desk = Desk(Shelf(Index(library)), read_settings(""), SystemClock(), random.Random(1))  # noqa: S311
    async with kept(desk) as (daily, _):
        client = Client(desk, Discord("http://127.0.0.1:1", "", None, "t"), asyncio.Event(), daily)
        await compare(desk, client)


async def compare(desk: Desk, client: Client) -> None:
    apps = {"ours": (client, client.on_interaction), "bare": bare(desk)}
    for one, _ in apps.values():
        one._connection.user = discord.ClientUser(state=one._connection, data=user() | {"id": "2"})  # type: ignore
    gc.collect()
    gc.freeze()  # as the bot does once it has started
    gc.set_threshold(10_000, 20, 20)
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for at in range(ROUNDS + 100):
        for name, (one, answer) in apps.items():
            taken = await timed(one, answer, 2, QUERIES[at % len(QUERIES)])
            if at >= 100:
                times[name].append(taken)
    print("a command, in process")
    for name in apps:
        row(name, times[name])
    print("a completion, in process")
    typed = [query[:longest] for query in QUERIES for longest in range(1, len(query) + 1)]
    row("ours", [await timed(client, client.on_interaction, 4, text) for text in typed * 3])
    memory(client)


if __name__ == "__main__":
    asyncio.run(main())
