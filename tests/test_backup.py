"""`python -m bot db export` and `db import`: from either kind of database to either, all or nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from bot import upkeep
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.adapters.store.tables import deliveries, leases, subscriptions
from bot.app import Places
from bot.core.errors import StoreError
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.subscription import Outcome, Place, State, Subscription
from tests.databases import KINDS, fresh

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)  # an hour before nine in Berlin
MADE = Subscription(Place("slack", "T1", "C0"), Schedule(time(9), "Europe/Berlin"), MONDAY, by="U1", by_name="Zoë ✿")


@asynccontextmanager
async def store_of(url: str, now: datetime = MONDAY) -> AsyncIterator[SqlStore]:
    engine = open_engine(url)
    await migrate.upgrade(engine)
    store = SqlStore(engine, "one", timedelta(hours=6), lambda: now)
    try:
        yield store
    finally:
        await store.close()


async def fill(url: str) -> None:
    """Subscriptions in every state, deliveries with every outcome, ids that do not begin at 1."""
    async with store_of(url) as store:
        await store.put(replace(MADE, place=Place("slack", "gone", "C9")))
        for number, state in enumerate(State):
            place = Place("discord", "7", str(number), "9")
            await store.put(replace(MADE, place=place, state=state, reason="a\n“reason”"))
        last = await store.put(replace(MADE, declared=True, forum="post", within="garden"))
        await store.forget("slack", "gone")
    engine = open_engine(url)
    async with engine.begin() as connection:
        for day, outcome in enumerate(Outcome, 1):
            await connection.execute(
                insert(deliveries).values(
                    subscription=last.id, date=f"2026-11-{day:02}", due=1_790_000_000_000 + day, outcome=outcome.value,
                    entry="garden/clay", message="m", reason="", first_try=1, settled=None, holder="x", held_until=9,
                )
            )  # fmt: skip
        await connection.execute(insert(leases).values(name="shard-0", holder="x", until=1))
    await engine.dispose()


def places(folder: Path) -> Places:
    (folder / "bot.yaml").write_text("", "utf-8")
    return Places(folder, folder / "bot.yaml")


async def taken(folder: Path, url: str) -> list[str]:
    return [line async for line in upkeep.take_out(places(folder), {"DATABASE_URL": url})]


async def bring(folder: Path, url: str, lines: list[str]) -> str:
    file = folder / "backup.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return await upkeep.bring_in(places(folder), {"DATABASE_URL": url}, file)


async def rows(url: str) -> int:
    """How many rows are in the database."""
    engine, number = open_engine(url), 0
    async with engine.connect() as connection:
        for table in (subscriptions, deliveries):
            number += (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    await engine.dispose()
    return number


@pytest.mark.parametrize(("source", "target"), list(product(KINDS, KINDS)))
def test_what_was_taken_out_is_there_again_and_goes_on(source: str, target: str, tmp_path: Path) -> None:
    async def run() -> None:
        old, new = fresh(source, tmp_path), fresh(target, tmp_path)
        await fill(old)
        async with store_of(new):
            pass  # brought to the schema
        lines = await taken(tmp_path, old)
        assert await bring(tmp_path, new, lines) == "The database now holds what the backup held: 12 rows."
        assert await taken(tmp_path, new) == lines
        async with store_of(new, MONDAY + timedelta(hours=2)) as store:
            made = await store.put(replace(MADE, place=Place("slack", "T1", "new")))
            assert made.id == max(one.id for one in await store.every())
            claims = await store.claim(10, ["slack", "discord"])
            # What was under way is taken over, and what has come due since is taken on.
            assert {claim.delivery.outcome for claim in claims} == {Outcome.SENDING, Outcome.CLAIMED}
        with pytest.raises(StoreError, match=r"^the database holds subscriptions already"):
            await bring(tmp_path, new, lines)

    asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_backup_is_refused_with_its_line_and_leaves_nothing(kind: str, tmp_path: Path) -> None:
    async def run() -> None:
        old, new = fresh("sqlite", tmp_path), fresh(kind, tmp_path)
        await fill(old)
        async with store_of(new):
            pass
        lines = await taken(tmp_path, old)
        end = len(lines) - 1
        damaged = {
            "backup.jsonl:1: this is no backup": lines[1:],
            f"backup.jsonl:{end}: the backup ends too early": lines[:end],
            f"backup.jsonl:{end}: this is no record": [*lines[: end - 1], lines[end]],  # one is missing
            f"backup.jsonl:{end}: this is no JSON line": [*lines[: end - 1], lines[end - 1][:-9]],
            "backup.jsonl:2: this is no record": [lines[0], lines[1].replace("Europe/Berlin", "Berln"), *lines[2:]],
            "cannot be used": [*lines[:end], lines[end - 1], json.dumps({"records": end + 1})],  # one comes twice
        }
        for said, given in damaged.items():
            with pytest.raises(StoreError, match=said):
                await bring(tmp_path, new, given)
            assert await rows(new) == 0, said
        await bring(tmp_path, new, lines)
        assert await rows(new) == 12

    asyncio.run(run())


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    url = fresh("sqlite", tmp_path)
    with pytest.raises(StoreError, match=r"nowhere\.jsonl: this cannot be read"):
        asyncio.run(upkeep.bring_in(places(tmp_path), {"DATABASE_URL": url}, tmp_path / "nowhere.jsonl"))
