"""A call that fails ends in a sentence for whoever acted where one can still be sent, and in one line of the log."""

import io
import json
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import structlog

from bot.adapters import logs
from tests.adapters.discord_.running import converse
from tests.fakes.local_discord import LocalDiscord

Act = Callable[[LocalDiscord], Coroutine[Any, Any, str]]
POST, REPLY = ("POST", "/channels/{id}/messages"), ("POST", "/channels/{id}/messages")
CALLBACK, DELETE = ("POST", "/interactions/{id}/{token}/callback"), ("DELETE", "/channels/{id}/messages/{id}")


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines of the log so far, as they are written where no terminal is."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level)
    logs.configure(human=False, stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


async def share(fake: LocalDiscord) -> str:
    guild = fake.guild("Garden")
    ada = fake.person("Ada", guild)
    general = guild.channel("general")
    await ada.presses(await ada.types(general, "/lookup", query="worms"), "Share")
    return "\n".join(each.text for each in ada.sees(general))


async def quote(fake: LocalDiscord) -> str:
    guild = fake.guild("Garden")
    ada = fake.person("Ada", guild)
    general = guild.channel("general")
    await ada.types(general, "/quote", query="[[garden/clay]]")
    return "\n".join(each.text for each in ada.sees(general))


async def quote_an_idea(fake: LocalDiscord) -> str:
    guild = fake.guild("Garden")
    ada, bob = fake.person("Ada", guild), fake.person("Bob", guild)
    general = guild.channel("general")
    offered = await ada.uses("Quote an idea", await bob.says(general, "our bare soil dried out"))
    seen = await ada.submits(await ada.presses(offered, "Search"), query="vermicompost", note="all that I typed")
    return seen.text


async def look_up(fake: LocalDiscord) -> str:
    guild = fake.guild("Garden")
    seen = await fake.person("Ada", guild).types(guild.channel("general"), "/lookup", query="worms")
    return seen.failed or seen.text


async def undo(fake: LocalDiscord) -> str:
    guild = fake.guild("Garden")
    ada = fake.person("Ada", guild)
    general = guild.channel("general")
    await ada.types(general, "/quote", query="[[garden/clay]]")
    confirmed = next(each for each in ada.sees(general) if each.private)
    return (await ada.presses(confirmed, "Undo")).text


async def mention(fake: LocalDiscord) -> str:
    guild = fake.guild("Garden")
    ada = fake.person("Ada", guild)
    general = guild.channel("general")
    await ada.says(general, "worms", mention=True)
    return "\n".join(each.text for each in (*general.messages, *fake.dm(ada).messages) if each.by_bot)


FAULTS: list[tuple[tuple[str, str], dict[str, Any], Act, str]] = [
    (POST, {"status": 403, "code": 50001}, share, "Shared by Ada"),
    (POST, {"status": 403, "code": 50013}, share, "Shared by Ada"),
    (POST, {"status": 403, "code": 50013}, quote, "Quoted by Ada"),
    (POST, {"status": 403, "code": 160002}, quote_an_idea, "Quoted"),
    (POST, {"status": 404, "code": 10003}, share, "That channel is gone"),
    (POST, {"status": 400, "code": 50083}, share, "This thread is archived"),
    (POST, {"status": 400, "code": 50083}, quote_an_idea, "all that I typed"),
    (POST, {"status": 401, "code": 0}, share, "does not accept my token"),
    (POST, {"status": 400, "code": 20028}, quote, "Discord refused that (20028)"),
    (POST, {"status": 503, "code": 0, "times": 1}, share, "a fault of its own"),
    (POST, {"status": 503, "code": 0}, quote_an_idea, "all that I typed"),
    (POST, {"status": 429, "retry_after": 100, "times": 1}, share, "asks for a pause"),
    (POST, {"drop": True, "times": 9}, share, "Look whether it was done"),
    (CALLBACK, {"status": 404, "code": 10062}, look_up, "did not respond"),
    (CALLBACK, {"status": 400, "code": 40060}, look_up, ""),
    (DELETE, {"status": 404, "code": 10008}, undo, "Taken back"),
    (DELETE, {"status": 403, "code": 50001}, undo, "I cannot see this channel"),
    (DELETE, {"status": 403, "code": 50013}, undo, "I may not post here"),
    (REPLY, {"status": 403, "code": 50013}, mention, "I may not post here"),
    (REPLY, {"status": 403, "code": 160002}, mention, "Worms make compost"),
    (REPLY, {"status": 404, "code": 10003}, mention, "That channel is gone"),
    (REPLY, {"status": 503, "code": 0, "times": 1}, mention, "a fault of its own"),
]


def named(value: Any) -> str:
    return str(getattr(value, "__name__", value))


@pytest.mark.parametrize(("route", "how", "act", "said"), FAULTS, ids=named)
def test_a_fault_is_told(
    route: tuple[str, str], how: dict[str, Any], act: Act, said: str, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    tokens: list[str] = []

    async def scenario(fake: LocalDiscord) -> None:
        tokens.append(fake.token)
        fake.fail(*route, **how)
        assert said in await act(fake)

    converse(scenario)
    lines = logged()
    assert all(token not in str(lines) for token in tokens)
    assert [line for line in lines if line["event"].startswith("discord_") and "error" in line], lines
