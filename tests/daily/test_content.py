"""Content that changes under a daily lesson: its topic goes, its summary goes, what was chosen goes."""

import asyncio
from pathlib import Path

import pytest

from bot.core.answering.card import Card
from bot.core.answering.commands import Invocation
from bot.core.finding.index import Index
from bot.core.library import Library
from bot.core.reading.parser import parse
from bot.core.scheduling.subscription import Outcome, Place
from bot.daily import Daily, Manager
from bot.scheduler import Scheduler
from bot.shelf import Shelf
from tests.adapters.store.processes import Databases, on, subscription
from tests.desks import ASKER, garden_desk
from tests.documents import KEPT
from tests.ticking import ticks

LATER = (
    KEPT.replace("before-spring", "in-winter").replace("mulch", "straw").replace("{#sharp-tools}", "{#sharp-blades}")
)
MANAGER = Manager("U1", allowed=True)


class Platform:
    def __init__(self) -> None:
        self.posts: list[str] = []

    async def post(self, place: Place, card: Card, nonce: str) -> str:
        del place, nonce
        self.posts.append(str(card))
        return "m1"

    async def tell(self, place: Place, user: str, card: Card) -> None:
        raise AssertionError((place, user, card))


@pytest.mark.parametrize("within", ["garden/before-spring", "garden"])
def test_a_lesson_comes_though_what_it_was_subscribed_to_is_gone(within: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, platform, desk = await databases.store(), Platform(), garden_desk()
        daily = Daily(desk, store)
        kept = await store.put(subscription(within=within))
        one = Scheduler(daily, store, {"slack": platform}, sleep=asyncio.sleep)
        for name, text in (("garden", KEPT), ("yard", LATER)):
            desk.take(Shelf(Index(Library([parse(text, name).summary]))))
            databases.time.passes(hours=24 if platform.posts else 1)
            await ticks(one)
            delivery = (await store.deliveries([kept.id], 1))[kept.id][0]
            assert (delivery.outcome, delivery.entry.split("/")[0]) == (Outcome.SENT, name)
        assert len(platform.posts) == 2
        for command in ("status", "preview"):
            answer = await daily.answer(Invocation(("daily", command), {}), ASKER, kept.place, MANAGER)
            assert answer.card.body or answer.card.fields

    on("sqlite", tmp_path, scenario)
