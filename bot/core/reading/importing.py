"""A raw summary on its way into content/: its ids, its families, and what it keeps of the file it renews.

Proposes; people correct the file afterwards, and the library only reads it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt

from rapidfuzz import fuzz

from bot.core import excerpts
from bot.core.reading.drafting import Parsed
from bot.core.reading.parser import MAX_KEY
from bot.core.reading.slugs import short_slug
from bot.core.summary import Entry, Kind, Listing, Section, Summary, Topic
from bot.core.words import EMPTY, stem, words

MAX_NAME = 24  # characters of a summary's name, which leaves its entries at least 35 for theirs
ALIKE = 70.0  # rapidfuzz similarity (0 to 100) from which an edited entry is still the same entry
SAME_TITLE = 90.0  # rapidfuzz similarity from which an edited heading is still the same topic
# A short list is told again in depth, so two entries need little in common, but clearly more than with any other.
SAME_THING = 0.2  # cosine of weighted stems from which two entries are proposed as one family
CLEARLY = 1.5  # times the likeness of either's next best


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
        identity = topics.get(topic.line) or short_slug(topic.title, taken, min(36, MAX_KEY - len(name) - 1))
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
            given = replace(entry, id=short_slug(entry.title or entry.text, taken, min(36, MAX_KEY - len(name) - 1)))
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
    """For an entry of a short list and the one that tells it in depth: of the member the id of the fuller one."""
    full = {entry.id: len(entry.full_text) for entry in entries}
    alike = _alike(entries)
    every: dict[str, list[float]] = {}
    for pair, likeness in alike.items():
        for identity in pair:
            every.setdefault(identity, [0.0]).append(likeness)
    second = {identity: sorted(likenesses)[-2] for identity, likenesses in every.items()}
    same: dict[str, str] = {}
    for pair, likeness in alike.items():
        if likeness >= max(SAME_THING, *(CLEARLY * second[identity] for identity in pair)):
            member, fuller = sorted(pair, key=full.__getitem__)
            same[member] = fuller
    return same


def _alike(entries: Sequence[Entry]) -> dict[tuple[str, str], float]:
    """What each entry of a short list has in common with each of its kind in depth: the cosine of their rarer stems."""
    read = {entry.id: [stem(word) for word in words(entry.full_text) if word not in EMPTY] for entry in entries}
    seen_in = Counter(stem for several in read.values() for stem in set(several))
    most = max(10, min(len(read) // 4, 100))  # a word that more entries hold brings nobody together
    weights = {stem: log(1 + len(read) / number) ** 2 for stem, number in seen_in.items() if number <= most}
    bags = {identity: [one for one in dict.fromkeys(several) if one in weights] for identity, several in read.items()}
    lengths = {identity: sqrt(sum(weights[stem] for stem in bag)) for identity, bag in bags.items()}
    holding: dict[tuple[Kind, str], list[str]] = {}
    for entry in entries:
        for word in bags[entry.id] if entry.listing is Listing.IN_DEPTH else ():
            holding.setdefault((entry.kind, word), []).append(entry.id)
    shared: dict[tuple[str, str], float] = {}
    for entry in entries:
        for word in bags[entry.id] if entry.listing is Listing.SHORT else ():
            for other in holding.get((entry.kind, word), ()):
                shared[entry.id, other] = shared.get((entry.id, other), 0.0) + weights[word]
    return {(one, other): weight / lengths[one] / lengths[other] for (one, other), weight in shared.items()}


def report(made: Import, parsed: Parsed, where: str) -> list[str]:
    """What was found, section by section, for the person who imported it; and by its line what is to be looked at."""
    summary = made.summary
    lines = [f"{summary.title} ({summary.source.kind})"]
    for section in Section:
        entries = list(summary.within(section))
        if not entries:
            continue
        lines.append(f"  {section.heading}: {len(entries)}")
        counts = Counter(entry.topic for entry in entries if entry.topic)
        lines += [f"    {topic.title}: {number}" for topic, number in counts.items() if topic]
    members = [entry for entry in summary.entries if entry.same]
    lines.append(f"{len(summary.entries)} entries; {len(members)} say again what a fuller one says.")
    if made.kept or made.dropped:
        gone = f"{len(made.dropped)} are gone and their ids retired:" if made.dropped else "none is gone."
        lines.append(f"{made.kept} entries kept their ids; {gone}")
        lines += [f"  {entry.id}: {excerpts.shortened(entry.full_text, 80)}" for entry in made.dropped]
    if summary.title.casefold() == summary.source.kind.casefold():
        lines.append(f"Its title says no more than “{summary.title}”: give --title, or mend it in the file.")
    if parsed.left_out:
        lines.append("Left out, as under no heading of a summary; put what you miss under one and import with --force:")
        lines += [f"  {number}: {excerpts.shortened(text, 80)}" for number, text in parsed.left_out]
    if parsed.doubts:
        lines.append("Read in one of two ways, so have a look:")
        lines += [f"  {number}: {said}" for number, said in parsed.doubts]
    lines.append(f"Written to {where}. Read it once: the families (same=) and ids are proposals.")
    return lines
