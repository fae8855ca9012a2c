"""A call that fails ends in a sentence for whoever acted where one can still be sent, and in one line of the log."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.adapters.discord import interactions
from bot.core.answering.card import Card
from bot.desk import Desk
from tests.adapters.discord_.running import converse, met
from tests.desks import garden_desk
from tests.fakes.local_discord import LocalDiscord

Act = Callable[[LocalDiscord], Coroutine[Any, Any, str]]
POST, DELETE = ("POST", "/channels/{id}/messages"), ("DELETE", "/channels/{id}/messages/{id}")
CALLBACK, FOLLOW_UP = ("POST", "/interactions/{id}/{token}/callback"), ("POST", "/webhooks/{app}/{token}")
EDIT = ("PATCH", "/webhooks/{app}/{token}/messages/{id}")


async def share(fake: LocalDiscord) -> str:
    general, ada, _ = met(fake)
    await ada.presses(await ada.types(general, "/lookup", query="worms"), "Share")
    return "\n".join(each.text for each in ada.sees(general))


async def quote(fake: LocalDiscord) -> str:
    general, ada, _ = met(fake)
    seen = await ada.types(general, "/quote", query="[[garden/clay]]")
    assert len(general.messages) <= 1
    return "\n".join([seen.failed, *(each.text for each in ada.sees(general))])


async def quote_an_idea(fake: LocalDiscord) -> str:
    general, ada, bob = met(fake)
    offered = await ada.uses("Quote an idea", await bob.says(general, "our bare soil dried out"))
    seen = await ada.submits(await ada.presses(offered, "Search"), query="vermicompost", note="all that I typed")
    return seen.text


async def look_up(fake: LocalDiscord) -> str:
    general, ada, _ = met(fake)
    seen = await ada.types(general, "/lookup", query="worms")
    return seen.failed or seen.text


async def undo(fake: LocalDiscord) -> str:
    general, ada, _ = met(fake)
    await ada.types(general, "/quote", query="[[garden/clay]]")
    confirmed = next(each for each in ada.sees(general) if each.private)
    return (await ada.presses(confirmed, "Undo")).text


async def open_window(fake: LocalDiscord) -> str:
    general, ada, bob = met(fake)
    seen = await ada.uses("Quote an idea", await bob.says(general, "our bare soil dried out"))
    return seen.failed or seen.text


async def quote_as_a_guest(fake: LocalDiscord) -> str:
    guild = fake.guild("Garden", bot=False)
    ada = fake.person("Ada", guild, installed=True)
    general = guild.channel("general")
    await ada.types(general, "/quote", query="[[garden/clay]]")
    return "\n".join(each.text for each in ada.sees(general))


async def mention(fake: LocalDiscord) -> str:
    general, ada, _ = met(fake)
    await ada.says(general, "worms", mention=True)
    return "\n".join(each.text for each in (*general.messages, *fake.dm(ada).messages) if each.by_bot)


Case = tuple[tuple[str, str], dict[str, Any], Act, str]  # what fails and how, what somebody does, what they read
FAULTS: list[Case] = [
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
    (CALLBACK, {"status": 404, "code": 10062}, open_window, "did not respond"),
    (CALLBACK, {"status": 502, "after": True}, quote, "That was answered already. If you see nothing of it, try again"),
    (EDIT, {"status": 404, "code": 10008}, quote, "Quoted into the channel"),
    (EDIT, {"status": 401, "code": 50027}, quote, "Quoted into the channel"),
    (FOLLOW_UP, {"status": 400, "code": 40094}, quote_as_a_guest, "Discord refused that (40094)"),
    (DELETE, {"status": 404, "code": 10008}, undo, "Taken back"),
    (DELETE, {"status": 403, "code": 50001}, undo, "I cannot see this channel"),
    (DELETE, {"status": 403, "code": 50013}, undo, "I may not post here"),
    (POST, {"status": 403, "code": 50013}, mention, "I may not post here"),
    (POST, {"status": 403, "code": 50001}, mention, "I cannot see this channel"),
    (POST, {"status": 403, "code": 160002}, mention, "Worms make compost"),
    (POST, {"status": 404, "code": 10003}, mention, "That channel is gone"),
    (POST, {"status": 400, "code": 50083}, mention, "This thread is archived"),
    (POST, {"status": 503, "code": 0, "times": 1}, mention, "a fault of its own"),
    (POST, {"status": 429, "retry_after": 100, "times": 1}, mention, "asks for a pause"),
    (POST, {"hang": 9.0}, share, "Look whether it was done"),
    (POST, {"hang": 9.0}, quote_an_idea, "all that I typed"),
    (POST, {"hang": 9.0}, mention, "Look whether it was done"),
]


def named(case: Case) -> str:
    (method, route), how, act, _ = case
    return f"{act.__name__} {method} {route.rpartition('}/')[2]} {how}"


@pytest.mark.parametrize("case", FAULTS, ids=named)
def test_a_fault_is_told(
    case: Case,
    logged: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    route, how, act, said = case
    tokens: list[str] = []
    monkeypatch.setattr(interactions, "PATIENCE_S", 0.3 if "hang" in how else 60.0)

    async def scenario(fake: LocalDiscord) -> None:
        tokens.append(fake.token)
        fake.fail(*route, **how)
        assert said in await act(fake)

    converse(scenario, patience=0.5 if how.get("code") == 10062 else 3.0)
    lines = logged()
    assert all(token not in str(lines) for token in tokens)
    assert [line for line in lines if line["event"].startswith("discord_") and "error" in line], lines


def test_a_fault_of_the_bots_own_is_told_to_whoever_mentions_it() -> None:
    class Broken(Desk):
        async def look_up(self, *_: Any, **__: Any) -> Card:
            raise ArithmeticError

    async def scenario(fake: LocalDiscord) -> None:
        assert "it is my fault" in await mention(fake)

    desk = garden_desk()
    desk.__class__ = Broken
    converse(scenario, desk=desk)


def test_who_cannot_be_told_is_in_the_log(logged: Callable[[], list[dict[str, Any]]]) -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada = fake.person("Ada", guild, dms=False)
        general = guild.channel("general")
        general.permissions.discard("send_messages")
        await ada.says(general, "worms", mention=True, silent=True)
        assert [each for each in general.messages if each.by_bot] == []

    converse(scenario)
    errors = [(line["event"], line["error"]) for line in logged() if "error" in line]
    assert errors == [("discord_call_failed", 50013), ("discord_fault_untold", 50013), ("discord_fault_untold", 50007)]


def test_what_is_gone_already_can_be_taken_back_and_answered() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, bob = met(fake)
        message = await bob.says(general, "our bare soil dried out in the first hot week")
        offered = await ada.uses("Quote an idea", message)
        message.deleted = True
        await ada.presses(offered, "Quote this")
        (post,) = general.messages
        assert "Quoted by Ada" in post.text
        post.deleted = True
        assert "Taken back" in (await ada.presses(ada.sees(general)[-1], "Undo")).text

    converse(scenario)
