"""Every text of a library, read once: words as numbers, one text behind the other.

Knows how a text is read; nothing of what a word is worth.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.words import EMPTY, SHORT_WHOLE, compounds, stem, words

EMPTY_STEMS = frozenset(map(stem, EMPTY))

Numbers = NDArray[Any]


class Rows:
    """Lists of numbers of unequal length, one behind the other."""

    def __init__(self, lengths: Iterable[int] = (), values: Iterable[int] = ()) -> None:
        self._lengths, self._values = array("i", lengths), array("i", values)

    def add(self, row: Iterable[int]) -> None:
        before = len(self._values)
        self._values.extend(row)
        self._lengths.append(len(self._values) - before)

    def __len__(self) -> int:
        return len(self._lengths)

    @property
    def values(self) -> Numbers:
        return np.array(self._values)

    @property
    def rows(self) -> Numbers:
        """The row of each value."""
        return np.repeat(np.arange(len(self)), np.array(self._lengths))

    def of(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """The values of these rows one behind the other, and for each the place in `rows` that it comes from."""
        every = np.array(self._lengths, np.int64)
        starts, lengths = (np.cumsum(every) - every)[rows], every[rows]
        source = np.repeat(np.arange(len(rows)), lengths)
        offsets = starts - (np.cumsum(lengths) - lengths)
        return self.values[np.arange(len(source)) + offsets[source]], source


class Texts:
    """Every text, read once, as the numbers of its words. Words are numbered as they come."""

    def __init__(self) -> None:
        self.words = defaultdict[str, int](count().__next__)
        self.parts: dict[str, tuple[str, ...]] = {}
        self.read, self._whole = Rows(), Rows()
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        if text not in self._numbers:
            self._numbers[text] = len(self._numbers)
            whole = compounds(text)
            self.parts.update((stem(word), parts) for word, parts in whole.items())
            for rows, several in ((self.read, words(text)), (self._whole, whole)):
                rows.add(map(self.words.__getitem__, several))
        return self._numbers[text]

    def found(self) -> Rows:
        """The words of every text, of its compounds as one, and of neighbours that are one word elsewhere."""
        texts, values, known = self.read.rows, self.read.values, len(self.words)
        pairs, wholes = self._pairs()
        met = np.flatnonzero(texts[:-1] == texts[1:])
        several = values[met].astype(np.int64) * known + values[met + 1]
        at = np.searchsorted(pairs, several)
        one = pairs[at] == several
        as_one = np.append(self._whole.rows * known + self._whole.values, texts[met[one]] * known + wholes[at[one]])
        also, whole = np.divmod(np.unique(as_one), max(known, 1))
        texts, values = np.append(texts, also), np.append(values, whole)
        lengths = np.bincount(texts, minlength=len(self.read))
        return Rows(lengths, values[np.argsort(texts, kind="stable")])

    def _pairs(self) -> tuple[Numbers, Numbers]:
        """The neighbours that `joined` would take for a word that is known, as one number each, and that word's.

        Sorted, with one at the end that there is not.
        """
        get, known = self.words.get, len(self.words)
        found = {
            before * known + after: number
            for word, number in self.words.items()
            if len(word) > SHORT_WHOLE and word.isalpha()
            for at in range(1, len(word))
            if (before := get(word[:at])) is not None and (after := get(word[at:])) is not None
        }
        pairs = np.array(sorted(found), np.int64)
        return np.append(pairs, np.iinfo(np.int64).max), np.array([*(found[pair] for pair in pairs.tolist()), 0])


class Told:
    """Which text is told by which entry, with what weight."""

    def __init__(self) -> None:
        self._places, self._texts, self._weights = array("i"), array("i"), array("d")

    def add(self, place: int, text: int, weight: float) -> None:
        self._places.append(place)
        self._texts.append(text)
        self._weights.append(weight)

    def __len__(self) -> int:
        return len(self._places)

    def first(self, number: int) -> "Told":
        """As many as that, from the beginning."""
        told = Told()
        told._places, told._texts, told._weights = self._places[:number], self._texts[:number], self._weights[:number]
        return told

    @property
    def places(self) -> Numbers:
        return np.array(self._places)

    @property
    def texts(self) -> Numbers:
        return np.array(self._texts)

    @property
    def weights(self) -> Numbers:
        return np.array(self._weights)


class Vocabulary:
    """The stems of numbered words. `of` gives each word's own, `telling` tells which words say something."""

    def __init__(self, several: Iterable[str]) -> None:
        numbers: dict[str, int] = {}
        self.of = np.array(array("i", (numbers.setdefault(stem(word), len(numbers)) for word in several)))
        self.stems = list(numbers)
        self.telling = np.array([word not in EMPTY for word in several], bool)
        self.telling_stems = np.array([one not in EMPTY_STEMS for one in self.stems], bool)

    def __len__(self) -> int:
        return len(self.stems)
