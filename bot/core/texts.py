"""Every text of a library, read once: words as numbers, one text behind the other.

Knows how a text is read; nothing of what a word is worth.
"""

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.words import EMPTY, compounds, joined, stem, words

EMPTY_STEMS = frozenset(map(stem, EMPTY))

Numbers = NDArray[Any]


class Rows:
    """Lists of numbers of unequal length, one behind the other."""

    def __init__(self) -> None:
        self._starts, self._values = array("q", [0]), array("i")

    def add(self, row: Iterable[int]) -> None:
        self._values.extend(row)
        self._starts.append(len(self._values))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, row: int) -> "array[int]":
        return self._values[self._starts[row] : self._starts[row + 1]]

    @property
    def values(self) -> Numbers:
        return np.array(self._values)

    def of(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """The values of these rows one behind the other, and for each the place in `rows` that it comes from."""
        starts = np.array(self._starts)
        lengths = starts[rows + 1] - starts[rows]
        source = np.repeat(np.arange(len(rows)), lengths)
        offsets = starts[rows] - (np.cumsum(lengths) - lengths)
        return self.values[np.arange(len(source)) + offsets[source]], source


class Texts:
    """Every text, read once, as the numbers of its words. Words are numbered as they come."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
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
                rows.add(self.words.setdefault(word, len(self.words)) for word in several)
        return self._numbers[text]

    def found(self) -> Rows:
        """The words of every text, of its compounds as one, and of neighbours that are one word elsewhere."""
        found, names = Rows(), list(self.words)
        for number in range(len(self.read)):
            read = self.read[number]
            pairs = joined([names[word] for word in read])
            as_one = (self.words[pair] for pair in pairs if pair in self.words)
            found.add((*read, *dict.fromkeys((*self._whole[number], *as_one))))
        return found


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
