"""Windows and the App Home, as Slack's views. Draws nothing of a card itself and sends nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.adapters.slack import blocks
from bot.adapters.slack.wording import (
    CLOSE,
    DAILY_LESSONS,
    FIRST_SUMMARIES,
    MORE_SUMMARIES,
    OR_ANOTHER,
    QUOTE_IT,
    SHARE_WHERE,
)
from bot.core import excerpts
from bot.core.answering import wire, wording
from bot.core.answering.card import Action, Card, Choice, Verb
from bot.core.library import Library
from bot.core.scheduling.subscription import State, Subscription
from bot.core.summary import Entry, Summary, Topic

QUOTE, LOOK_UP = "quote", "look_up"  # callback ids of the two windows that can be submitted
FIND, PICK, NOTE, WHERE, PAGE, DAILY = "find", "pick", "note", "where", "home", "daily"
SUMMARIES_A_PAGE = 15  # two blocks each: with the lesson and the subscriptions less than the 100 of a Home
MANAGED = 10  # subscriptions, two blocks each
LONGEST_NOTE = 500  # characters
_OPTIONS = 100  # of a select (Slack)

View = dict[str, Any]


def _modal(content: list[dict[str, Any]], **more: Any) -> View:
    title, close = blocks.plain(wording.BOT, 24), blocks.plain(CLOSE, 24)
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
        "label": blocks.plain(SHARE_WHERE, 75),
        "element": {
            "type": "conversations_select",
            "action_id": WHERE,
            "default_to_current_conversation": True,
            "response_url_enabled": True,
        },
    }
    shown = blocks.parts(card.without(Verb.SHARE, Verb.QUOTE), 90)
    share = blocks.plain(wording.SHARE, 24)
    return _modal([search, *shown, where], callback_id=LOOK_UP, submit=share, private_metadata=entry.key)


def _search() -> dict[str, Any]:
    return {"type": "section", "block_id": FIND, "text": blocks.plain(wording.SEARCHED, 300), "accessory": _find()}


def _find() -> dict[str, Any]:
    """Type-ahead over everything that can be looked up; Slack asks for its options while somebody types."""
    placeholder = blocks.plain(wording.SEARCH_HINT, 150)
    return {"type": "external_select", "action_id": FIND, "min_query_length": 1, "placeholder": placeholder}


def options(entries: Sequence[Entry], library: Library) -> list[dict[str, Any]]:
    """What the search offers: titles, each with its place as small print."""
    return [_option(entry, library) for entry in entries[:_OPTIONS]]


def _option(entry: Entry, library: Library) -> dict[str, Any]:
    return {
        "text": blocks.plain(wording.label(entry), 75),
        "description": blocks.plain(wording.place(entry, library.topic_of(entry)), 75),
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


def quoting(where: Quoting, offer: Card) -> View:
    """The entries to choose from, a search for another, and a note."""
    content = blocks.parts(replace(offer, title="", choices=()), 10) if offer.body else []
    for number, choice in enumerate(offer.choices, 1):
        content += blocks.parts(_candidate(number, choice), 20)
    if offer.choices:
        content.append(_choose(offer))
    label = OR_ANOTHER if offer.choices else wording.SEARCHED
    content.append(
        {"type": "input", "block_id": FIND, "optional": True, "label": blocks.plain(label, 75), "element": _find()}
    )
    box = {"type": "plain_text_input", "action_id": NOTE, "multiline": True, "max_length": LONGEST_NOTE}
    content.append(
        {
            "type": "input",
            "block_id": NOTE,
            "optional": True,
            "label": blocks.plain(wording.YOUR_NOTE, 75),
            "element": box,
        }
    )
    submit = blocks.plain(QUOTE_IT, 24)
    return _modal(content, callback_id=QUOTE, submit=submit, private_metadata=where.kept())


def _candidate(number: int, choice: Choice) -> Card:
    first, *rest = filter(None, (choice.heading, choice.text))
    return Card(body=(f"{number}. {first}", *rest), footer=choice.note)


def _choose(offer: Card) -> dict[str, Any]:
    """The entries by name. The first is chosen where it fits, so that a press is enough."""
    numbered = (replace(choice, title=f"{at}. {choice.title}") for at, choice in enumerate(offer.choices, 1))
    choices = [blocks.option(choice) for choice in numbered]
    element: dict[str, Any] = {"type": "radio_buttons", "action_id": PICK, "options": choices}
    if offer.title:
        element["initial_option"] = choices[0]
    return {
        "type": "input",
        "block_id": PICK,
        "optional": True,
        "label": blocks.plain(wording.WHICH_FITS, 75),
        "element": element,
    }


# ---- the App Home


def home(greeting: Card, library: Library, page: int, managed: Sequence[tuple[Subscription, Card]]) -> View:
    """Today's lesson, the search, a page of the summaries with their topics, and the daily lessons one may manage."""
    every = list(library.summaries.values())
    pages = max(1, -(-len(every) // SUMMARIES_A_PAGE))
    page = page if 0 <= page < pages else 0
    shown = every[page * SUMMARIES_A_PAGE :][:SUMMARIES_A_PAGE]
    content = blocks.parts(greeting.without(Verb.SHARE), 30)
    content += [{"type": "divider"}, _search(), {"type": "header", "text": blocks.plain(wording.BROWSE, 150)}]
    for at, summary in enumerate(shown):
        content += _shelf(at, summary)
    if pages > 1:
        following = (page + 1) % pages
        label = MORE_SUMMARIES if following else FIRST_SUMMARIES
        more = {"type": "button", "action_id": PAGE, "value": str(following), "text": blocks.plain(label, 75)}
        content.append({"type": "actions", "elements": [more]})
    if managed:
        content.append({"type": "header", "text": blocks.plain(DAILY_LESSONS, 150)})
    for at, (subscription, told) in enumerate(managed[:MANAGED]):
        content += _managed(at, subscription, told)
    return {"type": "home", "blocks": content}


def _managed(at: int, subscription: Subscription, told: Card) -> list[dict[str, Any]]:
    """A channel's daily lesson. Slack itself draws the channel's name, for those who may see it."""
    terms = "\n".join([told.title, *(f"{field.name}: {field.value}" for field in told.fields)])
    channel = {"type": "channel", "channel_id": subscription.place.channel}
    text = {"type": "text", "text": f"\n{blocks.legible(excerpts.shortened(terms, 2000))}"}
    verbs = ("pause", "skip", "off") if subscription.state is State.ON else ("resume", "off")
    buttons = [
        {
            "type": "button",
            "action_id": f"{DAILY}:{verb}:{at}",
            "value": subscription.place.channel,
            "text": blocks.plain(verb.capitalize(), 75),
        }
        for verb in verbs
    ]
    shown = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [channel, text]}]}
    return [shown, {"type": "actions", "elements": buttons}]


def _shelf(at: int, summary: Summary) -> list[dict[str, Any]]:
    """A summary to open, and its topics."""
    opened = blocks.button(Action(wording.OPEN, Verb.SUMMARY, (summary.name,)), f"shelf-{at}")
    name = blocks.plain(f"{summary.title}\n{wording.holds(summary)}", 3000)
    section = {"type": "section", "text": name, "accessory": opened}
    if not summary.topics:
        return [section]
    select = {
        "type": "static_select",
        "action_id": f"topics:{at}",
        "placeholder": blocks.plain(wording.TOPICS, 150),
        "options": [_topic(topic) for topic in summary.topics[:_OPTIONS]],
    }
    return [section, {"type": "actions", "elements": [select]}]


def _topic(topic: Topic) -> dict[str, Any]:
    return {"text": blocks.plain(topic.title, 75), "value": wire.pack(Action("", Verb.TOPIC, (topic.key, "0")))}
