"""What is counted of a library, against the same counted in the plainest way; and what a large library leaves out."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.core.finding import quoting, ranking, search
from bot.core.finding.index import Index
from bot.core.finding.query import read
from bot.core.finding.spelling import Speller, sounds
from bot.core.library import Library, Scope
from bot.core.summary import Entry, Kind, Section, Source, Summary, Topic
from tests.plain_index import PlainIndex

WORDS = (
    "the of and yeast dough doughs data set dataset co-design codesign steam oven 10 ten loaf rise rising 茶碗".split()
)
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
TOPICS = [Topic(title, f"t{n}", n, "s") for n, title in enumerate(["The oven", "Data set", "Rising"])]
ENTRY = st.builds(
    Entry,
    section=st.sampled_from([Section.ALL_IDEAS, Section.ALL_LESSONS]),
    text=TEXT,
    title=st.none() | TEXT,
    topic=st.none() | st.sampled_from(TOPICS),
    phrasings=st.lists(TEXT, max_size=2).map(tuple),
    spellings=st.lists(TEXT, max_size=1).map(tuple),
)
SCOPES = st.builds(
    Scope,
    st.none() | st.sampled_from(Kind),
    st.none() | st.frozensets(st.sampled_from(["s/t0", "s/t1", "s/none"]), max_size=2),
    st.sampled_from([None, "s", "none"]),
)


def book(entries: list[Entry]) -> Library:
    """A library of these entries, each with an id of its own."""
    numbered = tuple(replace(entry, id=f"steam-{n}", summary="s") for n, entry in enumerate(entries))
    return Library([Summary("s", Source("The loaf of data", "talk"), numbered)])


BOOKS = st.lists(ENTRY, min_size=1, max_size=8).map(book)


@given(
    BOOKS,
    TEXT | st.sampled_from(["yaest dough", "data dataset", "co design", "datasets and steams", "lo", "of the"]),
    SCOPES,
)
@settings(max_examples=150)
def test_entries_are_worth_what_they_are_when_counted_one_by_one(held: Library, query: str, scope: Scope) -> None:
    index = Index(held)
    units = read(index, query, typing=query == "lo").units
    expected = PlainIndex(held).weigh(units, query, scope)
    assert ranking.weigh(index, units, query, scope=scope) == pytest.approx(expected, abs=1e-5)


def test_a_word_counts_once_when_it_is_said_and_another_is_read_as_it_as_well() -> None:
    index = Index(book([Entry(Section.ALL_IDEAS, "A set of data.")]))
    said = read(index, "dataset data").units
    assert [(unit.word, unit.readings[unit.word]) for unit in said] == [("data", 1.0), ("set", 0.95)]


@given(BOOKS)
@settings(max_examples=60)
def test_entries_are_as_like_each_other_as_when_compared_word_by_word(held: Library) -> None:
    found = ranking.likeness(Index(held), 0)
    expected = {at: min(one, ranking.BEST) for at, one in PlainIndex(held).likeness(0).items()}
    borderline = {at for at, one in expected.items() if abs(one - ranking.LEAST_ALIKE) < 1e-5}
    expected = {at: one for at, one in expected.items() if one >= ranking.LEAST_ALIKE or at in found}
    assert {at: one for at, one in found.items() if at not in borderline} == pytest.approx(
        {at: one for at, one in expected.items() if at not in borderline}, abs=1e-5
    )


def test_of_many_only_the_best_are_ranked_those_within_the_scope_and_of_equals_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ["Salt and more dough." if n % 3 else "Salt, salt and salt in dough." for n in range(30)]
    kinds = [Section.ALL_LESSONS if n % 2 else Section.ALL_IDEAS for n in range(30)]
    index = Index(book([Entry(kind, text) for kind, text in zip(kinds, texts, strict=True)]))
    every = {scope: search.look_up(index, "salt", scope, 30).hits for scope in (Scope(), Scope(kind=Kind.LESSON))}
    said = quoting.candidates(index, "so much salt in the dough", 30)
    monkeypatch.setattr(ranking, "MOST", 7)
    for scope, hits in every.items():
        assert search.look_up(index, "salt", scope, 30).hits == hits[:7]
    assert quoting.candidates(index, "so much salt in the dough", 30) == said[:7]


LETTERS = st.text("abcdé", min_size=3, max_size=9)


@given(st.lists(LETTERS, min_size=1, max_size=30, unique=True), LETTERS, st.integers(0, 3))
def test_no_word_that_so_many_slips_lead_to_is_passed_over(known: list[str], word: str, most: int) -> None:
    speller = Speller(sorted(known), [1] * len(known), sounds(sorted(known)))
    assert {one for one in known if OSA.distance(word, one) <= most} <= set(speller.near(word, most))


def test_few_words_are_compared_that_cannot_be_meant() -> None:
    known = sorted("baker bakes baking butter bread brood crumb cream".split())
    assert Speller(known, [1] * len(known), sounds(known)).near("bakre", 1) == ["baker", "bakes", "bread"]
