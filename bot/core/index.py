"""The words of a library's entries, counted once: where each stands, how much it weighs there and how rare it is.

Knows the fields of an entry and what each is worth; reads no query and ranks nothing.

The weights are BM25F's (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004)
over Snowball stems.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from bot.core.library import Library
from bot.core.spelling import Speller
from bot.core.summary import Entry
from bot.core.words import EMPTY, compounds, joined, plain, stem, words

# Tuned on 149 look-ups of our own over the project's content, none of them `reported` in tests/quality.
TITLE, TEXT, SPELLING, PHRASING, ID = 1.8, 1.0, 1.6, 0.7, 0.6
TOPIC, SUMMARY = 0.2, 0.1
SATURATION = 0.9  # BM25's k1: how soon a repeated word stops counting
LENGTH = 0.5  # BM25's b: how far long entries are held back


class Index:
    """Everything that is looked up when a query is read, built once a library and only read afterwards.

    Entries go by their place in the document. `holders` has each stem's weight in each entry, `rarity` its BM25 idf,
    `runs` an entry's stems in one string as they follow one another, `told` those that say something and `lengths`
    how long a vector these make. `parts` tells what a compound is made of, `whole` which entries a text stands in
    as it is, `heads` the fullest member of each entry's family; `phrasings` are the stems of each phrasing with the
    entry it is of, and `said_in` tells which of these a stem is in.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.entries = library.entries
        self.places = {entry.key: at for at, entry in enumerate(self.entries)}
        self.heads = [self.places[library.fullest(entry).key] for entry in self.entries]
        self.parts: dict[str, tuple[str, ...]] = {}
        self.whole: dict[str, list[int]] = defaultdict(list)
        read: dict[str, tuple[list[str], list[str]]] = {}
        for at, entry in enumerate(self.entries):
            for text in _wholes(entry):
                self.whole[text].append(at)
            for _, text in _fields(entry) + self._context(entry):
                if text not in read:
                    whole = compounds(text)
                    self.parts.update((stem(word), parts) for word, parts in whole.items())
                    read[text] = (words(text), list(whole))
        self._count(read)
        self._hear()

    def rarity_of(self, held_by: int) -> float:
        """BM25's inverse document frequency of a word that so many entries hold."""
        return math.log(1 + (len(self.entries) - held_by + 0.5) / (held_by + 0.5))

    def _context(self, entry: Entry) -> list[tuple[float, str]]:
        """What stands over an entry: it finds it, but makes no word less rare."""
        topic = self.library.topic_of(entry)
        return [(TOPIC, topic.title if topic else ""), (SUMMARY, self.library.summaries[entry.summary].title)]

    def _count(self, read: Mapping[str, tuple[list[str], list[str]]]) -> None:
        """Counts the words of every text, of its compounds as one, and of neighbours that are one word elsewhere."""
        known = {word for several, whole in read.values() for word in (*several, *whole)}
        found = {
            text: (*s, *dict.fromkeys((*whole, *(word for word in joined(s) if word in known))))
            for text, (s, whole) in read.items()
        }
        stems = {text: tuple(map(stem, several)) for text, several in found.items()}
        tallies: list[dict[str, float]] = []
        held_by: Counter[str] = Counter()
        for entry in self.entries:
            tally: dict[str, float] = defaultdict(float)
            for weight, text in _fields(entry):
                for word in stems[text]:
                    tally[word] += weight
            held_by.update(tally.keys())
            for weight, text in self._context(entry):
                for word in stems[text]:
                    tally[word] += weight
            tallies.append(tally)
        self.speller = Speller(Counter(word for several in found.values() for word in several) + Counter(EMPTY))
        self._weigh(tallies, held_by)
        runs = {text: " ".join(stem(word) for word in s if word not in EMPTY) for text, (s, _) in read.items()}
        self.runs = [f" {' | '.join(runs[text] for _, text in _fields(entry))} " for entry in self.entries]

    def _weigh(self, tallies: Sequence[Mapping[str, float]], held_by: Mapping[str, int]) -> None:
        mean = sum(sum(tally.values()) for tally in tallies) / max(len(tallies), 1) or 1.0
        empty = frozenset(map(stem, EMPTY))
        self.rarity = {
            word: self.rarity_of(held_by.get(word, 1)) for word in {w: 0 for tally in tallies for w in tally}
        }
        self.holders: dict[str, dict[int, float]] = {word: {} for word in self.rarity}
        self.told: list[list[str]] = []
        self.lengths: list[float] = []
        for at, tally in enumerate(tallies):
            dampened = SATURATION * (1 - LENGTH + LENGTH * sum(tally.values()) / mean)
            for word, times in tally.items():
                self.holders[word][at] = times * (SATURATION + 1) / (times + dampened)
            told = [word for word in tally if word not in empty]
            self.told.append(told)
            self.lengths.append(math.hypot(*(self.holders[word][at] * self.rarity[word] for word in told)) or 1.0)

    def _hear(self) -> None:
        self.phrasings = [
            (at, frozenset(stem(word) for word in words(said) if word not in EMPTY))
            for at, entry in enumerate(self.entries)
            for said in entry.phrasings
        ]
        self.said_in: dict[str, list[int]] = defaultdict(list)
        for number, (_, said) in enumerate(self.phrasings):
            for word in said:
                self.said_in[word].append(number)


def _wholes(entry: Entry) -> set[str]:
    """What names an entry when it is said whole: its title, its text, both, and how else it is put."""
    title, text = plain(entry.title or ""), plain(entry.text)
    return {title, text, f"{title} {text}", *map(plain, (*entry.spellings, *entry.phrasings))} - {"", " "}


def _fields(entry: Entry) -> list[tuple[float, str]]:
    own = [(TEXT, entry.text), (TITLE, entry.title or ""), (ID, entry.id.replace("-", " "))]
    own += [(SPELLING, spelling) for spelling in entry.spellings]
    return own + [(PHRASING, phrasing) for phrasing in entry.phrasings]
