"""How near entries come to what was said: against a plain reference, and in a library too large to compare it all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.finding import meaning
from bot.core.finding.index import Index
from bot.core.finding.meaning import Meaning, Sense, texts
from bot.core.finding.search import look_up
from bot.core.finding.talk import Idea, Talk
from bot.core.finding.vectors import Vectors
from bot.core.library import Library, Scope
from bot.core.reading.parser import parse
from bot.core.summary import Entry, Section, Source, Summary, Topic
from tests.documents import KEPT, garden
from tests.embedders import WIDTH, rows, vector

TALK = Talk(
    [
        Idea("soil keeps water", ("the beds dry out in June", "is the soil wet yet")),
        Idea("sharp tools", ("why are the tools blunt?",)),
    ],
    ["lunch?", "thanks all", "see you on Monday"],
)


def _library(entries: Sequence[Entry]) -> Library:
    numbered = (replace(entry, id=f"e{at}", summary="s") for at, entry in enumerate(entries))
    return Library([Summary("s", Source("S", "talk"), tuple(numbered))])


def _meaning(library: Library, known: Mapping[str, Vectors] | None = None) -> Meaning:
    known = known or {text: rows(text) for text in texts(library)}
    return Meaning(library, {**known, **{text: rows(text) for text in TALK.texts}}, TALK)


def _written_too(said: Vectors) -> Vectors:
    """A message, and eight tenths of what is written about the ideas that it sounds like."""
    sounds = [
        0.7 * max(float(vector(one) @ said) for one in idea.messages) + 0.3 * float(vector(idea.text) @ said)
        for idea in TALK.ideas
    ]
    shares = np.exp([25 * one for one in sounds]) / sum(np.exp([25 * one for one in sounds]))
    return np.asarray(
        said + 0.8 * sum(share * vector(idea.text) for share, idea in zip(shares, TALK.ideas, strict=True))
    )


def _in_writing(said: str) -> Vectors:
    usual = np.mean([_written_too(vector(one)) for one in TALK.discussion], axis=0)
    return np.asarray(_written_too(vector(said)) - 0.8 * usual)


def _plainly(library: Library, entry: Entry, said: str, written: Vectors) -> float:
    """What docs and constants say, cosine by cosine."""

    def near(text: str) -> float:
        return float(vector(text) @ (vector(said) if entry.phrasings else written))

    whole = f"{entry.called}: {entry.text}" if entry.called else entry.text
    sentences = entry.text.replace("? ", "?|").replace(". ", ".|").replace(": ", ":|").split("|")
    parts = [*filter(None, [entry.called]), *(one for one in sentences if len(one) > 15)][:6] or [whole]
    topic = library.topic_of(entry)
    above = topic.title if topic else entry.called or whole
    told = 0.5 * near(whole) + 0.4 * max(map(near, parts)) + 0.1 * near(above)
    if not entry.phrasings:
        return told
    return max(told, 0.8 * max(map(near, entry.phrasings)) + 0.2 * told)


def _met(entry: Entry, said: str) -> float:
    """How near the nearest words of the entry's best text come to those that were said, word by word."""

    def met(text: str) -> float:
        told = rows(text)[1:] if len(rows(text)) > 1 else rows(text)
        return float((rows(said)[1:] @ told.T).max(1).mean())

    whole = f"{entry.called}: {entry.text}" if entry.called else entry.text
    return max(map(met, (whole, *entry.phrasings)))


