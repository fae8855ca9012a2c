"""Card -> what a terminal shows. Knows rich and nothing of prompts, and reads nothing.

Every string of a card is data and is shown as it is. Lines are broken here, at words, so that what is copied out of a
terminal or a pipe has no blanks at the end of its lines and no box around it.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.adapters.console.legible import legible, legible_card
from bot.core.answering.card import Accent, Action, Card, Choice, Field
from bot.core.finding.marks import pieces

__all__ = ["Screen", "numbered", "print_card", "print_echo", "print_post"]

WIDEST = 88  # columns: longer lines are tiring to read
NARROW = 30  # columns: with less, nothing is set in
# Between light and dark, so that each can be read on white and on black.
COLOURS = {
    Accent.IDEA: "#0087af",
    Accent.LESSON: "#00875f",
    Accent.QUOTE: "#af5faf",
    Accent.TAKE: "#5f87af",
    Accent.PLAIN: "",
    Accent.WARNING: "#d75f00",
}
# What comes out of a summary has a sign and is set in, and so has a warning. The bot's own words have none.
_SIGNS = {Accent.IDEA: "◆", Accent.LESSON: "●", Accent.QUOTE: "❝", Accent.TAKE: "■", Accent.WARNING: "!"}

Lines = list[Text]


class Screen(Console):
    """Standard output, be it a terminal, a pipe or a file."""

    def on_broken_pipe(self) -> None:
        """Nobody reads any more: raises BrokenPipeError for the command line, where rich would exit with status 1."""
        raise BrokenPipeError


def numbered(card: Card) -> list[Action]:
    """What the numbers of a card do: its choices first, then its actions."""
    return [*(choice.action for choice in card.choices), *card.actions]


def print_card(card: Card, console: Console | None = None, *, numbers: bool = False, after: int = 0) -> None:
    """Draw a card. `numbers` are given to what can be chosen, those that follow `after`; without them its buttons are
    left out.
    """
    console = console or Screen()
    width, encoding = min(console.width, WIDEST), console.encoding
    _print(drawn(legible_card(card, encoding), width, encoding, after if numbers else None), console)


def print_post(post: Card, console: Console, heading: str) -> None:
    """Draw what a whole channel sees, between two thin lines, of which the first says so in the words of `heading`."""
    width = min(console.width, WIDEST)
    dash = legible("─", console.encoding)
    lines = _wrapped(legible(heading, console.encoding), width, "dim", first=f"{dash * 2} ", mark="dim")
    lines[-1].append(f" {dash * (width - cell_len(lines[-1].plain) - 1)}", "dim")
    _print(lines, console)
    print_card(post, console)
    _print([Text(dash * width, "dim")], console)


def print_echo(line: str, console: Console) -> None:
    """Draw what was typed, above its answer."""
    _print(
        _wrapped(legible(line.strip(), console.encoding), console.width, "dim", first="> ", rest="  ", mark="dim"),
        console,
    )


def drawn(card: Card, width: int, encoding: str, after: int | None) -> Lines:
    """The lines of a card whose strings are legible already; without a number to count `after`, it has none."""
    colour = COLOURS[card.accent]
    sign = legible(_SIGNS.get(card.accent, ""), encoding)
    inset = 2 if sign and width >= NARROW else 0
    lines = _spaced(_blocks(card, width - inset, colour, legible("│ ", encoding), after))
    if not inset:
        return lines
    first = "" if card.quoted and not card.title else sign
    return [Text.assemble((f"{'' if at else first:2}", f"bold {colour}"), line) for at, line in enumerate(lines)]


def _blocks(card: Card, width: int, colour: str, bar: str, after: int | None) -> Iterator[Lines]:
    """The parts of a card, from the top down; between two of them one line is left free."""
    title = _wrapped(card.title, width, f"bold {colour}", marked=card.marks)
    bar = bar if card.quoted else ""
    paragraphs = [_wrapped(card.preface, width)] if card.preface.strip() else []
    paragraphs += [
        _wrapped(text, width, first=bar, rest=bar, mark=colour, marked=card.marks) for text in card.body if text.strip()
    ]
    yield title + (paragraphs[0] if paragraphs else [])
    yield from paragraphs[1:]
    yield from _fields(card.fields, width)
    yield _wrapped(card.footer, width, "dim")
    yield _choices(card.choices, width, colour, after, card.marks)
    if after is not None:
        yield _buttons(card, width, colour, after)


def _fields(fields: Sequence[Field], width: int) -> Iterator[Lines]:
    """Names and values as two columns where each pair fits on a line; else the values below their names."""
    longest = max((cell_len(field.name) for field in fields), default=0)
    if fields and all("\n" not in f.name + f.value and longest + 3 + cell_len(f.value) <= width for f in fields):
        yield [
            Text.assemble((field.name, "bold"), " " * (longest + 3 - cell_len(field.name)), field.value)
            for field in fields
        ]
        return
    for field in fields:
        yield _wrapped(field.name, width, "bold") + _wrapped(field.value, width, first="  ", rest="  ")


def _choices(choices: Sequence[Choice], width: int, colour: str, after: int | None, marked: frozenset[str]) -> Lines:
    marks = ["- " if after is None else f"[{after + at}] " for at in range(1, len(choices) + 1)]
    room = max((len(mark) for mark in marks), default=0)
    lines: Lines = []
    for mark, choice in zip(marks, choices, strict=True):
        blank = " " * room
        head, below = (choice.heading, choice.text) if choice.heading else (choice.text, "")
        style = "bold" if below else ""
        title = _wrapped(head, width, style, first=f"{mark:{room}}", rest=blank, mark=colour, marked=marked)
        lines += title or [Text(mark, colour)]
        text = _wrapped(below, width, first=blank, rest=blank, marked=marked)
        note = _wrapped(choice.note, width, "dim")
        if not text and len(note) == 1 and cell_len(lines[-1].plain) + 3 + cell_len(note[0].plain) <= width:
            lines[-1].append("   ").append_text(note[0])
        else:
            lines += text + _wrapped(choice.note, width, "dim", first=blank, rest=blank)
    return lines


def _buttons(card: Card, width: int, colour: str, after: int) -> Lines:
    """`[4] Share   [5] More like this`, broken between buttons where a line is full."""
    lines: Lines = []
    for number, action in enumerate(card.actions, after + len(card.choices) + 1):
        mark = f"[{number}] "
        button = _wrapped(action.label, width, first=mark, rest=" " * len(mark), mark=colour) or [Text(mark, colour)]
        if lines and len(button) == 1 and cell_len(lines[-1].plain) + 3 + cell_len(button[0].plain) <= width:
            lines[-1].append("   ").append_text(button[0])
        else:
            lines += button
    return lines


def _wrapped(
    text: str,
    width: int,
    style: str = "",
    *,
    first: str = "",
    rest: str = "",
    mark: str = "",
    marked: frozenset[str] = frozenset(),
) -> Lines:
    """Text broken at words, `first` before its first line and `rest` before the others; nothing for blank text.

    `mark` is the style of what stands before the lines. The words `marked` are bold; in bold text, underlined.
    """
    if not text.strip():
        return []
    room = max(width - max(cell_len(first), cell_len(rest)), 2)
    bright = "underline" if "bold" in style else "bold"
    told = Text.assemble(*((piece, bright if lit else "") for piece, lit in pieces(text, marked)), style=style)
    lines = told.wrap(Console(), room, overflow="fold")
    for line in lines:
        line.rstrip()
    return [Text.assemble((rest if at else first, mark), line) for at, line in enumerate(lines)]


def _spaced(blocks: Iterator[Lines]) -> Lines:
    lines: Lines = []
    for block in blocks:
        lines += [Text(), *block] if lines and block else block
    return lines


def _print(lines: Lines, console: Console) -> None:
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True, highlight=False, markup=False, emoji=False)
