"""Plain messages and questions over the project's own content, with the bot's own model."""

import asyncio
from pathlib import Path

import pytest

from bot.app import Places, learn, open_desk
from bot.desk import Desk

CONTENT = Path(__file__).parents[2] / "content"


@pytest.fixture(scope="module")
def desk() -> Desk:
    async def learnt() -> Desk:
        found = await open_desk(Places(CONTENT))
        await learn(found)
        return found

    return asyncio.run(learnt())


@pytest.mark.parametrize(
    "message",
    [
        "anyone up for lunch at noon?",
        "I'm out sick today, see you tomorrow",
        "can you resend the invoice please",
        "🙂🙂",
        "よろしくお願いします",
    ],
)
def test_small_talk_is_offered_no_quote(desk: Desk, message: str) -> None:
    hits = asyncio.run(desk.match(message, 3))
    assert not desk.fits(hits), hits[:1]


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("our model does great on the benchmark, but I bet the test questions leaked into the training data", "test"),
        ("we lost half a day because one of the nodes died and the whole training run had to restart", "fault"),
        ("the loss curve looks off since yesterday, should we worry or keep the run going?", "loss"),
    ],
)
def test_a_message_on_the_subject_is_offered_one(desk: Desk, message: str, about: str) -> None:
    hits = asyncio.run(desk.match(message, 3))
    assert desk.fits(hits), hits[:1]
    assert any(about in hit.entry.full_text.lower() for hit in hits)


@pytest.mark.parametrize("query", ["the", "lunch menu", "holiday calendar", "asdf", "?", "🎉"])
def test_a_lookup_of_what_is_no_subject_here_finds_nothing(desk: Desk, query: str) -> None:
    card = asyncio.run(desk.look_up(query))
    assert card.body[0] == f"Nothing fits “{query}”."
    assert len(card.choices) == 3


@pytest.mark.parametrize(("query", "best"), [("dat", "compute-to-data-bound"), ("overfiting", "metrics-mislead")])
def test_a_beginning_and_a_slip_find_what_they_mean(desk: Desk, query: str, best: str) -> None:
    assert asyncio.run(desk.find(query, 1))[0].entry.id == best


def test_a_long_message_is_answered_like_a_short_one(desk: Desk) -> None:
    message = "the loss curve looks off since yesterday, should we worry or keep the run going? "
    short, long = (asyncio.run(desk.match(message * times, 3)) for times in (1, 50))
    assert {hit.entry.key for hit in short} & {hit.entry.key for hit in long}
