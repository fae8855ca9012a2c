"""A Summary as plain tuples and back, which can be kept on disk and read again many times as fast as its text.

Packs what the parser made: every entry and topic is of its summary.
"""

from typing import Any

from bot.core.summary import Entry, Section, Source, Summary, Topic

_SECTIONS = tuple(Section)

Packed = tuple[Any, ...]


def pack(summary: Summary) -> Packed:
    """The summary as tuples of tuples, texts, numbers and None."""
    source, topics = summary.source, summary.topics
    numbers = {topic: number for number, topic in enumerate(topics)}
    entries = tuple(
        (
            _SECTIONS.index(one.section),
            one.text,
            one.title,
            one.id,
            numbers[one.topic] if one.topic else None,
            one.line,
            one.same,
            one.phrasings,
            one.spellings,
        )
        for one in summary.entries
    )
    told = (source.title, source.kind, source.speakers, source.url, source.date, source.licence)
    return summary.name, told, summary.retired, tuple((one.title, one.id, one.line) for one in topics), entries


def unpack(packed: Packed) -> Summary:
    """The summary that was packed."""
    name, source, retired, headings, several = packed
    topics = [Topic(title, identity, line, name) for title, identity, line in headings]
    entries = tuple(
        Entry(
            _SECTIONS[section],
            text,
            title,
            identity,
            None if topic is None else topics[topic],
            line,
            same,
            phrasings,
            spellings,
            name,
        )
        for section, text, title, identity, topic, line, same, phrasings, spellings in several
    )
    return Summary(name, Source(*source), entries, retired)
