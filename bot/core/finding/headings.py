"""The topics of a library by what they are called: their ids, their headings, the words of these.

Finds what is there; knows nothing of what looks like it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice, takewhile

from bot.core.summary import Topic
from bot.core.words import EMPTY, stem, words


class Headings:
    """Topics, read once. `titles` are the words of each heading. What is found comes in the order of the topics."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._topics = list(topics)
        self.titles: list[str] = []
        self._named = defaultdict[str, list[Topic]](list)
        self._titled = defaultdict[str, list[Topic]](list)
        self._holding = defaultdict[str, set[int]](set)
        for at, topic in enumerate(self._topics):
            title = words(topic.title)
            self.titles.append(" ".join(title))
            self._titled[self.titles[-1]].append(topic)
            for name in {topic.id, topic.key}:
                self._named[name].append(topic)
            for word in words(f"{topic.title} {topic.id}"):
                self._holding[word].add(at)
        self._words = sorted(self._holding)
        self._stemmed = defaultdict[str, set[int]](set)
        for word in self._words:
            self._stemmed[stem(word)] |= self._holding[word]

    def named(self, text: str) -> list[Topic]:
        """Those of that id or key."""
        return self._named.get(text.strip().casefold(), [])

    def titled(self, text: str) -> list[Topic]:
        """Those whose heading says that."""
        several = words(text)
        return self._titled.get(" ".join(several), []) if several else []

    def holding(self, text: str) -> list[Topic]:
        """Those whose heading or id holds each of the words, or one that begins so."""
        several = words(text)
        held = [self._held(word) for word in [word for word in several if word not in EMPTY] or several]
        return [self._topics[at] for at in sorted(set.intersection(*held))] if held else []

    def _held(self, word: str) -> set[int]:
        begun = takewhile(lambda one: one.startswith(word), islice(self._words, bisect_left(self._words, word), None))
        return self._stemmed.get(stem(word), set()).union(*(self._holding[one] for one in begun))
