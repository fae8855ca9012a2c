"""The words of a library's entries, counted once: where each stands, how much it weighs there and how rare it is.

Knows the fields of an entry and what each is worth; reads no query and ranks nothing. What is counted is plain lists
and arrays, which can be kept and taken up again.

The weights are BM25F's (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004)
over Snowball stems.
"""

import hashlib
from array import array
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.core.finding.everyday import is_everyday
from bot.core.finding.spelling import sounds
from bot.core.finding.texts import Numbers, Rows, Texts, Told, Vocabulary
from bot.core.library import Library
from bot.core.summary import Entry, Kind
from bot.core.words import EMPTY, STEMMER, compounds, joined, plain, stem, words

# Tuned on 149 look-ups of our own over the project's content, none of them `reported` in tests/quality.
TITLE, TEXT, SPELLING, PHRASING, ID = 1.8, 1.0, 1.6, 0.7, 0.6
TOPIC, SUMMARY = 0.2, 0.1
SATURATION = 0.9  # BM25's k1: how soon a repeated word stops counting
LENGTH = 0.5  # BM25's b: how far long entries are held back

KINDS = tuple(Kind)


# What Tables kept on disk depend on, beside the content; the number grows with whatever is read or counted otherwise.
FORMAT = f"3 {STEMMER}"


@dataclass(frozen=True, slots=True)
class Tables:
    """What is counted of a library. Entries go by their place in it, stems by theirs in `stems`.

    The entries that hold a stem lie from `starts[stem]` to `starts[stem + 1]` in `holders`, by place, and what it
    weighs in each in `weights`. `pairs` holds `one * len(stems) + other` for any two stems that stand side by side in
    a text of an entry, sorted, and `paired` the entry; `wholes` the `name` of each text that says what an entry says,
    sorted, and `wholly` the entry. `lengths` is how long a vector the telling stems of an entry make, `heads` the
    fullest member of its family; `kinds`, `summaries` and `topics` number its own, -1 where it has no topic.

    Phrasings go by number: each is of the entry in `said_of`, those that hold a stem lie from `said_starts[stem]` on in
    `said`, and `said_squares` sums up its squared rarities, those of everyday words in the second column.

    `parts` tells what a compound is made of; `words` are all that were read, sorted, `counts` how often each was, and
    `sounds` how those sound that a slip may stand for.
    """

    stems: list[str]
    rarity: Numbers
    starts: Numbers
    holders: Numbers
    weights: Numbers
    lengths: Numbers
    pairs: Numbers
    paired: Numbers
    wholes: Numbers
    wholly: Numbers
    heads: Numbers
    kinds: Numbers
    summaries: Numbers
    topics: Numbers
    said_of: Numbers
    said_starts: Numbers
    said: Numbers
    said_squares: Numbers
    parts: dict[str, tuple[str, ...]]
    words: list[str]
    counts: Numbers
    sounds: list[str]


def count(library: Library) -> Tables:
    """Reads every text of every entry. Time and memory grow in proportion."""
    texts, told, phrasings = Texts(), Told(), Told()
    for at, entry in enumerate(library.entries):
        for weight, text in fields(entry):
            told.add(at, texts.number(text), weight)
        for said in entry.phrasings:
            phrasings.add(at, texts.number(said), PHRASING)
    own = len(told)
    for at, entry in enumerate(library.entries):
        for weight, text in context(library, entry):
            told.add(at, texts.number(text), weight)
    found = texts.found()
    vocabulary = Vocabulary(texts.words)
    size = len(library.entries)
    weighed = _weighed(told, own, found, vocabulary, size)
    return Tables(
        stems=vocabulary.stems,
        **weighed,
        **_lengths(weighed, vocabulary, size),
        **_side_by_side(told.first(own), texts.read, vocabulary),
        **_said(phrasings, texts.read, vocabulary, weighed["rarity"]),
        **_named(library.entries),
        **_placed(library),
        parts=texts.parts,
        **_spelt(texts.words, np.bincount(found.values, minlength=len(texts.words))),
    )


def name(text: str) -> int:
    """What a text is known again by, whatever its case, accents and punctuation, in 63 bits."""
    return _digest(plain(text))


