"""A raw summary becomes a kept one and stays itself; a renewed one keeps its ids."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading.importing import bring_in, report
from bot.core.reading.kept import write
from bot.core.reading.parser import parse
from bot.core.reading.slugs import is_slug, short_slug, slug
from bot.core.summary import Entry, Section, Source, Summary, Topic
from tests.documents import RAW

HARBOUR = Path("tests/quality/harbour-talk.txt")
TOLD_AGAIN = {  # labelled by hand: an entry of its short lists, and the one that tells the same in depth
    ("small-random-writes-were-amplified", "write-amplification-was-the-main"),
    ("replacing-three-full-copies", "under-razor-coding-each-object"),
    ("replication-between-regions-can-fall", "replication-lag-between-regions-grew"),
    ("slowest-requests-determine", "tail-latency-matters"),
    ("uneven-traffic-is-normal-one-popular", "celebrity-album-that-was-shared"),
    ("uncoordinated-retries-by-clients", "retry-storms-occurred-when-millions"),
    ("most-alerts-did-not-require-anybody", "alert-fatigue-was-measured-of-three"),
    ("backups-had-been-taken-every-night", "nightly-metadata-backups-had-existed"),
    ("majority-of-incidents-originated", "configuration-changes"),
    ("growth-was-constrained-by-electrical", "power-and-cooling-limit-the-growth"),
    ("truly-deleting-a-picture", "deletion-requests-must-be-completed"),
    ("leaving-a-proprietary-storage-vendor", "vendor-lock-in-became-obvious"),
    ("restore-your-backups", "restore-do-not-merely-back-up"),
    ("leave-free-space-on-drives", "keep-headroom-on-every-drive"),
    ("look-at-the-tail", "set-targets-for-the-slowest-requests"),
    ("add-randomness-to-retries", "use-jitter-and-retry-budgets"),
    ("reject-work-early-under-overload", "refuse-early-and-politely"),
    ("only-alert-when-somebody-must-act", "every-alert-needs-an-action"),
    ("mitigate-before-you-diagnose", "stop-the-bleeding-first"),
    ("expose-a-new-release", "release-gradually"),
    ("keep-migrations-reversible", "keep-every-step-of-a-migration"),
    ("write-down-the-reasons", "record-why-and-not-only-what"),
    ("blameless-reviews-reveal-more", "conduct-blameless-postmortems"),
    ("show-engineers-the-bill", "make-costs-visible-to-teams"),
}

_NASTY = st.sampled_from(
    ["**", ":** x", "{#", "{#a}", "}", "\\", "~ x", "= x", "# x", "- x", "1. x", "\\{#", "---", "`"]
)
TEXT = (
    st.lists(st.one_of(_NASTY, st.text(min_size=1, max_size=12)), min_size=1, max_size=4)
    .map(lambda parts: " ".join(" ".join(parts).split()))
    .filter(lambda text: bool(text) and not re.search("[\ud800-\udfff]", text))
)


def plain(summary: Summary) -> list[tuple[object, ...]]:
    """A summary but for ids and lines."""
    return [(e.section, e.title, e.text, e.topic and e.topic.title) for e in summary.entries]


@given(st.lists(st.tuples(st.sampled_from(list(Section)), TEXT, st.none() | TEXT, TEXT, TEXT), min_size=1, max_size=8))
def test_what_is_written_is_read_back(drawn: list[tuple[Section, str, str | None, str, str]]) -> None:
    entries = [Entry(Section.IDEAS, "Dig.", id="dig", summary="n")]
    for at, (section, text, title, words, heading) in enumerate(drawn):
        if section.kind not in ("idea", "lesson"):
            if any(entry.section is section for entry in entries):
                continue
            title = None  # noqa: PLW2901 - a take has no title
        topic = Topic(heading, f"t{at}", summary="n") if section.value.startswith("all-") else None
        entries.append(
            Entry(section, text, title, f"e{at}", topic, phrasings=(words,), spellings=(heading,), summary="n")
        )
    order = list(Section)
    entries.sort(key=lambda entry: order.index(entry.section))
    summary = Summary("n", Source("yes", "2024-01-01", ("a: b",), date="null"), tuple(entries), ("gone",))
    read = parse(write(summary), "n").summary
    unlined = tuple(
        replace(entry, line=0, topic=entry.topic and replace(entry.topic, line=0)) for entry in read.entries
    )
    assert replace(read, entries=unlined) == summary


def test_raw_to_kept_to_model_is_raw_to_model() -> None:
    made = bring_in(parse(RAW).summary, "garden").summary
    read = parse(write(made), "garden").summary
    assert plain(read) == plain(parse(RAW).summary)
    ids = [entry.id for entry in read.entries] + [topic.id for topic in read.topics]
    assert len(set(ids)) == len(ids)
    assert all(map(is_slug, ids))


def test_near_duplicates_are_proposed_as_a_family_of_the_fullest() -> None:
    made = bring_in(parse(RAW).summary, "garden").summary
    by_id = {entry.id: entry for entry in made.entries}
    families = {(entry.title, by_id[entry.same].text[:9]) for entry in made.entries if entry.same}
    assert ("Mulch early", "Bare soil") in families
    assert not any(entry.same for entry in made.entries if "Clay" in entry.text or "Sharpen" in entry.text)


def test_what_a_long_talk_tells_again_in_other_words_is_proposed_and_nothing_else() -> None:
    made = bring_in(parse(HARBOUR.read_text("utf-8")).summary, "harbour-talk").summary
    proposed = {(entry.id, entry.same) for entry in made.entries if entry.same}
    assert proposed <= TOLD_AGAIN
    assert len(proposed) >= 17  # of the 24, those with words in common


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("Restore, do not merely back up", "restore-do-not-merely-back-up"),
        ("There is a harbour in the north", "harbour-in-the-north"),
        ("The cost per gigabyte is the figure that they ask for", "cost-per-gigabyte-is-the-figure"),
        ("Growing from 10,000 beds to 100,000", "growing-from-10000-beds-to-100000"),
        ("Throttle the repair", "throttle-the-repair-2"),
        ("The", "the"),
        ("…", "entry"),
    ],
)
def test_an_id_reads_as_its_entry_begins(text: str, identity: str) -> None:
    assert short_slug(text, {"throttle-the-repair"}) == identity


def test_an_edited_document_keeps_the_ids_of_what_is_still_there() -> None:
    before = bring_in(parse(RAW).summary, "garden").summary
    clay = next(entry for entry in before.entries if "Clay" in entry.text)
    before = replace(
        before, entries=tuple(replace(e, phrasings=("so wet",)) if e.id == clay.id else e for e in before.entries)
    )
    edited = RAW.replace("Clay holds water for weeks.", "Clay soil holds its water for many weeks.").replace(
        "1. Keepers who meet weekly stay for years.", "1. Nobody waters at noon.\n2. Foxes come at night."
    )
    after = bring_in(parse(edited).summary, "garden", before=before)
    renewed = next(entry for entry in after.summary.entries if "Clay" in entry.text)
    assert (renewed.id, renewed.phrasings) == (clay.id, ("so wet",))
    assert [entry.text for entry in after.dropped] == ["Keepers who meet weekly stay for years."]
    assert after.dropped[0].id in after.summary.retired
    back = bring_in(parse(RAW.replace("Keepers who meet", "Keepers that met")).summary, "garden", before=after.summary)
    assert after.dropped[0].id not in {entry.id for entry in back.summary.entries}


def test_importing_the_same_document_again_changes_nothing() -> None:
    once = bring_in(parse(RAW).summary, "garden").summary
    again = bring_in(parse(RAW).summary, "garden", before=once)
    assert (again.summary, again.dropped) == (once, ())


def test_the_report_counts_every_section_and_names_what_was_left_out() -> None:
    parsed = replace(parse(RAW), left_out=((2, "sent from my phone"),), doubts=((3, "no bullets"),))
    said = "\n".join(report(bring_in(parsed.summary, "garden"), parsed, "garden.md"))
    for line in (
        "Key ideas: 3",
        "All lessons learnt: 2",
        "Soil and water: 2",
        "2: sent from my phone",
        "3: no bullets",
    ):
        assert line in said


@given(st.text(), st.integers(4, 40))
def test_slugs_are_slugs(text: str, longest: int) -> None:
    made = slug(text, longest)
    assert len(made) <= longest
    assert made == "" or is_slug(made)
    taken: set[str] = set()
    for _ in range(12):
        name = short_slug(text, taken, longest)
        assert is_slug(name)
        assert name not in taken
        assert len(name) <= max(longest, 5)
        taken.add(name)
