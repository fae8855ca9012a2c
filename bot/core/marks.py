"""Which words of a text the words of a query matched: found here, drawn by each platform in its own way.

Knows words and their stems; ranks nothing and knows no markup.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from bot.core.query import Unit
from bot.core.words import EMPTY, TOKEN, fold, stem, words

MOST = 20  # marked places in one text: more of them tell nothing
_JOINTS = frozenset((*" -‐‑–./", ""))  # what may stand between two parts of one word


def stems(units: Iterable[Unit]) -> frozenset[str]:
    """The stems that the words of a query may stand for, without those that say nothing."""
    return frozenset(reading for unit in units if unit.word not in EMPTY for reading in unit.readings)


def marks(text: str, matched: frozenset[str]) -> frozenset[str]:
    """The words of a text, as they stand there, that have one of these stems.

    Two neighbours that a query takes for one word (`pre training`, `10 million`, two characters of a script without
    spaces) are one mark.
    """
    if not matched:
        return frozenset()
    parts = TOKEN.split(text)
    found = {word for word in set(parts[1::2]) if not matched.isdisjoint(_stems(word))}
    begun = {one[0] for one in matched}
    for at in range(1, len(parts) - 2, 2):
        if parts[at][0].casefold() in begun and parts[at + 1] in _JOINTS:
            before = fold(parts[at])
            if any(one.startswith(before) for one in matched) and _as_one("".join(parts[at : at + 3])) in matched:
                found.add("".join(parts[at : at + 3]))
    return frozenset(found)


def pieces(text: str, marked: frozenset[str]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is marked; marked neighbours are one piece. Together they are the text."""
    parts = TOKEN.split(text) if marked else [text]
    on = [at % 2 == 1 and part in marked for at, part in enumerate(parts)]
    for at in range(1, len(parts) - 2, 2):
        if parts[at + 1] in _JOINTS:
            if "".join(parts[at : at + 3]) in marked:
                on[at : at + 3] = [True] * 3
            elif on[at] and on[at + 2]:
                on[at + 1] = True
    runs = groupby(range(len(parts)), on.__getitem__)
    found = [("".join(parts[at] for at in run), lit) for lit, run in runs]
    rest = "".join(piece for piece, _ in found[2 * MOST :])
    return [piece for piece in (*found[: 2 * MOST], (rest, False)) if piece[0]]


@lru_cache(50_000)
def _stems(word: str) -> frozenset[str]:
    return frozenset(stem(one) for one in words(word) if one not in EMPTY)


@lru_cache(10_000)
def _as_one(pair: str) -> str:
    return stem("".join(words(pair)))
