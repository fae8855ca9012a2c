"""The entries that a query means: by words, beginnings, slips of the keys and whole questions, ranked.

`look_up` is the retriever: whatever else shall find entries is put in there. Knows the index; nothing of messages,
platforms or wording.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from unicodedata import normalize

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cdist, extract

from bot.core.finding.everyday import is_everyday
from bot.core.finding.index import Index
from bot.core.finding.marks import stems
from bot.core.finding.meaning import Meaning, Sense
from bot.core.finding.query import MOST_CHARACTERS, Unit, read
from bot.core.finding.ranking import Hit, collapsed, likeness, weigh
from bot.core.library import EVERYTHING, Scope
from bot.core.summary import Entry, Topic
from bot.core.words import EMPTY, spaceless, words

__all__ = [
    "Hit",
    "Index",
    "Ranking",
    "alike",
    "find_topics",
    "look_up",
    "nearest_ids",
    "nearest_topics",
    "suggest",
]

# What the meaning of a query counts against its words: compared on all of tests/quality, chosen on its tuned part.
MEANING, MEANING_OF_KEYWORDS = 3.0, 1.0
KEYWORDS = 4  # words; what is longer is a sentence
CERTAIN = 0.9  # the score by words alone from which a few keywords are taken to be understood
COMPARED = 200  # entries with words of the query, the best, whose meaning is looked at in any case
SMALL_SCOPE = 2_000  # entries; the meaning of each in a scope of no more is looked at too
LEAST_MEANT = 0.3  # the nearness below which an entry without a word of the query is not meant
LEAST_LIKE = 0.4  # the nearness below which two entries without a common word mean nothing alike
BESIDE = 0.08  # how much nearer than any entry chatter is to a query that is none
ALIKE = 65  # per cent of its letters that a heading has in common with a query that looks like it

_RUN = re.compile(r"[^\W_]+")
_LINK = re.compile(r"\s*\[\[.*\]\]\s*", re.DOTALL)


# What a query means, once it has been embedded: given the entries that hold its words.
Meant = Callable[[Collection[int]], Sense]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Hits, best first, and the query as it was understood, where it was misspelt.

    `certain` is a ranking that a meaning would not better: the query names an entry, or a few words say all.
    `matched` are the stems that its words stand for; none where it names an entry. `unheld` are the words that no entry
    holds, of a few keywords: the hits are what comes nearest.
    """

    hits: list[Hit]
    repaired: str | None = None
    certain: bool = False
    matched: frozenset[str] = frozenset()
    unheld: tuple[str, ...] = ()


def look_up(index: Index, query: str, scope: Scope = EVERYTHING, limit: int = 5, meant: Meant | None = None) -> Ranking:
    """The entries within `scope` that fit a query, best first, at most `limit`, each family once; none where none fits.

    An id alone comes first with a score of 1. `[[id]]` finds that entry and no other. A family is shown by its
    fullest member that lies within the scope, with the score of the member that fits best.
    """
    query = query[:MOST_CHARACTERS]
    named = index.library.named(query)
    first = [Hit(named, 1.0)] if named and scope.holds(named) else []
    if _LINK.fullmatch(query):
        return Ranking(first[:limit], certain=True)
    understood = read(index, query)
    telling = [unit for unit in understood.units if unit.word not in EMPTY]
    # Words that say nothing are in every entry: by these alone one is found whose whole title or text they are.
    scores = weigh(index, understood.units if telling else [], query, scope=scope)
    if meant:
        sense = _sense(index, scores, meant, scope)
        scores = {} if _beside(telling, scores, sense) else _fused(query, scores, sense)
    # One more than is wanted: the family of what the query names is left out.
    hits = collapsed(index, scores, scope, limit + 1)
    if named and first:
        return Ranking([*first, *(hit for hit in hits if not _related(index, hit.entry, named))][:limit], certain=True)
    few = len(words(query)) <= KEYWORDS
    certain = few and bool(hits) and hits[0].score >= CERTAIN and not understood.repaired
    unheld = _unheld(query, telling) if few else ()
    repaired = _as_written(understood.repaired, hits) if understood.repaired else None
    return Ranking(hits[:limit], repaired, certain, stems(understood.units), unheld)


def _as_written(repaired: str, hits: Iterable[Hit]) -> str:
    """A repaired query with the accents that the entries found are written with, and the words of the index are not."""
    said = normalize("NFC", " ".join(hit.entry.full_text for hit in hits))
    accented = {"".join(words(word)): word.casefold() for word in _RUN.findall(said) if not word.isascii()}
    return _RUN.sub(lambda word: accented.get(word[0], word[0]), repaired)


def _unheld(query: str, telling: Iterable[Unit]) -> tuple[str, ...]:
    """The words of a query that no entry holds, as they were typed."""
    lacking = {unit.word for unit in telling if not unit.readings}
    typed = dict.fromkeys(word for word in _RUN.findall(query) if not spaceless(word))
    return tuple(word for word in typed if lacking.intersection(words(word)))


