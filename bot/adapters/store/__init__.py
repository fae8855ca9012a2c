"""The database: SQLite by default, PostgreSQL for several replicas."""

from pathlib import Path

from platformdirs import user_data_path

from bot.core.errors import Problem, StoreError


def default_file() -> Path:
    """The SQLite file that is used where no database is named. Raises StoreError for a user without a home."""
    try:
        return user_data_path("commonplace-bot", appauthor=False) / "commonplace.db"
    except RuntimeError:
        mend = "set HOME, or name a file by DATABASE_URL or database.url: sqlite:///FILE"
        raise StoreError(Problem("there is no home folder to keep the database in", mend)) from None
