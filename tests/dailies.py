"""The daily lesson over a database of its own, at the moment at which the desk's clock stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.adapters.store.tables import metadata
from bot.daily import Daily
from bot.desk import Desk
from tests.desks import StoppedClock


@asynccontextmanager
async def kept(desk: Desk) -> AsyncIterator[tuple[Daily, SqlStore]]:
    """Nothing is in it, and it is gone at the end."""
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite+aiosqlite:///{Path(folder) / 'a.db'}")
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)  # quicker than the migrations
        store = SqlStore(engine, "one", timedelta(hours=6), StoppedClock().now)
        try:
            yield Daily(desk, store), store
        finally:
            await store.close()
