"""Opens the database. Knows nothing of what is kept in it."""

from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

READING = {"commonplace_reading": True}  # execution options of a transaction that writes nothing
_BUSY_MS = 5000  # how long SQLite waits for a writer


def open_engine(url: str) -> AsyncEngine:
    """The engine of a database; "" is commonplace.db in the user's data folder."""
    if not url:
        folder = user_data_path("commonplace-bot", appauthor=False, ensure_exists=True)
        url = f"sqlite+aiosqlite:///{folder / 'commonplace.db'}"
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed)
    event.listen(engine.sync_engine, "connect", _tuned)
    event.listen(engine.sync_engine, "begin", _begun)
    return engine


def _tuned(connection: Any, _: Any) -> None:
    """Readers beside one writer, and patience instead of `database is locked`."""
    connection.isolation_level = None  # transactions begin where `_begun` says, not at the first write
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", f"busy_timeout = {_BUSY_MS}", "foreign_keys = ON", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begun(connection: Any) -> None:
    """A transaction that will write takes its turn at once, instead of failing half-way as another writes."""
    reading = READING.keys() <= connection.get_execution_options().keys()
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
