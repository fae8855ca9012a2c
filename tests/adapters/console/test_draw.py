"""Cards as a terminal shows them. `GOLDEN=renew pytest tests/adapters/console` writes the golden files anew."""

import io
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color

from bot.adapters.console.draw import COLOURS, Screen, print_card, print_echo, print_post
from bot.adapters.console.legible import legible
from bot.core.answering.card import Accent, Action, Card, Choice, Field, Verb
from bot.core.cleaning import cleaned
from tests.marking import marked

GOLDEN = Path(__file__).parent / "golden"
OPEN = Action("Open", Verb.OPEN, ("garden/clay",))
FOUND = Card(
    title="Clay holds water",
    body=(
        "Clay keeps its moisture for weeks, so a bed on clay asks for a can of water far less often than sand does.",
    ),
    fields=(Field("Also said in", "Key ideas: Water stays (water-stays)\nAll ideas: Dig less (dig-less)"),),
    choices=(
        Choice(
            "Worms make compost", OPEN, "Kitchen scraps go in, and what comes out feeds the beds.", "Idea · garden/w"
        ),
        Choice(
            "土は銀行である",
            OPEN,
            "土は銀行であり、引き出しすぎてはならないということを覚えておくとよい。",
            "Quote · garden/q",
        ),
    ),
    actions=(Action("Share", Verb.SHARE), Action("More like this", Verb.ALIKE), Action("More results", Verb.RESULTS)),
    footer="Idea · Soil and water · garden/clay\nA year in the garden (talk)",
    accent=Accent.IDEA,
)
CARDS = {
    "found": FOUND,
    "quote": Card(
        "Favourite quote", ("soil is a bank and you had better not overdraw it",), accent=Accent.QUOTE, quoted=True
    ),
    "preview": Card(
        "The next lessons",
        fields=(Field("Wed 25 Nov, 09:00", "Sharp tools"), Field("Tue 1 Dec, 09:00", "Label everything")),
        footer="Local time in Europe/Berlin.",
        accent=Accent.LESSON,
    ),
    "topics": Card(
        "A year in the garden",
        choices=tuple(Choice(f"Month {n}", OPEN, note=f"{n} ideas") for n in range(1, 13)),
        accent=Accent.TAKE,
    ),
    "warning": Card(body=("There is no kind “leson”; did you mean lesson?",), accent=Accent.WARNING),
    "note": Card(body=("Shared with the channel.",), actions=(Action("Undo", Verb.UNDO),)),
}


def screen(width: int, encoding: str = "utf-8") -> tuple[Screen, io.BytesIO]:
    """A screen without colour, and the bytes that reach it. A character that the encoding lacks would raise."""
    out = io.BytesIO()
    return Screen(file=io.TextIOWrapper(out, encoding, write_through=True), width=width), out


def shown(card: Card, width: int, encoding: str = "utf-8", *, numbers: bool = True) -> str:
    console, out = screen(width, encoding)
    print_card(card, console, numbers=numbers)
    return out.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", CARDS)
def test_a_card_looks_as_it_did(name: str, width: int) -> None:
    golden = GOLDEN / f"{name}-{width}.txt"
    drawing = shown(CARDS[name], width)
    if os.environ.get("GOLDEN") == "renew":
        golden.write_text(drawing, "utf-8")
    assert drawing == golden.read_text("utf-8")


def test_without_numbers_there_are_no_buttons_and_choices_are_a_plain_list() -> None:
    drawing = shown(FOUND, 80, numbers=False)
    assert "Share" not in drawing
    assert "[1]" not in drawing
    assert "- Worms make compost" in drawing


def test_a_post_stands_between_two_lines_as_wide_as_a_card() -> None:
    console, out = screen(200)
    print_post(CARDS["quote"], console, "everybody sees this")
    lines = out.getvalue().decode().splitlines()
    assert lines[0] == "── everybody sees this ".ljust(88, "─")
    assert lines[-1] == "─" * 88


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
def test_an_encoding_that_lacks_characters_gets_its_nearest_ones(encoding: str) -> None:
    drawing = shown(CARDS["warning"], 80, encoding) + shown(CARDS["quote"], 80, encoding)
    assert "leson" in drawing
    assert "?" not in drawing.replace("lesson?", "")
    assert legible("naïve café – “yes”… 土", "ascii") == 'naive cafe - "yes"... ?'
    console, out = screen(60, encoding)
    print_post(FOUND, console, "everybody sees this …")
    print_echo("/lookup 土 …", console)
    assert b"Clay holds water" in out.getvalue()


