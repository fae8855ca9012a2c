"""Conversations in a terminal and over a pipe."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.adapters.console.completion import Typing
from bot.adapters.console.draw import Screen
from bot.adapters.console.session import Conversation, converse, listen, toolbar
from bot.core.errors import ContentError, Problem, SettingsError
from tests.desks import ASKER, garden_desk, no_daily
from tests.documents import KEPT

ROOT = Path(__file__).parents[3]


def conversation(config: str = "") -> Conversation:
    return Conversation(garden_desk(config), ASKER, Screen(file=io.StringIO(), width=80), no_daily)


def said(talk: Conversation) -> str:
    assert isinstance(talk.console.file, io.StringIO)
    return talk.console.file.getvalue()


def type_in(talk: Conversation, *keys: str | Callable[[], bool]) -> None:
    """Type into the real prompt and return when it ends. Between keys, wait for what must be true before the next."""

    async def until(true: Callable[[], bool]) -> None:
        while not true():
            await asyncio.sleep(0.01)

    async def typing() -> None:
        with create_pipe_input() as keyboard:
            talking = asyncio.create_task(converse(talk, Typing(talk.desk), keyboard, DummyOutput()))
            for key in keys:
                if isinstance(key, str):
                    keyboard.send_text(key)
                else:
                    await asyncio.wait_for(until(key), 60)
            await asyncio.wait_for(talking, 60)

    asyncio.run(typing())


def line() -> str:
    """What stands at the prompt."""
    return get_app().current_buffer.text


def offered() -> list[str]:
    """The commands in the open menu; none where no menu is open."""
    state = get_app().current_buffer.complete_state
    return ["/" + one.text for one in state.completions] if state else []


def remembered() -> int:
    """How many lines the arrows reach, the one being typed included."""
    return len(get_app().current_buffer._working_lines)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "garden.md").write_text(KEPT, "utf-8")
    return tmp_path


def process(place: Path, *words: str, given: bytes, out: int, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bot", *words]
    env = {"PYTHONPATH": str(ROOT), "PATH": "", "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"], **environment}
    return subprocess.run(command, cwd=place, env=env, input=given, stdout=out, stderr=subprocess.PIPE, check=False)


def test_over_a_pipe_each_line_stands_above_its_answer_and_nothing_is_asked() -> None:
    talk = conversation()
    asyncio.run(listen(talk, ["[[clay]]\n", "  \n", "2\n", "/quit\n", "/lesson\n"]))
    lines = said(talk).splitlines()
    assert [line for line in lines if line.startswith(">")] == ["> [[clay]]", "> 2"]
    assert lines[1].endswith("Clay holds water")
    assert "commonplace>" not in said(talk)


def test_a_number_is_a_look_up_where_nothing_is_numbered_and_where_it_is_no_number_of_a_button() -> None:
    talk = conversation()
    asyncio.run(listen(talk, ["1\n"]))
    assert "Nothing fits “1”." in said(talk)
    asyncio.run(listen(talk, ["[[clay]]\n", "2026\n"]))
    assert "Nothing fits “2026”." in said(talk)


def test_after_a_post_the_numbers_belong_to_the_private_answer() -> None:
    talk = conversation()
    asyncio.run(listen(talk, ["/quote clay\n"]))
    post, _, private = said(talk).rpartition("─\n")
    assert "Quoted by Ada" in post
    assert "[1]" not in post
    assert "[1] Undo" in private


def test_a_wrong_number_leaves_the_buttons_as_they_were() -> None:
    talk = conversation()
    asyncio.run(listen(talk, ["[[clay]]\n", "9\n", "1\n"]))
    assert "Shared by Ada" in said(talk)


@pytest.mark.parametrize("word", ["/quit", "/exit", " /quit ", "quit"])
def test_the_words_for_leaving_leave(word: str) -> None:
    talk = conversation()
    type_in(talk, f"{word}\r[[clay]]\r\x04")
    assert said(talk) == ""


def test_arrow_up_brings_back_the_line_before() -> None:
    talk = conversation()
    type_in(talk, "[[clay]]\r", lambda: "Clay" in said(talk) and remembered() == 2, "\x1b[A\r\x04")
    assert said(talk).count("Clay holds water") == 2


def test_a_menu_opens_while_one_types_and_tab_takes_from_it() -> None:
    talk = conversation()
    type_in(talk, "/less", lambda: offered() == ["/lesson "], "\t", lambda: line() == "/lesson ", "\r\x04")
    assert "Before spring" in said(talk)


def test_the_toolbar_fits_its_terminal_and_knows_the_prefix() -> None:
    assert "\n" not in toolbar("", 200)
    assert all(1 <= len(line) <= columns for columns in (20, 30, 40, 60) for line in toolbar("", columns).split("\n"))
    assert "/cp-commonplace help" in toolbar("cp-", 80)


def test_a_refused_change_of_the_content_is_told_with_its_file_and_line_and_one_of_the_model_as_it_is() -> None:
    talk = conversation()
    asyncio.run(talk.warn(ContentError(Problem("no id", "end the line with an id", 7, "content/garden.md"))))
    asyncio.run(talk.warn(SettingsError(Problem("there is no model", "name one"))))
    assert said(talk).count("not taken up") == 1
    assert "content/garden.md:7: no id; end the line with an id" in said(talk)
    assert "there is no model; name one" in said(talk)


def test_a_pipe_in_latin_1_is_answered(place: Path) -> None:
    given = "“clay” …\n/lookup 土\n".encode()
    done = process(place, "console", given=given, out=subprocess.PIPE, PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Clay holds water" in done.stdout
    assert b'> "clay" ...' in done.stdout


@pytest.mark.parametrize("words", [("console",), ("lookup", "clay")])
def test_nobody_reading_any_more_ends_quietly(place: Path, words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = process(place, *words, given=b"clay\nworms\n", out=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def completions(text: str, config: str = "") -> list[str]:
    """The whole lines that the menu offers."""

    async def found() -> list[Completion]:
        return [one async for one in Typing(garden_desk(config)).get_completions_async(Document(text), CompleteEvent())]

    return [text[: len(text) + one.start_position] + one.text for one in asyncio.run(found())]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/daily preview time:9:3", "/daily preview time:09:30"),
        ("/daily preview timezone:berl", "/daily preview timezone:Europe/Berlin"),
        ("/lesson TOPIC:so", "/lesson TOPIC:garden/soil"),
        ('/lesson topic:"soil and', '/lesson topic:"garden/soil'),
        ("/lookup clay kind:lesson to", "/lookup clay kind:lesson topic:"),
        ("/lookup [[cla", "/lookup [[garden/clay]]"),
        ("/quote [[clay]] [[lab", "/quote [[clay]] [[garden/labels]]"),
        ("/lookup [[clay]] ki", "/lookup [[clay]] kind:"),
        ("/lookup cla", "/lookup [[garden/clay]]"),
        ("cla", "[[garden/clay]]"),
    ],
)
def test_what_is_being_typed_can_be_completed(typed: str, offered: str) -> None:
    assert offered in completions(typed)


def test_a_prefix_belongs_to_the_commands() -> None:
    assert completions("/cp-lo", "commands: {prefix: cp-}") == ["/cp-lookup "]
    assert completions("/lo", "commands: {prefix: cp-}") == []


@pytest.mark.parametrize("typed", ["", "/", "/nothing x", "/lookup ", "/daily x y", "[[", "/lookup clay kind:zzz "])
def test_nothing_that_can_be_typed_breaks_the_menu(typed: str) -> None:
    assert isinstance(completions(typed), list)
