"""Cards as Discord shows them. `GOLDEN=renew pytest tests/adapters/discord_` writes the golden files anew."""

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
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.discord.layout import NOBODY, PICK, view
from bot.adapters.discord.text import escaped, fitted, visible
from bot.core.answering import cards, wire
from bot.core.answering.card import Accent, Action, Card, Choice, Field, Verb
from bot.core.library import Library
from bot.core.reading.parser import parse
from tests.desks import ASKER, garden_desk
from tests.documents import garden
from tests.marking import marked

GOLDEN = Path(__file__).parent / "golden"
MONTHS = "January February March April May June July August September October November December".split()


MARKUP = (
    "*a* _b_ __c__ **d** ~~e~~ ||f|| `g` ```h``` [i](https://j.example) <https://k.example> https://l.example "
    "<@1> <@&2> <#3> "
    "<t:4:R> </m:5> <:n:6> <a:o:7> <id:customize> @everyone @here :smile: r::s::t:: discord.gg/p \\* [[q]]"
)
STARTS = "# a\n## b\n-# c\n- d\n* e\n1. f\n> g\n>>> h\n  - i\n12. j"
HOSTILE = Card(
    f"# {MARKUP}",
    (MARKUP, STARTS),
    (Field("**n**", MARKUP), Field("- m", STARTS)),
    (Choice(f"- {MARKUP}", Action("**Open**", Verb.OPEN, ("a/b",)), MARKUP, f"-# {MARKUP}"),),
    (Action("<@1> @everyone", Verb.SHARE, ("a/b",)),),
    STARTS,
    Accent.QUOTE,
    quoted=True,
)
LONG = (
    f"---\ntitle: Long\nkind: talk\n---\n\n## Key ideas\n- **Dig:** {'A spade in clay is slow work. ' * 120}{{#dig}}\n"
)


def almanac() -> Library:
    """A summary with twelve topics, one of them of fourteen ideas; some hold what Discord would take for markup."""
    jobs = "\n".join(
        f"- **Job {n}:** Do *this* on day {n}, see https://garden.example/{n}. {{#job-{n}}}" for n in range(14)
    )
    topics = "\n\n".join(
        f"### {month} {{#{month.lower()}}}\n- Look at bed {at}. {{#bed-{at}}}" for at, month in enumerate(MONTHS)
    )
    return Library(
        [parse(f"---\ntitle: Almanac\nkind: paper\n---\n\n## All key ideas\n\n{topics}\n{jobs}\n", "year").summary]
    )


def golden_cards() -> dict[str, Card]:
    desk, year = garden_desk(), almanac()
    long = Library([parse(LONG, "long").summary])
    quoted = asyncio.run(desk.typed("/quote worm-compost", ASKER))
    assert quoted.post is not None
    return {
        "found": asyncio.run(desk.typed("/lookup compost for the beds", ASKER)).card,
        "results": cards.results(garden(), garden().entries[2:10], 4, "Showing what fits “worm compost”."),
        "long": cards.entry(long, long.entries[0]),
        "hostile": HOSTILE,
        "nothing": asyncio.run(desk.typed("/lookup zeppelin", ASKER)).card,
        "entry": desk.open(garden().entries[2]),
        "quoted": quoted.card,
        "quote-posted": quoted.post,
        "favourite": cards.posted(garden(), garden().entries[1], "Shared by Ada"),
        "which-quote": cards.which_quote(garden(), garden().entries[2:5]),
        "lesson": asyncio.run(desk.typed("/lesson topic:spring", ASKER)).card,
        "summary": asyncio.run(desk.typed("/summary", ASKER)).card,
        "summary-year": cards.summary(year.summaries["year"]),
        "topic": cards.topic(garden(), garden().topics["garden/soil"], 0),
        "topic-year": cards.topic(year, year.topics["year/december"], 0),
        "preview": asyncio.run(desk.typed("/daily preview 9:30", ASKER)).card,
        "help": asyncio.run(desk.typed("/commonplace help", ASKER)).card,
        "about": cards.about(garden(), "1.0"),
        "warning": asyncio.run(desk.typed("/lookup x kind:leson", ASKER)).card,
        "greet": desk.greet(ASKER),
    }


