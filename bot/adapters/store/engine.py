"""Opens the database. Knows nothing of what is kept in it."""

import contextlib
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.adapters.store import default_file
from bot.core.errors import Problem, StoreError

READING = {"commonplace_reading": True}  # execution options of a transaction that writes nothing
# A PostgreSQL whose machine is gone without a word, as in a failover, is given up within a minute: by itself a system
# waits a quarter of an hour for an answer, and two hours where nothing is under way. What the address says counts more.
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_BUSY_MS = 5000  # how long SQLite waits for a writer
_COPIED_AFTER = 4000  # pages (16 MB) of its log; copying them into the file waits for the disk


def open_engine(url: str) -> AsyncEngine:
    """The engine of a database; "" is commonplace.db in the user's data folder. Raises StoreError for a bad address.

    A SQLite file is made, with its folder; StoreError where it cannot be. It may hold tokens, so others cannot read it.
    """
    if not url:
        url = f"sqlite+aiosqlite:///{default_file()}"
    try:
        parsed = _read(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        patience = {} if sqlite else {key: value for key, value in _PATIENCE.items() if key not in parsed.query}
        engine = create_async_engine(parsed, pool_pre_ping=not sqlite, connect_args=patience)
    except (ArgumentError, ImportError, InvalidRequestError, ValueError):  # whose texts may hold a part of the password
        mend = "write postgresql://USER:PASSWORD@HOST/NAME, with %40 for an @ in the password, or sqlite:///FILE"
        raise StoreError(Problem("the address of the database cannot be read", mend)) from None
    if not sqlite:
        return engine
    if not parsed.database or parsed.database == ":memory:":
        mend = "name a file: sqlite:///FILE"
        raise StoreError(Problem("a database in memory would forget every lesson", mend))
    file = Path(parsed.database.removeprefix("file:"))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        mend = "make that folder, or name another file by DATABASE_URL or database.url"
        raise StoreError(Problem(f"the database cannot be used: {error}", mend)) from None
    with contextlib.suppress(OSError):  # it is there, or SQLite will say why it cannot be made
        if "uri" not in parsed.query:
            file.touch(0o600, exist_ok=False)
    _tune(engine.sync_engine)
    return engine


def _read(url: str) -> URL:
    """The parts of an address. Raises ArgumentError, or ValueError where an @ makes a host of half a password."""
    parsed = make_url(url)
    if "@" in (parsed.host or ""):
        raise ValueError(url)
    return parsed


def open_direct(engine: AsyncEngine) -> Engine:
    """The same SQLite file for a thread, to do several statements at once there. Is disposed of with `engine`.

    aiosqlite hands each step of each statement to its thread and back, which takes longer than the steps themselves.
    """
    direct = create_engine(engine.url.set(drivername="sqlite"))
    _tune(direct)
    event.listen(engine.sync_engine, "engine_disposed", lambda _: direct.dispose())
    return direct


def _tune(engine: Engine) -> None:
    event.listen(engine, "connect", _tuned)
    event.listen(engine, "begin", _begun)


def _tuned(connection: Any, _: Any) -> None:
    """Readers beside one writer, and patience instead of `database is locked`."""
    connection.isolation_level = None  # transactions begin where `_begun` says, not at the first write
    cursor = connection.cursor()
    waiting, copying = f"busy_timeout = {_BUSY_MS}", f"wal_autocheckpoint = {_COPIED_AFTER}"
    # FULL: that a lesson is about to be sent must outlast a power cut, or it is sent again.
    for pragma in ("journal_mode = WAL", waiting, copying, "foreign_keys = ON", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begun(connection: Any) -> None:
    """A transaction that will write takes its turn at once, instead of failing half-way as another writes."""
    reading = READING.keys() <= connection.get_execution_options().keys()
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
