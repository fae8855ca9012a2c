"""Several processes on one database: each shard runs in one of them, and moves when that one ends."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.discord import client, shards
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from tests.adapters.discord_.running import met, running
from tests.databases import fresh
from tests.desks import garden_desk
from tests.fakes.local_discord import LocalDiscord


def test_an_interaction_is_answered_by_one_process_and_by_the_other_once_that_has_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (client, shards):
        monkeypatch.setattr(module, "RENEWED_S", 0.1)

    async def run() -> None:
        url = fresh("postgresql", tmp_path)
        engines = [open_engine(url), open_engine(url)]
        await migrate.upgrade(engines[0])
        one, two = (SqlStore(engine, name, timedelta(hours=6)) for name, engine in zip("ab", engines, strict=True))
        try:
            async with LocalDiscord(rate_limits=False, timeout=15.0) as fake:
                general, ada, _ = met(fake)

                async def asks() -> str:
                    return str((await ada.types(general, "/lookup", query="worms")).text)

                async with running(garden_desk(), fake, leases=two):
                    async with running(garden_desk(), fake, leases=one):
                        assert fake.identifies == 1
                        assert "Worms" in await asks()
                    assert "Worms" in await asks()
                await _taken_over(fake, one, asks)
        finally:
            for engine in engines:
                await engine.dispose()

    asyncio.run(run())


def test_a_lease_runs_from_when_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        at = 0.0

        async def lease(self, name: str, seconds: float) -> bool:
            del name
            self.at += seconds - shards.RENEWED_S
            return True

        async def unlease(self, name: str) -> None: ...

    monkeypatch.setattr(shards, "RENEWED_S", 0.01)
    leases = Slow()
    asyncio.run(asyncio.wait_for(shards.Shards(leases, 1).changed([0], lambda: leases.at), 60))


async def _taken_over(fake: LocalDiscord, store: SqlStore, asks: Any) -> None:
    """The first has ended and let go: the other one need not wait for a lease to run out."""
    before = fake.identifies
    async with running(garden_desk(), fake, leases=store):
        await fake.until(lambda: fake.identifies > before)
        assert "Worms" in await asks()


def test_a_database_that_is_gone_costs_the_shards_before_another_may_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "RENEWED_S", 0.01)

    class Gone:
        async def lease(self, *_: object) -> bool:
            raise OSError("gone")

        async def unlease(self, *_: object) -> None:
            raise OSError("gone")

    clock = iter(range(0, 1000, 10))
    asyncio.run(asyncio.wait_for(shards.Shards(Gone(), 1).changed([0], lambda: next(clock)), 60))
