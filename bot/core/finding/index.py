"""What is looked up of a library's entries when a query is read.

Knows where the words of the entries are counted; reads no query and ranks nothing.
"""

from collections.abc import Collection
from functools import cached_property

import numpy as np

from bot.core.finding.counting import KINDS, Tables, context, count, fields, name, rarity_of, stems_of
from bot.core.finding.everyday import EVERYDAY
from bot.core.finding.headings import Headings
from bot.core.finding.spelling import Speller
from bot.core.finding.texts import EMPTY_STEMS, Numbers
from bot.core.library import Library, Scope

_NONE = np.zeros(0, np.int32), np.zeros(0, np.float32)


class Index:
    """A library and what is counted of it, built once and only read afterwards. Entries go by their place in it."""

    def __init__(self, library: Library, tables: Tables | None = None, english: Collection[str] = EVERYDAY) -> None:
        """`tables` are those of this very library, where they were counted before; a word of `english` is no slip."""
        self.english = english
        self.library, self.entries = library, library.entries
        self.tables = tables or count(library)
        self.parts, self.heads = self.tables.parts, self.tables.heads
        self.speller = Speller(self.tables.words, self.tables.counts.tolist(), self.tables.sounds)
        self._stems = {stem: number for number, stem in enumerate(self.tables.stems)}

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each entry, by its key."""
        return {entry.key: at for at, entry in enumerate(self.entries)}

    @cached_property
    def ids(self) -> list[str]:
        """The id of each entry within its summary."""
        return [entry.id for entry in self.entries]

    def rarity(self, stem: str) -> float | None:
        """How much a stem says: its BM25 idf; None where no entry holds it."""
        number = self._stems.get(stem)
        return None if number is None else float(self.tables.rarity[number])

    def rarity_of(self, held_by: int) -> float:
        """How much a word says that so many entries hold."""
        return float(rarity_of(held_by, len(self)))

    def held(self, stem: str) -> tuple[Numbers, Numbers]:
        """The entries that hold a stem, in their order, and what it weighs in each."""
        number = self._stems.get(stem)
        if number is None:
            return _NONE
        within = slice(self.tables.starts[number], self.tables.starts[number + 1])
        return self.tables.holders[within], self.tables.weights[within]

    def side_by_side(self, one: str, other: str) -> Numbers:
        """The entries in which one stem follows the other at once, but for words that say nothing."""
        if one not in self._stems or other not in self._stems:
            return _NONE[0]
        pair = self._stems[one] * len(self._stems) + self._stems[other]
        first, last = np.searchsorted(self.tables.pairs, [pair, pair + 1])
        return self.tables.paired[first:last]

    def wholly(self, text: str) -> Numbers:
        """The entries that a text says whole: it is the title, the text, a phrasing."""
        known_by = name(text)
        first, last = np.searchsorted(self.tables.wholes, [known_by, known_by + 1])
        return self.tables.wholly[first:last]

    def said_with(self, stem: str) -> Numbers:
        """The phrasings that hold a stem, by number."""
        number = self._stems.get(stem)
        if number is None:
            return _NONE[0]
        return self.tables.said[self.tables.said_starts[number] : self.tables.said_starts[number + 1]]

    def told(self, place: int) -> list[str]:
        """The stems of an entry that say something, those of what stands over it included."""
        entry = self.entries[place]
        texts = [text for _, text in (*fields(entry), *context(self.library, entry))]
        return [one for one in stems_of(texts, self.speller) if one not in EMPTY_STEMS and one in self._stems]

    def within(self, scope: Scope, places: Numbers) -> Numbers:
        """Those of these entries that lie within the scope."""
        if scope.kind is not None:
            places = places[self.tables.kinds[places] == KINDS.index(scope.kind)]
        if scope.summary is not None:
            places = places[self.tables.summaries[places] == self._summaries.get(scope.summary, -2)]
        if scope.topics is not None:
            topics = [self.topics[key] for key in scope.topics if key in self.topics]
            places = places[np.isin(self.tables.topics[places], topics)]
        return places

    @cached_property
    def _summaries(self) -> dict[str, int]:
        return {each: number for number, each in enumerate(self.library.summaries)}

    @cached_property
    def topics(self) -> dict[str, int]:
        """The number of each topic, by its key."""
        return {key: number for number, key in enumerate(self.library.topics)}

    @cached_property
    def headings(self) -> Headings:
        """Its topics by what they are called."""
        return Headings(self.library.topics.values())
