"""Windows and the App Home, as Slack's views. Draws nothing of a card itself and sends nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.slack import blocks
from bot.core import cards, wire, wording
from bot.core.card import Action, Card, Verb
from bot.core.library import Library
from bot.core.search import Hit
from bot.core.summary import Entry, Summary, Topic

QUOTE, LOOK_UP = "quote", "look_up"  # callback ids of the two windows that can be submitted
FIND, PICK, NOTE, WHERE, PAGE = "find", "pick", "note", "where", "home"
SUMMARIES_A_PAGE = 20  # two blocks each, well within the 100 that a Home may hold
LONGEST_NOTE = 500  # characters
_OPTIONS = 100  # of a select (Slack)

View = dict[str, Any]


def _plain(text: str, longest: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": blocks.legible(wording.shortened(text, longest)), "emoji": False}


def _modal(content: list[dict[str, Any]], **more: Any) -> View:
    title, close = _plain(wording.BOT, 24), _plain(wording.CLOSE, 24)
    return {"type": "modal", "title": title, "close": close, "blocks": content, **more}


def window(card: Card) -> View:
    """A card in a window of its own. It has no channel to share to."""
    return _modal(blocks.parts(card.without(Verb.SHARE, Verb.QUOTE), 100))


# ---- finding


def finder(entry: Entry | None = None, card: Card | None = None) -> View:
    """The search; with an entry, that entry in full and where to share it."""
    search = _search()
    if entry is None or card is None:
        return _modal([search], callback_id=LOOK_UP)
    where = {
        "type": "input",
        "block_id": WHERE,
        "label": _plain(wording.SHARE_WHERE, 75),
        "element": {
            "type": "conversations_select",
            "action_id": WHERE,
            "default_to_current_conversation": True,
            "response_url_enabled": True,
        },
    }
    shown = blocks.parts(card.without(Verb.SHARE, Verb.QUOTE), 90)
    share = _plain(wording.SHARE, 24)
    return _modal([search, *shown, where], callback_id=LOOK_UP, submit=share, private_metadata=entry.key)


def _search() -> dict[str, Any]:
    return {"type": "section", "block_id": FIND, "text": _plain(wording.SEARCHED, 300), "accessory": _find()}


def _find() -> dict[str, Any]:
    """Type-ahead over everything that can be looked up; Slack asks for its options while somebody types."""
    placeholder = _plain(wording.SEARCH_HINT, 150)
    return {"type": "external_select", "action_id": FIND, "min_query_length": 1, "placeholder": placeholder}


def options(entries: Sequence[Entry], library: Library) -> list[dict[str, Any]]:
    """What the search offers: titles, each with its place as small print."""
    return [_option(entry, library) for entry in entries[:_OPTIONS]]


def _option(entry: Entry, library: Library, before: str = "") -> dict[str, Any]:
    return {
        "text": _plain(before + wording.label(entry), 75),
        "description": _plain(wording.place(entry, library.topic_of(entry)), 75),
        "value": wire.pack(Action("", Verb.OPEN, (entry.key,))),
    }


# ---- quoting an idea


@dataclass(frozen=True, slots=True)
class Quoting:
    """The message that is answered with a quote: kept in the window (at most 3,000 characters, Slack)."""

    channel: str
    thread: str
    response_url: str

    def kept(self) -> str:
        return json.dumps([self.channel, self.thread, self.response_url])

    @classmethod
    def read(cls, text: str) -> "Quoting":
        return cls(*json.loads(text))


def quoting(
    where: Quoting, hits: Sequence[Hit], library: Library, *, fits: bool, note: str = "", said: str = ""
) -> View:
    """Three entries to choose from, a search for another, and a note. `said` is what went wrong the last time."""
    content = blocks.parts(Card(body=(said,)), 10) if said else []
    if fits:
        for number, hit in enumerate(hits, 1):
            content += blocks.parts(_candidate(number, hit.entry, library), 20)
        content.append(_choose(hits, library))
    else:
        content += blocks.parts(cards.note(wording.NOTHING_FITS), 10)
    label = wording.OR_ANOTHER if fits else wording.SEARCHED
    content.append(
        {"type": "input", "block_id": FIND, "optional": True, "label": _plain(label, 75), "element": _find()}
    )
    box = {"type": "plain_text_input", "action_id": NOTE, "multiline": True, "max_length": LONGEST_NOTE}
    box |= {"initial_value": note} if note else {}
    content.append(
        {"type": "input", "block_id": NOTE, "optional": True, "label": _plain(wording.YOUR_NOTE, 75), "element": box}
    )
    submit = _plain(wording.QUOTE_IT, 24)
    return _modal(content, callback_id=QUOTE, submit=submit, private_metadata=where.kept())


def _candidate(number: int, entry: Entry, library: Library) -> Card:
    text = wording.shortened(entry.text, cards.GLANCE)
    return Card(body=(f"{number}. {wording.label(entry)}", text), footer=wording.place(entry, library.topic_of(entry)))


def _choose(hits: Sequence[Hit], library: Library) -> dict[str, Any]:
    choices = [_option(hit.entry, library, f"{number}. ") for number, hit in enumerate(hits, 1)]
    element = {"type": "radio_buttons", "action_id": PICK, "options": choices, "initial_option": choices[0]}
    return {
        "type": "input",
        "block_id": PICK,
        "optional": True,
        "label": _plain(wording.WHICH_FITS, 75),
        "element": element,
    }


# ---- the App Home


def home(greeting: Card, library: Library, page: int) -> View:
    """Today's lesson, the search, and a page of the summaries with their topics."""
    every = list(library.summaries.values())
    pages = max(1, -(-len(every) // SUMMARIES_A_PAGE))
    page = page if 0 <= page < pages else 0
    shown = every[page * SUMMARIES_A_PAGE :][:SUMMARIES_A_PAGE]
    content = blocks.parts(greeting.without(Verb.SHARE), 40)
    content += [{"type": "divider"}, _search(), {"type": "header", "text": _plain(wording.BROWSE, 150)}]
    for at, summary in enumerate(shown):
        content += _shelf(at, summary)
    if pages > 1:
        following = (page + 1) % pages
        label = wording.MORE_SUMMARIES if following else wording.FIRST_SUMMARIES
        more = {"type": "button", "action_id": PAGE, "value": str(following), "text": _plain(label, 75)}
        content.append({"type": "actions", "elements": [more]})
    return {"type": "home", "blocks": content}


def _shelf(at: int, summary: Summary) -> list[dict[str, Any]]:
    """A summary to open, and its topics."""
    opened = blocks.button(Action(wording.OPEN, Verb.SUMMARY, (summary.name,)), f"shelf-{at}")
    name = _plain(f"{summary.title}\n{wording.holds(summary)}", 3000)
    section = {"type": "section", "text": name, "accessory": opened}
    if not summary.topics:
        return [section]
    select = {
        "type": "static_select",
        "action_id": f"topics:{at}",
        "placeholder": _plain(wording.TOPICS, 150),
        "options": [_topic(topic) for topic in summary.topics[:_OPTIONS]],
    }
    return [section, {"type": "actions", "elements": [select]}]


def _topic(topic: Topic) -> dict[str, Any]:
    return {"text": _plain(topic.title, 75), "value": wire.pack(Action("", Verb.TOPIC, (topic.key, "0")))}
