"""What entries mean, as vectors: how near each comes to what was said, in other words or the same.

Knows vectors and whose they are; nothing of the model that makes them, and ranks nothing. NumPy is loaded with it.

The vector of a text says what it is about; which of several entries on one subject is meant, the words say, each of a
question met by the nearest of an entry (late interaction; Khattab and Zaharia, "ColBERT", 2020).

A large library is not compared text by text: its texts lie in clusters about leaders drawn at random, and only the
clusters nearest to a query are looked into (cluster pruning; Chierichetti et al., "Finding near neighbors through
cluster pruning", 2007).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core.finding.talk import Heard, Talk
from bot.core.finding.vectors import Floats, Vectors
from bot.core.library import Library
from bot.core.summary import Entry

# Chosen by comparing a few on all of tests/quality (docs/decisions/0002-messages.md).
WHOLE, PART, TOPIC = 0.5, 0.4, 0.1  # what an entry's whole text, its nearest sentence and its topic count
SAID = 0.8  # what its nearest phrasing counts against these, where it is nearer
MET = 30  # entries, the nearest, whose words are met with those of what was said
BY_WORDS = 0.5  # what that counts (docs/decisions/0003-lookups.md)
MOST_IN_WORDS = 5_000  # entries; in a larger library words would take too much memory
MOST_IN_PARTS = 10_000  # entries; in a larger library an entry is its whole text
MOST_PARTS = 6
SMALL = 4_000  # texts; up to so many, each is compared
PROBED = 16  # clusters that are looked into
LOOKED_AT = 200  # texts of these, the nearest, whose entries are compared in full
BLOCK = 4096  # vectors at a time while clusters are made

_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
_SHORT = 15  # characters; less is no sentence of its own

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sense:
    """What a query or a message means: how near the entries come to it, by place, 1 at most.

    `nearest` is how near the nearest entry comes as a whole, `chatter` how near the nearest few sentences of everyday
    chatter come; `discussed` tells a discussion (above 0) from chatter (below).
    """

    nearness: Mapping[int, float]
    nearest: float
    chatter: float
    discussed: float


class Meaning:
    """The vectors of a library's texts and of people's talk, built once a library and only read afterwards."""

    def __init__(self, library: Library, vector_of: Mapping[str, Floats], talk: Talk) -> None:
        """`vector_of` holds those of each of `texts(library)` and of each of `talk.texts`, however precise."""
        several = texts(library)
        vectors = np.stack([vector_of[text][0] for text in several], dtype=np.float32)
        self._clusters = _Clusters(vectors) if len(several) > SMALL else None
        order = self._clusters.order if self._clusters else np.arange(len(several))
        self._vectors = vectors[order]
        place = {several[at]: number for number, at in enumerate(order.tolist())}
        told = [_told(library, entry) for entry in library.entries]
        self._whole = np.array([place[one.whole] for one in told])
        self._topic = np.array([place[one.topic] for one in told])
        self._parts = _table([[place[text] for text in one.parts] for one in told], self._whole)
        self._said = _table([[place[text] for text in one.said] for one in told], self._whole)
        self._has_said = np.array([bool(one.said) for one in told])
        self._owners = _owners(len(several), self._whole, self._parts, self._said)
        self._words = _Words(told, vector_of) if told and len(told) <= MOST_IN_WORDS else None
        self._heard = Heard(talk, vector_of)

    def sense(self, said: Vectors, also: Collection[int] = ()) -> Sense:
        """What a text is near to. In a large library the nearness of some entries alone, those in `also` for sure."""
        vector, words = said[0], said[1:]
        places, near = self._near(vector, vector, also)
        most = near.max(initial=0.0)
        if self._words and len(words):
            nearest = np.argsort(near)[-MET:]
            met = self._words.met(words, places[nearest])
            # Which of these, and not how near; nothing is nearer than what is said word by word.
            near[nearest] = np.minimum(near[nearest] + BY_WORDS * (met - met.mean()), 1.0)
        return self._sense(vector, places, near, most)

    def sense_of_message(self, said: Vectors, also: Collection[int] = ()) -> Sense:
        """The same for a message: its words are those of a chat, and not what it is about."""
        vector = said[0]
        places, near = self._near(vector, self._heard.in_writing(vector), also)
        return self._sense(vector, places, near, near.max(initial=0.0))

    def _sense(self, vector: Vectors, places: Places, near: Vectors, most: float) -> Sense:
        nearness = dict(zip(places.tolist(), near.tolist(), strict=True))
        return Sense(nearness, float(most), self._heard.chatter(vector), self._heard.discussed(vector))

    def vectors(self, place: int) -> Vectors:
        """What the entry there means as a whole, without its words."""
        return np.asarray(self._vectors[self._whole[place], None])

    def _near(self, vector: Vectors, written: Vectors, also: Collection[int]) -> tuple[Places, Vectors]:
        """How near entries come to what was said; to what is `written` of it where nobody has told an entry in a chat's
        words."""
        if self._clusters is None:
            places, of_texts = np.arange(len(self._whole)), self._vectors
            whole, topic, parts, said = self._whole, self._topic, self._parts, self._said
        else:
            found = self._owners[self._clusters.nearest(self._vectors, vector)]
            places = np.union1d(found, np.fromiter(also, np.int64, len(also)))
            columns = [self._whole[places, None], self._topic[places, None], self._parts[places], self._said[places]]
            texts_of, at = np.unique(np.concatenate(columns, 1), return_inverse=True)
            of_texts = self._vectors[texts_of]
            ends = np.cumsum([column.shape[1] for column in columns])[:-1]
            whole, topic, parts, said = np.split(at.reshape(len(places), -1), ends, 1)
            whole, topic = whole[:, 0], topic[:, 0]

        def told(cosines: Vectors) -> Vectors:
            return np.asarray(WHOLE * cosines[whole] + TOPIC * cosines[topic] + PART * cosines[parts].max(1))

        plain, guessed = (of_texts @ np.stack([vector, written], 1)).T
        in_chat = SAID * plain[said].max(1) + (1 - SAID) * told(plain)
        return places, np.where(self._has_said[places], np.maximum(told(plain), in_chat), told(guessed))


class _Words:
    """The words of every entry's text and of its phrasings, one text behind the other."""

    def __init__(self, told: Sequence["_Told"], vector_of: Mapping[str, Floats]) -> None:
        entries = [[_words(vector_of[text]) for text in (one.whole, *one.said)] for one in told]
        texts = [rows for several in entries for rows in several]
        self._step = max(float(np.abs(rows).max(initial=1e-9)) for rows in texts) / 127
        # Text by text: to have all words as floats at once would take many times the memory.
        self._rows = np.concatenate([np.round(rows.astype(np.float32) / self._step).astype(np.int8) for rows in texts])
        self._lengths = np.array([len(rows) for rows in texts])
        self._starts = np.cumsum([0, *self._lengths])  # of each text in the rows
        self._first = np.cumsum([0, *map(len, entries)])  # text of each entry

    def met(self, words: Vectors, places: Places) -> Vectors:
        """For each entry how near the nearest words of its best text come to these, on average."""
        spans = [(self._first[place], self._first[place + 1]) for place in places]
        rows = np.concatenate([self._rows[self._starts[first] : self._starts[last]] for first, last in spans])
        lengths = np.concatenate([self._lengths[first:last] for first, last in spans])
        cosines = rows.astype(np.float32) @ (self._step * words.T)
        nearest = np.maximum.reduceat(cosines, np.cumsum([0, *lengths[:-1]]), axis=0)
        counts = [last - first for first, last in spans]
        return np.asarray(np.maximum.reduceat(nearest.mean(1), np.cumsum([0, *counts[:-1]])))


