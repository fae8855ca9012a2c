"""What is typed in a way that no book writes it, and the word that is meant."""

import pytest

from bot.core.finding import search
from bot.core.library import Library
from bot.core.summary import Entry, Section, Source, Summary
from tests.books import INDEX, LIBRARY, found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("varroa", "varroa"),
        ("VARROA Mites", "varroa"),
        ("varoa", "varroa"),
        ("vorroa mite", "varroa"),
        ("infestatoin", "varroa"),
        ("evap", "nectar"),
        ("eva", "nectar"),
        ("evapor", "nectar"),
        ("evaprat", "nectar"),
        ("var\u00adroa", "varroa"),
        ("fermentaton", "fermentation"),
        ("furmentashun", "fermentation"),
        ("wintercluster", "winter-cluster"),
        ("win ter clus ter", "winter-cluster"),
        ("firstminute", "steam"),
        ("powderedsugars", "count-mites"),
        ("time temperature", "fermentation"),
        ("timetemperature", "fermentation"),
        ("reinsulating", "winter-cluster"),
        ("color of the mark", "queen-mark"),
        ("organizes", "queen-mark"),
        ("10000 calories", "winter-cluster"),
        ("10k calories", "winter-cluster"),
        ("10thousend calories", "winter-cluster"),
        ("10 kilos", "feed"),
        ("ｖａｒｒｏａ", "varroa"),
        ("Néctar", "nectar"),
        ("绿茶 水温", "green"),
        ("茶筅", "matcha"),
    ],
)
def test_an_entry_is_found_however_its_word_is_typed(typed: str, meant: str) -> None:
    """Case, accent, width, plural, typo, beginning, sound, hyphen, run together, British or American, number."""
    assert found(typed)[:1] == [meant]


def test_three_letters_are_a_beginning_only_where_no_word_fits_whole() -> None:
    assert found("aut glu") == ["autolyse"]
    assert found("eva Mendes") == []
    assert "nectar" not in found("varroa eva")


def test_a_mended_query_is_told_and_a_right_one_is_not() -> None:
    assert search.look_up(INDEX, "Count varoa now").repaired == "Count varroa now"
    assert search.look_up(INDEX, "varroa").repaired is None
    assert search.look_up(INDEX, "evapor").repaired is None


def test_a_mended_word_is_told_with_its_accents() -> None:
    entry = Entry(Section.ALL_IDEAS, "Der Obstbäume Schnitt; обрезайте деревья.", id="trees", summary="s")
    index = search.Index(Library([Summary("s", Source("S", "talk"), (entry,))]))
    assert search.look_up(index, "obstbeume schnitt").repaired == "obstbäume schnitt"
    assert search.look_up(index, "обрезать деревья").repaired == "обрезайте деревья"


def test_everyday_words_are_not_taken_for_slips() -> None:
    """`lunch` is no slip for a word of the book that is one letter away."""
    entry = Entry(Section.ALL_IDEAS, "A launch needs a date.", id="launch-date", summary="s")
    index = search.Index(Library([Summary("s", Source("S", "talk"), (entry,))]))
    assert search.look_up(index, "lunch").hits == []
    assert [hit.entry.id for hit in search.look_up(index, "lauch").hits] == ["launch-date"]


@pytest.mark.parametrize("name", ["AGI", "HDD", "openai", "karpathy", "outgrow"])
def test_a_name_is_no_slip_for_a_word_that_is_far_from_it(name: str) -> None:
    entry = Entry(
        Section.ALL_IDEAS, "Long ago somebody who hid crept out of an open door to grow beans.", id="door", summary="s"
    )
    index = search.Index(Library([Summary("s", Source("S", "talk"), (entry,))]))
    assert search.look_up(index, name).hits == []
    assert search.look_up(index, "oepn").hits
    assert search.look_up(index, "hdi").repaired == "hid"
    assert search.look_up(index, "hwo grow").repaired == "who grow"


def test_the_last_word_is_a_beginning_while_a_query_is_typed() -> None:
    assert search.suggest(INDEX, "powdered su", 3)[0].id == "count-mites"
    assert search.suggest(INDEX, "va", 3)[0].id == "varroa"
    assert search.suggest(INDEX, "", 3) == list(LIBRARY.heads()[:3])
    assert len(search.suggest(INDEX, "colony", 2)) == 2
    assert [entry.id for entry in search.suggest(INDEX, "how many mites", 1)] == found("how many mites", limit=1)


def test_a_mistyped_topic_and_id_have_a_nearest() -> None:
    assert search.nearest_topics(INDEX, "beekepers yaer")[0].id == "year"
    assert search.nearest_ids(INDEX, "[[winter-clsuter]]") == ["bees/winter-cluster"]
    assert search.nearest_ids(INDEX, "[[sailing]]") == []
