"""What a button carries is short, comes back whole, and is never trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.answering import cards, wire
from bot.core.answering.card import Action, Verb
from bot.core.library import Library
from bot.core.reading.parser import parse
from tests.documents import garden

LIBRARY = garden()
NAMES = wire.digests(LIBRARY)
KEYS = [entry.key for entry in LIBRARY.entries]
TOPIC = next(iter(LIBRARY.topics))
EVERY = [
    Action("", Verb.OPEN, (KEYS[0],)),
    Action("", Verb.OPEN, (KEYS[0], "12")),
    Action("", Verb.SHARE, (KEYS[1],)),
    Action("", Verb.RESULTS, tuple(KEYS[: cards.FURTHER])),
    Action("", Verb.ANOTHER, (KEYS[1], "")),
    Action("", Verb.ANOTHER, (KEYS[1], TOPIC)),
    Action("", Verb.ANOTHER, (KEYS[1], "garden")),
    Action("", Verb.TOPIC, (TOPIC, "3")),
    Action("", Verb.SUMMARY, ("garden",)),
    Action("", Verb.UNDO, ("C0123456789", "1764000000.000100")),
    Action("", Verb.UNDO),
]


@pytest.mark.parametrize("action", EVERY, ids=lambda action: action.verb)
def test_an_action_comes_back_as_it_went(action: Action) -> None:
    assert wire.unpack(wire.pack(action), NAMES) == action


def test_the_longest_action_fits_discord_whatever_the_ids() -> None:
    entries = "\n".join(f"- idea {n}. {{#{'x' * 50}-{n}}}" for n in range(cards.FURTHER))
    library = Library([parse(f"---\ntitle: T\nkind: talk\n---\n\n## Key ideas\n{entries}\n", "n").summary])
    packed = wire.pack(Action("", Verb.RESULTS, tuple(entry.key for entry in library.entries)))
    assert len(packed) <= 100
    assert wire.unpack(packed, wire.digests(library)).args == tuple(entry.key for entry in library.entries)


@pytest.mark.parametrize("text", ["", "1", "1:", "0:open:abc", "1:burn:abc", "1:open:AAAAAAAA", "2:" + "x" * 90])
def test_what_is_old_forged_or_gone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        wire.unpack(text, NAMES)


@given(st.text())
def test_no_text_at_all_gives_anything_but_an_action_or_a_refusal(text: str) -> None:
    try:
        action = wire.unpack(text, NAMES)
    except ValueError:
        return
    assert wire.pack(action) == text
