"""What Slack gets to see: cards as golden files, and any card within every limit, unable to ping, link or format."""

import asyncio
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.slack import blocks, text
from bot.core.answering import cards
from bot.core.answering.card import Accent, Action, Card, Choice, Field, Verb
from tests.desks import ASKER, garden_desk
from tests.fakes.slack.limits import message_problems, view_problems
from tests.fakes.slack.pings import pings
from tests.marking import marked

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = int(os.environ.get("EXAMPLES", "300"))


def thorough(share: int = 1) -> settings:
    return settings(max_examples=EXAMPLES // share, suppress_health_check=list(HealthCheck))


# ---- real cards


def real_cards() -> dict[str, Card]:
    desk = garden_desk("search: {results: 3}")
    library = desk.library
    mulch, quote = library.get("garden/mulch-first"), library.get("garden/quote")
    assert mulch
    assert quote
    posted = desk.act(Action("", Verb.QUOTE, (quote.key,)), ASKER)
    assert posted.post
    return {
        "lookup": asyncio.run(desk.look_up("soil")),
        "entry": desk.open(mulch),
        "posted": posted.post,
        "confirmed": posted.card,
        "which": cards.which_quote(library, [mulch, quote]),
        "lesson": asyncio.run(desk.typed("/lesson", ASKER)).card,
        "summary": asyncio.run(desk.typed("/summary", ASKER)).card,
        "topic": desk.act(Action("", Verb.TOPIC, ("garden/soil", "0")), ASKER).card,
        "preview": asyncio.run(desk.typed("/daily preview", ASKER)).card,
        "help": asyncio.run(desk.typed("/commonplace help", ASKER)).card,
        "warning": asyncio.run(desk.typed("/lookup soil kind:leson", ASKER)).card,
        "nothing": asyncio.run(desk.typed("/lookup quantum xylophone", ASKER)).card,
        "greet": desk.greet(ASKER),
    }


@pytest.mark.parametrize("name", real_cards())
def test_a_card_is_drawn_as_it_was(name: str) -> None:
    golden = GOLDEN / f"{name}.json"
    drawn = json.dumps(blocks.message(real_cards()[name]), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("GOLDEN") == "renew":
        golden.write_text(drawn, "utf-8")
    assert drawn == golden.read_text("utf-8")


# ---- any card

HOSTILE = (
    *"<!channel> <!here> <@U1> <#C1> <https://evil.example|here> https://evil.example @here @channel".split(),
    *"*bold* _slanted_ ~struck~ `code` :smile: :+1::skin-tone-2: &gt; >>> &amp; [x](https://evil.example)".split(),
    *("```\n", "\n> said", "\x00", "\ud800", "\u202e", "\r\n", "\u2028", "\u200b", " ", "a", "two words"),
    *"👩‍👩‍👧‍👦 🇩🇪🇫🇷 é́ 土は銀行 ه max_len ~10 mailto:a@b.example".split(),
)
WORDS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(HOSTILE), max_size=12).map("".join))
LONG = st.builds(
    lambda word, blank, times: (word + blank) * times, WORDS, st.sampled_from([" ", ""]), st.integers(1, 400)
)
ANY = st.one_of(*[WORDS] * 7, LONG).map(lambda said: said[:4000])
KEYS = st.sampled_from([f"garden/{n}" for n in range(120)])


def actions(verbs: st.SearchStrategy[Verb]) -> st.SearchStrategy[Action]:
    return st.builds(Action, ANY, verbs, st.tuples(KEYS))


