"""Texts as the numbers of BERT's vocabulary (uncased WordPiece; Devlin et al., 2018, and Wu et al., 2016).

`vocab.txt` is that of Google's bert-base-uncased, under the Apache licence 2.0.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).parent / "vocab.txt"
LONGEST_WORD = 100  # characters; what is longer is unknown

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef"
_MARKS = re.compile(r"[\u0300-\u036f]")


class WordPiece:
    """Reads texts as BERT does: words and signs, and the longest pieces that the vocabulary has of each."""

    def __init__(self, vocabulary: Path = VOCABULARY) -> None:
        self._numbers = {piece: n for n, piece in enumerate(vocabulary.read_text("utf-8").splitlines())}
        self._unknown, self._first, self._last = (self._numbers[piece] for piece in ("[UNK]", "[CLS]", "[SEP]"))
        self._pieces_of = lru_cache(50_000)(self._pieces)

    def read(self, text: str, longest: int) -> list[int]:
        """The numbers of a text between those of its beginning and its end, at most `longest` in all."""
        numbers = [number for word in _words(text[: longest * LONGEST_WORD]) for number in self._pieces_of(word)]
        return [self._first, *numbers[: longest - 2], self._last]

    def _pieces(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD:
            return (self._unknown,)
        found: list[int] = []
        at = 0
        while at < len(word):
            begun = "##" if at else ""
            ends = range(len(word), at, -1)
            end = next((end for end in ends if begun + word[at:end] in self._numbers), None)
            if end is None:
                return (self._unknown,)
            found.append(self._numbers[begun + word[at:end]])
            at = end
        return tuple(found)


def _words(text: str) -> Iterator[str]:
    """Lower case, without accents; every sign and every Chinese character for itself."""
    if not text.isascii():
        text = "".join(_seen(char) for char in text)
        text = re.sub(f"([{_CJK}])", r" \1 ", text)
        text = _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))
    for run in text.lower().split():
        start = 0
        for at, char in enumerate(run):
            if _is_sign(char):
                if at > start:
                    yield run[start:at]
                yield char
                start = at + 1
        if start < len(run):
            yield run[start:]


def _seen(char: str) -> str:
    if char in "\t\n\r" or unicodedata.category(char) == "Zs":
        return " "
    return "" if unicodedata.category(char)[0] == "C" or char == "\ufffd" else char


@lru_cache(4096)
def _is_sign(char: str) -> bool:
    ascii_sign = "!" <= char <= "~" and not char.isalnum()
    return ascii_sign or unicodedata.category(char)[0] == "P"
