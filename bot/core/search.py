"""The entries that a query means: by words, beginnings, slips of the keys and whole questions, ranked.

`look_up` is the retriever: whatever else shall find entries is put in there. Knows the index; nothing of messages,
platforms or wording.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz
from rapidfuzz.process import extract

from bot.core.index import Index
from bot.core.library import EVERYTHING, Library, Scope
from bot.core.marks import stems
from bot.core.query import MOST_CHARACTERS, read
from bot.core.ranking import BEST, Hit, collapsed, weigh
from bot.core.summary import Entry, Topic
from bot.core.words import EMPTY, stem, words

if TYPE_CHECKING:  # NumPy is loaded only where something is found by its meaning
    from bot.core.meaning import Meaning, Sense

__all__ = [
    "Hit",
    "Index",
    "Ranking",
    "alike",
    "find_topics",
    "look_up",
    "nearest_ids",
    "nearest_topics",
    "rank",
    "suggest",
]

# What the meaning of a query counts against its words, tuned on the tuned part of tests/quality.
MEANING, MEANING_OF_KEYWORDS = 4.0, 1.0
KEYWORDS = 4  # words; what is longer is a sentence
LEAST_MEANT = 0.3  # the nearness below which an entry without a word of the query is not meant
LEAST_LIKE = 0.4  # the nearness below which two entries without a common word mean nothing alike
LEAST_ALIKE = 0.08  # the cosine below which two entries have no more in common than any two

_LINK = re.compile(r"\s*\[\[.*\]\]\s*", re.DOTALL)


# What a query means, once it has been embedded: given the entries that hold its words.
Meant = Callable[[Collection[int]], "Sense"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Hits, best first, and the query as it was understood, where it was misspelt.

    `certain` is a ranking that a meaning could not better: the query names an entry, or is its very words.
    `matched` are the stems that its words stand for; none where it names an entry.
    """

    hits: list[Hit]
    repaired: str | None = None
    certain: bool = False
    matched: frozenset[str] = frozenset()


def rank(index: Index, query: str, scope: Scope = EVERYTHING, limit: int = 5, meant: Meant | None = None) -> list[Hit]:
    """The entries within `scope` that fit a query, best first, at most `limit`, each family once."""
    return look_up(index, query, scope, limit, meant).hits


def look_up(index: Index, query: str, scope: Scope = EVERYTHING, limit: int = 5, meant: Meant | None = None) -> Ranking:
    """The same, with the query as it was understood. Never raises; nothing where nothing fits.

    An id alone comes first with a score of 1. `[[id]]` finds that entry and no other. A family is shown by its
    fullest member that lies within the scope, with the score of the member that fits best.
    """
    query = query[:MOST_CHARACTERS]
    named = index.library.named(query)
    first = [Hit(named, 1.0)] if named and scope.holds(named) else []
    if _LINK.fullmatch(query):
        return Ranking(first[:limit], certain=True)
    understood = read(index, query)
    scores = weigh(index, understood.units, query)
    hits = collapsed(index, _fused(query, scores, meant(scores.keys())) if meant else scores, scope)
    if named and first:
        return Ranking([*first, *(hit for hit in hits if not _related(index, hit.entry, named))][:limit], certain=True)
    return Ranking(hits[:limit], understood.repaired, matched=stems(understood.units))


def _fused(query: str, scores: dict[int, float], sense: "Sense") -> dict[int, float]:
    """What the words say and what is meant, as one score from 0 to 1."""
    near = sense.nearness
    weight = MEANING if len(words(query)) > KEYWORDS else MEANING_OF_KEYWORDS
    found = [at for at, nearness in near.items() if at in scores or nearness >= LEAST_MEANT]
    return {at: (scores.get(at, 0.0) + weight * max(near[at], 0.0)) / (1 + weight) for at in found}