SOIL = Topic("Soil and water", "soil", summary="s")
WORDS = st.sampled_from(
    [*"soil water compost worms tools blunt the a Monday".split(), "wet ground. Dry", "why? Clay", "so: sharp"]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
ENTRIES = st.builds(
    Entry,
    section=st.sampled_from([Section.ALL_IDEAS, Section.TLDR]),
    text=TEXTS,
    title=st.none() | TEXTS,
    topic=st.none() | st.just(SOIL),
    phrasings=st.lists(TEXTS, max_size=3).map(tuple),
)


@given(st.lists(ENTRIES, min_size=1, max_size=6), TEXTS)
def test_each_entry_is_as_near_as_reckoned_plainly(entries: list[Entry], said: str) -> None:
    library = _library(entries)
    ours = _meaning(library)
    for sense, written in ((ours.sense_of_message, _in_writing(said)), (ours.sense, vector(said))):
        expected = {at: _plainly(library, entry, said, written) for at, entry in enumerate(library.entries)}
        assert sense(rows(said)[:1]).nearness == pytest.approx(expected, abs=1e-5)
    if len(rows(said)) > 1:
        met = [_met(entry, said) for entry in library.entries]
        expected = {at: min(near + 0.5 * (met[at] - sum(met) / len(met)), 1) for at, near in expected.items()}
    assert ours.sense(rows(said)).nearness == pytest.approx(expected, abs=5e-3)  # words are kept in bytes


def test_only_the_nearest_are_met_word_by_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "MET", 2)
    library, said = garden(), rows("wet clay")
    whole, met = (_meaning(library).sense(one).nearness for one in (said[:1], said))
    assert {at for at in whole if whole[at] != met[at]} == set(sorted(whole, key=lambda at: whole[at])[-2:])
    monkeypatch.setattr(meaning, "MOST_IN_WORDS", 3)
    assert _meaning(library).sense(said).nearness == whole
    assert meaning.texts_in_words(library) == []


def test_talk_is_told_from_discussion() -> None:
    library = garden()
    chat, discussed = (_meaning(library).sense(rows(one)) for one in (TALK.chatter[1], TALK.discussion[0]))
    assert chat.discussed < 0 < discussed.discussed
    cosines = [float(vector(one) @ vector(TALK.chatter[1])) for one in TALK.chatter]
    assert chat.chatter == pytest.approx(np.mean(cosines), abs=1e-5)  # the nearest three are all


def test_an_entry_lies_where_its_whole_text_lies() -> None:
    library = garden()
    for at, entry in enumerate(library.entries):
        whole = f"{entry.called}: {entry.text}" if entry.called else entry.text
        np.testing.assert_array_equal(_meaning(library).vectors(at), rows(whole)[:1])


def test_a_large_library_finds_the_nearest_in_the_clusters_that_it_looks_into() -> None:
    chance = np.random.default_rng(7)
    number, asked = 6 * meaning.SMALL, 200
    subjects = chance.normal(size=(300, WIDTH))
    vectors = subjects[chance.integers(300, size=number)] + 0.4 * chance.normal(size=(number, WIDTH))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    library = _library([Entry(Section.ALL_IDEAS, f"t{at}") for at in range(number)])
    large = _meaning(library, {entry.full_text: one[None] for entry, one in zip(library.entries, vectors, strict=True)})
    found = 0
    for at in chance.integers(number, size=asked).tolist():
        said = vectors[at] + 0.1 * chance.normal(size=WIDTH)
        said = (said / np.linalg.norm(said)).astype(np.float32)
        also = chance.integers(number, size=5).tolist()
        near = large.sense(said[None], also).nearness
        assert near.keys() >= set(also)
        assert len(near) < number / 50
        every = vectors @ said
        np.testing.assert_allclose([near[one] for one in near], every[list(near)], atol=1e-5)
        found += int(np.argmax(every)) in near
    assert found >= 0.95 * asked


def test_within_a_scope_an_entry_is_found_though_all_that_is_nearest_lies_elsewhere() -> None:
    """A large library gives the nearness of what is nearest, here of nothing, and of what it is asked for."""
    yard = parse(KEPT, "yard").summary
    index = Index(Library([*garden().summaries.values(), yard]))

    def meant(also: Collection[int]) -> Sense:
        return Sense({at: 0.9 if index.entries[at].id == "clay" else 0.1 for at in also}, 0.9, 0.0, 0.0)

    said = "nobody knows these words altogether"
    assert look_up(index, said, meant=meant).hits == []
    found = look_up(index, said, Scope(summary="yard"), meant=meant).hits
    assert [hit.entry.key for hit in found] == ["yard/clay"]
