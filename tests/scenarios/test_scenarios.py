"""The same conversations everywhere, from conversations.yaml, and the same words in the answers."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dailies import kept
from tests.desks import garden_desk
from tests.scenarios.talkers import TALKERS, Read

SCENARIOS = yaml.safe_load(Path(__file__).with_name("conversations.yaml").read_text("utf-8"))


async def _converse(platform: str, steps: list[dict[str, Any]]) -> list[Read]:
    async with kept(garden_desk()) as (daily, _), TALKERS[platform](daily) as ada:
        return [await (ada.types(step["type"]) if "type" in step else ada.presses(step["press"])) for step in steps]


@pytest.mark.parametrize("platform", TALKERS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"])
def test_a_conversation(platform: str, scenario: dict[str, Any]) -> None:
    seen = asyncio.run(_converse(platform, scenario["steps"]))
    for step, read in zip(scenario["steps"], seen, strict=True):
        for said in step["says"]:
            assert said in " ".join(read.answer.split()), step
        for said in step.get("posted", ()):
            assert said in " ".join(" ".join(read.posted).split()), step
        if step.get("posted") == []:
            assert read.posted == (), step


def words(text: str) -> set[str]:
    """The words of an answer. Numbers stand beside buttons in the console alone."""
    return {word for word in re.findall(r"\w+", text.casefold()) if not word.isdigit()}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"])
def test_all_say_the_same(scenario: dict[str, Any]) -> None:
    told = {platform: asyncio.run(_converse(platform, scenario["steps"])) for platform in TALKERS}
    console = told.pop("console")
    for reads in told.values():
        for ours, theirs in zip(console, reads, strict=True):
            # "Open" or "Quote this" stands beside each choice where buttons do not carry the choice's own name.
            assert words(ours.answer) ^ words(theirs.answer) <= {"open", "topics", "quote", "this"}
