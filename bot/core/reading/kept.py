"""Summary -> kept text, as it lies in content/. What is written here, the parser reads back to the same summary."""

import re
from collections.abc import Iterator

import yaml

from bot.core.summary import Entry, Section, Summary, Topic

_LEADING = re.compile(r"^(?=[~=#]|\*\*)")


def write(summary: Summary) -> str:
    """The kept text of a summary whose entries and topics have their ids."""
    return "\n".join(["---", _front_matter(summary), "---", *_lines(summary)]) + "\n"


def _front_matter(summary: Summary) -> str:
    source = summary.source
    values = {
        "title": source.title,
        "kind": source.kind,
        "speakers": list(source.speakers),
        "url": source.url,
        "date": source.date,
        "licence": source.licence,
        "retired": list(summary.retired),
    }
    present = {name: value for name, value in values.items() if value}
    return yaml.safe_dump(present, sort_keys=False, allow_unicode=True, width=10**9).rstrip("\n")


def _lines(summary: Summary) -> Iterator[str]:
    section: Section | None = None
    topic: Topic | None = None
    for entry in summary.entries:
        if entry.section is not section:
            section, topic = entry.section, None
            yield from ("", f"## {section.heading}")
        if entry.topic is not None and entry.topic != topic:
            topic = entry.topic
            yield from ("", f"### {_literal(topic.title)} {{#{topic.id}}}")
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    title = f"**{_literal(entry.title).replace('*', chr(92) + '*')}:** " if entry.title else ""
    text = _literal(entry.text) if title else _LEADING.sub(r"\\", _literal(entry.text))
    mark = f"{{#{entry.id} same={entry.same}}}" if entry.same else f"{{#{entry.id}}}"
    yield f"- {title}{text} {mark}"
    yield from (f"  ~ {_literal(words)}" for words in entry.phrasings)
    yield from (f"  = {_literal(words)}" for words in entry.spellings)


def _literal(text: str) -> str:
    """Text in which nothing is taken for a mark."""
    return text.replace("\\", "\\\\").replace("{#", "\\{#")
