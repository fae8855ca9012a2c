"""What entries are worth for the words of a query, and the order that follows.

Knows the index and the units of a query; nothing of ids, topics, commands or messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from bot.core.finding.index import Index
from bot.core.finding.query import Unit
from bot.core.finding.texts import Numbers
from bot.core.library import EVERYTHING, Scope
from bot.core.summary import Entry
from bot.core.words import EMPTY

# Tuned on 149 look-ups of our own over the project's content, none of them `reported` in tests/quality.
FLOOR = 0.3  # the share of what a query says that an entry must hold at least
NEARBY = 0.2  # what two words of the query add where they stand side by side in the entry too
BEST = 0.99  # the score of an entry that nothing could fit better, short of naming it
WHOLE = 0.9  # what the others are worth where a query is an entry's very title or text
LEAST_ALIKE = 0.08  # the cosine below which two entries have no more in common than any two
MOST = 1000  # entries that are ranked, the best; in a large library a frequent word is in many more


_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `score` is from 0 to 1, comparable within one ranking; 1 where the query names it."""

    entry: Entry
    score: float


def weigh(
    index: Index, units: Sequence[Unit], query: str, floor: float = FLOOR, scope: Scope = EVERYTHING
) -> dict[int, float]:
    """The entries, by place, that hold at least the share `floor` of what the units say, with a score from 0 to 1.

    Only those within the scope, and of these the MOST best.
    """
    telling = [unit for unit in units if unit.word not in EMPTY] or units
    scores, said = np.zeros(len(index)), np.zeros(len(index))
    ceiling = 1e-9
    for unit in telling:
        places, gains = _gains(index, unit)
        ceiling += gains.max() if len(gains) else unit.weight  # a word that no entry holds lessens what all are worth
        scores[places] += gains
        said[places] += unit.weight
    side_by_side = neighbours(index, units)
    ceiling += NEARBY * side_by_side.max(initial=0.0)
    least = floor * sum(unit.weight for unit in telling)
    found = index.within(scope, np.flatnonzero((said >= least) & (said > 0)))
    found, worth = best(found, scores[found] + NEARBY * side_by_side[found])
    for unit in units if telling is not units else ():
        if unit.word in EMPTY:
            places, gains = _gains(index, unit)
            ceiling += gains.max(initial=0.0)
            worth += _at(found, places, gains)
    whole = index.wholly(query)
    shares = dict(zip(found.tolist(), (BEST * (WHOLE if len(whole) else 1) * worth / ceiling).tolist(), strict=True))
    return shares | dict.fromkeys(index.within(scope, whole)[:MOST].tolist(), BEST)


def best(places: Numbers, worth: Numbers) -> tuple[Numbers, Numbers]:
    """The MOST best of these entries, in their order, with what they are worth; of equals the first."""
    if len(places) <= MOST:
        return places, worth
    least = np.partition(worth, -MOST)[-MOST]
    kept = worth > least
    kept[np.flatnonzero(worth == least)[: MOST - kept.sum()]] = True
    return places[kept], worth[kept]


def _at(wanted: Numbers, places: Numbers, values: Numbers) -> Numbers:
    """The value at each wanted place, 0 where there is none. `places` are sorted."""
    if not len(places):
        return np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
    return np.where(places[at] == wanted, values[at], 0.0)


def _gains(index: Index, unit: Unit) -> tuple[Numbers, Numbers]:
    """What a unit adds to each entry that holds it, by the best of its readings: the places, sorted, and the gains."""
    if not unit.readings:
        return _NONE, _NONE
    held = [(index.held(reading), trust * unit.weight) for reading, trust in unit.readings.items()]
    if len(held) == 1:
        (places, weights), weight = held[0]
        return places, weight * weights.astype(np.float64)
    gains = np.zeros(len(index))
    for (places, weights), weight in held:
        gains[places] = np.maximum(gains[places], weight * weights.astype(np.float64))
    found = np.flatnonzero(gains > 0)
    return found, gains[found]


def neighbours(index: Index, units: Sequence[Unit]) -> Numbers:
    """How much the units say that stand side by side both in the query and in an entry, for each entry."""
    weights = np.zeros(len(index))
    for a, b in pairwise([unit for unit in units if unit.word not in EMPTY]):
        met = [index.side_by_side(*pair) for pair in product(a.readings, b.readings)]
        if any(map(len, met)):
            weights[np.concatenate(met) if len(met) > 1 else met[0]] += a.weight + b.weight
    return weights


def likeness(index: Index, place: int) -> dict[int, float]:
    """The entries that have more in common with the one there than any two have, by the cosine of their words."""
    cosines = np.zeros(len(index))
    for stem in index.told(place):
        places, weights = index.held(stem)
        own = _at(np.array([place]), places, weights)[0] * (index.rarity(stem) or 0.0) ** 2
        cosines[places] += own * weights.astype(np.float64)
    cosines = np.minimum(cosines / (index.tables.lengths * index.tables.lengths[place]), BEST)
    found = np.flatnonzero(cosines >= LEAST_ALIKE)
    places, cosines = best(found, cosines[found])
    return dict(zip(places.tolist(), cosines.tolist(), strict=True))


def collapsed(
    index: Index, scores: Mapping[int, float], scope: Scope = EVERYTHING, limit: int | None = None
) -> list[Hit]:
    """Each family once, best first: its fullest member within the scope, with the best score of its members there.

    Equals come in document order. At most `limit`, or all.
    """
    found: dict[int, Hit] = {}
    for score, at in sorted([(-score, at) for at, score in scores.items()]):
        if len(found) == limit:
            break
        head = int(index.heads[at])
        if head not in found and scope.holds(index.entries[at]):
            shown = head if scope.holds(index.entries[head]) else at
            found[head] = Hit(index.entries[shown], -score)
    return list(found.values())
