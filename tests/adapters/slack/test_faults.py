"""A call that fails ends in a sentence for whoever acted, and in a line of the log that holds no token."""

import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack import client, faults
from bot.core.answering import wording
from tests.adapters.slack.running import converse
from tests.fakes.slack import LocalSlack

Act = Callable[[LocalSlack], Coroutine[Any, Any, str]]


async def share(slack: LocalSlack) -> str:
    ada = slack.person("Ada")
    found = await ada.types(slack.channel("general", ada), "/lookup worms")
    return (await ada.presses(found, "Share")).text


async def quote(slack: LocalSlack) -> str:
    ada = slack.person("Ada")
    return (await ada.types(slack.channel("general", ada), "/quote [[garden/clay]]")).text


async def quote_an_idea(slack: LocalSlack) -> str:
    ada, bob = slack.person("Ada"), slack.person("Bob")
    general = slack.channel("general", ada, bob)
    modal = await ada.uses("Quote an idea", await bob.says(general, "our bare soil dried out in the hot week"))
    await ada.writes(modal, "all that I typed")
    before = len(ada.sees(general))
    await ada.submits(modal, leads_to=0)
    await slack.until(lambda: len(ada.sees(general)) > before)
    return ada.sees(general)[-1].text


async def open_window(slack: LocalSlack) -> str:
    ada, bob = slack.person("Ada"), slack.person("Bob")
    return (await ada.uses("Quote an idea", await bob.says(slack.channel("general", ada, bob), "dry soil"))).text


async def undo(slack: LocalSlack) -> str:
    ada = slack.person("Ada")
    confirmed = await ada.types(slack.channel("general", ada), "/quote [[garden/clay]]")
    return (await ada.presses(confirmed, "Undo")).text


async def mention(slack: LocalSlack) -> str:
    ada = slack.person("Ada")
    general = slack.channel("general", ada)
    await ada.says(general, f"{slack.mention} worms", leads_to=0)
    return ada.sees(general)[-1].text


async def home(slack: LocalSlack) -> str:
    ada = slack.person("Ada")
    await ada.opens_home()
    return slack.dm(ada).messages[-1].text


FAULTS: list[tuple[str, dict[str, Any], Act, str]] = [
    ("chat.postMessage", {"error": "is_archived"}, share, "archived"),
    ("chat.postMessage", {"error": "missing_scope"}, share, "install the app anew from its current manifest"),
    ("chat.postMessage", {"error": "invalid_auth"}, share, "does not accept my token"),
    ("chat.postMessage", {"error": "token_revoked"}, quote, "does not accept my token"),
    ("chat.postMessage", {"error": "account_inactive"}, quote, "does not accept my token"),
    ("chat.postMessage", {"error": "fatal_error"}, quote, "Slack refused that (fatal_error)"),
    ("chat.postMessage", {"status": 500}, share, "a fault of its own"),
    ("chat.postMessage", {"status": 503}, quote_an_idea, "a fault of its own"),
    ("chat.postMessage", {"status": 429, "retry_after": 0, "times": 3}, share, "asks for a pause"),
    ("chat.postMessage", {"drop": True}, share, "Look whether it was done"),
    ("chat.postMessage", {"drop": True, "after": True}, quote, "Look whether it was done"),
    ("chat.postMessage", {"error": "thread_not_found"}, quote_an_idea, "all that I typed"),
    ("chat.postMessage", {"error": "is_archived"}, quote_an_idea, "all that I typed"),
    ("chat.postMessage", {"error": "is_archived"}, mention, "archived"),
    ("chat.postMessage", {"status": 502}, mention, "a fault of its own"),
    ("views.open", {"error": "expired_trigger_id"}, open_window, "took too long for Slack"),
    ("views.open", {"status": 500}, open_window, "a fault of its own"),
    ("chat.delete", {"error": "cant_delete_message"}, undo, "gone already"),
    ("chat.delete", {"error": "message_not_found"}, undo, "Taken back"),
    ("chat.delete", {"status": 504}, undo, "a fault of its own"),
    ("views.publish", {"error": "internal_error"}, home, "Slack refused that (internal_error)"),
]


def named(value: Any) -> str:
    return str(getattr(value, "__name__", value))


@pytest.mark.parametrize(("method", "how", "act", "said"), FAULTS, ids=named)
def test_a_fault_is_told(
    method: str, how: dict[str, Any], act: Act, said: str, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    tokens: list[str] = []

    async def scenario(slack: LocalSlack) -> None:
        tokens.extend((slack.bot_token, slack.app_token, slack.signing_secret))
        slack.fail(method, **how)
        assert said in await act(slack)

    converse("socket", scenario)
    lines = logged()
    assert all(token not in str(lines) for token in tokens)
    quiet = how.get("error") == "message_not_found"
    assert quiet or [line for line in lines if line["event"] == "slack_call_failed"]


def test_an_unreachable_channel_without_a_response_url_says_how_to_invite() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        there = slack.channel("there", ada, bob, bot=False)
        modal = await ada.uses("Quote an idea", await bob.says(there, "our bare soil dried out in the hot week"))
        await ada.writes(modal, "all that I typed")
        slack.expire_response_urls()
        await ada.submits(modal, leads_to=0)
        await slack.until(lambda: bool(slack.dm(ada).messages))
        told = slack.dm(ada).messages[-1].text
        assert "/invite @Commonplace" in told
        assert "all that I typed" in told

    converse("socket", scenario)


def test_an_expired_response_url_says_to_begin_anew() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        general = slack.channel("general", ada)
        slack.fail("response_url", status=404, times=2)
        found = await ada.types(general, "/lookup worms")
        seen = await ada.presses(found, "More like this")
        assert "give the command again" in seen.text.casefold()

    converse("socket", scenario)


def test_an_old_or_forged_button_says_so() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        found = await ada.types(slack.channel("general", ada), "/lookup worms")
        for block in found.blocks:
            for element in block.get("elements", []):
                element["value"] = "0:open:nonsense"
        assert wording.ONE_MOMENT in (await ada.presses(found, "More like this")).text

    converse("socket", scenario)


def test_a_slow_slack_delays_no_acknowledgement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FINISH_S", 0.1)

    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        general = slack.channel("general", ada)
        for method in ("chat.postMessage", "users.info", "views.open", "views.publish"):
            slack.fail(method, hang=30, times=5)
        slack.patience = 0.5
        await ada.types(general, "/lookup worms")
        await general_quiet(slack, ada)
        assert slack.timeouts == []

    async def general_quiet(slack: LocalSlack, ada: Any) -> None:
        slack.timeout = 0.2
        for act in (ada.types(slack.channel("b", ada), "/quote [[garden/clay]]"), ada.uses("Look up an idea")):
            with contextlib.suppress(AssertionError):  # nothing comes while Slack hangs
                await act

    converse("socket", scenario)


def test_dropped_sockets_reconnect() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        general = slack.channel("general", ada)
        before = slack.sockets.connections
        slack.drops_connections()
        await slack.until(lambda: slack.sockets.connections > before)
        assert "Worms" in (await ada.types(general, "/lookup worms")).shown
        await slack.refreshes()
        assert "Worms" in (await ada.types(general, "/lookup worms")).shown

    converse("socket", scenario, timeout=15.0)


@pytest.mark.parametrize(
    ("data", "word"), [("<html>bad gateway</html>", "http_502"), ({"error": "is_archived"}, "is_archived")]
)
def test_an_answer_that_is_no_json_has_a_word_too(data: Any, word: str) -> None:
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers={}, status_code=502
    )
    assert faults.code(SlackApiError("", response)) == word  # type: ignore[no-untyped-call]
