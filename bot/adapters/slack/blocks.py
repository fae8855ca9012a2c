"""Card -> Block Kit. Knows Slack's blocks and their limits; knows no network, no listener, no command.

Text stands in rich_text and plain_text, where Slack parses nothing: no mention, link, format or emoji. Only what stands
beside a button needs mrkdwn, and is made inert. Limits without another source are those of Slack's Block Kit reference.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import count
from typing import Any

from bot.adapters.slack.text import (
    BLANK,
    REMEMBERED,
    bold,
    emphasised,
    escaped,
    inert,
    legible,
    line,
    shortened,
    size,
    split,
)
from bot.core.answering import wire, wording
from bot.core.answering.card import Accent, Action, Card, Choice, Verb
from bot.core.finding.marks import pieces

__all__ = ["QUIET", "button", "legible", "message", "option", "parts"]

Block = dict[str, Any]
Run = tuple[str, bool, frozenset[str]]  # text, whether it is bold, and else which words of it are

# What a caller adds to a message: nothing in it unfolds, and nothing in its `text` becomes a link or a mention.
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "link_names": False}

MESSAGE = 50  # blocks
TEXT = 40_000  # characters of a message's `text`
HEADER, SECTION, BUTTON, OPTION, DESCRIPTION = 150, 3000, 75, 75, 75  # characters
ELEMENTS, OPTIONS = 25, 100  # of an actions block, of a select
# Slack refuses a message whose blocks hold too much in all (msg_blocks_too_long) and does not say how much that is:
# people saw 11,300 characters of text refused (slackapi/bolt-js issues 2509 and 2867).
ALL = 9_000
ROOMS = (6000, 3000, 1500, 400)  # characters of a body to try until all is within that
TITLE, FOOTER = 300, 600  # characters
BUTTONS = 50  # of a card
NONE: frozenset[str] = frozenset()
PICKED = {Verb.TOPIC: wording.TOPICS, Verb.SUMMARY: wording.BROWSE}  # picked by name; entries are read before
FEW = 5  # choices that are buttons or sections; more of those picked by name are a select


def message(card: Card) -> dict[str, Any]:
    """`text`, a plain reading of the whole card for screen readers and notifications, and `blocks`."""
    return {"text": escaped(shortened(reading(card), TEXT, _escaped_size)), "blocks": parts(card, MESSAGE)}


def parts(card: Card, room: int) -> list[Block]:
    """The blocks of a card, at most `room` of them, and no more text than a message may hold.

    Action ids are `verb:number` and unique among these blocks. What finds no room is shortened at a word.
    """
    if _length(card) <= ALL // 5:  # a character that is made inert takes up to five
        return _draw(card, room, ROOMS[0])[:room]
    bare = replace(card, marks=NONE)  # so that marks take no text away
    for most in ROOMS:
        drawn = _draw(bare, room, most)
        if sum(map(_held, drawn)) <= ALL:
            break
    return (_draw(card, room, most) if card.marks else drawn)[:room]


@lru_cache(REMEMBERED)
def button(action: Action, ident: str, about: str = "") -> Block:
    """A button. `about` tells a screen reader what it stands beside. Raises ValueError as `wire.pack` does."""
    found = {"type": "button", "action_id": ident, "text": plain(action.label, BUTTON), "value": wire.pack(action)}
    said = shortened(f"{line(action.label)}: {line(about)}", BUTTON)
    return found | ({"accessibility_label": said} if about else {})


def option(choice: Choice, *, described: bool = True) -> Block:
    """A choice of a select, with its note as a description."""
    found: Block = {"text": plain(choice.title, OPTION), "value": wire.pack(choice.action)}
    return found | ({"description": plain(choice.note, DESCRIPTION)} if choice.note and described else {})


def plain(said: str, most: int) -> Block:
    """A line of text in which Slack parses nothing."""
    return {"type": "plain_text", "text": shortened(line(said), most), "emoji": False}


def reading(card: Card) -> str:
    """The whole card in plain words."""
    title = (card.title,) if card.title else ()
    preface = (card.preface,) if card.preface else ()
    fields = (f"{field.name}: {field.value}" for field in card.fields)
    choices = ("\n".join(filter(None, (c.heading, c.text, c.note))) for c in card.choices)
    footer = (card.footer,) if card.footer else ()
    actions = (" ".join(f"[{line(action.label)}]" for action in card.actions),) if card.actions else ()
    return legible("\n\n".join(map(legible, (*title, *preface, *card.body, *fields, *choices, *footer, *actions))))


# ---- the parts of a card


def _draw(card: Card, room: int, most: int) -> list[Block]:
    """The blocks, with a body of at most `most` characters and the rest in proportion.

    What a button is about stands above it: first what the card is about, its small print and its buttons, then the
    choices and what goes on from them.
    """
    ids = count()
    further = [action for action in card.actions if card.choices and action.verb in _FURTHER]
    own = [action for action in card.actions if action not in further]
    title = _title(card.title) if card.title else []
    below = [_context(card.footer, FOOTER)] if card.footer else []
    below += _buttons(own, ids)
    after = list(_buttons(further, ids))
    left = room - len(title) - len(below) - len(after)
    words = _signed(_words(card, most), card.accent)[: max(left // 2, 1)]
    choices = _choices(card, left - len(words) - 1, most, ids)
    between: list[Block] = [{"type": "divider"}] if words and len(choices) > 1 else []
    return [*title, *words, *below, *between, *choices, *after]


_FURTHER = {Verb.RESULTS, Verb.TOPIC, Verb.SUMMARY}


def _title(title: str) -> list[Block]:
    title = line(title)
    if size(title) <= HEADER:
        return [{"type": "header", "text": plain(title, HEADER)}]
    return _rich([(title, True, NONE)], TITLE)


def _words(card: Card, most: int) -> list[Block]:
    """Body and fields. Names are bold; values stand beside them where all are short, else below them."""
    below = "\n\n" if card.body and not card.quoted else ""
    before: list[Run] = [(legible(card.preface) + below, False, NONE)] if card.preface else []
    body: list[Run] = [("\n\n".join(map(legible, card.body)), False, card.marks)] if card.body else []
    fields = [(line(field.name), legible(field.value)) for field in card.fields]
    short = all(size(name) + size(value) <= 60 and "\n" not in value for name, value in fields)
    between, after = ("\u2003", "\n") if short else ("\n", "\n\n")
    runs: list[Run] = []
    for name, value in fields:
        gap = after if runs else "\n\n" if (before or body) and not card.quoted else ""
        runs += [(gap + name, True, NONE), (between + value, False, NONE)]
    if card.quoted:
        return _rich(before, most) + _rich(body, most, "rich_text_quote") + _rich(runs, most // 2)
    return _rich(before + body + runs, most * 3 // 2)


def _signed(blocks: list[Block], accent: Accent) -> list[Block]:
    """What went wrong bears a sign; colour is for attachments alone, which Slack keeps for the sake of old apps."""
    if accent is Accent.WARNING and blocks:
        blocks[0]["elements"][0]["elements"][:0] = [{"type": "emoji", "name": "warning"}, {"type": "text", "text": " "}]
    return blocks


def _rich(runs: Iterable[Run], most: int, container: str = "rich_text_section") -> list[Block]:
    """Runs of at most `most` characters in all, as rich text of at most 3,000 a block."""
    pages: list[list[Block]] = []
    left = 0
    for said, strong, marks in _within(runs, most):
        for piece in split(said, SECTION):
            if size(piece) > left:
                pages.append([])
                left = SECTION
            left -= size(piece)
            for part, marked in pieces(piece, marks):
                style = {"style": {"bold": True}} if strong or marked else {}
                pages[-1].append({"type": "text", "text": part, **style})
    return [{"type": "rich_text", "elements": [{"type": container, "elements": page}]} for page in pages]


def _within(runs: Iterable[Run], most: int) -> Iterator[Run]:
    for said, strong, marks in runs:
        if most <= 0:
            return
        yield shortened(said, most), strong, marks
        most -= size(said)


def _choices(card: Card, room: int, most: int, ids: Iterator[int]) -> list[Block]:
    """Entries as sections to read, topics and summaries as something to pick; what finds no room is in a select."""
    choices = card.choices
    if not choices or room < 1:
        return []
    by_name = all(choice.action.verb in PICKED for choice in choices)
    if by_name and len(choices) <= FEW and not any(choice.text or choice.note for choice in choices):
        return list(_buttons([replace(choice.action, label=choice.title) for choice in choices], ids))
    shown = 0 if by_name and len(choices) > FEW else min(len(choices), max(most // 200, 1))
    if shown * 2 + (shown < len(choices)) > room:
        shown = max((room - 1) // 2, 0)
    found = [block for choice in choices[:shown] for block in _marked(choice, next(ids), card.marks)]
    return [*found, *_select(choices[shown:], most, ids)]


@lru_cache(REMEMBERED)
def _section(choice: Choice, number: int) -> list[Block]:
    """A choice to read, with its button, and its note as small print."""
    said = [bold(shortened(line(choice.heading), HEADER))] if choice.heading else []
    said += [inert(shortened(legible(choice.text), 2000, _inert_size))] if choice.text else []
    section = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "\n".join(said) or BLANK, "verbatim": True},
        "accessory": button(choice.action, f"{choice.action.verb}:{number}", choice.title),
    }
    return [section, _context(choice.note, HEADER)] if choice.note else [section]


def _marked(choice: Choice, number: int, marks: frozenset[str]) -> list[Block]:
    """The same with words bold in the text below the heading, which is bold as it is."""
    section = _section(choice, number)
    if not marks or not choice.text:
        return section
    text = section[0]["text"]
    title, parting, below = text["text"].partition("\n") if choice.heading else ("", "", text["text"])
    return [{**section[0], "text": {**text, "text": title + parting + emphasised(below, marks)}}, *section[1:]]


def _select(choices: Sequence[Choice], most: int, ids: Iterator[int]) -> list[Block]:
    """Choices to pick by name. Slack refuses two of one value; two choices of one value do the same."""
    distinct = list({wire.pack(choice.action): choice for choice in choices}.values())[: max(most // 10, 1)]
    elements = [
        {
            "type": "static_select",
            "action_id": f"{page[0].action.verb}:{next(ids)}",
            "placeholder": plain(PICKED.get(page[0].action.verb, wording.MORE_RESULTS), HEADER),
            "options": [option(choice, described=most > ROOMS[-1]) for choice in page],
        }
        for page in (distinct[at : at + OPTIONS] for at in range(0, len(distinct), OPTIONS))
    ]
    return [{"type": "actions", "elements": elements}] if elements else []


def _buttons(actions: Sequence[Action], ids: Iterator[int]) -> Iterator[Block]:
    elements = [button(action, f"{action.verb}:{next(ids)}") for action in actions[:BUTTONS]]
    for at in range(0, len(elements), ELEMENTS):
        yield {"type": "actions", "elements": elements[at : at + ELEMENTS]}


def _context(said: str, most: int) -> Block:
    """Small print, its lines as they are."""
    shown = {"type": "plain_text", "text": shortened(legible(said), most), "emoji": False}
    return {"type": "context", "elements": [shown]}


# ---- lengths


def _length(card: Card) -> int:
    """The characters of a card, roughly."""
    choices = sum(len(choice.title) + len(choice.text) + len(choice.note) for choice in card.choices)
    fields = sum(len(field.name) + len(field.value) for field in card.fields)
    actions = sum(len(action.label) for action in card.actions)
    return (
        len(card.title) + len(card.preface) + sum(map(len, card.body)) + fields + choices + actions + len(card.footer)
    )


def _held(value: Any) -> int:
    """The characters of all text in a block."""
    if isinstance(value, dict):
        return sum(size(v) if k == "text" and isinstance(v, str) else _held(v) for k, v in value.items())
    return sum(map(_held, value)) if isinstance(value, list) else 0


def _escaped_size(said: str) -> int:
    return size(escaped(said))


def _inert_size(said: str) -> int:
    return size(inert(said))
