"""The index and what it ranks by, in the plainest way: dictionaries, one entry after the other."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise, product

from bot.core.finding import ranking
from bot.core.finding.counting import LENGTH, SATURATION, context, fields
from bot.core.finding.query import Unit
from bot.core.library import Library, Scope
from bot.core.summary import Entry
from bot.core.words import EMPTY, compounds, joined, plain, stem, words

_EMPTY = frozenset(map(stem, EMPTY))


class PlainIndex:
    """BM25F over stems, as `bot.core.finding.counting` counts it."""

    def __init__(self, library: Library) -> None:
        self.entries = library.entries
        own = [fields(entry) for entry in library.entries]
        above = [context(library, entry) for entry in library.entries]
        texts = {text for several in (*own, *above) for _, text in several}
        self._known = {word for text in texts for word in (*words(text), *compounds(text))}
        tallies = [self._tally(a) | self._tally(a + b) for a, b in zip(own, above, strict=True)]
        held_by = Counter(word for several in own for word in self._tally(several))
        size, mean = len(tallies), sum(sum(tally.values()) for tally in tallies) / len(tallies)
        self.rarity = {
            word: math.log(1 + (size - max(held_by[word], 1) + 0.5) / (max(held_by[word], 1) + 0.5))
            for tally in tallies
            for word in tally
        }
        self.holders: dict[str, dict[int, float]] = defaultdict(dict)
        self.runs: list[list[list[str]]] = []
        for at, tally in enumerate(tallies):
            damp = SATURATION * (1 - LENGTH + LENGTH * sum(tally.values()) / mean)
            for word, times in tally.items():
                self.holders[word][at] = times * (SATURATION + 1) / (times + damp)
            self.runs.append([[stem(word) for word in words(text) if word not in EMPTY] for _, text in own[at]])

    def _tally(self, texts: Sequence[tuple[float, str]]) -> dict[str, float]:
        tally: dict[str, float] = defaultdict(float)
        for weight, text in texts:
            several = words(text)
            whole = dict.fromkeys((*compounds(text), *(word for word in joined(several) if word in self._known)))
            for word in (*several, *whole):
                tally[stem(word)] += weight
        return tally

    def weigh(self, units: Sequence[Unit], query: str, scope: Scope) -> dict[int, float]:
        """Every entry that would be ranked, by place, with its score."""
        telling = [unit for unit in units if unit.word not in EMPTY] or list(units)
        gains = {unit.word: self._gains(unit) for unit in units}
        said = {at: sum(u.weight for u in telling if at in gains[u.word]) for at in range(len(self.entries))}
        near = {at: ranking.NEARBY * self._neighbours(at, units) for at in range(len(self.entries))}
        unheld = sum(unit.weight for unit in telling if not gains[unit.word])
        ceiling = 1e-9 + unheld + max(near.values()) + sum(max(one.values(), default=0.0) for one in gains.values())
        least = ranking.FLOOR * sum(unit.weight for unit in telling)
        found = [at for at in said if 0 < said[at] >= least and scope.holds(self.entries[at])]
        whole = [at for at, entry in enumerate(self.entries) if plain(query) in _wholes(entry)]
        most = ranking.BEST * (ranking.WHOLE if whole else 1)
        scores = {at: most * (near[at] + sum(one.get(at, 0.0) for one in gains.values())) / ceiling for at in found}
        return scores | {at: ranking.BEST for at in whole if scope.holds(self.entries[at])}

    def _gains(self, unit: Unit) -> dict[int, float]:
        gains: dict[int, float] = {}
        for reading, trust in unit.readings.items():
            for at, held in self.holders[reading].items():
                gains[at] = max(gains.get(at, 0.0), trust * unit.weight * held)
        return gains

    def _neighbours(self, at: int, units: Sequence[Unit]) -> float:
        met = {pair for run in self.runs[at] for pair in pairwise(run)}
        return sum(
            a.weight + b.weight
            for a, b in pairwise(unit for unit in units if unit.word not in EMPTY)
            if met & set(product(a.readings, b.readings))
        )

    def likeness(self, place: int) -> dict[int, float]:
        """The cosine of every entry with the one there."""
        telling = {word: held for word, held in self.holders.items() if word not in _EMPTY}
        vectors: list[dict[str, float]] = [
            {word: held[at] * self.rarity[word] for word, held in telling.items() if at in held}
            for at in range(len(self.entries))
        ]
        lengths = [math.hypot(*vector.values()) or 1.0 for vector in vectors]
        return {
            at: sum(vector[word] * vectors[place].get(word, 0.0) for word in vector) / (lengths[at] * lengths[place])
            for at, vector in enumerate(vectors)
        }


def _wholes(entry: Entry) -> set[str]:
    title = entry.title or ""
    texts = (title, entry.text, f"{title} {entry.text}", *entry.phrasings, *entry.spellings)
    return set(map(plain, texts)) - {""}
