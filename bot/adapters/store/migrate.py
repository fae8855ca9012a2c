"""Brings a database to the schema of this code, and refuses one that is newer. Alembic is imported only to migrate."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.adapters.store.engine import open_direct
from bot.adapters.store.tables import VERSION
from bot.core.errors import Problem, StoreError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_LOCK = 7_468_102  # any number of our own: replicas that start together migrate one after the other


async def prepare(engine: "AsyncEngine") -> None:
    """Make a database ready: SQLite is migrated at once, PostgreSQL only by `upgrade`.

    Raises StoreError where it cannot be opened, is older (PostgreSQL) or newer than this code.
    """
    found = await version(engine)
    if found == VERSION:
        return
    if engine.dialect.name == "sqlite" and found < VERSION:
        await upgrade(engine)
    elif found < VERSION:
        raise StoreError(Problem("the database has an older schema", "run `python -m bot db upgrade`"))
    else:
        reason = f"the database is of a newer version ({found}) than this bot ({VERSION})"
        raise StoreError(Problem(reason, "install the newer version of the bot, or name another database"))


async def version(engine: "AsyncEngine") -> str:
    """The version of the schema, "" where there is none yet. Raises StoreError where it cannot be opened."""
    try:
        if engine.dialect.name == "sqlite":
            return await asyncio.to_thread(_directly, engine)
        async with engine.connect() as connection:
            return await connection.run_sync(_version)
    except (DBAPIError, OSError) as error:
        raise unusable(engine, error) from None


async def upgrade(engine: "AsyncEngine", to: str = "head") -> None:
    """Run the migrations that are missing, up to `to`. Raises StoreError where it cannot be opened or is newer."""
    if await version(engine) > VERSION:
        await prepare(engine)
    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await connection.run_sync(_migrate, to)
    except (DBAPIError, OSError) as error:
        raise unusable(engine, error) from None


def _directly(engine: "AsyncEngine") -> str:
    """The version without aiosqlite, which leaves a failing thread behind where a file cannot be opened."""
    direct = open_direct(engine)
    try:
        with direct.connect() as connection:
            return _version(connection)
    finally:
        direct.dispose()


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table("schema_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM schema_version")).scalar() or "")


def _migrate(connection: Connection, to: str) -> None:
    from alembic import command  # noqa: PLC0415 - 186 ms that only a migration takes
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def unusable(engine: "AsyncEngine", error: Exception) -> StoreError:
    """The error as one that names the database, without its password, and the mend."""
    reason = str(getattr(error, "orig", error)).splitlines()[0] if str(error) else type(error).__name__
    where = engine.url.set(query={}).render_as_string(hide_password=True)  # a query may hold a password too
    mend = "check DATABASE_URL and its server"
    if engine.dialect.name == "sqlite":
        mend = "see that the file can be written, that its disk is not full, and that no other program holds it"
    return StoreError(Problem(f"the database {where} cannot be used: {reason}", mend))
