"""What a query says: its words with all that each may stand for, and how much each says.

Knows the index and the language; ranks nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.core.finding.everyday import EVERYDAY
from bot.core.finding.index import Index
from bot.core.words import EMPTY, stem, words

EMPTY_WEIGHT = 0.05  # what "the" or "how" counts beside a word that says something
UNKNOWN = 0.5  # how much a word that no entry holds says, against one that a single entry holds
MOST_CHARACTERS = 10_000
MOST_WORDS = 32  # of a longer query only the most informative count
MOST_REPAIRS = 8
MENDED = 6  # letters of a word in a message whose slip is mended: one at most, and in no shorter word


@dataclass(frozen=True, slots=True)
class Unit:
    """One word of a query: the stems it may stand for with the trust in each, and how much it says (an idf)."""

    word: str
    readings: dict[str, float]
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as it was read: its units in order, and the query as it was understood, where it was misspelt."""

    units: list[Unit]
    repaired: str | None


def read(index: Index, query: str, *, typing: bool = False, sure: bool = False) -> Reading:
    """Reads a query. The last word may be a beginning if `typing`; only the plainest slips are mended if `sure`."""
    several = [part for word in words(query[:MOST_CHARACTERS]) for part in index.parts.get(stem(word), (word,))]
    told = _most_telling(index, several)
    short = _short_beginnings(index, told)
    units: list[Unit] = []
    repairs: dict[str, str] = {}
    tried = 0
    for at, word in enumerate(told):
        readings = _known(index, word, told[max(at - 1, 0) : at + 2])
        if (typing and at == len(told) - 1) or (word in short and not sure):
            readings = _begun(index, word) | readings
        if readings or word in EMPTY or word in EVERYDAY or tried >= MOST_REPAIRS:
            units.append(_unit(index, word, readings))
        elif word in index.english:  # as it should be: it may be a beginning, but no slip
            units.append(_unit(index, word, _begun(index, word) if len(word) > 3 else {}))
        else:
            tried += 1
            units += _mended(index, word, repairs, sure)
    if any(unit.word not in EMPTY for unit in units):
        units = [replace(u, weight=u.weight * EMPTY_WEIGHT) if u.word in EMPTY else u for u in units]
    return Reading(_each_once(units), _rewritten(query, repairs))


def _most_telling(index: Index, several: list[str]) -> list[str]:
    """A query's words in their order, each once, and no more than are worth it."""
    once = list(dict.fromkeys(several))
    if len(once) <= MOST_WORDS:
        return once
    kept = set(sorted(once, key=lambda word: (word in EMPTY, -(index.rarity(stem(word)) or 0.0)))[:MOST_WORDS])
    return [word for word in once if word in kept]


def _short_beginnings(index: Index, told: list[str]) -> list[str]:
    """The words of three letters that may be beginnings: so little is taken for one only where no word fits whole
    and each begins one."""
    telling = [word for word in told if word not in EMPTY]
    if any(index.rarity(stem(word)) or not index.speller.begun(word) for word in telling):
        return []
    return [word for word in telling if len(word) == 3 and word not in EVERYDAY]


def _begun(index: Index, word: str) -> dict[str, float]:
    """The stems of the words that begin so, with the trust in each."""
    return {stem(one.instead[0]): one.weight for one in reversed(index.speller.begun(word))}


def _known(index: Index, word: str, around: list[str]) -> dict[str, float]:
    """The stem of a word and those of the words that it makes with its neighbours, as far as entries hold them."""
    whole = [a + b for a, b in pairwise(around) if len(a) + len(b) > 3 and word in (a, b)]
    return {stem(one): 1.0 for one in (word, *whole) if index.rarity(stem(one))}


def _unit(index: Index, word: str, readings: Mapping[str, float]) -> Unit:
    rarity = {reading: rarity for reading in readings if (rarity := index.rarity(reading))}
    held = {reading: trust for reading, trust in readings.items() if reading in rarity}
    weight = rarity.get(stem(word)) or max(rarity.values(), default=UNKNOWN * index.rarity_of(1))
    return Unit(word, held, max(weight, 0.01))


def _mended(index: Index, word: str, repairs: dict[str, str], sure: bool) -> list[Unit]:
    """The units of a word that no entry holds; notes in `repairs` what it was mended to."""
    guesses = [one for one in index.speller.read(word) if not sure or (one.slips <= 1 and len(word) >= MENDED)]
    if not guesses:
        return [_unit(index, word, {})]
    best = guesses[0].instead
    if guesses[0].slips:
        repairs[word] = " ".join(best)
    if len(best) > 1:
        return [_unit(index, part, {stem(part): guesses[0].weight}) for part in best]
    readings = {stem(one.instead[0]): one.weight for one in reversed(guesses)}
    return [_unit(index, best[0] if best[0] in EMPTY else word, readings)]


def _each_once(units: list[Unit]) -> list[Unit]:
    """Each word once, where it stands first; a word that others were mended to may have been said as well."""
    once: dict[str, Unit] = {}
    for unit in units:
        first = once.setdefault(unit.word, unit)
        if first is not unit:
            trusts = {r: max(first.readings.get(r, 0.0), t) for r, t in unit.readings.items()}
            once[unit.word] = replace(first, readings=first.readings | trusts)
    return list(once.values())


def _rewritten(query: str, repairs: Mapping[str, str]) -> str | None:
    """The query with its repairs in place, None where there are none."""
    shown = query
    for wrong, right in repairs.items():
        shown = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", right, shown, flags=re.IGNORECASE)
    return shown if shown != query else None
