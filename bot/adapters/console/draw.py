"""Card -> what a terminal shows. Knows rich and nothing of prompts, and reads nothing.

Every string of a card is data: control characters and the marks that turn the direction of text are dropped, and no
markup of rich's own is read.
"""

import re
import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text

from bot.core.card import Accent, Action, Card

WIDEST = 88  # columns: longer lines are tiring to read
_COLOURS = {
    Accent.IDEA: "cyan",
    Accent.LESSON: "green",
    Accent.QUOTE: "magenta",
    Accent.TAKE: "blue",
    Accent.PLAIN: "bold",
    Accent.WARNING: "yellow",
}
_UNSAID = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(text: str) -> str:
    """Text without anything that would steer a terminal: control characters, escapes, turns of direction."""
    text = _UNSAID.sub("", text.replace("\t", " "))
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs"))


def numbered(card: Card) -> list[Action]:
    """What the numbers of a card do: its choices first, then its actions."""
    return [*(choice.action for choice in card.choices), *card.actions]


def print_card(card: Card, console: Console | None = None, *, numbers: bool = False) -> None:
    """Draw a card. `numbers` are given to what can be chosen; without them its buttons are left out."""
    console = console or Console(highlight=False, soft_wrap=False)
    width = min(console.width, WIDEST)
    for part in _parts(card, numbers, width):
        console.print(part, width=width, highlight=False, markup=False, emoji=False)


def _parts(card: Card, numbers: bool, width: int) -> Iterator["Text | _Barred"]:
    colour = _COLOURS[card.accent]
    if card.title:
        yield Text(plain(card.title), style=f"bold {colour}" if colour != "bold" else "bold", overflow="fold")
    yield from _body(card, colour)
    for field in card.fields:
        yield Text()
        yield Text(plain(field.name), style="bold", overflow="fold")
        yield _indented(plain(field.value), 2, width)
    if card.choices:
        yield Text()
    for number, choice in enumerate(card.choices, 1):
        mark = f"[{number}] " if numbers else "- "
        yield _hanging(mark, plain(choice.title), width, "bold" if choice.text else "")
        if choice.text:
            yield _indented(plain(choice.text), len(mark), width)
        if choice.note:
            yield _indented(plain(choice.note), len(mark), width, "dim")
    if card.footer:
        yield Text()
        yield Text(plain(card.footer), style="dim", overflow="fold")
    if numbers and card.actions:
        yield Text()
        yield Text("\n".join(_buttons(card, width)), style=colour, overflow="fold")


def _body(card: Card, colour: str) -> Iterator["Text | _Barred"]:
    for at, paragraph in enumerate(card.body):
        if at:
            yield Text()
        text = Text(plain(paragraph), overflow="fold")
        yield _Barred(text, colour) if card.quoted else text


def _buttons(card: Card, width: int) -> list[str]:
    """`[4] Share   [5] More like this`, broken between buttons where a line is full."""
    lines = [""]
    for number, action in enumerate(card.actions, len(card.choices) + 1):
        button = f"[{number}] {plain(action.label)}"
        longer = f"{lines[-1]}   {button}" if lines[-1] else button
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(button)
    return [line for line in lines if line]


def _indented(text: str, by: int, width: int, style: str = "") -> "Text | _Barred":
    return _hanging(" " * by, text, width, style)


def _hanging(mark: str, text: str, width: int, style: str) -> "Text | _Barred":
    inside = Text(text, style=style, overflow="fold")
    return _Barred(inside, "", mark) if width > len(mark) + 10 else Text(mark + text, style=style, overflow="fold")


class _Barred:
    """A text with a bar at the left of every line, or with a mark before its first and blanks before the others."""

    def __init__(self, text: Text, style: str, mark: str = "") -> None:
        self.text, self.style, self.mark = text, style, mark

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        bar = "│ " if options.encoding.startswith("utf") else "| "
        width = cell_len(self.mark or bar)
        inner = options.update(width=max(options.max_width - width, 1))
        style = console.get_style(self.style or "none")
        for at, line in enumerate(console.render_lines(self.text, inner, pad=False)):
            before = self.mark if at == 0 else " " * width
            yield Segment(before if self.mark else bar, style)
            yield from line
            yield Segment.line()
