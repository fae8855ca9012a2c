"""Which words of a text the words of a query matched: found here, drawn by each platform in its own way.

Knows words and their stems; ranks nothing and knows no markup.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import category

from bot.core.finding.query import Unit
from bot.core.words import EMPTY, TOKEN, spaceless, stem, words

MOST = 20  # marked places in one text: more of them tell nothing
REMEMBERED = 512  # texts: those of entries come again and again
_BLANK = frozenset((" ", "\n", ""))
_POINTS = frozenset(".,")  # in a number
_JOINTS = frozenset((*" -‐‑–./", ""))  # what may stand between two parts of one word


def stems(units: Iterable[Unit]) -> frozenset[str]:
    """The stems that the words of a query may stand for, without those that say nothing."""
    return frozenset(reading for unit in units if unit.word not in EMPTY for reading in unit.readings)


def marks(texts: Iterable[str], matched: frozenset[str]) -> frozenset[str]:
    """The words of texts, as they stand there, that have one of these stems.

    Two neighbours that a query takes for one word (`pre training`, `10 million`, two characters of a script without
    spaces) are one mark.
    """
    found: set[str] = set()
    openings = {one[:at] for one in matched for at in range(1, len(one))}
    for told, joints in map(_read, texts if matched else ()):
        for one in told.keys() & matched:
            found |= told[one]
        for one in joints.keys() & openings:
            found.update(pair for pair in joints[one] if stem("".join(words(pair))) in matched)
    return frozenset(found)


def pieces(text: str, marked: frozenset[str]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is marked; marked neighbours are one piece. Together they are the text."""
    places: list[tuple[int, int]] = []
    for at, end in sorted([place for word in marked if word in text for place in _places(text, word)]):
        if places and (at <= places[-1][1] or text[places[-1][1] : at] in _JOINTS):
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((at, end))
    found, done = [], 0
    for at, end in places[:MOST]:
        found += [(text[done:at], False), (text[at:end], True)]
        done = end
    return [piece for piece in (*found, (text[done:], False)) if piece[0]]


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where a word begins and ends in a text, wherever it stands there as a word."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        apart = text[at - 1 : at] in _BLANK or not _joined(text[max(at - 2, 0) : at], word)
        if apart and (text[end : end + 1] in _BLANK or not _joined(word, text[end : end + 2])):
            yield at, end
        at = text.find(word, end)


def _joined(one: str, other: str) -> bool:
    """Whether two neighbours are parts of one word or number."""
    last, first = one[-1:], other[:1]
    if last in _BLANK or first in _BLANK:
        return False
    if last.isalnum() and first.isalnum():
        return last.isdecimal() == first.isdecimal() and not spaceless(last) and not spaceless(first)
    if first in _POINTS:
        return last.isdecimal() and other[1:2].isdecimal()
    if last in _POINTS:
        return first.isdecimal() and one[-2:-1].isdecimal()
    return not first.isascii() and category(first)[0] == "M"


@lru_cache(REMEMBERED)
def _read(text: str) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The words of a text by their stems, and those that may make one with the next, both together, by the first."""
    parts = TOKEN.split(text)
    told: dict[str, set[str]] = {}
    for word in dict.fromkeys(parts[1::2]):
        for one in _stems(word):
            told.setdefault(one, set()).add(word)
    joints: dict[str, set[str]] = {}
    for one, between, other in zip(parts[1::2], parts[2::2], parts[3::2], strict=False):
        if between in _JOINTS:
            joints.setdefault(one.casefold(), set()).add(one + between + other)
    return told, joints


@lru_cache(50_000)
def _stems(word: str) -> tuple[str, ...]:
    return tuple(stem(one) for one in words(word) if one not in EMPTY)