def _digest(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def stems_of(texts: Iterable[str], known: Container[str]) -> dict[str, None]:
    """The stems in these texts: of words, of compounds as one, and of neighbours that are one word elsewhere."""
    found: dict[str, None] = {}
    for text in texts:
        several = words(text)
        whole = (*compounds(text), *(word for word in joined(several) if word in known))
        found |= dict.fromkeys(map(stem, (*several, *whole)))
    return found


def fields(entry: Entry) -> list[tuple[float, str]]:
    """The texts of an entry, and what a word counts in each."""
    own = [(TEXT, entry.text), (TITLE, entry.called), (ID, entry.id.replace("-", " "))]
    own += [(SPELLING, spelling) for spelling in entry.spellings]
    return own + [(PHRASING, phrasing) for phrasing in entry.phrasings]


def context(library: Library, entry: Entry) -> list[tuple[float, str]]:
    """What stands over an entry: it finds it, but makes no word less rare."""
    topic = library.topic_of(entry)
    return [(TOPIC, topic.title if topic else ""), (SUMMARY, library.summaries[entry.summary].title)]


def rarity_of(held_by: Any, size: int) -> Any:
    """BM25's inverse document frequency of a word that so many of `size` entries hold, or of several words."""
    return np.log(1 + (size - held_by + 0.5) / (held_by + 0.5))


# ---- counting them


def _weighed(told: Told, own: int, found: Rows, vocabulary: Vocabulary, size: int) -> dict[str, Any]:
    """Of the texts told the first `own` make up the entry itself, and say how rare a stem is."""
    values, source = found.of(told.texts)
    cells = vocabulary.of[values].astype(np.int64) * size + told.places[source]
    order = np.argsort(cells, kind="stable")
    cells, source = cells[order], source[order]
    first = np.flatnonzero(np.diff(cells, prepend=-1))
    stems, places = np.divmod(cells[first], max(size, 1))
    times = np.add.reduceat(told.weights[source], first) if len(first) else np.zeros(0)
    # The sort is stable, so a cell begins with a text of the entry itself where there is one.
    held_by = np.bincount(stems[source[first] < own], minlength=len(vocabulary))
    long = np.bincount(places, times, size)
    dampened = SATURATION * (1 - LENGTH + LENGTH * long / ((long.mean() if size else 0.0) or 1.0))
    return {
        "rarity": rarity_of(np.maximum(held_by, 1), size),
        "starts": np.searchsorted(stems, np.arange(len(vocabulary) + 1)),
        "holders": places.astype(np.int32),
        "weights": (times * (SATURATION + 1) / (times + dampened[places])).astype(np.float32),
    }


def _lengths(weighed: Mapping[str, Any], vocabulary: Vocabulary, size: int) -> dict[str, Any]:
    stems = np.repeat(np.arange(len(vocabulary)), np.diff(weighed["starts"]))
    squares = vocabulary.telling_stems[stems] * (weighed["weights"] * weighed["rarity"][stems]) ** 2
    lengths = np.sqrt(np.bincount(weighed["holders"], squares, size))
    return {"lengths": np.where(lengths > 0, lengths, 1.0)}


def _side_by_side(told: Told, read: Rows, vocabulary: Vocabulary) -> dict[str, Any]:
    values, source = read.of(told.texts)
    telling = vocabulary.telling[values]
    stems, source = vocabulary.of[values[telling]].astype(np.int64), source[telling]
    met = source[:-1] == source[1:]
    pairs, places = (stems[:-1] * len(vocabulary) + stems[1:])[met], told.places[source[:-1][met]]
    order = np.argsort(pairs, kind="stable")
    pairs, places = pairs[order], places[order]
    new = np.ones(len(pairs), bool)
    new[1:] = (pairs[1:] != pairs[:-1]) | (places[1:] != places[:-1])
    return {"pairs": pairs[new], "paired": places[new].astype(np.int32)}


def _said(phrasings: Told, read: Rows, vocabulary: Vocabulary, rarity: Numbers) -> dict[str, Any]:
    number = len(phrasings)
    values, source = read.of(phrasings.texts)
    cells = np.unique((vocabulary.of[values].astype(np.int64) * max(number, 1) + source)[vocabulary.telling[values]])
    held, said = np.divmod(cells, max(number, 1))
    everyday = np.array([is_everyday(one) for one in vocabulary.stems], bool)[held]
    columns = [np.bincount(said, rarity[held] ** 2 * which, number) for which in (~everyday, everyday)]
    return {
        "said_of": phrasings.places,
        "said_starts": np.searchsorted(held, np.arange(len(vocabulary) + 1)),
        "said": said.astype(np.int32),
        "said_squares": np.stack(columns, 1),
    }


def _named(entries: Sequence[Entry]) -> dict[str, Any]:
    names, places = array("q"), array("i")
    for at, entry in enumerate(entries):
        own = {_digest(text) for text in _wholes(entry) if text}
        names.extend(own)
        places.extend([at] * len(own))
    order = np.argsort(np.array(names), kind="stable")
    return {"wholes": np.array(names)[order], "wholly": np.array(places)[order]}


def _wholes(entry: Entry) -> tuple[str, ...]:
    """What names an entry when it is said whole: its title, its text, both, and how else it is put; plain."""
    title, text = plain(entry.called), plain(entry.text)
    return (title, text, f"{title} {text}".strip(), *map(plain, (*entry.spellings, *entry.phrasings)))


def _placed(library: Library) -> dict[str, Any]:
    places = {entry.key: at for at, entry in enumerate(library.entries)}
    summaries = {each: number for number, each in enumerate(library.summaries)}
    topics = {key: number for number, key in enumerate(library.topics)}
    entries = library.entries
    return {
        "heads": np.array([places[library.fullest(entry).key] for entry in entries], np.int32),
        "kinds": np.array([KINDS.index(entry.kind) for entry in entries], np.int8),
        "summaries": np.array([summaries[entry.summary] for entry in entries], np.int32),
        "topics": np.array([topics[entry.topic.key] if entry.topic else -1 for entry in entries], np.int32),
    }


def _spelt(numbers: dict[str, int], counts: Numbers) -> dict[str, Any]:
    """Empty words count as read once more, and are known even where no text holds them."""
    several = sorted(numbers.keys() | EMPTY)
    frequency = [int(counts[numbers[word]]) if word in numbers else 0 for word in several]
    return {
        "words": several,
        "counts": np.array([times + (word in EMPTY) for word, times in zip(several, frequency, strict=True)], np.int32),
        "sounds": sounds(several),
    }