@pytest.mark.parametrize("colour", [c for c in COLOURS.values() if c])
def test_every_colour_can_be_read_on_black_and_on_white(colour: str) -> None:
    """A contrast of at least 3 to 1 against both, which WCAG 2.2 asks for large or bold text (1.4.3)."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = Color.parse(colour).get_truecolor()
    light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    assert min((light + 0.05) / 0.05, 1.05 / (light + 0.05)) >= 3


def test_colour_is_for_terminals_and_can_be_refused_or_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def coloured(out: io.StringIO, **environment: str) -> bool:
        for name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"TERM": "xterm", "COLORTERM": "truecolor", **environment}.items():
            monkeypatch.setenv(name, value)
        print_card(FOUND, Screen(file=out, width=80))
        return "\x1b[1;38;2;0;135;175m" in out.getvalue()

    assert coloured(Terminal())
    assert not coloured(io.StringIO())
    assert not coloured(Terminal(), NO_COLOR="1")
    assert not coloured(Terminal(), TERM="dumb")
    assert coloured(io.StringIO(), FORCE_COLOR="1")


def test_escapes_markup_emoji_codes_and_turned_text_are_shown_as_words() -> None:
    drawing = shown(Card("\x1b[31mred\x1b[0m [red]x[/red] :smile:", ("[[id]] \u202eabc\u2066\x9b2J\a",)), 80)
    assert drawing == "[31mred[0m [red]x[/red] :smile:\n[[id]] abc2J\n"


# Every plane, with controls, turns of direction, wide and combining characters drawn often.
ANY = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x9b\r\n\t\u2028\u202e\u2067é́土ه[]:  ab")), max_size=80)
UNMARKED = st.builds(
    Card,
    title=ANY,
    body=st.lists(ANY, max_size=3).map(tuple),
    fields=st.lists(st.builds(Field, ANY, ANY), max_size=3).map(tuple),
    choices=st.lists(st.builds(Choice, ANY, st.just(OPEN), ANY, ANY), max_size=3).map(tuple),
    actions=st.lists(st.builds(Action, ANY, st.just(Verb.SHARE)), max_size=3).map(tuple),
    footer=ANY,
    accent=st.sampled_from(Accent),
    quoted=st.booleans(),
    preface=ANY,
)
ANY_CARD = st.builds(marked, UNMARKED, st.integers(0, 3))


def strings(card: Card) -> list[str]:
    return [
        card.title,
        card.preface,
        *card.body,
        *(text for field in card.fields for text in (field.name, field.value)),
        *(text for choice in card.choices for text in (choice.title, choice.text, choice.note)),
        *(action.label for action in card.actions),
        card.footer,
    ]


@given(ANY_CARD, st.integers(12, 200))
def test_any_card_keeps_to_the_width_and_holds_nothing_that_steers_a_terminal(card: Card, width: int) -> None:
    for line in shown(card, width).split("\n"):
        assert cell_len(line) <= width
        assert line == line.rstrip()
        assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in line)
        assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@given(ANY_CARD)
def test_every_word_of_a_card_is_drawn(card: Card) -> None:
    drawing = shown(card, 88)
    bare = "".join(char for char in drawing.replace("│", "") if not char.isspace())
    for text in strings(card):
        for word in cleaned(text, " ").replace("│", "").split():
            if cell_len(word) <= 40:
                assert word in bare


@given(ANY_CARD, st.sampled_from(["ascii", "latin-1", "cp1252"]), st.integers(12, 100))
def test_any_card_can_be_drawn_in_any_encoding(card: Card, encoding: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in shown(card, width, encoding).split("\n"))


@given(UNMARKED, st.integers(1, 3), st.sampled_from(["utf-8", "cp1252"]))
def test_marks_change_no_letter_of_a_card(card: Card, every: int, encoding: str) -> None:
    assert shown(marked(card, every), 60, encoding) == shown(card, 60, encoding)


def test_what_matched_is_bold_and_underlined_where_all_is_bold() -> None:
    out = io.StringIO()
    card = Card("Wet clay", ("Clay and clay", "[b]clay[/b]"), preface="Showing clay.", marks=frozenset({"clay"}))
    print_card(card, Screen(file=out, width=80, force_terminal=True, color_system="standard"))
    bold, both, end = "\x1b[1m", "\x1b[1;4m", "\x1b[0m"
    assert out.getvalue().splitlines() == [
        f"{bold}Wet {end}{both}clay{end}",
        "Showing clay.",
        "",
        f"Clay and {bold}clay{end}",
        "",
        f"[b]{bold}clay{end}[/b]",
    ]