def few_or(strategy: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """None to three, or very many made out of a few."""
    few = st.lists(strategy, max_size=3).map(tuple)
    return st.one_of(few, few, st.builds(lambda some, times: (some * times)[:most], few, st.integers(1, most)))


def distinct(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(c.title, Action(c.action.label, c.action.verb, (f"garden/{n}",)), c.text, c.note)
        for n, c in enumerate(choices)
    )


VERBS = st.sampled_from(Verb)
OF_ONE_KIND = st.sampled_from([Verb.OPEN, Verb.TOPIC, Verb.SUMMARY]).map(st.just)
CHOICES = st.one_of(OF_ONE_KIND, st.just(VERBS)).flatmap(
    lambda verbs: few_or(st.builds(Choice, ANY, actions(verbs), ANY | st.just(""), ANY | st.just("")), 100)
)
UNMARKED = st.builds(
    Card,
    title=ANY,
    body=few_or(ANY, 20),
    fields=few_or(st.builds(Field, ANY, ANY), 40),
    choices=st.one_of(CHOICES, CHOICES.map(distinct)),
    actions=few_or(actions(VERBS), 60),
    footer=ANY,
    accent=st.sampled_from(Accent),
    quoted=st.booleans(),
    preface=ANY | st.just(""),
)
CARDS = st.builds(marked, UNMARKED, st.integers(0, 3))


def long(said: str) -> int:
    """In UTF-16 units, which is the most that Slack can count."""
    return len(said.encode("utf-16-le")) // 2


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(item)


def strings(payload: dict[str, Any]) -> list[str]:
    """Everything that is shown or read out."""
    found = [node[key] for node in walk(payload) for key in ("text", "accessibility_label") if key in node]
    return [one for one in found if isinstance(one, str)]


TEXTS = {"header": 150, "section": 3000, "button": 75, "static_select": 150, "context": 2000}
KNOWN = {"header", "section", "rich_text", "context", "actions", "divider"}


def check_block(block: dict[str, Any]) -> None:
    assert block["type"] in KNOWN
    if block["type"] == "rich_text":
        assert sum(long(node["text"]) for node in walk(block) if "text" in node) <= 3000 + 1
    for node in walk(block):
        match node.get("type", "option"):
            case "header" | "section" | "button" as kind:
                assert 1 <= long(node["text"]["text"].strip()) <= long(node["text"]["text"]) <= TEXTS[kind]
            case "actions":
                assert 1 <= len(node["elements"]) <= 25
            case "context":
                assert 1 <= len(node["elements"]) <= 10
                assert all(long(one["text"]) <= 2000 for one in node["elements"])
            case "static_select":
                assert 1 <= len(node["options"]) <= 100
                assert long(node["placeholder"]["text"]) <= 150
            case "option":
                check_option(node)
        assert len(node.get("action_id", "")) <= 255
        assert len(node.get("value", "")) <= (2000 if node.get("type") == "button" else 150)
        assert long(node.get("accessibility_label", "")) <= 75


def check_option(node: dict[str, Any]) -> None:
    if "value" in node:
        assert long(node["text"]["text"]) <= 75
        assert long(node.get("description", {"text": ""})["text"]) <= 75
    else:
        assert node == {"bold": True}


def check_strings(payload: dict[str, Any]) -> None:
    for said in strings(payload):
        assert said  # no run of rich text is empty, though one between two others may be a blank of any kind
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in said.replace("\n", ""))


@thorough()
@given(CARDS)
def test_any_card_is_within_every_limit(card: Card) -> None:
    message = blocks.message(card)
    assert 1 <= long(message["text"]) <= 40_000
    assert len(message["blocks"]) <= 50
    for block in message["blocks"]:
        check_block(block)
    check_strings(message)
    assert sum(map(long, strings({"blocks": message["blocks"]}))) <= 11_000  # less than people saw Slack refuse
    ids = [node["action_id"] for node in walk(message) if "action_id" in node]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(f"({'|'.join(Verb)}):[0-9]+", one) for one in ids)
    assert message_problems({**message, **blocks.QUIET}) == []


@thorough(3)
@given(CARDS, st.integers(6, 100))
def test_the_blocks_of_any_card_keep_to_the_room_they_are_given(card: Card, room: int) -> None:
    drawn = blocks.parts(card, room)
    assert len(drawn) <= room
    plain = {"type": "plain_text", "text": "x"}
    assert view_problems({"type": "modal", "title": plain, "blocks": drawn}) == []


