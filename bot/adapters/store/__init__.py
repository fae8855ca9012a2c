"""The database: SQLite by default, PostgreSQL for several replicas."""

from pathlib import Path

from platformdirs import user_data_path


def default_file() -> Path:
    """The SQLite file that is used where no database is named."""
    return user_data_path("commonplace-bot", appauthor=False) / "commonplace.db"
