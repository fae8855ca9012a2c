"""Texts as the numbers of BERT's vocabulary (uncased WordPiece; Devlin et al., 2018, and Wu et al., 2016).

`vocab.txt` is that of Google's bert-base-uncased, under the Apache licence 2.0.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from bot.core.words import EMPTY

VOCABULARY = Path(__file__).parent / "vocab.txt"
LONGEST_WORD = 100  # characters; what is longer is unknown

_CHINESE = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b81f\U0002b920-\U0002ceaf"
    "\U0002f800-\U0002fa1f]"
)
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})


class WordPiece:
    """Reads texts as BERT does: words and signs, and the longest pieces that the vocabulary has of each."""

    def __init__(self) -> None:
        self._numbers = {piece: n for n, piece in enumerate(VOCABULARY.read_text("utf-8").splitlines())}
        self._unknown, self._first, self._last = (self._numbers[piece] for piece in ("[UNK]", "[CLS]", "[SEP]"))
        self._idle = {n for piece, n in self._numbers.items() if piece in EMPTY or not piece.strip("#")[:1].isalnum()}
        self._pieces_of = lru_cache(50_000)(self._pieces)

    def __len__(self) -> int:
        return len(self._numbers)

    def read(self, text: str, longest: int) -> list[int]:
        """The numbers of a text between those of its beginning and its end, at most `longest` in all."""
        words = "".join(map(_seen, text)).split()
        numbers = islice(chain.from_iterable(map(self._pieces_of, words)), longest - 2)
        return [self._first, *numbers, self._last]

    def knows(self, numbers: Iterable[int]) -> bool:
        """Whether there is anything in a text, given its numbers, that the vocabulary has."""
        return not {self._unknown, self._first, self._last}.issuperset(numbers)

    def telling(self, numbers: Iterable[int]) -> list[int]:
        """The places of the pieces that say something: of no sign, and of no word such as "the"."""
        return [place for place, number in enumerate(numbers) if number not in self._idle]

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


@lru_cache(16_384)
def _seen(char: str) -> str:
    """In lower case, without accents; a blank, a sign and a Chinese character stand for themselves."""
    kind = unicodedata.category(char)
    if char in "\t\n\r" or kind[0] == "Z":
        return " "
    if kind in _UNSEEN or char == "\ufffd":
        return ""
    plain = "".join(one for one in unicodedata.normalize("NFD", char) if unicodedata.category(one) != "Mn").lower()
    return f" {plain} " if _CHINESE.match(char) or any(map(_is_sign, plain)) else plain


def _is_sign(char: str) -> bool:
    ascii_sign = "!" <= char <= "~" and not char.isalnum()
    return ascii_sign or unicodedata.category(char)[0] == "P"
