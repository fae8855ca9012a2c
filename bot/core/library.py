"""All summaries together: entries by id, kind and topic, and families of entries that say the same thing.

Reads what the files record; proposes nothing and ranks nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.summary import Entry, Kind, Summary, Topic

_LINK = re.compile(r"^\[\[\s*([^\[\]]+?)\s*\]\]$")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which entries a request is about: None is no limit. Topics by key, a summary by name."""

    kind: Kind | None = None
    topics: frozenset[str] | None = None
    summary: str | None = None

    def holds(self, entry: Entry) -> bool:
        """Whether the entry lies within every limit."""
        return (
            (self.kind is None or entry.kind is self.kind)
            and (self.summary is None or entry.summary == self.summary)
            and (self.topics is None or (entry.topic is not None and entry.topic.key in self.topics))
        )

    @property
    def within(self) -> str:
        """The same in one word, but for the kind: a topic's key where it is one, else the summary's name, or ""."""
        return next(iter(self.topics)) if self.topics and len(self.topics) == 1 else self.summary or ""


EVERYTHING = Scope()


class Library:
    """Every summary, read-only. Built anew when content changes; holds no state but its indexes."""

    def __init__(self, summaries: Iterable[Summary]) -> None:
        self.summaries: Mapping[str, Summary] = {summary.name: summary for summary in summaries}
        self.entries: tuple[Entry, ...] = tuple(e for summary in self.summaries.values() for e in summary.entries)
        self.topics: Mapping[str, Topic] = {t.key: t for summary in self.summaries.values() for t in summary.topics}
        self._by_key = {entry.key: entry for entry in self.entries}
        self._by_id: dict[str, list[Entry]] = {}
        self._members: dict[str, list[Entry]] = {}
        for entry in self.entries:
            self._by_id.setdefault(entry.id, []).append(entry)
            if entry.same:
                self._members.setdefault(f"{entry.summary}/{entry.same}", []).append(entry)
        # The key of the fullest member of its family, by that of each other member.
        self.head_of = {entry.key: head for head, members in self._members.items() for entry in members}

    def get(self, key: str) -> Entry | None:
        """The entry of that key, `summary/entry`, or None."""
        return self._by_key.get(key)

    def named(self, text: str) -> Entry | None:
        """The very entry that `text` names: `[[id]]`, `summary/id`, or an id that only one summary has."""
        link = _LINK.match(text.strip())
        name = (link[1] if link else text.strip()).casefold()
        same_id = self._by_id.get(name, ())
        return self._by_key.get(name) or (same_id[0] if len(same_id) == 1 else None)

    def scope(self, within: str) -> Scope:
        """What `Scope.within` stands for. Nothing lies within what is gone."""
        return Scope(topics=frozenset({within})) if within in self.topics else Scope(summary=within or None)

    def fullest(self, entry: Entry) -> Entry:
        """The member of the entry's family that says most; the entry itself where it has no family."""
        return self._by_key[f"{entry.summary}/{entry.same}"] if entry.same else entry

    def family(self, entry: Entry) -> tuple[Entry, ...]:
        """Everything that says the same thing, the fullest first; just the entry where it stands alone."""
        head = self.fullest(entry)
        return (head, *self._members.get(head.key, ()))

    def heads(self, scope: Scope = EVERYTHING) -> tuple[Entry, ...]:
        """One entry a family, in document order: the fullest, where any member lies within the scope."""
        found = (self.fullest(entry) for entry in self._around(scope) if scope.holds(entry))
        return tuple({head.key: head for head in found}.values())

    def _around(self, scope: Scope) -> Iterable[Entry]:
        """The entries of those summaries in which something may lie within the scope, in document order."""
        if scope.summary is None and scope.topics is None:
            return self.entries
        named = {self.topics[key].summary for key in scope.topics or () if key in self.topics} | {scope.summary}
        return (entry for name, one in self.summaries.items() if name in named for entry in one.entries)

    def topic_of(self, entry: Entry) -> Topic | None:
        """The entry's topic; for a member of a short list, the one under which its family is told in depth."""
        return entry.topic or next((member.topic for member in self.family(entry) if member.topic), None)

    def within(self, topic: Topic) -> tuple[Entry, ...]:
        """The entries of a topic, in document order."""
        return tuple(e for e in self.summaries[topic.summary].entries if e.topic == topic)
