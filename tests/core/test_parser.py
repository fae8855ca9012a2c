"""What the parser reads, and how it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ContentError
from bot.core.reading.parser import decode, parse
from bot.core.reading.raw import split_title
from bot.core.summary import Listing, Section
from tests.documents import KEPT, RAW


def problems(text: str, name: str = "garden", max_entries: int = 20_000) -> list[str]:
    with pytest.raises(ContentError) as raised:
        parse(text, name, max_entries)
    return [str(problem) for problem in raised.value.problems]


def test_a_raw_summary_is_read_whole() -> None:
    parsed = parse(RAW)
    summary = parsed.summary
    assert (summary.title, summary.source.kind, parsed.left_out) == ("Talk", "talk", ())
    counts = {section: len(list(summary.within(section))) for section in Section}
    assert list(counts.values()) == [1, 1, 1, 1, 3, 2, 1, 3, 2]
    assert [topic.title for topic in summary.topics] == ["Soil and water", "People", "Before spring"]


def test_bullets_of_every_kind_run_over_lines_and_know_where_they_began() -> None:
    ideas = list(parse(RAW).summary.within(Section.IDEAS))
    assert ideas[1].text == "A watering rota at 10:30 beats good will, even in a wet summer."
    lines = RAW.split("\n")
    for entry in parse(RAW).summary.entries:
        assert (entry.title or entry.text).split()[0] in lines[entry.line - 1]


def test_lessons_have_a_title_where_the_document_gives_one() -> None:
    lessons = [entry for entry in parse(RAW).summary.entries if entry.kind == "lesson"]
    assert [lesson.title for lesson in lessons] == ["Mulch early", "Label everything", "Mulch early", None]
    assert lessons[0].text == "Cover bare soil before the first hot week, e.g. in May."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Start at 10:30 sharp", None),
        ("See https://a.example/b for more", None),
        ("Ask Dr. Green: she knows", "Ask Dr. Green"),
        ("Use mulch, e.g. straw", None),
        ("Wait... then dig", None),
        (f"{'x' * 80}: yes", "x" * 80),
        (f"{'x' * 81}: no", None),
        ("Dig deep. Then rest. Then plant.", "Dig deep"),
    ],
)
def test_where_a_title_ends(text: str, title: str | None) -> None:
    assert split_title(text)[0] == title


def test_headings_need_no_emoji_and_lines_may_end_in_any_way() -> None:
    bare = RAW.replace("☀️ ", "").replace("💨 ", "").replace("💡 ", "").replace("🎓 ", "").replace("🌚 ", "")
    assert parse("\ufeff" + bare.replace("\n", "\r\n")) == parse(RAW)


def test_an_in_depth_line_after_an_unfinished_bullet_continues_it() -> None:
    text = "All Key Ideas\nSoil\n- it holds\nwater for weeks.\n- and worms.\nPeople\n- meet.\n"
    entries = parse(text).summary.entries
    assert [(entry.text, entry.topic and entry.topic.title) for entry in entries] == [
        ("it holds water for weeks.", "Soil"),
        ("and worms.", "Soil"),
        ("meet.", "People"),
    ]


def test_other_scripts_are_fine() -> None:
    entries = parse("Key Ideas\n- 土は銀行のようなものだ。\n- Почва любит покой.\n").summary.entries
    assert [entry.text for entry in entries] == ["土は銀行のようなものだ。", "Почва любит покой."]


def test_lines_that_are_no_part_of_a_summary_are_told() -> None:
    assert parse("Talk Summary\nsent from my phone\nKey Ideas\n- Dig.\n").left_out == ((2, "sent from my phone"),)


def test_a_kept_summary_holds_ids_families_phrasings_and_spellings() -> None:
    summary = parse(KEPT, "garden").summary
    by_id = {entry.id: entry for entry in summary.entries}
    assert by_id["worms"].same == "worm-compost"
    assert by_id["worm-compost"].phrasings == ("what do we do with all the peelings",)
    assert by_id["worm-compost"].spellings == ("vermicompost",)
    assert by_id["clay"].key == "garden/clay"
    assert by_id["clay"].listing is Listing.IN_DEPTH


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "1: this is empty; give the text of a summary"),
        (b" \n", "1: this is empty; give the text of a summary"),
        (b"abc\n\0", "2: this is binary: a zero byte at byte 4; give a text file"),
        (b"abc\nd\xff", "2: this is not UTF-8 at byte 5; save it as UTF-8"),
        ("x".encode("utf-16"), "1: this is UTF-16, not UTF-8, at byte 0; save it as UTF-8"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(ContentError) as raised:
        decode(data)
    assert str(raised.value) == said


@pytest.mark.parametrize(
    "text", ["Talk Summary", "Dear all,\n\nlunch is at 12.\n- bring a fork\n\nBest\nA.", "🌚 Conclusion\nDone."]
)
def test_text_without_ideas_and_lessons_is_refused(text: str) -> None:
    assert problems(text)[0].startswith("1: no key idea and no lesson was found; give a summary")


def test_every_problem_of_a_kept_file_is_reported_at_once() -> None:
    broken = (
        KEPT.replace("kind: talk", "knid: talk")
        .replace("{#clay}", "{#labels}")
        .replace("same=mulch-first", "same=nowhere")
        .replace("## Favourite quote", "## Favourite qoute")
    )
    found = "\n".join(problems(broken))
    for said in (
        "`knid` is unknown; did you mean `kind`?",
        "`kind` is missing; add a line `kind: …`",
        "“Favourite qoute” is no section",
        "`same=nowhere` names no entry",
        "the id `labels` is taken (line 17)",
    ):
        assert said in found


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("- a\n- b", "2: this is no YAML mapping; write lines such as `title: …`"),
        ("title: a: b", "2: this is no YAML: mapping values are not allowed"),
        ("title: x\ntitle: y\nkind: talk", "3: `title` is given twice (first in line 2); keep one"),
        ("title: [x]\nkind: talk", "2: `title` is not some text; correct the value"),
        ("title: &a [x]\nkind: talk\ndate: [*a, *a]", "4: `date` is not some text; correct the value"),
        (f"title: {'[' * 100_000}", "2: this is no YAML: it is nested too deeply"),
    ],
)
def test_front_matter_that_cannot_be_used(front: str, said: str) -> None:
    assert any(problem.startswith(said) for problem in problems(f"---\n{front}\n---\n## Key ideas\n- Dig. {{#dig}}\n"))


def test_a_retired_id_is_never_given_again() -> None:
    found = problems(KEPT.replace("kind: talk", "kind: talk\nretired: [clay]"))
    assert found == ["26: the id `clay` is retired; give the entry another id: a retired one is never used again"]


def test_too_many_entries_are_refused() -> None:
    assert problems("Key Ideas\n" + "- Dig.\n" * 11, max_entries=10) == [
        "12: more than 10 entries; split the document, or raise content.max_entries"
    ]


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for form in (text, f"Key Ideas\n{text}", f"---\n{text}\n---\n## Key ideas\n{text}"):
        try:
            parse(form, "n")
        except ContentError as error:
            assert all(problem.reason and problem.mend and problem.line for problem in error.problems)


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert decode(data).strip()
    except ContentError as error:
        assert error.problems[0].line
