"""The local Slack, proved against slack-bolt's own AsyncApp: the same conversations down a socket and over HTTP."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aiohttp import ClientConnectionError, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import LocalSlack, served
from tests.fakes.slack_blocks import button, card

Scenario = Callable[[LocalSlack], Coroutine[Any, Any, None]]
MODES = ("socket", "http")


MODAL = {
    "type": "modal",
    "callback_id": "quote",
    "title": {"type": "plain_text", "text": "Quote an idea"},
    "submit": {"type": "plain_text", "text": "Quote"},
    "blocks": [
        {
            "type": "input",
            "block_id": "idea",
            "label": {"type": "plain_text", "text": "Idea"},
            "element": {"type": "external_select", "action_id": "ideas", "min_query_length": 2},
        },
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": {"type": "plain_text", "text": "Note"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
    ],
}


def garden_app(slack: LocalSlack) -> AsyncApp:  # noqa: C901
    """A bot that knows of worms."""
    client = AsyncWebClient(base_url=slack.api_url, token=slack.bot_token)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)

    @app.command("/lookup")
    async def lookup(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        await ack()
        await respond(
            **card(f"{command['text']} turn the soil", button("Share", "share"), button("Another", "another"))
        )

    @app.command("/echo")
    async def echo(ack: Any, command: dict[str, Any]) -> None:
        await ack(command["text"])

    @app.command("/stall")
    async def stall() -> None: ...

    @app.action("share")
    async def share(ack: Any, respond: Any, client: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.chat_postMessage(channel=body["channel"]["id"], **card("worms, shared", button("Undo", "undo")))
        await respond(replace_original=True, text="Shared.")

    @app.action("undo")
    async def undo(ack: Any, client: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.chat_delete(channel=body["channel"]["id"], ts=body["message"]["ts"])

    @app.action("another")
    async def another(ack: Any, respond: Any) -> None:
        await ack()
        await respond(replace_original=True, **card("compost stays warm"))

    @app.shortcut("quote_idea")
    async def quote(ack: Any, client: Any, body: dict[str, Any]) -> None:
        await ack()
        place = f"{body['channel']['id']} {body['message_ts']}"
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL | {"private_metadata": place})

    @app.options("ideas")
    async def ideas(ack: Any, body: dict[str, Any]) -> None:
        found = [each for each in ("Worms", "Wormwood", "Compost") if body["value"] in each.lower()]
        await ack(options=[{"text": {"type": "plain_text", "text": each}, "value": each} for each in found])

    @app.view("quote")
    async def quoted(ack: Any, client: Any, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["note"]["text"]["value"] == "rude":
            await ack(response_action="errors", errors={"note": "Be kind."})
            return
        await ack()
        channel, ts = view["private_metadata"].split()
        idea = values["idea"]["ideas"]["selected_option"]["value"]
        await client.chat_postMessage(channel=channel, thread_ts=ts, text=f"{idea}: dig in")

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Any) -> None:
        await say(text="you called?", thread_ts=event["ts"])

    @app.event("message")
    async def told(event: dict[str, Any], say: Any) -> None:
        if "bot_id" not in event:
            await say(text=f"you said {event['text']}")

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card("Hello")["blocks"]})

    return app


def play(scenario: Scenario, mode: str = "socket", **options: Any) -> None:
    """Runs a scenario with the bot in a local Slack."""

    async def run() -> None:
        async with LocalSlack(**options) as slack:
            slack.shortcut("Quote an idea", "quote_idea")
            app = garden_app(slack)
            if mode == "http":
                async with served(app.web_app()) as address:
                    slack.http(address)
                    await scenario(slack)
                return
            handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.05)
            await handler.connect_async()  # type: ignore[no-untyped-call]
            await slack.connected()
            try:
                await scenario(slack)
            finally:
                await handler.close_async()  # type: ignore[no-untyped-call]

    asyncio.run(run())


@pytest.mark.parametrize("mode", MODES)
def test_a_conversation(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        general = slack.channel("general", ada, bob)

        seen = await ada.types(general, "/lookup worms")
        assert (seen.text, seen.private, seen.buttons()) == ("worms turn the soil", True, ["Share", "Another"])
        assert bob.sees(general) == []

        seen = await ada.presses(seen, "Another")
        assert [each.text for each in ada.sees(general)] == ["compost stays warm"], "replaced, not repeated"

        seen = await ada.presses(await ada.types(general, "/lookup worms"), "Share", leads_to=2)
        assert [each.text for each in seen.changed] == ["Shared."]
        assert [each.text for each in bob.sees(general)] == ["worms, shared"]

        await ada.presses(seen, "Undo")
        assert bob.sees(general) == []
        assert (await ada.types(general, "/echo hello")).text == "hello"
        assert (slack.refusals, slack.alive) == ([], [])
        assert len(slack.payloads) == 6

    play(scenario, mode)


@pytest.mark.parametrize("mode", MODES)
def test_a_modal(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        general = slack.channel("general", ada, bob)
        message = await bob.says(general, "the soil is tired")

        modal = await ada.uses("Quote an idea", message)
        assert modal.title == "Quote an idea"
        assert list((await ada.submits(modal)).errors or {}) == ["idea"], "Slack itself asks for what is required"
        assert await ada.looks_for(modal, "worm") == ["Worms", "Wormwood"]
        await ada.picks(modal, "Worms")
        await ada.writes(modal, "rude")
        assert (await ada.submits(modal)).errors == {"note": "Be kind."}
        await ada.writes(modal, "so true")
        await ada.submits(modal)
        assert modal.view is None, "closed"
        assert [each.text for each in message.replies] == ["Worms: dig in"]

    play(scenario, mode)


@pytest.mark.parametrize("mode", MODES)
def test_events(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, robo = slack.person("Ada"), slack.person("Robo", bot=True)
        general = slack.channel("general", ada, robo)

        asked = await ada.says(general, f"{slack.mention} worms?")
        assert [each.text for each in asked.replies] == ["you called?"]
        await ada.says(slack.dm(ada), "hello")
        slack.clock.advance(1)
        await slack.redelivers()
        told = [each.text for each in slack.dm(ada).messages]
        assert told == ["hello", "you said hello", "you said hello"], "this bot does not look at event_id"

        await robo.says(slack.dm(robo), "hello", leads_to=0)
        assert len(slack.dm(robo).messages) == 1
        unheard = await ada.says(slack.channel("elsewhere", ada, bot=False), f"{slack.mention} worms?")
        assert unheard.replies == []
        assert (await ada.opens_home()).shown == "Hello"

    play(scenario, mode)


@pytest.mark.parametrize("mode", MODES)
def test_an_app_that_does_not_answer(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        seen = await ada.types(slack.channel("general", ada), "/stall")
        said = "/stall failed because the app did not respond"
        assert (seen.failed, slack.timeouts) == (said, [said])

    play(scenario, mode, patience=0.2)


def test_an_event_is_sent_again_until_it_is_acknowledged() -> None:
    async def scenario() -> None:
        heard: list[tuple[str, str | None, str | None]] = []

        async def hear(request: web.Request) -> web.Response:
            event_id = (await request.json())["event_id"]
            heard.append((event_id, *map(request.headers.get, ("X-Slack-Retry-Num", "X-Slack-Retry-Reason"))))
            return web.Response(status=200 if len(heard) == 3 else 500)

        app = web.Application()
        app.router.add_post("/slack/events", hear)
        async with LocalSlack() as slack, served(app) as address:
            slack.http(address)
            ada = slack.person("Ada")
            await ada.says(slack.dm(ada), "hello", leads_to=0)
        assert [each[1:] for each in heard] == [(None, None), ("1", "http_error"), ("2", "http_error")]
        assert len({each[0] for each in heard}) == 1

    asyncio.run(scenario())


def test_signatures_are_what_bolt_checks() -> None:
    async def scenario(slack: LocalSlack) -> None:
        slack.channel("general", slack.person("Ada"))
        assert await slack.forges(secret="another") == 401
        assert await slack.forges(age=600) == 401
        assert await slack.verifies_url() == "seedling"

    play(scenario, "http")


def test_sockets_come_back() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        general = slack.channel("general", ada)
        await slack.refreshes()
        assert (await ada.types(general, "/echo one")).text == "one"
        slack.drops_connections()
        await slack.connected()
        assert (await ada.types(general, "/echo two")).text == "two"
        assert slack.sockets.connections == 3

    play(scenario)


async def error(call: Coroutine[Any, Any, Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def test_what_slack_refuses() -> None:
    async def scenario() -> None:
        async with LocalSlack() as slack:
            ada, bob = slack.person("Ada"), slack.person("Bob")
            client = AsyncWebClient(base_url=slack.api_url, token=slack.bot_token)
            post = client.chat_postMessage
            general = slack.channel("general", ada)
            assert await error(post(channel=slack.channel("far", ada, bot=False).id, text="a")) == "not_in_channel"
            private = slack.channel("secret", ada, bot=False, private=True)
            assert await error(post(channel=private.id, text="a")) == "channel_not_found"
            assert await error(post(channel=slack.channel("old", ada, archived=True).id, text="a")) == "is_archived"
            assert await error(post(channel=general.id, text="a", thread_ts="1.1")) == "thread_not_found"
            assert await error(post(channel=general.id, text="a" * 40_001)) == "msg_too_long"
            assert await error(post(channel=general.id, **card("a" * 3001))) == "invalid_blocks"
            assert await error(client.api_call("chat.postMessage", json={"channel": general.id})) == "no_text"

            assert (await post(channel=general.id, text="one"))["message"]["text"] == "one"
            assert await error(post(channel=general.id, text="two")) == "ratelimited"
            slack.clock.advance(1)
            sent = await post(channel=general.id, text="two")
            theirs = await ada.says(general, "mine")
            change = client.chat_update
            assert await error(change(channel=general.id, ts=theirs.ts, text="b")) == "cant_update_message"
            assert await error(client.chat_delete(channel=general.id, ts=theirs.ts)) == "cant_delete_message"
            await client.chat_delete(channel=general.id, ts=sent["ts"])
            assert await error(change(channel=general.id, ts=sent["ts"], text="b")) == "message_not_found"
            private_to_bob = client.chat_postEphemeral(channel=general.id, user=bob.id, text="psst")
            assert await error(private_to_bob) == "user_not_in_channel"

            assert await error(client.conversations_open(users=ada.id)) == "missing_scope"
            assert (await client.users_info(user=ada.id))["user"]["tz"] == "Europe/London"
            assert await error(client.api_call("chat.sing")) == "unknown_method"
            assert await error(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
            assert await error(AsyncWebClient("xoxb-no", base_url=slack.api_url).auth_test()) == "invalid_auth"
            await client.auth_revoke()
            assert await error(client.auth_test()) == "token_revoked"

    asyncio.run(scenario())


def test_triggers_and_response_urls_expire() -> None:
    async def scenario() -> None:
        async with LocalSlack() as slack:
            ada = slack.person("Ada")
            general = slack.channel("general", ada)
            client = AsyncWebClient(base_url=slack.api_url, token=slack.bot_token)
            modal = {"type": "modal", "title": {"type": "plain_text", "text": "A"}, "blocks": []}
            trigger = slack.trigger_id(ada)
            await client.views_open(trigger_id=trigger, view=modal)
            assert await error(client.views_open(trigger_id=trigger, view=modal)) == "exchanged_trigger_id"
            trigger = slack.trigger_id(ada)
            slack.clock.advance(4)
            assert await error(client.views_open(trigger_id=trigger, view=modal)) == "expired_trigger_id"
            assert await error(client.views_open(trigger_id="1", view=modal)) == "invalid_trigger"

            url = slack.response_url(ada, general)
            post = slack.session.post
            statuses = [(await post(url, json={"text": "a"})).status for _ in range(6)]
            assert statuses == [200] * 5 + [404]
            url = slack.response_url(ada, general)
            slack.clock.advance(1801)
            assert (await (await post(url, json={"text": "a"})).json())["error"] == "expired_url"

    asyncio.run(scenario())


def test_faults_on_demand() -> None:
    async def scenario() -> None:
        async with LocalSlack() as slack:
            general = slack.channel("general", slack.person("Ada"))
            client = AsyncWebClient(base_url=slack.api_url, token=slack.bot_token, retry_handlers=[])

            async def post() -> Any:
                slack.clock.advance(2)
                return await client.chat_postMessage(channel=general.id, text="a")

            slack.fail("chat.postMessage", error="is_archived")
            assert await error(post()) == "is_archived"
            slack.fail("chat.postMessage", status=429, retry_after=7)
            with pytest.raises(SlackApiError) as caught:
                await post()
            assert caught.value.response.headers["retry-after"] == "7"
            slack.fail("chat.postMessage", status=500)
            with pytest.raises(SlackApiError):
                await post()
            slack.fail("chat.postMessage", drop=True)
            slack.fail("chat.postMessage", drop=True, after=True)
            for effects in (0, 1):
                with pytest.raises(ClientConnectionError):
                    await post()
                assert len(general.messages) == effects
            slack.fail("chat.postMessage", hang=60)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(post(), 0.1)
            assert (await post())["ok"]

    asyncio.run(scenario())
