"""A desk over the garden summary, with a clock that stands still and chance that can be repeated."""

import random
from datetime import UTC, datetime

from bot.core.errors import Problem, StoreError
from bot.core.finding.search import Index
from bot.daily import Daily
from bot.desk import Asker, Desk
from bot.settings import read_settings
from bot.shelf import Shelf
from tests.documents import garden

ASKER = Asker("Ada", "Europe/Berlin")


class StoppedClock:
    """Tuesday, 24 November 2026, nine in the morning in Berlin."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 8, tzinfo=UTC)

    def zones(self) -> frozenset[str]:
        return frozenset({"Europe/Berlin", "America/New_York", "UTC"})


async def no_daily() -> Daily:
    """For a terminal where nobody asks for the daily lesson."""
    raise StoreError(Problem("there is no database", "make one"))


def garden_desk(config: str = "", seed: int = 1) -> Desk:
    """The desk, with the settings of a bot.yaml of that text."""
    return Desk(Shelf(Index(garden())), read_settings(config), StoppedClock(), random.Random(seed))