def _words(text: Floats) -> Floats:
    """The words of a text; the whole, where there is none that the model tells."""
    return text[1:] if len(text) > 1 else text


class _Clusters:
    """Texts by the leader that is nearest to each. `order` puts those of one leader side by side."""

    def __init__(self, vectors: Vectors) -> None:
        drawn = np.random.default_rng(0).choice(len(vectors), int(len(vectors) ** 0.5), replace=False)
        self._leaders = vectors[drawn]
        blocks = range(0, len(vectors), BLOCK)
        led_by = np.concatenate([(vectors[at : at + BLOCK] @ self._leaders.T).argmax(1) for at in blocks])
        self.order = np.argsort(led_by, kind="stable")
        self._starts = np.searchsorted(led_by[self.order], np.arange(len(drawn) + 1))

    def nearest(self, ordered: Vectors, vector: Vectors) -> Places:
        """The texts nearest to a vector, by their place in `order`, as far as they lie in the nearest clusters."""
        leaders = np.argpartition(self._leaders @ vector, -PROBED)[-PROBED:]
        spans = [(self._starts[one], self._starts[one + 1]) for one in leaders]
        texts = np.concatenate([np.arange(first, last) for first, last in spans])
        near = np.concatenate([ordered[first:last] @ vector for first, last in spans])
        return np.asarray(texts[np.argsort(near)[-LOOKED_AT:]])


@dataclass(frozen=True, slots=True)
class _Told:
    """The texts by which one entry is known."""

    whole: str
    parts: list[str]
    topic: str
    said: tuple[str, ...]


def texts(library: Library) -> list[str]:
    """Every text of a library whose vector is needed, each once."""
    told = (_told(library, entry) for entry in library.entries)
    return list(dict.fromkeys(text for one in told for text in (one.whole, *one.parts, one.topic, *one.said)))


def texts_in_words(library: Library) -> list[str]:
    """Those of these texts whose words are needed as well, each once."""
    told = (_told(library, entry) for entry in library.entries) if len(library.entries) <= MOST_IN_WORDS else ()
    return list(dict.fromkeys(text for one in told for text in (one.whole, *one.said)))


def _told(library: Library, entry: Entry) -> _Told:
    whole = f"{entry.called}: {entry.text}" if entry.called else entry.text
    parts = [whole]
    if len(library.entries) <= MOST_IN_PARTS:
        several = [part for part in _SENTENCE.split(entry.text) if len(part) > _SHORT]
        parts = [*filter(None, [entry.called]), *several][:MOST_PARTS] or [whole]
    topic = library.topic_of(entry)
    return _Told(whole, parts, topic.title if topic else entry.called or whole, entry.phrasings)


def _table(rows: Sequence[Sequence[int]], instead: Places) -> Places:
    """Rows of unequal length as one array, filled up with what they hold already, or with `instead`."""
    width = max((len(row) for row in rows), default=0) or 1
    filled = [
        [*row, *[row[0] if row else other] * (width - len(row))] for row, other in zip(rows, instead, strict=True)
    ]
    return np.array(filled, np.int64).reshape(len(rows), width)


def _owners(number: int, *tables: Places) -> Places:
    """For each text the first entry that it is told in; 0 for the title of a topic."""
    owners = np.zeros(number, np.int64)
    for table in reversed(tables):
        rows = table.reshape(len(table), -1)
        for column in range(rows.shape[1]):
            owners[rows[::-1, column]] = np.arange(len(rows))[::-1]
    return owners
