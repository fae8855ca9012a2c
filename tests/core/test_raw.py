"""Documents as people really have them: read as they are meant, and nothing of them lost without a word."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import ContentError
from bot.core.reading.importing import bring_in
from bot.core.reading.kept import write
from bot.core.reading.parser import parse
from bot.core.summary import Summary


def told(summary: Summary) -> list[str]:
    """Each entry as `topic / title: text`, with what it has of these."""
    return [(f"{entry.topic.title} / " if entry.topic else "") + entry.full_text for entry in summary.entries]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        pytest.param(
            "# **Walk**\n## **🎓 Lessons Learnt**\n* **Mulch Early:** Cover\\.\n* **Dig** – Late.\n* [Rest](https://a.example).",
            ["Mulch Early: Cover.", "Dig: Late.", "Rest (https://a.example)."],
            id="Markdown",
        ),
        pytest.param("## Lessons Learnt\n- **Dig**\n  Late.", ["Dig: Late."], id="a bold title on a line of its own"),
        pytest.param("1. Key Ideas\n1) Dig.\n10) Rest.", ["Dig.", "Rest."], id="numbers"),
        pytest.param("KEY IDEAS\n– Dig – late.\n— Rest.", ["Dig – late.", "Rest."], id="dashes, a heading in capitals"),
        pytest.param("💡 Key Ideas 💡\n● Dig.\n\uf0b7\tRest.", ["Dig.", "Rest."], id="bullets of word processors"),
        pytest.param("Key Ideas\n- [ ] Dig.\n- [12:30] Rest.", ["Dig.", "Rest. [12:30]"], id="boxes and times"),
        pytest.param(
            "Key Ideas\n- Dig:\n  - late,\n  - deep\n  - wide.\n- Rest.",
            ["Dig: late, deep; wide.", "Rest."],
            id="nested",
        ),
        pytest.param("- Key Ideas\n    - Dig.\n    - Rest.", ["Dig.", "Rest."], id="an outline"),
        pytest.param(
            "All Key Ideas\n- Soil\n  - Dig.\n- People\n  - Rest.",
            ["Soil / Dig.", "People / Rest."],
            id="nested topics",
        ),
        pytest.param(
            "All Key Ideas\n1. Soil\n- Dig.\n2. People\n- Rest.",
            ["Soil / Dig.", "People / Rest."],
            id="numbered topics",
        ),
        pytest.param(
            "All Key Ideas\n---------\nSoil\n- Dig.\nIt is\ngood.\n- Rest.",
            ["Soil / Dig. It is good.", "Soil / Rest."],
            id="soft",
        ),
        pytest.param(
            "All Key Ideas\nSoil\n- Dig\n- Hoe\nPeople\n- Rest",
            ["Soil / Dig", "Soil / Hoe", "People / Rest"],
            id="no stops",
        ),
        pytest.param(
            "Key Ideas\n\nDig the\nbeds.\n\nRest.\n\nAll Key Ideas\nSoil\nHoe.\nRake.",
            ["Dig the beds.", "Rest.", "Soil / Hoe.", "Soil / Rake."],
            id="no bullets",
        ),
        pytest.param(
            "Contents\nKey Ideas\nAll Key Ideas\nSoil\n\nKey Ideas\n- Dig.", ["Dig."], id="a table of contents"
        ),
        pytest.param("---\ntags: x\n---\n# Walk\n## Key Ideas\n- Dig.", ["Dig."], id="a note app's front matter"),
    ],
)
def test_a_document_is_read_as_it_is_meant(text: str, entries: list[str]) -> None:
    summary = parse(text, "n", pasted=True).summary
    assert told(summary) == entries
    assert told(parse(write(bring_in(summary, "n").summary), "n").summary) == entries


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("Conclusion\nRest.\n\nAbout us\nWe dig.\nKey Ideas\n- Dig.", [4, 5]),
        ("Key Ideas\n- Dig.\n\nTo Do\n- Buy a spade.\nConclusion\nRest.", [4, 5]),
        ("# Walk\n## Key Ideas\n### Soil\n- Dig.\n## Sources\n- A book.", [3, 5, 6]),
        ("All Key Ideas\nSoil\nPeople\n- Dig.\nSources\n- A book.", [2, 5, 6]),
    ],
)
def test_what_stands_under_no_heading_of_a_summary_is_left_out_and_told(text: str, left_out: list[int]) -> None:
    parsed = parse(text)
    assert [line for line, _ in parsed.left_out] == left_out
    assert "Dig." in [entry.text for entry in parsed.summary.entries]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Key Ideas\n- Dig.\nTo Do\n- Rest.", 3, "“To Do” was read as the end of the entry above"),
        ("Talk\nKey Ideas\nDig.\nRest.", 2, "“Key ideas” has no bullets"),
    ],
)
def test_what_may_be_read_in_two_ways_is_told(text: str, line: int, said: str) -> None:
    ((number, doubt),) = parse(text).doubts
    assert (number, doubt[: len(said)]) == (line, said)


def test_a_second_summary_in_one_file_is_refused() -> None:
    with pytest.raises(ContentError, match="4: a second summary begins here; give each a file of its own"):
        parse("Walk Summary\nKey Ideas\n- Dig.\nTalk Summary\nKey Ideas\n- Rest.")


_HEADINGS = ["Key Ideas", "# Lessons Learnt", "All Key Ideas", "## All Lessons Learnt", "tl;dr", "In-Depth", "Sources"]
_MARKS = ["", "", "- ", "* ", "– ", "1. ", "a) ", "  - ", "    ", "### ", "> ", "- **", "[12:30] ", "-\n", "|"]
_ENDS = ["", ".", ".", "?", ":", ":** more", ". Then more"]
WORDS = st.tuples(st.sampled_from(_MARKS), st.sampled_from(["Dig", "dig"]), st.sampled_from(_ENDS))
LINES = st.lists(WORDS | WORDS | WORDS | st.sampled_from([*_HEADINGS, "", "---", "===="]), max_size=14)


@settings(max_examples=200)
@given(st.sampled_from(["Key Ideas", "All Key Ideas"]), LINES)
def test_every_word_is_kept_once_or_told(first: str, drawn: list[str | tuple[str, str, str]]) -> None:
    lines = (one if isinstance(one, str) else f"{one[0]}{one[1]} w{at}w{one[2]}" for at, one in enumerate(drawn))
    text = "\n".join(["Walk Summary", first, "- Start.", *lines])
    try:
        parsed = parse(text, "n")
    except ContentError:
        return  # a section twice
    texts = [entry.full_text for entry in parsed.summary.entries]
    topics = [topic.title for topic in parsed.summary.topics]
    found = " ".join([*texts, *topics, *(said for _, said in parsed.left_out)])
    assert sorted(re.findall(r"w\d+w", found)) == sorted(re.findall(r"w\d+w", text))
    assert told(parse(write(bring_in(parsed.summary, "n").summary), "n").summary) == told(parsed.summary)


def test_a_document_of_any_shape_is_read_in_one_go() -> None:
    """Were every blank line, or every bracket, a new beginning for all that follows, this would not end."""
    for said in ("\n" * 300_000, "[a](" * 100_000):
        assert parse(f"Talk\n\nKey Ideas\n- **Dig:** {said}twice.").summary.entries