def drawn(card: Card) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = view(card).to_components()  # type: ignore[no-untyped-call]
    return components


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        yield from walk([component["accessory"]] if "accessory" in component else [])


@pytest.mark.parametrize("name", golden_cards())
def test_a_card_looks_as_it_did(name: str) -> None:
    golden = GOLDEN / f"{name}.json"
    drawing = json.dumps(drawn(golden_cards()[name]), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("GOLDEN") == "renew":
        golden.write_text(drawing, "utf-8")
    assert drawing == golden.read_text("utf-8")


# ---- what Discord's markdown would act on

ACTIVE = re.compile(
    r"[\\*_~|`<\[]|(?:https?|steam|discord)://|@everyone|@here|:[^\s:]+:|discord(?:app)?\.(?:gg|com)"
    r"|^[^\S\n]*(?:#{1,3}|-#|[-*+]|\d+\.|>|>>>)(?:\s|$)",
    re.IGNORECASE,
)
ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")  # a backslash shows the sign after it as it is


def active(line: str) -> bool:
    """Whether anything is left in a line of a card but the beginnings and the bold names that are the bot's own."""
    bare = re.sub(r"^(?:## |> |-# )", "", ESCAPED.sub("!", line))
    return bare.count("**") % 2 == 1 or bool(ACTIVE.search(bare.replace("**", "")))


@pytest.mark.parametrize("text", [*MARKUP.split(" "), *STARTS.split("\n")])
def test_markup_is_shown_letter_by_letter(text: str) -> None:
    assert ACTIVE.search(text)
    assert not ACTIVE.search(ESCAPED.sub("!", escaped(text)))
    assert ESCAPED.sub(r"\1", escaped(text)) == text


def test_common_words_and_signs_need_no_escape() -> None:
    common = "At 10:30, half-done (see §3): 5-3 = 2, a/b, mail ada@garden.example. “Yes!” said 1,200 of them; 50%."
    assert escaped(common) == common


def test_text_is_cut_at_a_word_and_never_inside_an_escape() -> None:
    assert fitted("*" * 9, 8, escaped) == "\\*\\*\\*…"
    assert fitted("words are parted here", 12) == "words are…"
    assert fitted("words", 0) == ""


def test_what_cannot_be_seen_is_no_text() -> None:
    assert visible("a\x00\ud800\u202eb\r\nc\td") == "ab\nc d"
    assert visible(" \u200b\u2060\n\ufeff") == ""


def test_nobody_is_pinged() -> None:
    sent: object = NOBODY.to_dict()
    assert sent == {"parse": []}


def test_the_second_of_two_buttons_that_do_the_same_is_left_out() -> None:
    twice = (Action("Share", Verb.SHARE, ("a/b",)), Action("Share it", Verb.SHARE, ("a/b",)))
    labels = [one["label"] for one in walk(drawn(Card("A", actions=twice))) if one["type"] == 2]
    assert labels == ["Share"]


def test_every_one_of_75_choices_can_be_picked() -> None:
    choices = tuple(
        Choice(f"Topic {n}", Action("Open", Verb.TOPIC, (f"a/{n}", "0")), note="3 ideas") for n in range(75)
    )
    selects = [one for one in walk(drawn(Card("A", choices=choices))) if one["type"] == 3]
    assert [select["placeholder"] for select in selects] == [f"Open … ({n}–{n + 24})" for n in (1, 26, 51)]
    values = [option["value"] for select in selects for option in select["options"]]
    assert values == [wire.pack(choice.action) for choice in choices]


def test_a_long_body_leaves_room_for_the_footer_and_a_little_for_the_rest() -> None:
    field, choice = Field("Name", "value " * 99), Choice("Pick", Action("Open", Verb.OPEN, ("a/b",)), "snippet " * 99)
    card = Card("Title", ("word " * 2000,), (field,), (choice,), footer="Small print")
    head, fields, footer, listed = [one["content"] for one in walk(drawn(card)) if one["type"] == 10]
    assert head.startswith("## Title\nword word")
    assert len(head) > 3500
    assert head.endswith("word…")
    assert fields.startswith("**Name**\nvalue value")
    assert footer == "-# Small print"
    assert listed.startswith("**Pick**\nsnippet snippet")


def test_discord_py_keeps_no_view_in_memory() -> None:
    async def finished() -> bool:
        return view(Card("A", actions=(Action("Share", Verb.SHARE, ("a/b",)),))).is_finished()

    assert asyncio.run(finished())


# ---- any card, within every limit. The figures are Discord's, written down here once more.

# Every plane, with controls, halves of characters, turns of direction and markup drawn often.
ODD = st.sampled_from("\x00\x1b\r\n\t\u2028\u202e\ufeff\u200b\ud800é́土😀ه*_~|`>#-+.:/\\@<>[]() 1ab")
ANY = st.builds(
    lambda text, times: text * times,
    st.text(st.one_of(st.characters(), ODD), max_size=30),
    st.sampled_from([1, 1, 1, 4, 200]),
)
KEY = st.text("abc-/1土", max_size=20)
ACTION = st.one_of(
    st.builds(Action, ANY, st.sampled_from([Verb.SHARE, Verb.QUOTE, Verb.ALIKE, Verb.SUMMARY]), st.tuples(KEY)),
    st.builds(Action, ANY, st.sampled_from([Verb.OPEN, Verb.TOPIC]), st.tuples(KEY, st.sampled_from(["0", "12"]))),
    st.builds(Action, ANY, st.just(Verb.RESULTS), st.lists(KEY, min_size=1, max_size=10).map(tuple)),
    st.builds(Action, ANY, st.just(Verb.UNDO), st.just(("1183746502917365820", "1183746502917365821"))),
)


def many(one: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """None, a few, or up to `most` of a few kinds."""
    some = st.lists(one, max_size=5).map(tuple)
    return st.one_of(some, st.builds(lambda few, times: (few * times)[:most], some, st.sampled_from([3, 12, 20])))


def numbered(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Each with an action of its own."""
    return tuple(
        replace(choice, action=replace(choice.action, args=(*choice.action.args[:1], str(at)), verb=Verb.OPEN))
        for at, choice in enumerate(choices)
    )


UNMARKED = st.builds(
    Card,
    title=ANY,
    body=many(ANY, 10),
    fields=many(st.builds(Field, ANY, ANY), 40),
    choices=st.one_of(
        many(st.builds(Choice, ANY, ACTION, ANY, ANY), 100),
        many(st.builds(Choice, ANY, ACTION, ANY, ANY), 100).map(numbered),
    ),
    actions=many(ACTION, 60),
    footer=ANY,
    accent=st.sampled_from(Accent),
    quoted=st.booleans(),
    preface=ANY,
)
ANY_CARD = st.builds(marked, UNMARKED, st.integers(0, 3))


def strings(component: dict[str, Any]) -> list[str]:
    """What a component itself says or carries."""
    own = [component[name] for name in ("content", "label", "custom_id", "placeholder") if name in component]
    return own + [
        text
        for option in component.get("options", [])
        for name, text in option.items()
        if name in OPTION_TEXTS and text
    ]


OPTION_TEXTS = ("label", "value", "description")


def problems(components: list[dict[str, Any]]) -> list[str]:
    """Where a message breaks a limit of Discord's."""
    every = list(walk(components))
    texts = [one["content"] for one in every if one["type"] == 10]
    ids = [one["custom_id"] for one in every if "custom_id" in one]
    said = [text for one in every for text in strings(one)]
    found = {
        "40 components": not 1 <= len(every) <= 40,
        "4,000 characters": sum(units(text) for text in texts) > 4000,
        "10,000 bytes": sum(12 + len(text.encode()) for text in said) > 10_000,
        "empty text": not all(text.strip() for text in said),
        "custom_id": len(set(ids)) < len(ids) or not all(1 <= units(one) <= 100 for one in ids),
        "character": any(
            unicodedata.category(char) in ("Cc", "Cs") for text in said for char in text.replace("\n", "")
        ),
        "shape": [one["type"] for one in components] != [17] or not components[0]["components"],
    }
    return [name for name, broken in found.items() if broken] + [name for one in every for name in misshapen(one)]


def misshapen(one: dict[str, Any]) -> list[str]:
    """Where one component breaks a limit of its own."""
    inner = [child["type"] for child in one.get("components", [])]
    match one["type"]:
        case 1:
            good = inner == [3] or (set(inner) == {2} and len(inner) <= 5)
        case 2:
            good = one["style"] in (1, 2, 3, 4) and 1 <= units(one["label"]) <= 80 and "\n" not in one["label"]
        case 3:
            options = one["options"]
            values = {option["value"] for option in options}
            good = 1 <= len(options) == len(values) <= 25 and 1 <= units(one["placeholder"]) <= 150
            good &= all(units(option.get(name) or "-") <= 100 for option in options for name in OPTION_TEXTS)
        case 9:
            good = set(inner) == {10} and len(inner) <= 3 and one["accessory"]["type"] == 2
        case 17:
            good = set(inner) <= {1, 9, 10, 14}
        case _:
            good = one["type"] in (10, 14)
    return [] if good else [f"component {one['type']}"]


def units(text: str) -> int:
    """UTF-16 units, as Discord's apps count: never fewer than the code points that its API counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@settings(max_examples=int(os.environ.get("EXAMPLES", "300")))
@example(Card(body=("0" * 6000,), choices=tuple(Choice("", Action("", Verb.OPEN, (f"{n}",)), "a") for n in range(9))))
@given(ANY_CARD)
def test_any_card_is_within_every_limit_and_cannot_format_link_or_ping(card: Card) -> None:
    components = drawn(card)
    assert problems(components) == []
    for one in walk(components):
        if one["type"] == 10:
            assert not any(active(line) for line in one["content"].split("\n")), one["content"]
        if one["type"] in (2, 3):
            assert bool(PICK.fullmatch(one["custom_id"])) == (one["type"] == 3)


@settings(max_examples=60)
@given(UNMARKED, st.integers(1, 3))
def test_without_its_marks_a_card_is_what_it_is_unmarked(card: Card, every: int) -> None:
    def read(card: Card) -> list[tuple[int, str]]:
        return [(one["type"], without_bold(one.get("content", ""))) for one in walk(drawn(card))]

    assert read(marked(card, every)) == read(card)


def without_bold(text: str) -> str:
    return ESCAPED.sub(lambda found: found[0].replace("*", "star"), text).replace("**", "")


def test_what_matched_is_bold_in_what_is_read() -> None:
    text = "Wet *soil* soil, <@1>soil sub-soil\n- soil"
    card = Card("Soil soil", (text,), (), (Choice("Soil soil", ACT, text),), preface="Soil soil.")
    said = [one["content"] for one in walk(drawn(replace(card, marks=frozenset({"soil"})))) if one["type"] == 10]
    told = "Wet \\*soil\\* **soil**, \\<@1>**soil** sub-**soil**\n\\- **soil**"
    assert said == [f"## Soil soil\nSoil soil.\n\n{told}", f"**Soil soil**\n{told}"]


ACT = Action("Open", Verb.OPEN, ("a/b",))
SHORT = st.text(st.one_of(st.sampled_from("ab cd*_<"), st.characters(categories=["L", "N"])), max_size=40)
SMALL_CARD = st.builds(
    Card,
    title=SHORT,
    body=st.lists(SHORT, max_size=3).map(tuple),
    fields=st.lists(st.builds(Field, SHORT, SHORT), max_size=3).map(tuple),
    choices=st.lists(st.builds(Choice, SHORT, ACTION, SHORT, SHORT), max_size=12).map(tuple).map(numbered),
    actions=st.lists(st.builds(Action, SHORT, st.just(Verb.SHARE), st.tuples(KEY)), max_size=8).map(tuple),
    footer=SHORT,
    quoted=st.booleans(),
    preface=SHORT,
)


@given(SMALL_CARD)
def test_every_word_of_a_small_card_is_there_to_be_read(card: Card) -> None:
    said = " ".join(ESCAPED.sub(r"\1", text) for one in walk(drawn(card)) for text in strings(one))
    texts = [
        card.title,
        card.preface,
        *card.body,
        card.footer,
        *(text for field in card.fields for text in (field.name, field.value)),
    ]
    texts += [text for choice in card.choices for text in (choice.title, choice.text, choice.note)]
    for text in (*texts, *(action.label for action in {a.args: a for a in reversed(card.actions)}.values())):
        assert all(word in said for word in visible(text).split())
