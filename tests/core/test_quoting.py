"""What is said in a discussion, and whether an entry deserves to be quoted into it. The book here is about bridges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.finding import quoting, search
from bot.core.finding.meaning import Sense
from bot.core.library import Library
from bot.core.reading.parser import parse

BRIDGES = """---
title: Bridges that stand
kind: talk
---

## Key ideas
- **Wind is a load too:** Gusts shed vortices that can make a deck oscillate. {#gusts same=vortices}

## All key ideas
### Loads {#loads}
- **Vortices shake decks:** Vortex shedding near resonance makes a deck oscillate until cables snap. {#vortices}
  ~ the footbridge was swaying so much that people felt sick
  ~ it wobbles whenever there is a breeze
- **Corrosion eats tendons:** Chloride from road salt corrodes the tendons inside the concrete, unseen. {#corrosion}
  ~ there are rust stains below the joints again
- **Redundant load paths:** A girder with redundant load paths survives the fracture of one member. {#redundancy}
  ~ one part failed and everything came down with it
  ~ the whole thing stopped because of a single broken piece
- **Scour undermines piers:** Floods scour the riverbed away from beneath the piers. {#scour}
- **Tell the neighbours:** Plan a meeting with the street early, and say which week the road is closed. {#neighbours}

## All lessons learnt
### Care {#care}
- **Inspect under water:** Send divers to the piers after each flood: scour is not seen from above. {#divers}
  ~ nobody has looked at the foundations since the river rose
"""
LONE = "---\ntitle: Lone\nkind: talk\n---\n\n## Key ideas\n- Wind is a load too. {#wind}\n"
LIBRARY = Library([parse(BRIDGES, "bridges").summary])
INDEX = search.Index(LIBRARY)
THRESHOLD = 0.5

SMALL_TALK = """
lunch at 12?
can someone review my PR
the train was late today
we need more people for the retro
good morning all!
thanks, that worked
who has the keys to the meeting room?
happy birthday Anna
I'll be ten minutes late, sorry
let's move the standup to 9:30
+1
lol
see you next week
when is the planning meeting, early next week?
which street is closed this week?
my laptop battery is dying
could you send me the invoice again?
please fill in the survey by friday
""".strip().splitlines()


def quoted(message: str) -> list[str]:
    hits = quoting.candidates(INDEX, message)
    return [hit.entry.id for hit in hits if quoting.fits([hit], THRESHOLD)]


@pytest.mark.parametrize(
    ("message", "entry"),
    [
        ("could the vortex shedding near resonance be what makes our deck oscillate?", "vortices"),
        ("the footbridge is swaying and my sister felt sick", "vortices"),
        ("a single broken piece stopped the whole thing", "redundancy"),
        ("it wobbles in every breeze", "vortices"),
        ("rust stains again at the joints", "corrosion"),
        ("chloride corrodes the tendons", "corrosion"),
        ("has anyone looked at the foundations after the river rose?", "divers"),
    ],
)
def test_a_message_on_the_subject_gets_its_entry(message: str, entry: str) -> None:
    assert quoted(message)[:1] == [entry]


def test_small_talk_and_logistics_get_no_quote() -> None:
    assert [message for message in SMALL_TALK if quoted(message)] == []


@pytest.mark.parametrize(
    "message",
    [
        "the deck of cards is missing a queen",
        "there is salt on the table",
        "we are all members of one family",
        "mind the gap, the road is closed",
    ],
)
def test_a_word_of_the_book_in_another_sense_is_too_little(message: str) -> None:
    assert quoted(message) == []


def test_the_more_a_message_has_in_common_with_an_entry_the_surer_it_is() -> None:
    messages = ["my tendons hurt", "tendons in concrete", "chloride and tendons in concrete"]
    found = [quoting.candidates(INDEX, message)[0] for message in messages]
    assert {hit.entry.id for hit in found} == {"corrosion"}
    assert [hit.score for hit in found] == sorted(hit.score for hit in found)


def test_what_else_a_message_talks_about_makes_it_less_sure() -> None:
    short = "scour beneath the piers"
    long = f"{short}, and bring the projector, mustard, tablecloths and Jonathan's saxophone"
    sure, unsure = (quoting.candidates(INDEX, message)[0].score for message in (short, long))
    assert sure > unsure


def test_nothing_in_common_is_no_candidate() -> None:
    assert quoting.candidates(INDEX, "quarterly revenue forecast") == []
    assert quoting.candidates(INDEX, "") == []
    assert not quoting.fits([], 0.0)


def test_a_family_is_offered_once_by_its_fullest_member() -> None:
    ids = [hit.entry.id for hit in quoting.candidates(INDEX, "gusts make the deck oscillate, vortices all over", 9)]
    assert ids.count("vortices") == 1
    assert "gusts" not in ids


@given(st.text(max_size=80) | st.lists(st.sampled_from(BRIDGES.split()), max_size=30).map(" ".join), st.integers(0, 5))
def test_any_message_gives_few_sorted_confidences(message: str, limit: int) -> None:
    hits = quoting.candidates(INDEX, message, limit)
    assert hits == quoting.candidates(INDEX, message, limit)
    assert len(hits) <= limit
    assert all(0 < hit.score < 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@given(
    st.lists(st.floats(-1, 1), min_size=len(INDEX), max_size=len(INDEX)),
    st.integers(0, len(INDEX) - 1),
    st.floats(0, 0.5),
    st.floats(-1, 1),
    st.floats(-1.5, 1.5),
)
def test_the_nearer_in_meaning_the_surer(
    near: list[float], at: int, more: float, chatter: float, discussed: float
) -> None:
    def first(nearness: list[float], chatter: float, discussed: float) -> float:
        sense = Sense(dict(enumerate(nearness)), max(nearness), chatter, discussed)
        hits = quoting.candidates(INDEX, "no word in common", 9, lambda _: sense)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(0 < hit.score < 1 for hit in hits)
        return hits[0].score

    before = first(near, chatter, discussed)
    nearer = [one + more * (at == number) for number, one in enumerate(near)]
    assert first(nearer, chatter, discussed) >= before - 1e-9
    assert first(near, chatter + 0.1, discussed) < before < first(near, chatter, discussed + 0.1)


def test_a_book_of_one_entry_may_be_sure_of_it() -> None:
    index = search.Index(Library([parse(LONE, "lone").summary]))
    hits = quoting.candidates(index, "it swayed", 3, lambda _: Sense({0: 0.8}, 0.8, 0.2, 1.0))
    assert [hit.score > THRESHOLD for hit in hits] == [True]
