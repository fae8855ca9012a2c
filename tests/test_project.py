"""What the project says of itself is true."""

import asyncio
from pathlib import Path

from bot.adapters.content import read_library
from bot.core.answering.commands import COMMANDS, usage
from bot.core.reading.parser import Limits, parse
from bot.core.summary import Kind, Section
from bot.settings import KEYS, read_settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_content_is_whole() -> None:
    summary = asyncio.run(read_library(ROOT / "content", Limits())).summaries["gpt-4.5"]
    counts = [len(list(summary.within(section))) for section in Section]
    assert counts == [1, 1, 1, 1, 12, 13, 1, 65, 51]
    by_topic = [sum(entry.topic == topic for entry in summary.entries) for topic in summary.topics]
    assert by_topic == [6, 6, 5, 9, 5, 7, 6, 10, 5, 6, 5, 6, 5, 6, 5, 7, 5, 5, 3, 4]
    assert all(entry.title for entry in summary.entries if entry.kind in (Kind.IDEA, Kind.LESSON))


def test_the_example_can_be_imported() -> None:
    for path in (ROOT / "examples").glob("*.txt"):
        parsed = parse(path.read_text("utf-8"))
        assert parsed.left_out == ()
        assert len(parsed.summary.entries) > 25


def test_the_readme_lists_every_command_and_setting() -> None:
    for command in COMMANDS:
        for one, before in [(sub, f"/{command.name} ") for sub in command.commands] or [(command, "/")]:
            assert f"| `{usage(one, before)}` | {one.description} |" in README
    assert all(f"`{key}`" in README for key in KEYS)
    assert "make run" in README
    assert "make test" in README


def test_the_commented_configuration_states_the_defaults() -> None:
    text = (ROOT / "config" / "bot.yaml").read_text("utf-8")
    assert read_settings(text) == read_settings("")
    assert all(key.rpartition(".")[2] + ":" in text for key in KEYS)


def test_names_and_descriptions_keep_the_limits_of_both_platforms() -> None:
    every = [*COMMANDS, *(sub for command in COMMANDS for sub in command.commands)]
    options = [option for command in every for option in (*command.options, *command.discord)]
    told = [(one.name, one.description) for one in every] + [(one.name, one.description) for one in options]
    assert all(1 <= len(name) <= 32 and 1 <= len(description) <= 100 for name, description in told)