def suggest(index: Index, text: str, limit: int, meant: Meant | None = None) -> list[Entry]:
    """Completions for a query that is still being typed: the ranking of `look_up`, the last word being a beginning.

    Without a word, the first entry of each family, in document order.
    """
    if not words(text[:MOST_CHARACTERS]):
        return list(index.library.heads()[:limit])
    named = index.library.named(text)
    text = text[:MOST_CHARACTERS]
    units = read(index, text, typing=not text[-1:].isspace()).units
    scores = weigh(index, units, text)
    found = [hit.entry for hit in collapsed(index, _fused(text, scores, meant(scores.keys())) if meant else scores)]
    return list(dict.fromkeys([*([named] if named else []), *found]))[:limit]


def alike(index: Index, entry: Entry, limit: int, meaning: "Meaning | None" = None) -> list[Hit]:
    """The entries that are most like `entry`, best first, never one of its own family.

    What is compared are their words, by the cosine, and what they mean where that is known.
    """
    place = index.places[entry.key]
    scores: dict[int, float] = defaultdict(float)
    for word in index.told[place]:
        weight = index.holders[word][place] * index.rarity[word] ** 2
        for at, held in index.holders[word].items():
            scores[at] += weight * held / (index.lengths[at] * index.lengths[place])
    cosines = {at: min(cosine, BEST) for at, cosine in scores.items() if cosine >= LEAST_ALIKE}
    if meaning:
        near = meaning.sense(meaning.vector(place), cosines.keys()).nearness
        found = {at: (cosines.get(at, 0.0) + MEANING * near[at]) / (1 + MEANING) for at in near}
        cosines = {at: score for at, score in found.items() if at in cosines or near[at] >= LEAST_LIKE}
    hits = collapsed(index, cosines)
    return [hit for hit in hits if not _related(index, hit.entry, entry)][:limit]


def find_topics(library: Library, text: str, summary: str | None = None) -> tuple[Topic, ...]:
    """The topic of that id, key or heading; else all whose heading or id holds every word or its beginning; else ()."""
    topics = [topic for topic in library.topics.values() if summary is None or topic.summary == summary]
    wanted = [word for word in words(text) if word not in EMPTY] or words(text)
    named = text.strip().casefold()
    exact = [topic for topic in topics if named in (topic.id, topic.key)]
    exact = exact or [topic for topic in topics if words(topic.title) == words(text) != []]
    if exact or not wanted:
        return tuple(exact)
    return tuple(topic for topic in topics if _heads(topic, wanted))


def nearest_topics(index: Index, query: str, scope: Scope = EVERYTHING, n: int = 3) -> list[Topic]:
    """The topics nearest to a query that found nothing, at most `n`, some in any case.

    Nearest are those whose heading looks like it and whose entries hold some of its words.
    """
    said: dict[Topic | None, float] = {}
    for at, score in weigh(index, read(index, query).units, query, floor=0.0).items():
        topic = index.library.topic_of(index.entries[at])
        said[topic] = max(said.get(topic, 0.0), score)
    told = " ".join(word for word in words(query[:300]) if word not in EMPTY)

    def nearness(topic: Topic) -> float:
        return said.get(topic, 0.0) + fuzz.token_set_ratio(told, " ".join(words(topic.title))) / 100

    topics = [topic for topic in index.library.topics.values() if scope.summary in (None, topic.summary)]
    return sorted(topics, key=nearness, reverse=True)[:n]


def nearest_ids(index: Index, text: str, limit: int = 3) -> list[str]:
    """The ids that a mistyped `[[id]]` may mean, nearest first; none where none is near."""
    wanted = text.strip().strip("[]").strip().casefold()[:200]
    names = {entry.key: entry.key if "/" in wanted else entry.id for entry in index.entries}
    return [key for _, _, key in extract(wanted, names, scorer=fuzz.ratio, score_cutoff=70, limit=limit)]


def _related(index: Index, one: Entry, other: Entry) -> bool:
    return index.library.fullest(one).key == index.library.fullest(other).key


def _heads(topic: Topic, wanted: list[str]) -> bool:
    """Whether a topic's heading or id holds each of the words, or one that begins so."""
    held = words(f"{topic.title} {topic.id}")
    stems_held = {stem(word) for word in held}
    return all(stem(word) in stems_held or any(one.startswith(word) for one in held) for word in wanted)
