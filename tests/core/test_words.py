"""Words that are compared: one stem for every spelling, and plain whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.words import stem, words


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("organisation", "organizations"),
        ("optimised", "optimize"),
        ("analysing", "analyze"),
        ("behaviour", "behaviors"),
        ("centre", "centers"),
        ("defence", "defense"),
        ("modelling", "modeling"),
        ("dialogue", "dialogs"),
        ("intelligence", "intelligent"),
    ],
)
def test_british_and_american_spelling_are_one_word_and_other_words_keep_their_stem(
    british: str, american: str
) -> None:
    assert stem(british) == stem(american)


@given(st.text(max_size=30))
def test_words_and_stems_of_any_text_are_plain(text: str) -> None:
    for word in words(text):
        assert word
        assert stem(word)
        assert not word.isspace()
