"""Card -> what Discord shows, in its second kind of components. Knows discord.ui and no network.

The limits are Discord's own: 40 components a message, nested ones too, 4,000 characters of text in all, 5 buttons a
row, 25 options a select, labels of 80, texts of options and ids of 100 characters. One is not in its documentation: a
message of more than some 10,000 bytes ends in an error 500 (discord-api-docs, issues 8554 and 6965).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple, TypeVar

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, Section, Select, Separator, TextDisplay

from bot.adapters.discord.text import REMEMBERED, emphasised, escaped, fitted, one_line, size, visible
from bot.core.answering.card import Accent, Action, Card, Choice, Field, Verb
from bot.core.answering.wire import pack

__all__ = ["NOBODY", "PICK", "view"]

_T = TypeVar("_T")
_Item = discord.ui.Item[LayoutView]
_Button = Button[LayoutView]
_Select = Select[LayoutView]
_Control = _Button | _Select

NOBODY = discord.AllowedMentions.none()
# The custom_id of a select, of any version: the values of its options are packed actions.
PICK = re.compile(r"\d+:pick:\d+")

_COLOURS = {
    Accent.IDEA: 0x0087AF,
    Accent.LESSON: 0x00875F,
    Accent.QUOTE: 0xAF5FAF,
    Accent.TAKE: 0x5F87AF,
    Accent.PLAIN: None,
    Accent.WARNING: 0xD75F00,
}
_COMPONENTS, _CHARACTERS, _ROW, _OPTIONS, _LABEL, _OPTION = 40, 4000, 5, 25, 80, 100
# Of the bytes of a message about 600 are for 40 components as such; each button and option has its own in `_weight`.
_BYTES, _ACTION_BYTES, _OPTION_BYTES, _EACH = 9500 - 600, 2500, 5500, 36

_FEW = 5  # choices that each have a button of their own; more of them share a select
_MOST_CHOICES = 3 * _OPTIONS
_BESIDE = 60  # characters of a field whose name and value share a line
_FLOOR = 60  # characters that even the last text may have as long as there are not too many
_NOTHING = "…"
_LOUD = {Verb.SHARE, Verb.QUOTE}  # what everybody will see
_LAST = {Verb.RESULTS, Verb.TOPIC, Verb.SUMMARY}  # what leads on from a list stands below it


class _Part(NamedTuple):
    """A string of the card, how it is marked up, the most characters it may have, and what parts it from the next.

    `marked` says that words of it may be made bold.
    """

    text: str
    style: Callable[[str], str]
    most: int = _CHARACTERS
    after: str = "\n"
    marked: bool = False


_Drawn = tuple[_Part, str]


def view(card: Card) -> LayoutView:
    """The message for a card: one container, within every limit, whose buttons and selects need no state.

    The view is stopped already, so that discord.py keeps none in memory: `interactions` answers by the custom_id.
    Raises ValueError for an action that does not fit into a custom_id (`wire.pack`).
    """
    card = _with_plain_choices_as_buttons(card)
    choices = _distinct(card.choices, lambda choice: pack(choice.action))[:_MOST_CHOICES]
    few = len(choices) <= _FEW
    openers = [_button(choice.action) for choice in choices if few]
    selects = [] if few else _selects(choices)
    taken = {opener.custom_id for opener in openers}
    actions = _distinct((action for action in card.actions if pack(action) not in taken), pack)
    buttons = _affordable(list(map(_button, actions)), _weight, _ACTION_BYTES)

    controls: list[_Control] = [*openers, *selects, *buttons]
    room = min(_CHARACTERS, (_BYTES - sum(map(_weight, controls))) // 2)
    said, listed = _written(card, choices, few, room - 2 * len(choices))  # less what will part the choices
    picking: list[_Item] = [Separator()] if choices and any(said) else []
    picking += [Section(text, accessory=opener) for text, opener in zip(listed, openers, strict=False)]
    picking += [] if few else [*map(TextDisplay, listed), *map(ActionRow, selects)]
    beside = [button for action, button in zip(actions, buttons, strict=False) if choices and action.verb not in _LAST]
    below = [button for button in buttons if button not in beside]
    return _message(card.accent, [TextDisplay(text) for text in said if text], picking, beside, below)


def _message(
    accent: Accent, said: list[_Item], picking: list[_Item], beside: Sequence[_Button], below: Sequence[_Button]
) -> LayoutView:
    """All in its order, with as many rows of buttons as there is room for."""
    above = _rows(beside)
    left = _COMPONENTS - 1 - sum(map(_count, (*said, *picking)))
    rows = _affordable([*above, *_rows(below)], _count, left)
    items = [*said, *rows[: len(above)], *picking, *rows[len(above) :]] or [TextDisplay(_NOTHING)]
    drawing = LayoutView(timeout=None).add_item(Container(*items, accent_colour=_COLOURS[accent]))
    drawing.stop()
    return drawing


# ---- what can be pressed and picked


def _with_plain_choices_as_buttons(card: Card) -> Card:
    """A few choices that are no more than a title stand side by side, each as a button of that name."""
    if len(card.choices) > _FEW or any(visible(choice.text) or visible(choice.note) for choice in card.choices):
        return card
    named = (replace(choice.action, label=choice.title) for choice in card.choices)
    return replace(card, choices=(), actions=(*named, *card.actions))


def _button(action: Action) -> _Button:
    style = discord.ButtonStyle.primary if action.verb in _LOUD else discord.ButtonStyle.secondary
    return Button(label=_label(action.label, _LABEL), custom_id=pack(action), style=style)


def _selects(choices: Sequence[Choice]) -> list[_Select]:
    """Selects of 25 options, as many as are needed for these choices and affordable."""
    for longest in (_OPTION, _OPTION // 2, _OPTION // 4):
        options = [_option(choice, longest) for choice in choices]
        if sum(map(_option_weight, options)) <= _OPTION_BYTES:
            break
    options = _affordable(options, _option_weight, _OPTION_BYTES)
    word = _label(choices[0].action.label, _LABEL)
    found: list[_Select] = []
    for first in range(0, len(options), _OPTIONS):
        here = options[first : first + _OPTIONS]
        span = f" ({first + 1}–{first + len(here)})" if len(options) > _OPTIONS else ""
        found.append(Select(custom_id=f"1:pick:{len(found)}", placeholder=f"{word} …{span}", options=here))
    return found


def _option(choice: Choice, longest: int) -> discord.SelectOption:
    about = fitted(one_line(choice.note) or one_line(choice.text), longest)
    return discord.SelectOption(
        label=_label(choice.title, longest), value=pack(choice.action), description=about or None
    )


def _label(text: str, longest: int) -> str:
    return fitted(one_line(text), longest) or _NOTHING


def _rows(buttons: Sequence[_Button]) -> list[ActionRow[LayoutView]]:
    return [ActionRow(*buttons[at : at + _ROW]) for at in range(0, len(buttons), _ROW)]


# ---- what is read


def _written(card: Card, choices: Sequence[Choice], few: bool, room: int) -> tuple[list[str], list[str]]:
    """What the card says, its head, fields and footer; then what its choices say, where that is to be read at all."""
    title = [_Part(one_line(card.title), _heading, 300)]
    footer = [_Part(visible(card.footer), _small, 600)]
    preface = [_Part(visible(card.preface), escaped, 600, "\n\n")]
    style = _quotation if card.quoted else escaped
    body = [_Part(visible(text), style, after="\n\n", marked=True) for text in card.body]
    fields = [part for field in card.fields for part in _field(field)]
    told = few or any(visible(choice.text) for choice in choices)
    listed = [_choice(choice) for choice in choices] if told else [_in_a_line(choices)]
    title_, footer_, body_, fields_, *listed_ = _shared(
        [title, footer, [*preface, *body], fields, *listed], room, card.marks
    )
    head = "\n".join(text for text in (title_, body_) if text)
    if few:
        return [head, fields_, footer_], [text or _NOTHING for text in listed_]
    return [head, fields_, footer_], ["\n\n".join(text for text in listed_ if text)] if any(listed_) else []


def _field(field: Field) -> list[_Part]:
    name, value = one_line(field.name), visible(field.value)
    beside = "\n" not in value and len(name) + len(value) <= _BESIDE
    return [_Part(name, _bold, 200, "  " if beside else "\n"), _Part(value, escaped, 1500, "\n" if beside else "\n\n")]


def _choice(choice: Choice) -> list[_Part]:
    title = _Part(one_line(choice.heading), _bold, 200)
    return [title, _Part(visible(choice.text), escaped, 600, marked=True), _Part(one_line(choice.note), _small, 200)]


def _in_a_line(choices: Sequence[Choice]) -> list[_Part]:
    """The bare titles, in small print: `Soil · Water · Tools`."""
    return [_Part(one_line(choice.title), escaped if at else _small, 100, " · ") for at, choice in enumerate(choices)]


def _shared(groups: Sequence[Sequence[_Part]], room: int, marks: frozenset[str]) -> list[str]:
    """Each group as one text, all within `room`: who comes first takes what it needs and leaves the others a little.

    Words are marked in what room is left, so that marks take nothing away.
    """
    number = sum(len(group) for group in groups)
    least = min(_FLOOR, room // (2 * max(number, 1)))
    leasts = [min(_size(part), part.most, least) for group in groups for part in group]
    kept = sum(leasts)  # for the parts that come later
    texts: list[list[_Drawn]] = []
    at = 0
    for group in groups:
        texts.append([])
        for part in group:
            kept -= leasts[at]
            at += 1
            drawn = fitted(part.text, min(part.most, room - kept) - len(part.after), part.style) if part.text else ""
            if drawn:
                texts[-1].append((part, drawn))
                room -= size(drawn) + len(part.after)
    if marks:
        _mark(texts, room, marks)
    return [_joined(text) for text in texts]


def _mark(texts: Sequence[list[_Drawn]], room: int, marks: frozenset[str]) -> None:
    """Makes words bold, from the first on, as far as `room` goes."""
    for text in texts:
        for at, (part, drawn) in enumerate(text):
            told = emphasised(drawn, marks) if part.marked else drawn
            if len(told) - len(drawn) <= room:
                room -= len(told) - len(drawn)
                text[at] = (part, told)


def _joined(text: Sequence[_Drawn]) -> str:
    told = after = ""
    for part, drawn in text:
        told, after = told + after + drawn, part.after
    return told


@lru_cache(REMEMBERED)
def _size(part: _Part) -> int:
    return size(part.style(part.text)) + len(part.after) if part.text else 0


def _heading(text: str) -> str:
    return f"## {escaped(text)}"


def _bold(text: str) -> str:
    return f"**{escaped(text)}**"


def _quotation(text: str) -> str:
    return "\n".join(f"> {line}" for line in escaped(text).split("\n"))


def _small(text: str) -> str:
    return "\n".join(f"-# {line}" for line in escaped(text).split("\n") if line.strip())


# ---- what it takes


def _distinct(items: Iterable[_T], key: Callable[[_T], str]) -> list[_T]:
    """The first of those that have the same key."""
    found: dict[str, _T] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())


def _affordable(items: Sequence[_T], cost: Callable[[_T], int], most: int) -> list[_T]:
    """As many of the first items as cost at most that much together."""
    return [item for item, sum_ in zip(items, accumulate(map(cost, items)), strict=True) if sum_ <= most]


def _weight(item: _Control) -> int:
    """Bytes that a button or a select takes, roughly."""
    if isinstance(item, Button):
        return _EACH + len(f"{item.label}{item.custom_id}".encode())
    return _EACH + len(f"{item.placeholder}{item.custom_id}".encode()) + sum(map(_option_weight, item.options))


def _option_weight(option: discord.SelectOption) -> int:
    return _EACH + len(f"{option.label}{option.value}{option.description or ''}".encode())


def _count(item: _Item) -> int:
    """Components in one: itself and those in it; in a Section a text and what stands beside it."""
    if isinstance(item, Section):
        return 3
    return 1 + len(item.children) if isinstance(item, ActionRow) else 1
