"""The bot in a terminal: conversations, drawing, completion."""

import asyncio
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.cells import cell_len
from rich.console import Console

from bot.adapters.console.completion import Typing
from bot.adapters.console.draw import print_card
from bot.adapters.console.session import Conversation, converse, listen
from bot.core.answering.card import Accent, Action, Card, Choice, Field, Verb
from tests.desks import ASKER, garden_desk, no_daily


def conversation(width: int = 80) -> Conversation:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    return Conversation(garden_desk(), ASKER, console, no_daily)


def said(talk: Conversation) -> str:
    assert isinstance(talk.console.file, io.StringIO)
    return talk.console.file.getvalue()


def test_a_lookup_is_answered_and_its_numbers_press_buttons() -> None:
    talk = conversation()
    asyncio.run(listen(talk, ["/lookup clay\n", "\n", "1\n"]))
    assert "Clay holds water" in said(talk)
    assert "everybody in the channel sees this" in said(talk)
    assert "Shared by Ada" in said(talk)
    asyncio.run(listen(talk, ["1\n"]))
    assert "Taken back." in said(talk)


def test_a_number_that_is_not_there_says_which_are() -> None:
    talk = conversation()
    asyncio.run(listen(talk, ["[[clay]]\n", "9\n", "2\n"]))
    assert "There is no [9]; there is [1] to [2]." in said(talk)
    assert "More like this" in said(talk)


def test_quit_ends_a_pipe() -> None:
    talk = conversation()
    asyncio.run(listen(talk, ["/quit\n", "/lookup clay\n"]))
    assert said(talk) == ""


@pytest.mark.parametrize(("keys", "answered"), [("\x04", False), ("\x03", False), ("cla\x03clay\r\x04", True)])
def test_ctrl_c_clears_a_line_and_leaves_an_empty_one_and_ctrl_d_leaves(keys: str, answered: bool) -> None:
    talk = conversation()

    async def type_in() -> None:
        with create_pipe_input() as keyboard:
            keyboard.send_text(keys)
            await asyncio.wait_for(converse(talk, Typing(talk.desk), keyboard, DummyOutput()), 60)

    asyncio.run(type_in())
    assert ("Clay holds water" in said(talk)) is answered


def completions(text: str) -> list[str]:
    async def found() -> list[Completion]:
        return [one async for one in Typing(garden_desk()).get_completions_async(Document(text), CompleteEvent())]

    return [text[: len(text) + one.start_position] + one.text for one in asyncio.run(found())]


def test_commands_options_and_values_are_completed() -> None:
    assert completions("/lo") == ["/lookup "]
    assert completions("/daily pr") == ["/daily preview "]
    assert completions("/lesson to") == ["/lesson topic:"]
    assert completions("/lookup clay kind:le") == ["/lookup clay kind:lesson"]
    assert "/lesson topic:garden/soil" in completions("/lesson topic:so")
    assert completions("[[cla")[0] == "[[garden/clay]]"


ANY = st.text(max_size=60)
CARDS = st.builds(
    Card,
    title=ANY,
    body=st.lists(ANY, max_size=3).map(tuple),
    fields=st.lists(st.builds(Field, ANY, ANY), max_size=2).map(tuple),
    choices=st.lists(st.builds(Choice, ANY, st.just(Action("Open", Verb.OPEN)), ANY, ANY), max_size=3).map(tuple),
    actions=st.lists(st.builds(Action, ANY, st.just(Verb.SHARE)), max_size=3).map(tuple),
    footer=ANY,
    accent=st.sampled_from(Accent),
    quoted=st.booleans(),
)


@given(CARDS, st.integers(12, 200), st.booleans())
def test_any_card_is_drawn_within_the_width_and_steers_no_terminal(card: Card, width: int, numbers: bool) -> None:
    out = io.StringIO()
    print_card(card, Console(file=out, width=width, highlight=False), numbers=numbers)
    drawn = out.getvalue()
    assert not any(unicodedata.category(char) == "Cc" for char in drawn if char != "\n")
    assert all(cell_len(line.rstrip()) <= max(width, 12) for line in drawn.split("\n"))


def test_nothing_of_a_card_is_taken_for_markup() -> None:
    out = io.StringIO()
    print_card(Card("[red]x[/red] :smile: \x1b[31m[[id]]", body=("\u202eabc",)), Console(file=out, width=80))
    assert out.getvalue() == "[red]x[/red] :smile: [31m[[id]]\nabc\n"