# What Slack reads as a format in mrkdwn: a mark at the edge of a word, and its like at the end of one, on one line.
FORMATS = re.compile(
    r"(?<![A-Za-z0-9])([*_~])(?=\S)[^\n]*?(?<=\S)\1(?![A-Za-z0-9])|`|:[^\s:]+:|^\s*(?:&gt;|>)", re.MULTILINE
)


@thorough(2)
@given(CARDS)
def test_nothing_in_any_card_can_ping_link_or_format(card: Card) -> None:
    message = blocks.message(card)
    assert pings(message) == []
    assert not {"<", ">"} & set(message["text"])
    assert not re.search("&(?!amp;|lt;|gt;)", message["text"])
    for node in walk(message["blocks"]):
        match node.get("type"):
            case "mrkdwn":
                check_mrkdwn(node)
            case "plain_text":
                assert node["emoji"] is False
            case "emoji":
                assert node["name"] == "warning"
                assert card.accent is Accent.WARNING
            case kind:
                assert kind not in {"link", "user", "usergroup", "channel", "broadcast", "markdown", "date"}


def check_mrkdwn(node: dict[str, Any]) -> None:
    assert node["verbatim"] is True
    assert not {"<", ">"} & set(node["text"])
    assert not re.search("&(?!amp;|lt;|gt;)", node["text"])
    title, _, below = node["text"].partition("\n")
    if bold := re.fullmatch(r"\*([^*\s](?:[^*]*[^*\s])?)\*", title):
        assert not FORMATS.search(bold[1])
    else:  # no heading
        below = node["text"]
    assert all(re.fullmatch(r"\*[^*]+\*", found[0]) for found in FORMATS.finditer(below))  # marks alone
    assert not FORMATS.search(without_marks(below))


def without_marks(below: str) -> str:
    return re.sub(r"(?<![^\s(“])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![^\s).,:;!?”…])", r"\1", below)


@thorough(2)
@given(UNMARKED, st.integers(1, 3))
def test_without_its_marks_a_card_is_what_it_is_unmarked(card: Card, every: int) -> None:
    bare, drawn = blocks.message(card), blocks.message(marked(card, every))
    assert drawn["text"] == bare["text"]
    assert list(map(unmarked, drawn["blocks"])) == list(map(unmarked, bare["blocks"]))


def test_marks_leave_a_full_message_as_long_as_it_is() -> None:
    choices = tuple(Choice(f"Bed {n}", Action("Open", Verb.OPEN, (f"garden/{n}",)), "soil, " * 20) for n in range(20))
    for words in range(900, 1200, 4):
        card = Card(body=("clay " * words,), choices=choices)
        bare, drawn = blocks.parts(card, 50), blocks.parts(replace(card, marks=frozenset({"soil"})), 50)
        assert list(map(unmarked, drawn)) == list(map(unmarked, bare))


def unmarked(block: dict[str, Any]) -> dict[str, Any]:
    """A block without what is bold in it."""
    if block["type"] == "rich_text":
        return {"type": block["elements"][0]["type"], "text": block_text(block)}
    if block["type"] == "section":
        return {**block, "text": without_marks(block["text"]["text"])}
    return block


def test_what_matched_is_bold_in_what_is_read() -> None:
    choice = Choice("Soil", Action("Open", Verb.OPEN, ("garden/a",)), "Wet soil & (soil) 2*3, sub-soil <!here> *soil*")
    card = Card("Soil", ("Bare soil, soiled",), choices=(choice,), preface="Showing soil.", marks=frozenset({"soil"}))
    title, read, section = blocks.parts(card, 50)
    assert title["text"]["text"] == "Soil"
    runs = [(node["text"], "style" in node) for node in read["elements"][0]["elements"]]
    assert runs[-3:] == [("Bare ", False), ("soil", True), (", soiled", False)]
    assert runs[0] == ("Showing soil.\n\n", False)
    below = "Wet *soil* &amp; (*soil*) 2*3, sub-soil &lt;!here&gt; ∗soil∗"
    assert section["text"]["text"] == f"*Soil*\n{below}"
    untitled = replace(card, choices=(replace(choice, title="Wet soil & (soil) 2*3…"),))
    assert blocks.parts(untitled, 50)[-1]["text"]["text"] == below  # the beginning is not said twice


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("*a* _b_ ~c~ `d`", "∗a∗ ˍbˍ ∼c∼ ˋdˋ"),
        ("max_len 2*3 ~10 of 10:30", "max_len 2*3 ~10 of 10:30"),
        (":smile: 10:30:15", "∶smile∶ 10∶30∶15"),
        ("> a\n > b > c", "› a\n › b &gt; c"),
        ("<!here> & <@U1> &lt;", "&lt;!here&gt; &amp; &lt;@U1&gt; &amp;lt;"),
    ],
)
def test_mrkdwn_reads_as_the_text_does(said: str, shown: str) -> None:
    assert text.inert(said) == shown


