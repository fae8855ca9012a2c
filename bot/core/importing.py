"""A raw summary on its way into content/: its ids, its families, and what it keeps of the file it renews.

Proposes; people correct the file afterwards, and the library only reads it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt

from rapidfuzz import fuzz

from bot.core import excerpts
from bot.core.parser import HEADINGS, MAX_KEY
from bot.core.slugs import short_slug
from bot.core.summary import Entry, Kind, Listing, Section, Summary, Topic
from bot.core.words import EMPTY, stem, words

MAX_NAME = 24  # characters of a summary's name, which leaves its entries at least 35 for theirs
ALIKE = 70.0  # rapidfuzz similarity (0 to 100) from which an edited entry is still the same entry
SAME_THING = 0.42  # cosine of weighted stems from which two entries are proposed as one family
SAME_TITLE = 90.0  # rapidfuzz similarity of titles that by itself proposes a family


@dataclass(frozen=True, slots=True)
class Import:
    """What is to be written, and what became of the file it renews."""

    summary: Summary
    kept: int = 0
    dropped: tuple[Entry, ...] = ()


def bring_in(raw: Summary, name: str, title: str | None = None, before: Summary | None = None) -> Import:
    """`raw` with ids and families. What `before` holds of the same entries is kept: ids, `~` and `=` lines, families.

    The ids of entries and topics that are gone are retired, and never given out again.
    """
    matched = _match(raw.entries, before.entries if before else ())
    topics = _topics(raw, before, matched)
    retired = set(before.retired if before else ())
    old_ids = {entry.id for entry in before.entries} | {topic.id for topic in before.topics} if before else set()
    taken = retired | old_ids | {section.value for section in Section if section.listing is Listing.TAKE}
    named_topics: dict[int, Topic] = {}
    for topic in raw.topics:
        identity = topics.get(topic.line) or short_slug(topic.title, taken, MAX_KEY - len(name) - 1)
        taken.add(identity)
        named_topics[topic.line] = replace(topic, id=identity, summary=name)
    entries = []
    for at, entry in enumerate(raw.entries):
        old = matched.get(at)
        if old:
            given = replace(entry, id=old.id, phrasings=old.phrasings, spellings=old.spellings, same=old.same)
        elif entry.listing is Listing.TAKE and entry.section.value not in old_ids | retired:
            given = replace(entry, id=entry.section.value)
        else:
            given = replace(entry, id=short_slug(entry.full_text, taken, min(36, MAX_KEY - len(name) - 1)))
        taken.add(given.id)
        entries.append(replace(given, topic=named_topics[entry.topic.line] if entry.topic else None, summary=name))
    ids = {entry.id for entry in entries} | {topic.id for topic in named_topics.values()}
    source = before.source if before else raw.source
    summary = Summary(
        name,
        replace(source, title=title) if title else source,
        _families(entries, {entry.id for entry in matched.values()}),
        tuple(sorted(retired | (old_ids - ids))),
    )
    gone = {entry.id for entry in matched.values()}
    dropped = tuple(entry for entry in (before.entries if before else ()) if entry.id not in gone)
    return Import(summary, len(matched), dropped)


def _match(new: Sequence[Entry], old: Sequence[Entry]) -> dict[int, Entry]:
    """For each place in `new`, the old entry that it renews: the same words first, then the most similar pairs."""
    free = dict(enumerate(old))
    matched: dict[int, Entry] = {}
    for exact in (lambda e: (e.section, e.title, e.text), lambda e: (e.kind, e.text)):
        known: dict[object, list[int]] = {}
        for place, entry in free.items():
            known.setdefault(exact(entry), []).append(place)
        for at, entry in enumerate(new):
            if at not in matched and known.get(exact(entry)):
                matched[at] = free.pop(known[exact(entry)].pop(0))
    pairs = [
        (score, at, place)
        for at, entry in enumerate(new)
        if at not in matched
        for place, other in free.items()
        if other.kind is entry.kind and (score := _likeness(entry, other)) >= ALIKE
    ]
    for _, at, place in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if at not in matched and place in free:
            matched[at] = free.pop(place)
    return matched


def _likeness(one: Entry, other: Entry) -> float:
    """How alike two entries read, 0 to 100; a take is the same take whatever its words."""
    if one.listing is Listing.TAKE:
        return 100.0 if one.section is other.section else 0.0
    same_place = 3.0 if one.section is other.section else 0.0
    if (score := fuzz.ratio(one.text, other.text, score_cutoff=ALIKE - 15)) or one.title == other.title:
        return max(score, fuzz.ratio(one.full_text, other.full_text)) + same_place
    return 0.0


def _topics(raw: Summary, before: Summary | None, matched: Mapping[int, Entry]) -> dict[int, str]:
    """The old id for each topic of `raw`, by its line: the topic of most of its entries, or of a heading like it."""
    votes: dict[int, Counter[str]] = {}
    for at, old in matched.items():
        new = raw.entries[at].topic
        if new and old.topic:
            votes.setdefault(new.line, Counter())[old.topic.id] += 1
    found: dict[int, str] = {}
    for topic in raw.topics:
        for identity, _ in votes.get(topic.line, Counter()).most_common():
            if identity not in found.values():
                found[topic.line] = identity
                break
        else:
            for old_topic in before.topics if before else ():
                if old_topic.id not in found.values() and fuzz.ratio(topic.title, old_topic.title) >= SAME_TITLE:
                    found[topic.line] = old_topic.id
                    break
    return found


def _families(entries: list[Entry], old: set[str]) -> tuple[Entry, ...]:
    """The entries with `same` set: as it was for those that were there, as proposed for new ones."""
    by_id = {entry.id: entry for entry in entries}
    proposed = _propose([entry for entry in entries if entry.kind in (Kind.IDEA, Kind.LESSON)])
    same: dict[str, str] = {}
    for entry in entries:
        head = entry.same if entry.id in old else proposed.get(entry.id)
        if head and head in by_id and by_id[head].kind is entry.kind:
            same[entry.id] = head
    # A head that became a member of another family, or has gone, leaves its members to a head of their own.
    orphans: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.id in old and entry.same and entry.same not in by_id:
            orphans.setdefault(entry.same, []).append(entry)
    for members in orphans.values():
        fullest = max(members, key=lambda member: len(member.full_text))
        same.update({member.id: fullest.id for member in members if member is not fullest})
    return tuple(replace(entry, same=_head(entry.id, same)) for entry in entries)


def _head(identity: str, same: Mapping[str, str]) -> str | None:
    seen = {identity}
    head = same.get(identity)
    while head is not None and head in same and head not in seen:
        seen.add(head)
        head = same[head]
    return head if head != identity else None


def _propose(entries: Sequence[Entry]) -> dict[str, str]:
    """For each member that repeats a fuller entry of its kind, that entry's id. Heads are found fullest first."""
    bags = {entry.id: Counter(stem(word) for word in words(entry.full_text) if word not in EMPTY) for entry in entries}
    seen_in = Counter(stem for bag in bags.values() for stem in bag)
    weights = {
        identity: {stem: count * log(1 + len(bags) / seen_in[stem]) for stem, count in bag.items()}
        for identity, bag in bags.items()
    }
    lengths = {identity: sqrt(sum(w * w for w in bag.values())) or 1.0 for identity, bag in weights.items()}
    telling = max(10, min(len(bags) // 4, 100))  # a word that more entries hold brings nobody together
    holding: dict[str, list[Entry]] = {}  # by stem, the heads that have it: only they can be alike
    same: dict[str, str] = {}
    for entry in sorted(entries, key=lambda one: -len(one.full_text)):
        near = {
            head.id: head
            for word in weights[entry.id]
            if seen_in[word] <= telling
            for head in holding.get(word, ())
            if head.kind is entry.kind
        }
        rated = [
            (
                1.0
                if _same_title(entry, head)
                else _cosine(weights[entry.id], weights[key], lengths[entry.id] * lengths[key]),
                key,
            )
            for key, head in near.items()
        ]
        likeness, nearest = max(rated, default=(0.0, ""))
        if likeness >= SAME_THING:
            same[entry.id] = nearest
        else:
            for word in weights[entry.id]:
                holding.setdefault(word, []).append(entry)
    return same


def _same_title(one: Entry, other: Entry) -> bool:
    return bool(one.title and other.title and fuzz.ratio(one.title.lower(), other.title.lower()) >= SAME_TITLE)


def _cosine(one: Mapping[str, float], other: Mapping[str, float], length: float) -> float:
    return sum(weight * other.get(stem, 0.0) for stem, weight in one.items()) / length


def report(made: Import, left_out: Iterable[tuple[int, str]], where: str) -> list[str]:
    """What was found, section by section, for the person who imported it."""
    summary = made.summary
    lines = [f"{summary.title} ({summary.source.kind})"]
    for section in Section:
        entries = list(summary.within(section))
        if not entries:
            continue
        lines.append(f"  {HEADINGS[section]}: {len(entries)}")
        counts = Counter(entry.topic for entry in entries if entry.topic)
        lines += [f"    {topic.title}: {number}" for topic, number in counts.items() if topic]
    members = [entry for entry in summary.entries if entry.same]
    lines.append(f"{len(summary.entries)} entries; {len(members)} say again what a fuller one says.")
    if made.kept or made.dropped:
        gone = f"{len(made.dropped)} are gone and their ids retired:" if made.dropped else "none is gone."
        lines.append(f"{made.kept} entries kept their ids; {gone}")
        lines += [f"  {entry.id}: {excerpts.shortened(entry.full_text, 80)}" for entry in made.dropped]
    out = list(left_out)
    if out:
        lines.append("Lines that are no part of a summary and were left out:")
        lines += [f"  {number}: {excerpts.shortened(text, 80)}" for number, text in out]
    lines.append(f"Written to {where}. Read it once: the families (same=) and ids are proposals.")
    return lines
