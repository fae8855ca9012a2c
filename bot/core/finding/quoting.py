"""The entry that fits a message of a discussion, with a confidence; or none.

Knows that a message is not a query: most of what people say deserves no quote, and everyday words prove little.

The confidence goes from 0 to 1. By meaning it is a chance: among messages half of which deserve a quote, of those whose
first candidate has it, so many have the right entry among their three candidates (docs/search.md tells how that is
tested). Where nothing but words can be told, it grows with what a message and an entry have in common: how many words,
how rare they are in the library, whether they stand side by side, how much of the message they make up, and how much of
a phrasing, where they meet one; that is no probability.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from heapq import nlargest

import numpy as np

from bot.core.finding.everyday import is_everyday
from bot.core.finding.index import Index
from bot.core.finding.meaning import Sense
from bot.core.finding.query import Unit, read
from bot.core.finding.ranking import BEST, Hit, best, collapsed, neighbours, weigh
from bot.core.finding.search import COMPARED, Meant
from bot.core.finding.texts import Numbers
from bot.core.words import EMPTY

# Tuned on 32 messages that an entry fits and 73 that deserve no quote, over the project's content with and without
# phrasings; none of them `reported` in tests/quality.
EVERYDAY_WEIGHT = 0.2  # what a word of everyday English, or a number, counts beside another in an entry's own words
SAID_WEIGHT = 0.8  # and what it counts in a phrasing, which is everyday English itself
STRANGE = 0.7  # how much a word that no entry holds says of another subject, against one that a single entry holds
ENOUGH = 8.0  # common ground, in units of idf, at which the confidence reaches 1 - 1/e if the message is covered
SIDE_BY_SIDE = 0.5  # what two words add where they stand side by side in the entry too
ALONE = 0.5  # what a single word in common with a phrasing counts
CURVE = 0.62  # lifts the confidence so that at 0.5 some four tuned messages in a hundred that deserve no quote get one
LEAST = 0.02  # a confidence below this is none

# A logistic regression on the tuned part of tests/quality (docs/decisions/0002-messages.md).
NEAR, AROUND, CHATTER, DISCUSSED, OFFSET = 2.97, 4.35, -7.01, 1.81, -1.07
NEAREST = 5  # entries whose mean nearness tells whether the library has anything on the subject
WORDS = 0.13  # what the words in common, as a lookup counts them, add to an entry's nearness

_NONE = np.zeros(0, np.int32)


def candidates(index: Index, message: str, limit: int = 3, meant: Meant | None = None) -> list[Hit]:
    """The entries that fit a message best, at most `limit`, a family once; `score` is the confidence from 0 to 1."""
    if not meant:
        return collapsed(index, _by_words(index, message), limit=limit)
    said = weigh(index, read(index, message, sure=True).units, message, floor=0.0)
    return _by_meaning(index, meant(nlargest(COMPARED, said, key=said.__getitem__)), said)[:limit]


def _by_meaning(index: Index, sense: Sense, said: Mapping[int, float]) -> list[Hit]:
    """The entries nearest in meaning, each with the chance that it leads three of which one is right."""
    scores = {at: nearness + WORDS * said.get(at, 0.0) for at, nearness in sense.nearness.items()}
    near = collapsed(index, scores)
    nearest = near[:NEAREST]
    around = sum(hit.score for hit in nearest) / max(len(nearest), 1)
    known = OFFSET + AROUND * around + CHATTER * sense.chatter + DISCUSSED * sense.discussed
    return [Hit(hit.entry, 1 / (1 + math.exp(-known - NEAR * hit.score))) for hit in near]


def _by_words(index: Index, message: str) -> dict[int, float]:
    """The confidence where nothing but the words can be told."""
    units = [unit for unit in read(index, message, sure=True).units if unit.word not in EMPTY]
    units = [unit if unit.readings else replace(unit, weight=STRANGE * index.rarity_of(1)) for unit in units]
    sure = _by_own_words(index, [_weighed(unit, EVERYDAY_WEIGHT) for unit in units])
    for at, confidence in _by_phrasings(index, [_weighed(unit, SAID_WEIGHT) for unit in units]).items():
        sure[at] = max(sure.get(at, 0.0), confidence)
    if len(units) > 1:
        sure |= dict.fromkeys(index.wholly(message).tolist(), 1.0)
    return {at: min(BEST, one**CURVE) for at, one in sure.items() if one >= LEAST}


def fits(hits: Sequence[Hit], threshold: float) -> bool:
    """Whether the first candidate is sure enough to be offered."""
    return bool(hits) and hits[0].score >= threshold


def _weighed(unit: Unit, everyday: float) -> Unit:
    return replace(unit, weight=unit.weight * everyday) if is_everyday(unit.word) else unit


def _by_own_words(index: Index, units: list[Unit]) -> dict[int, float]:
    whole = sum(unit.weight for unit in units)
    shared = np.zeros(len(index))
    for unit in units:
        shared[_any([index.held(reading)[0] for reading in unit.readings])] += unit.weight
    found = np.flatnonzero(shared > 0)
    common, side_by_side = shared[found], neighbours(index, units)[found]
    return _best(found, (1 - np.exp(-(common + SIDE_BY_SIDE * side_by_side) / ENOUGH)) * common / whole)


def _by_phrasings(index: Index, units: list[Unit]) -> dict[int, float]:
    """How near the message comes to each entry's nearest phrasing: the cosine of their words, by the entry's place."""
    length = math.hypot(*(unit.weight for unit in units)) or 1.0
    said_of, squares = index.tables.said_of, index.tables.said_squares
    shared, number = np.zeros(len(said_of)), np.zeros(len(said_of), np.int8)
    for unit in units:
        said = _any([index.said_with(reading) for reading in unit.readings])
        shared[said] += unit.weight**2
        number[said] += 1
    found = np.flatnonzero(number)
    cosines = shared[found] / (length * np.sqrt(squares[found] @ [1.0, SAID_WEIGHT**2]))
    nearest = np.zeros(len(index))
    np.maximum.at(nearest, said_of[found], np.where(number[found] > 1, cosines, ALONE * cosines))
    entries = np.flatnonzero(nearest > 0)
    return _best(entries, nearest[entries])


def _any(several: list[Numbers]) -> Numbers:
    """What is in any of these, once."""
    return several[0] if len(several) == 1 else np.unique(np.concatenate([_NONE, *several]))


def _best(places: Numbers, worth: Numbers) -> dict[int, float]:
    places, worth = best(places, worth)
    return dict(zip(places.tolist(), worth.tolist(), strict=True))
