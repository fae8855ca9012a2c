"""Databases that are old, new, foreign, locked, read-only or out of reach."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, text

from bot.adapters.store import engine as opening
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.rows import subscription_row
from bot.adapters.store.store import SqlStore
from bot.adapters.store.tables import VERSION, metadata, stamp, subscriptions
from bot.core.errors import StoreError
from tests.adapters.store.processes import GRACE, MONDAY, both, subscription
from tests.databases import fresh

ADDED = {"declared", "forum"}  # since the first schema


@both
def test_a_newer_database_is_refused_and_an_old_one_is_migrated_or_named(kind: str, tmp_path: Path) -> None:
    async def run() -> None:
        engine = open_engine(fresh(kind, tmp_path))
        try:
            if kind == "postgresql":
                with pytest.raises(StoreError, match="run `python -m bot db upgrade`"):
                    await migrate.prepare(engine)
                await asyncio.gather(migrate.upgrade(engine), migrate.upgrade(engine))
            await migrate.prepare(engine)
            await migrate.prepare(engine)
            async with engine.begin() as connection:
                await connection.execute(text("UPDATE schema_version SET version_num = '9999'"))
            for step in (migrate.prepare, migrate.upgrade):
                with pytest.raises(StoreError, match="of a newer version"):
                    await step(engine)
        finally:
            await engine.dispose()

    asyncio.run(run())


def test_a_database_that_cannot_be_opened_says_why_without_its_password(tmp_path: Path) -> None:
    folder = tmp_path / "is-a-folder.db"
    folder.mkdir()
    for url in (f"sqlite+aiosqlite:///{folder}", "postgresql+psycopg://ada:s3cret@127.0.0.1:1/x"):

        async def run(url: str = url) -> None:
            engine = open_engine(url)
            try:
                await migrate.prepare(engine)
            finally:
                await engine.dispose()

        with pytest.raises(StoreError, match="cannot be used") as raised:
            asyncio.run(run())
        assert "s3cret" not in str(raised.value)


@both
def test_what_is_recorded_outlasts_a_power_cut_and_a_server_that_is_gone_is_given_up(kind: str, tmp_path: Path) -> None:
    async def run() -> None:
        engine = open_engine(fresh(kind, tmp_path))
        async with engine.connect() as connection:
            if kind == "sqlite":  # FULL: each commit is on the disk before what it allows begins
                assert (await connection.execute(text("PRAGMA synchronous"))).scalar() == 2
            else:
                told: Any = (await connection.get_raw_connection()).driver_connection
                given = told.info.get_parameters()
                assert (given["connect_timeout"], given["tcp_user_timeout"]) == ("10", "30000")
        await engine.dispose()

    asyncio.run(run())


@both
def test_the_migrations_lead_to_the_tables_of_the_code_and_keep_what_is_there(kind: str, tmp_path: Path) -> None:
    async def run() -> None:
        engine = open_engine(fresh(kind, tmp_path))
        try:
            await migrate.upgrade(engine, "0001")
            assert await migrate.version(engine) == "0001"
            async with engine.begin() as connection:
                row = subscription_row(subscription()) | {"next_date": "2026-11-23", "next_due": stamp(MONDAY)}
                await connection.execute(insert(subscriptions), {key: row[key] for key in row if key not in ADDED})
            await migrate.upgrade(engine)
            assert await migrate.version(engine) == VERSION
            async with engine.connect() as connection:
                assert await connection.run_sync(_differences) == []
            store = SqlStore(engine, "a", GRACE)
            (kept,) = await store.every()
            assert kept == subscription(id=kept.id)
        finally:
            await engine.dispose()

    asyncio.run(run())


def _differences(connection: object) -> list[object]:
    context = MigrationContext.configure(connection, opts={"version_table": "schema_version"})  # type: ignore[arg-type]
    return list(compare_metadata(context, metadata))


def test_a_file_that_another_program_holds_or_that_cannot_be_written_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_BUSY_MS", 20)
    url = fresh("sqlite", tmp_path)

    async def run() -> None:
        engine = open_engine(url)
        await migrate.prepare(engine)
        store = SqlStore(engine, "a", GRACE)
        made = await store.put(subscription())
        assert not [file for file in tmp_path.iterdir() if file.stat().st_mode & 0o077]  # tokens may lie there
        other = sqlite3.connect(url.partition("///")[2])
        try:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match=r"database is locked; see that .* no other program holds it"):
                await store.put(subscription("C2"))
            assert await store.find(made.place) == made  # who only reads waits for nobody
        finally:
            other.close()
            await engine.dispose()
        file = url.replace("///", "///file:") + "?mode=ro&uri=true"
        read_only = SqlStore(open_engine(file), "a", GRACE)
        with pytest.raises(StoreError, match=r"readonly database; see that the file can be written"):
            await read_only.put(subscription("C2"))
        await read_only.close()
        assert not Path("file:").exists()  # the folder of a file that is named as a URI is the file's own

    asyncio.run(run())


def test_a_user_without_a_home_is_told_to_name_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(*_: object, **__: object) -> Path:
        raise RuntimeError

    monkeypatch.setattr("bot.adapters.store.user_data_path", homeless)
    with pytest.raises(StoreError, match=r"no home folder .*; set HOME, or name a file by DATABASE_URL"):
        open_engine("")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://ada:s3cret@127.0.0.1:s3cret/x",
        "postgresql+psycopg://ada:12/s3cret@127.0.0.1/x",
        "postgresql+asyncpgx://ada:s3cret@127.0.0.1/x",
        "postgresql+psycopg://127.0.0.1:1/x?user=ada&password=s3cret",
        "postgresql+psycopg://ada:half@s3cret@127.0.0.1:1/x",
        "sqlite+pysqlite:///s3cret",
        "sqlite+aiosqlite://",
        "s3cret",
    ],
)
def test_no_address_however_wrong_shows_its_password(url: str) -> None:
    async def run() -> None:
        engine = open_engine(url)
        try:
            await migrate.prepare(engine)
        finally:
            await engine.dispose()

    with pytest.raises(StoreError) as raised:
        asyncio.run(run())
    assert "s3cret" not in str(raised.value)
