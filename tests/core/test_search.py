"""What people look for, and the entries that they mean by it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.finding import search
from bot.core.finding.meaning import Sense
from bot.core.library import Library, Scope
from bot.core.reading.parser import parse
from bot.core.summary import Entry, Kind, Section, Source, Summary, Topic
from bot.core.words import plain, words
from tests.books import BREAD, INDEX, LIBRARY, found


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("why does a colony swarm?", "swarm-cause"),
        ("how many mites can a colony survive?", "varroa"),
        ("what should I feed them once the honey harvest is over, and when in the day?", "feed"),
        ("do i really need to knead the flour or can i just leave it alone", "autolyse"),
        ("how do bees keep warm in the winter", "winter-cluster"),
    ],
)
def test_a_question_is_read_for_what_it_asks_about(question: str, meant: str) -> None:
    assert found(question)[:1] == [meant]


@pytest.mark.parametrize(
    "query",
    [
        "pizza",
        "asdfgh",
        "outfeed",
        "quarterly revenue forecast",
        "",
        "  ",
        "?!",
        "[[]]",
        "[[varoa]]",
        "99999",
        "🙂",
        "of the",
    ],
)
def test_nothing_is_found_where_nothing_fits(query: str) -> None:
    assert found(query) == []


def test_one_word_of_many_is_too_little_to_go_by() -> None:
    assert found("honey") != []
    assert found("honey coloured marble kitchen worktops installed by professional fitters cheaply") == []


def test_empty_words_alone_find_what_is_called_so_and_nothing_else() -> None:
    index = search.Index(Library([parse(BREAD.replace("Autolyse", "What now?"), "bread").summary]))
    assert [hit.entry.id for hit in search.look_up(index, "what now").hits] == ["autolyse"]


def test_words_that_no_entry_holds_are_told_and_lessen_what_the_others_are_worth() -> None:
    whole, part = (search.look_up(INDEX, query) for query in ("varroa", "varroa Football"))
    assert (whole.unheld, part.unheld) == ((), ("Football",))
    assert (whole.certain, part.certain) == (True, False)
    assert part.hits[0].score < whole.hits[0].score


def test_what_lies_nearer_to_chatter_than_to_any_entry_finds_nothing_by_an_everyday_word() -> None:
    def said(query: str, chatter: float, discussed: float = -0.5) -> list[str]:
        sense = Sense(dict.fromkeys(range(len(INDEX)), 0.2), 0.2, chatter, discussed)
        return [hit.entry.id for hit in search.look_up(INDEX, query, meant=lambda _: sense).hits]

    assert said("room key", 0.1)
    assert said("room key", 0.5) == []
    assert said("room key", 0.5, discussed=0.5)
    assert said("room", 0.5)  # the entries hold all of it
    assert said("varroa key", 0.5)  # no everyday word


@pytest.mark.parametrize("name", ["[[varroa]]", " [[ bees/varroa ]] ", "bees/varroa", "varroa", "VARROA"])
def test_an_id_finds_that_very_entry_with_full_score(name: str) -> None:
    ranking = search.look_up(INDEX, name)
    assert (ranking.hits[0].entry.id, ranking.hits[0].score, ranking.repaired) == ("varroa", 1.0, None)
    assert len(ranking.hits) == 1 or "[[" not in name


def test_a_member_of_a_family_that_is_named_is_not_replaced_by_the_fullest() -> None:
    assert found("[[crowding]]") == ["crowding"]
    assert "swarm-cause" not in found("crowding")


def test_a_family_is_found_once_by_its_fullest_member() -> None:
    assert found("crowding colony swarm room", limit=20).count("swarm-cause") == 1
    assert "crowding" not in found("run out of room swarm", limit=20)


def test_only_what_lies_within_the_scope_is_found() -> None:
    assert found("room", Scope(kind=Kind.LESSON)) == ["add-boxes"]
    assert found("room", Scope(summary="bread")) == ["steam"]
    assert found("room", Scope(topics=frozenset({"bees/hive"}))) == ["swarm-cause"]
    assert found("[[varroa]]", Scope(summary="bread")) == []


def test_the_member_within_the_scope_stands_for_a_family_whose_fullest_lies_outside() -> None:
    here, there = (Topic(name, name, summary="s") for name in ("here", "there"))
    full = Entry(Section.ALL_IDEAS, "Salt slows yeast a good deal.", id="full", topic=there, summary="s")
    short = Entry(Section.ALL_IDEAS, "Salt slows yeast.", id="short", topic=here, same="full", summary="s")
    index = search.Index(Library([Summary("s", Source("S", "talk"), (full, short))]))
    assert [hit.entry.id for hit in search.look_up(index, "salt", Scope(topics=frozenset({"s/here"}))).hits] == [
        "short"
    ]
    assert [hit.entry.id for hit in search.look_up(index, "salt").hits] == ["full"]


def test_more_like_this_leaves_out_the_entry_and_its_family_and_crosses_kinds() -> None:
    alike = [hit.entry.id for hit in search.alike(INDEX, LIBRARY.entries[0], 5)]
    assert alike[0] == "add-boxes"
    assert not {"crowding", "swarm-cause"} & set(alike)
    assert search.alike(INDEX, LIBRARY.get("tea/matcha") or LIBRARY.entries[0], 5) == []


def test_topics_are_found_by_id_key_heading_or_their_words() -> None:
    def ids(text: str, summary: str | None = None) -> list[str]:
        return [topic.id for topic in search.find_topics(INDEX, text, summary)]

    assert ids("hive") == ids("bees/hive") == ids("Life in the Hive") == ids("hiv") == ["hive"]
    assert ids("flour", "bees") == ids("sailing") == ids("") == []


def test_what_is_an_entry_s_whole_title_or_text_finds_it_before_those_that_say_it_more_often() -> None:
    texts = [("Yeast and yeast", "Yeast feeds yeast."), ("Yeast", "Bakers keep some of it back for the next day.")]
    entries = tuple(
        Entry(Section.ALL_IDEAS, text, title, id=f"e{n}", summary="s") for n, (title, text) in enumerate(texts)
    )
    index = search.Index(Library([Summary("s", Source("S", "talk"), entries)]))
    assert [hit.entry.id for hit in search.look_up(index, "yeast").hits] == ["e1", "e0"]


def test_a_compound_meets_its_parts_however_each_entry_writes_it() -> None:
    texts = ["Flour and salt.", "A dataset of loaves.", "A data set of rolls.", "A data-set of buns."]
    entries = tuple(Entry(Section.ALL_IDEAS, text, id=f"e{n}", summary="s") for n, text in enumerate(texts))
    for held, ids in ((entries[:3], {"e1", "e2"}), (entries, {"e1", "e2", "e3"})):
        index = search.Index(Library([Summary("s", Source("S", "talk"), held)]))
        for typed in ("dataset", "data set", "data-set", "datasets"):
            assert {hit.entry.id for hit in search.look_up(index, typed).hits} == ids


def test_equals_come_in_the_order_of_the_document() -> None:
    twins = tuple(Entry(Section.ALL_IDEAS, "Salt slows yeast.", id=f"e{n}", summary="s") for n in range(9))
    index = search.Index(Library([Summary("s", Source("S", "talk"), twins)]))
    assert [hit.entry.id for hit in search.look_up(index, "salt", limit=9).hits] == [f"e{n}" for n in range(9)]


def test_a_very_long_query_is_read_for_its_telling_words() -> None:
    assert found("and so on and on " * 400 + "varroa mite larvae" + " what then" * 200)[:1] == ["varroa"]


# ---- whatever is typed, whatever the book

SCOPES = st.builds(
    Scope,
    st.none() | st.sampled_from(Kind),
    st.none() | st.frozensets(st.sampled_from([*LIBRARY.topics, "bees/none"]), max_size=3),
    st.none() | st.sampled_from(["bees", "bread", "tea", "none"]),
)
BOOK_WORDS = st.sampled_from(sorted({word for entry in LIBRARY.entries for word in entry.full_text.split()}))
TYPED = st.text(st.characters(), max_size=60) | st.lists(BOOK_WORDS | st.text(max_size=8), max_size=12).map(" ".join)


@given(TYPED, SCOPES, st.integers(0, 12))
def test_any_text_gives_a_sorted_ranking_within_limit_and_scope_each_family_once(
    typed: str, scope: Scope, limit: int
) -> None:
    ranking = search.look_up(INDEX, typed, scope, limit)
    hits = ranking.hits
    assert ranking == search.look_up(search.Index(LIBRARY), typed, scope, limit)
    assert len(hits) <= limit
    assert all(scope.holds(hit.entry) and 0 <= hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    families = [LIBRARY.fullest(hit.entry).key for hit in hits]
    assert len(set(families)) == len(families)
    assert len(search.suggest(INDEX, typed, limit)) <= limit
    assert len(search.nearest_topics(INDEX, typed, limit)) <= limit
    search.nearest_ids(INDEX, typed)
    search.find_topics(INDEX, typed)


@pytest.mark.parametrize("piece", ["\ud800", "\x00\x1b", "é", "x", "a.b-", "1,000,", "the ", "qwzx ", "中文", "()[]*+"])
def test_ten_thousand_odd_characters_raise_nothing(piece: str) -> None:
    found(piece * (10_000 // len(piece)))


WRITTEN = st.text(st.characters(categories=["Ll", "Lu", "Lo", "Nd", "Zs", "Po", "Pd"]), min_size=1, max_size=40)
DISTINCT = st.lists(WRITTEN.filter(words), min_size=1, max_size=8, unique_by=plain)


@given(DISTINCT, st.data())
@settings(max_examples=200)
def test_every_entry_of_any_book_is_found_first_by_its_own_words(texts: list[str], data: st.DataObject) -> None:
    """By its title where it has one, and by its whole text; entries are numbered, so no id gets in the way."""
    entries: list[Entry] = []
    titled = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    while texts:
        text, title = texts.pop(), texts.pop() if len(texts) > 1 and titled[len(texts)] else None
        entries.append(Entry(Section.ALL_IDEAS, text, title, id=f"entry-number-{len(entries)}", summary="any"))
    library = Library([Summary("any", Source("Any", "talk"), tuple(entries))])
    index = search.Index(library)
    for entry in entries:
        for own in filter(None, (entry.title, entry.text, entry.full_text)):
            same = [e for e in entries if plain(own) in {plain(e.title or ""), plain(e.text), plain(e.full_text)}]
            assert search.look_up(index, own).hits[0].entry in same


def test_building_the_index_again_after_an_edit_finds_the_edit() -> None:
    bees = LIBRARY.summaries["bees"]
    edited = replace(bees, entries=(*bees.entries[:-1], replace(bees.entries[-1], text="Candy replaces it.")))
    assert [hit.entry.id for hit in search.look_up(search.Index(Library([edited])), "candy").hits] == ["feed"]
