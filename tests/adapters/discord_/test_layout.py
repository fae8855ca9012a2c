"""Cards as Discord shows them. `GOLDEN=renew pytest tests/adapters/discord_` writes the golden files anew."""

import json
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.discord.layout import NOBODY, PICK, PRESS, view
from bot.adapters.discord.text import escaped, fitted, plain, size
from bot.core import cards, wire
from bot.core.card import Accent, Action, Card, Choice, Field, Verb
from bot.core.library import Library
from bot.core.parser import parse
from tests.desks import ASKER, garden_desk
from tests.documents import KEPT, garden

GOLDEN = Path(__file__).parent / "golden"
MONTHS = "January February March April May June July August September October November December".split()


MARKUP = (
    "*a* _b_ __c__ **d** ~~e~~ ||f|| `g` ```h``` [i](https://j.example) <https://k.example> https://l.example "
    "<@1> <@&2> <#3> <t:4:R> </m:5> <:n:6> <a:o:7> <id:customize> @everyone @here :smile: discord.gg/p \\* [[q]]"
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
    quoted = desk.typed("/quote worm-compost", ASKER)
    assert quoted.post is not None
    return {
        "found": desk.typed("/lookup compost for the beds", ASKER).card,
        "results": cards.results(garden(), garden().entries[2:10], 4, "worm compost"),
        "long": cards.entry(long, long.entries[0]),
        "hostile": HOSTILE,
        "nothing": desk.typed("/lookup zeppelin", ASKER).card,
        "entry": desk.open(garden().entries[2]),
        "quoted": quoted.card,
        "quote-posted": quoted.post,
        "favourite": cards.posted(garden(), garden().entries[1], "Shared by Ada"),
        "which-quote": cards.which_quote(garden(), garden().entries[2:5]),
        "lesson": desk.typed("/lesson topic:spring", ASKER).card,
        "summary": desk.typed("/summary", ASKER).card,
        "summary-year": cards.summary(year.summaries["year"]),
        "topic": cards.topic(garden(), garden().topics["garden/soil"], 0),
        "topic-year": cards.topic(year, year.topics["year/december"], 0),
        "preview": desk.typed("/daily preview 9:30", ASKER).card,
        "help": desk.typed("/commonplace help", ASKER).card,
        "about": cards.about(garden(), "1.0"),
        "warning": desk.typed("/lookup x kind:leson", ASKER).card,
        "greet": desk.greet(ASKER),
    }


def drawn(card: Card) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = view(card).to_components()
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
