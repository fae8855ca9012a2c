"""What reading both forms of a summary has in common: the place in the document, drafts of entries, the problems.

Knows the sections; recognises no heading and no bullet.
"""

import re
from dataclasses import dataclass, field, replace

from bot.core.errors import ContentError, Problem
from bot.core.summary import Entry, Kind, Section, Source, Summary, Topic

_SENTENCE_END = re.compile(r"[.!?…。！？؟।։][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a summary may be: bytes of its file, entries in it."""

    max_bytes: int = 5_000_000
    max_entries: int = 20_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text holds: the summary; of a raw one the lines that are no part of it, and what is doubtful, by line."""

    summary: Summary
    left_out: tuple[tuple[int, str], ...] = ()
    doubts: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class Draft:
    """An entry while its lines are being read."""

    section: Section
    line: int
    parts: list[str]
    topic: Topic | None = None
    phrasings: list[str] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.parts).split())

    @property
    def ended(self) -> bool:
        """Whether the text so far ends a sentence."""
        return bool(self.parts) and bool(_SENTENCE_END.search(self.parts[-1].rstrip()[-9:]))


class Reader:
    """What reading both forms has in common: the place in the document, the drafts and the problems."""

    def __init__(self, lines: list[str], name: str, max_entries: int) -> None:
        self.lines, self.name, self.max_entries = lines, name, max_entries
        self.section: Section | None = None
        self.topic: Topic | None = None
        self.open: Draft | None = None
        self.drafts: list[Draft] = []
        self.seen: dict[Section, int] = {}
        self.problems: list[Problem] = []
        self.left_out: list[tuple[int, str]] = []
        self.doubts: list[tuple[int, str]] = []

    def problem(self, reason: str, mend: str, line: int) -> None:
        self.problems.append(Problem(reason, mend, line))

    def enter(self, section: Section, line: int) -> None:
        if section in self.seen:
            reason = f"“{section.heading}” stands here again (first in line {self.seen[section]})"
            self.problem(reason, "bring both under one", line)
        self.seen.setdefault(section, line)
        self.section, self.topic, self.open = section, None, None

    def begin(self, section: Section, line: int, text: str) -> None:
        self.open = Draft(section, line, [text] if text else [], self.topic)
        self.drafts.append(self.open)
        if len(self.drafts) > self.max_entries:
            reason = f"more than {self.max_entries:,} entries"
            raise ContentError(Problem(reason, "split the document, or raise content.max_entries", line))

    def finish(self, source: Source, retired: tuple[str, ...], entries: list[Entry]) -> Parsed:
        if not any(entry.kind in (Kind.IDEA, Kind.LESSON) for entry in entries):
            self.problem(
                "no key idea and no lesson was found",
                "give a summary with a section headed “Key Ideas” or “Lessons Learnt” and bullets below it",
                1,
            )
        if self.problems:
            raise ContentError(sorted(self.problems, key=lambda problem: problem.line or 0))
        entries = [replace(entry, summary=self.name) for entry in entries]
        return Parsed(
            Summary(self.name, source, tuple(entries), retired), tuple(sorted(self.left_out)), tuple(self.doubts)
        )