# ---- what is not lost


@given(st.lists(st.text("abcdefg 土é", min_size=1, max_size=300), min_size=1, max_size=12))
def test_a_long_body_is_split_at_words_and_nothing_is_lost(body: list[str]) -> None:
    drawn = blocks.parts(Card(body=tuple(f"{paragraph} end" for paragraph in body)), 50)
    pieces = strings({"blocks": drawn})
    assert "".join(pieces) == "\n\n".join(text.legible(f"{paragraph} end") for paragraph in body)


def test_what_is_too_long_ends_with_an_ellipsis_at_a_word() -> None:
    drawn = blocks.parts(Card(title="seedlings " * 40, body=("compost " * 5000,), footer="mulch " * 300), 50)
    ends = [block_text(block)[-10:] for block in drawn]
    assert ends[0].endswith("seedlings…")
    assert ends[-2].endswith("compost…")
    assert ends[-1].endswith("mulch…")
    assert all(end.endswith(" ") for end in ends[1:-2])


def block_text(block: dict[str, Any]) -> str:
    return "".join(strings(block))


@pytest.mark.parametrize("cluster", ["👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "e\u0301", "कि", "❤️"])
def test_no_emoji_and_no_accented_letter_is_cut_in_two(cluster: str) -> None:
    for most in range(20, 32):
        short = text.shortened(cluster * 50, most)
        assert long(short) <= most
        assert re.fullmatch(f"({cluster})+…", short)
    pieces = text.split(cluster * 500, 1000)
    assert "".join(pieces) == cluster * 500
    assert all(re.fullmatch(f"({cluster})+", piece) and long(piece) <= 1000 for piece in pieces)


@pytest.mark.parametrize("name", real_cards())
def test_the_text_tells_everything_that_the_card_holds(name: str) -> None:
    card = real_cards()[name]
    said = " ".join(blocks.message(card)["text"].split())
    held = [card.title, card.preface, *card.body, card.footer, *(action.label for action in card.actions)]
    held += [part for field in card.fields for part in (field.name, field.value)]
    held += [part for choice in card.choices for part in (choice.title, choice.text, choice.note)]
    assert all(text.escaped(" ".join(one.split())) in said for one in held)


def test_many_choices_to_read_go_on_in_a_select() -> None:
    choices = tuple(Choice(f"Bed {n}", Action("Open", Verb.OPEN, (f"garden/{n}",)), "x" * 160) for n in range(100))
    drawn = blocks.parts(Card(choices=choices), 50)
    picked = [node["value"] for node in walk(drawn) if "value" in node]
    assert len(picked) == len(set(picked)) == 100


def test_few_topics_are_buttons_and_many_are_a_select() -> None:
    def kinds(number: int) -> list[str]:
        topics = tuple(Choice(f"Month {n}", Action("Open", Verb.TOPIC, (f"garden/{n}", "0"))) for n in range(number))
        return [element["type"] for element in blocks.parts(Card(choices=topics), 50)[0]["elements"]]

    assert kinds(3) == ["button"] * 3
    assert kinds(20) == ["static_select"]
    assert kinds(201) == ["static_select"] * 3
