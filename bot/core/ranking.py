"""What entries are worth for the words of a query, and the order that follows.

Knows the index and the units of a query; nothing of ids, topics, commands or messages.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from bot.core.index import Index
from bot.core.library import EVERYTHING, Scope
from bot.core.query import Unit
from bot.core.summary import Entry
from bot.core.words import EMPTY, plain

# Tuned on 149 look-ups of our own over the project's content, none of them `reported` in tests/quality.
FLOOR = 0.3  # the share of what a query says that an entry must hold at least
NEARBY = 0.2  # what two words of the query add where they stand side by side in the entry too
BEST = 0.99  # the score of an entry that nothing could fit better, short of naming it
WHOLE = 0.9  # what the others are worth where a query is an entry's very title or text


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `score` is from 0 to 1, comparable within one ranking; 1 where the query names it."""

    entry: Entry
    score: float


def weigh(index: Index, units: Sequence[Unit], query: str, floor: float = FLOOR) -> dict[int, float]:
    """The entries, by place, that hold at least the share `floor` of what the units say, with a score from 0 to 1."""
    telling = [unit for unit in units if unit.word not in EMPTY] or units
    scores: dict[int, float] = defaultdict(float)
    said: dict[int, float] = defaultdict(float)
    ceiling = 1e-9
    for unit in telling:
        gains = _gains(index, unit)
        ceiling += max(gains.values(), default=0.0)
        for at, gain in gains.items():
            scores[at] += gain
            said[at] += unit.weight
    side_by_side = neighbours(index, units)
    ceiling += NEARBY * max(side_by_side.values(), default=0.0)
    least = floor * sum(unit.weight for unit in telling)
    found = {at: score + NEARBY * side_by_side.get(at, 0.0) for at, score in scores.items() if said[at] >= least}
    for unit in units if found else ():
        if unit not in telling:
            gains = _gains(index, unit)
            ceiling += max(gains.values(), default=0.0)
            for at in found.keys() & gains.keys():
                found[at] += gains[at]
    shares = {at: BEST * score / ceiling for at, score in found.items()}
    whole = index.whole.get(plain(query), ())
    return {at: WHOLE * share for at, share in shares.items()} | dict.fromkeys(whole, BEST) if whole else shares


def _gains(index: Index, unit: Unit) -> dict[int, float]:
    """What a unit adds to each entry that holds it: by the best of its readings."""
    gains: dict[int, float] = {}
    for reading, trust in unit.readings.items():
        weight = trust * unit.weight
        for at, held in index.holders[reading].items():
            if weight * held > gains.get(at, 0.0):
                gains[at] = weight * held
    return gains


def neighbours(index: Index, units: Sequence[Unit]) -> dict[int, float]:
    """How much the units say that stand side by side both in the query and in an entry, by the entry's place."""
    weights: dict[int, float] = defaultdict(float)
    for a, b in pairwise([unit for unit in units if unit.word not in EMPTY]):
        met: set[int] = set()
        for pair in product(a.readings, b.readings):
            few, many = sorted((index.holders[pair[0]], index.holders[pair[1]]), key=len)
            run = " {} {} ".format(*pair)
            met.update(at for at in few if at in many and run in index.runs[at])
        for at in met:
            weights[at] += a.weight + b.weight
    return weights


def collapsed(index: Index, scores: Mapping[int, float], scope: Scope = EVERYTHING) -> list[Hit]:
    """Each family once, best first: its fullest member within the scope, with the best score of its members there.

    Equals come in document order.
    """
    best: dict[int, float] = {}
    shown: dict[int, int] = {}
    for at, score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])):
        if scope.holds(index.entries[at]):
            head = index.heads[at]
            best.setdefault(head, score)
            shown.setdefault(head, head if scope.holds(index.entries[head]) else at)
    return [Hit(index.entries[shown[head]], score) for head, score in best.items()]