def _sense(index: Index, scores: Mapping[int, float], meant: Meant, scope: Scope = EVERYTHING) -> Sense:
    """What a query means, for the entries that hold its words and those that are near to it without."""
    also = nlargest(COMPARED, scores, key=scores.__getitem__)
    if scope != EVERYTHING:  # in a large library what is nearest of all may well lie elsewhere
        within = index.within(scope, np.arange(len(index)))
        also += within.tolist() if len(within) <= SMALL_SCOPE else []
    return meant(also)


def _fused(query: str, scores: Mapping[int, float], sense: Sense, least: float = LEAST_MEANT) -> dict[int, float]:
    """What the words say and what is meant, as one score from 0 to 1."""
    near = sense.nearness
    weight = MEANING if len(words(query)) > KEYWORDS else MEANING_OF_KEYWORDS
    found = [at for at, nearness in near.items() if at in scores or nearness >= least]
    return {at: (scores.get(at, 0.0) + weight * max(near[at], 0.0)) / (1 + weight) for at in found}


def _beside(telling: Iterable[Unit], scores: Mapping[int, float], sense: Sense) -> bool:
    """Whether a query is beside the point of all entries: what they hold of it is everyday words, and not all of it,
    and everyday chatter comes much nearer to it than any of them."""
    return (
        max(scores.values(), default=0.0) < CERTAIN
        and sense.discussed < 0
        and sense.chatter > sense.nearest + BESIDE
        and all(is_everyday(unit.word) for unit in telling if unit.readings)
    )


def suggest(index: Index, text: str, limit: int, meant: Meant | None = None) -> list[Entry]:
    """Completions for a query that is still being typed: the ranking of `look_up`, the last word being a beginning.

    Without a word, the first entry of each family, in document order.
    """
    if not words(text[:MOST_CHARACTERS]):
        return [index.entries[head] for head in _first(index.heads, limit)]
    named = index.library.named(text)
    text = text[:MOST_CHARACTERS]
    units = read(index, text, typing=not text[-1:].isspace()).units
    scores = weigh(index, units, text)
    scores = _fused(text, scores, _sense(index, scores, meant)) if meant else scores
    hits = collapsed(index, scores, limit=limit)
    found = [hit.entry for hit in hits]
    return list(dict.fromkeys([*([named] if named else []), *found]))[:limit]


def alike(index: Index, entry: Entry, limit: int, meaning: Meaning | None = None) -> list[Hit]:
    """The entries that are most like `entry`, best first, never one of its own family.

    What is compared are their words, by the cosine, and what they mean where that is known.
    """
    place = index.places[entry.key]
    cosines = likeness(index, place)
    if meaning:
        near = meaning.sense(meaning.vectors(place), cosines.keys()).nearness
        found = {at: (cosines.get(at, 0.0) + MEANING * near[at]) / (1 + MEANING) for at in near}
        cosines = {at: score for at, score in found.items() if at in cosines or near[at] >= LEAST_LIKE}
    hits = collapsed(index, cosines, limit=limit + 1)  # its own family is left out
    return [hit for hit in hits if not _related(index, hit.entry, entry)][:limit]


def find_topics(index: Index, text: str, summary: str | None = None) -> tuple[Topic, ...]:
    """The topic of that id, key or heading; else all whose heading or id holds every word or its beginning; else ()."""
    found = index.headings.named(text), index.headings.titled(text), index.headings.holding(text)
    within = ([topic for topic in several if summary in (None, topic.summary)] for several in found)
    return tuple(next(filter(None, within), ()))


def nearest_topics(index: Index, query: str, limit: int = 3, meant: Meant | None = None) -> list[Topic]:
    """The topics nearest to a query that found nothing, at most `limit`, some in any case.

    Nearest are those whose heading looks like it, whose entries hold some of its words, or come near to what is meant.
    """
    topics = list(index.library.topics.values())
    if not topics:
        return []
    told = " ".join(word for word in words(query[:300]) if word not in EMPTY)
    nearness = cdist([told], index.headings.titles, scorer=fuzz.token_set_ratio, score_cutoff=ALIKE, dtype=np.float64)
    nearness = nearness[0] / 100
    said: dict[str, float] = {}
    scores = weigh(index, read(index, query).units, query, 0.0)
    for at, score in (_fused(query, scores, meant(list(scores)), 0.0) if meant else scores).items():
        if topic := index.library.topic_of(index.entries[at]):
            said[topic.key] = max(said.get(topic.key, 0.0), score)
    for key, score in said.items():
        nearness[index.topics[key]] += score
    return [topics[at] for at in np.argsort(-nearness, kind="stable")[:limit]]


def nearest_ids(index: Index, text: str) -> list[str]:
    """The three ids at most that a mistyped `[[id]]` may mean, nearest first; none where none is near."""
    wanted = text.strip().strip("[]").strip().casefold()[:200]
    names = list(index.places) if "/" in wanted else index.ids
    found = extract(wanted, names, scorer=fuzz.ratio, score_cutoff=70, limit=3)
    return [index.entries[at].key for _, _, at in found]


def _related(index: Index, one: Entry, other: Entry) -> bool:
    return index.library.fullest(one).key == index.library.fullest(other).key


def _first(several: Iterable[int], number: int) -> list[int]:
    """The first that are different."""
    found: dict[int, None] = {}
    for one in several:
        if len(found) == number:
            break
        found.setdefault(int(one))
    return list(found)
