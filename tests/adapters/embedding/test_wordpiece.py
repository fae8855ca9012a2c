"""Our reading of words against that of the package `tokenizers`, which the bot does without."""

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer

from bot.adapters.embedding.wordpiece import VOCABULARY, WordPiece

OURS = WordPiece()
THEIRS = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
OLD = unicodedata.ucd_3_2_0


def _settled(char: str) -> bool:
    """Whether every version of Unicode agrees on what is a sign, an accent or invisible: theirs is of 2015."""
    now, then = unicodedata.category(char), OLD.category(char)
    return now == then or not (now[0] in "PM" or then[0] in "PM" or now == "Cf")


CHARACTERS = st.characters(exclude_categories=["Cs"]).filter(_settled)
PIECES = st.one_of(
    CHARACTERS,
    st.sampled_from(
        ["gradient", "Überprüfung", "naïve", "un-", "ΟΔΟΣ", "İstanbul", "東京", "が", "\r\n", "\u200d", "🙂", "Ⅷ"]
    ),
    st.integers(90, 110).map(lambda number: "x" * number),
    st.just(" "),
)


def _theirs(text: str, longest: int) -> list[int]:
    THEIRS.enable_truncation(longest)
    ids: list[int] = THEIRS.encode(text).ids
    return ids


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(3, 40))
@example("\x00a\x0bb\x0c\x1c\x7f", 8)
@example(" " * 1000 + "late", 8)
@example(("y" * 900 + " ") * 3 + "end", 8)
@settings(max_examples=400)
def test_any_text_is_read_as_the_reference_reads_it(text: str, longest: int) -> None:
    assert OURS.read(text, longest) == _theirs(text, longest)


def test_every_character_is_read_as_the_reference_reads_it() -> None:
    blocks = (*range(0x3400), *range(0x3400, 0x110000, 41))
    chars = [char for char in map(chr, blocks) if unicodedata.category(char) != "Cs" and _settled(char)]
    THEIRS.no_truncation()
    texts = [f"a{char}b {char}" for char in chars]
    read = THEIRS.encode_batch(texts)
    assert [text for text, one in zip(texts, read, strict=True) if OURS.read(text, 99) != one.ids] == []


def test_half_a_character_is_left_out() -> None:
    assert OURS.read("an \ud83d idea", 9) == OURS.read("an idea", 9)
