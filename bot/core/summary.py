"""The model: what a summary is once it has been read. Knows nothing of files, formats or platforms."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What an entry is to a reader."""

    IDEA = "idea"
    LESSON = "lesson"
    QUOTE = "quote"
    TAKE = "take"


class Listing(StrEnum):
    """The short list, the in-depth list that repeats and deepens it, or the takes."""

    SHORT = "short"
    IN_DEPTH = "in_depth"
    TAKE = "take"


class Section(StrEnum):
    """The part of the document that an entry stands in; the values are the ids of the five takes.

    With it go the kind of the entries that stand there, which of the document's lists it belongs to, and its heading.
    """

    kind: Kind
    listing: Listing
    heading: str

    CLICKBAIT = "clickbait", Kind.TAKE, Listing.TAKE, "Clickbait verdict"
    ONE_SENTENCE = "one-sentence", Kind.TAKE, Listing.TAKE, "One sentence"
    QUOTE = "quote", Kind.QUOTE, Listing.TAKE, "Favourite quote"
    TLDR = "tldr", Kind.TAKE, Listing.TAKE, "tl;dr"
    IDEAS = "ideas", Kind.IDEA, Listing.SHORT, "Key ideas"
    LESSONS = "lessons", Kind.LESSON, Listing.SHORT, "Lessons learnt"
    CONCLUSION = "conclusion", Kind.TAKE, Listing.TAKE, "Conclusion"
    ALL_IDEAS = "all-ideas", Kind.IDEA, Listing.IN_DEPTH, "All key ideas"
    ALL_LESSONS = "all-lessons", Kind.LESSON, Listing.IN_DEPTH, "All lessons learnt"

    def __new__(cls, value: str, kind: Kind, listing: Listing, heading: str) -> "Section":
        section = str.__new__(cls, value)
        section._value_, section.kind, section.listing, section.heading = value, kind, listing, heading
        return section


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading of the in-depth lists. `id` is permanent within its summary ("" until one is given)."""

    title: str
    id: str = ""
    line: int = 0
    summary: str = ""

    @property
    def key(self) -> str:
        """The permanent name `summary/topic`."""
        return f"{self.summary}/{self.id}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be looked up, sent or quoted.

    `id` is permanent within its summary ("" until one is given); `key` is its full name. `text` leaves the title out.
    `line` is where it stands in its source, counted from 1. `same` is the id of the fullest member of its family,
    on every member but that one. `phrasings` are the words people use for it in a chat and `spellings` its other
    spellings: both are indexed and never shown.
    """

    section: Section
    text: str
    title: str | None = None
    id: str = ""
    topic: Topic | None = None
    line: int = 0
    same: str | None = None
    phrasings: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    summary: str = ""

    @property
    def key(self) -> str:
        """The permanent name `summary/entry`."""
        return f"{self.summary}/{self.id}"

    @property
    def kind(self) -> Kind:
        return self.section.kind

    @property
    def listing(self) -> Listing:
        return self.section.listing

    @property
    def called(self) -> str:
        """Its title; of a take, the heading that it stands under; else nothing."""
        return self.title or (self.section.heading if self.listing is Listing.TAKE else "")

    @property
    def full_text(self) -> str:
        """Title and text as one reading."""
        return f"{self.title}: {self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Source:
    """Where a summary comes from: only what the document states."""

    title: str
    kind: str
    speakers: tuple[str, ...] = ()
    url: str | None = None
    date: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class Summary:
    """One document: its source and its entries in document order. `retired` ids are never given again."""

    name: str
    source: Source
    entries: tuple[Entry, ...]
    retired: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.source.title

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The topics in document order, those of the ideas before those of the lessons."""
        return tuple(dict.fromkeys(entry.topic for entry in self.entries if entry.topic))

    @cached_property
    def kinds(self) -> Counter[Kind]:
        """How many entries of each kind there are."""
        return Counter(entry.kind for entry in self.entries)

    def within(self, section: Section) -> Iterator[Entry]:
        """The entries of one section, in document order."""
        return (entry for entry in self.entries if entry.section is section)

    def take(self, section: Section) -> Entry | None:
        """The one entry of a section of takes, or None where the document has none."""
        return next(self.within(section), None)
