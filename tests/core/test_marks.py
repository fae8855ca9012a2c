"""Which words of an answer are marked as what a query matched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.answering import cards
from bot.core.answering.card import Card
from bot.core.finding import search
from bot.core.finding.marks import MOST, marks, pieces
from bot.core.library import Library
from bot.core.reading.parser import parse
from bot.core.words import TOKEN, stem, words
from tests.documents import garden

INDEX = search.Index(garden())


def answer(index: search.Index, query: str, shown: int = 4) -> Card:
    ranking = search.look_up(index, query)
    entries = [hit.entry for hit in ranking.hits]
    return cards.results(index.library, entries, shown, matched=ranking.matched)


def bold(text: str, marked: frozenset[str]) -> str:
    return "".join(f"[{piece}]" if lit else piece for piece, lit in pieces(text, marked))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("what feeds a bed?", "Worms turn kitchen scraps into compost that [feeds] the [beds]."),
        ("wurm kitchn", "[Worms] turn [kitchen] scraps into compost that feeds the beds."),
        ("kitchenscraps", "Worms turn [kitchen scraps] into compost that feeds the beds."),
        ("peelings", "Worms turn kitchen scraps into compost that feeds the beds."),  # found by how else it is put
        ("garden/worm-compost", "Worms turn kitchen scraps into compost that feeds the beds."),
        ("[[worm-compost]]", "Worms turn kitchen scraps into compost that feeds the beds."),
    ],
)
def test_the_words_that_a_query_matched_are_marked(query: str, told: str) -> None:
    card = answer(INDEX, query)
    assert bold(card.body[0], card.marks) == told


def test_words_that_say_nothing_are_not_marked() -> None:
    assert answer(INDEX, "the scraps into that").marks == {"scraps"}
    assert answer(INDEX, "keep moisture").marks == {"moisture"}  # not "keeps"


@pytest.mark.parametrize(
    ("matched", "told"),
    [
        ("pretraining", "[Pre-training] and [pre training], but no pre or training."),
        ("efficiency", "Data-[efficient], [efficient efficiency]."),
        ("10000000", "From ten to [10 million], [10 millions] and 10 billion"),
        ("10", "A [10], [10]x and [ten], not 4.10 or 10,000 or 110."),
        ("café", "The [cafés] and a [cafe\u0301’s], [CAFÉ]; cafeteria"),
        ("土は", "この[土は]銀行"),
        ("useful", "Using a [useful] tool"),
        ("colour", "[Colours], [color]"),
        ("keeper", "[keeper's], [keepers]’ keep_it"),
    ],
)
def test_a_word_is_known_again_in_every_form_and_only_as_a_whole(matched: str, told: str) -> None:
    text = told.replace("[", "").replace("]", "")
    assert bold(text, marks((text,), frozenset(map(stem, words(matched))))) == told


@given(st.text(st.one_of(st.characters(), st.sampled_from("ab-_ .,10é\u0301土は's"))), st.integers(1, 3))
def test_pieces_are_the_text_and_what_is_marked_is_words(text: str, every: int) -> None:
    marked = frozenset(TOKEN.findall(text)[::every])
    found = pieces(text, marked)
    assert "".join(piece for piece, _ in found) == text
    assert sum(lit for _, lit in found) <= MOST
    assert all(found[at][1] != found[at + 1][1] for at in range(len(found) - 1))
    assert all(set(TOKEN.findall(piece)) <= marked and "\n" not in piece for piece, lit in found if lit)


@given(st.text(), st.frozensets(st.text(min_size=1), max_size=4))
def test_any_text_has_only_marks_that_stand_in_it(text: str, matched: frozenset[str]) -> None:
    assert all(word in text for word in marks((text,), matched))


def test_of_many_marks_the_first_are_drawn() -> None:
    found = pieces("clay, " * 100, frozenset({"clay"}))
    assert [lit for _, lit in found] == [True, False] * MOST


LONG = """---
title: T
kind: talk
---

## Key ideas
- **Frost:** Frost, frost and frost again. {#cold}
- **Winter:** %s Frost cracks a clay pot unless it stands on feet. {#winter}
- **Frost and pots:** %s Pots that meet frost are brought in. {#pots}
"""


def test_a_snippet_shows_the_part_that_matched_where_neither_title_nor_beginning_does() -> None:
    filler = "Nothing of that kind is said in all of this. " * 6
    index = search.Index(Library([parse(LONG % (filler, filler), "n").summary]))
    told = {choice.title: choice.text for choice in answer(index, "frost").choices}
    assert told["Winter"].startswith("…")
    assert "Frost cracks a clay pot" in told["Winter"]
    assert told["Frost and pots"].startswith("Nothing of that kind")
    assert all(len(text) <= cards.SNIPPET for text in told.values())
