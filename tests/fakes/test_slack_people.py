"""What people can do in the local Slack beyond a plain conversation, and several of them at once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import LocalSlack, served
from tests.fakes.slack_blocks import button, card

PLAIN = {"type": "plain_text", "text": "Plants"}


def options(*names: str) -> list[dict[str, Any]]:
    return [{"text": {"type": "plain_text", "text": each}, "value": each.lower()} for each in names]


def modal(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "modal", "callback_id": "plants", "title": PLAIN, "submit": PLAIN, "blocks": list(blocks)}


def asked(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": PLAIN, "element": element, **more}


NAME = asked("name", {"type": "plain_text_input", "action_id": "name", "min_length": 3})
KIND = asked("kind", {"type": "radio_buttons", "action_id": "kind", "options": options("Tree", "Herb")})
USES = asked("uses", {"type": "checkboxes", "action_id": "uses", "options": options("Food", "Shade")}, optional=True)


def with_bot(listen: Callable[[AsyncApp], None], scenario: Callable[[LocalSlack], Coroutine[Any, Any, None]]) -> None:
    """Runs a scenario over HTTP with a bot of these listeners."""

    async def run() -> None:
        async with LocalSlack() as slack:
            client = AsyncWebClient(base_url=slack.api_url, token=slack.bot_token)
            app = AsyncApp(client=client, signing_secret=slack.signing_secret)
            listen(app)
            async with served(app.web_app()) as address:
                slack.http(address)
                await scenario(slack)

    asyncio.run(run())


def test_a_form_with_every_kind_of_input() -> None:
    submitted: list[dict[str, Any]] = []

    def listen(app: AsyncApp) -> None:
        @app.shortcut("plant")
        async def opens(ack: Any, client: Any, body: dict[str, Any]) -> None:
            await ack()
            more = {"type": "actions", "elements": [button("More", "more")]}
            await client.views_open(trigger_id=body["trigger_id"], view=modal(NAME, KIND, more))

        @app.action("more")
        async def more(ack: Any, client: Any, body: dict[str, Any]) -> None:
            await ack()
            await client.views_update(view_id=body["view"]["id"], view=modal(NAME, KIND, USES))

        @app.view("plants")
        async def done(ack: Any, view: dict[str, Any]) -> None:
            submitted.append(view["state"]["values"])
            await ack()

    async def scenario(slack: LocalSlack) -> None:
        slack.shortcut("Plant", "plant")
        ada = slack.person("Ada")
        form = await ada.uses("Plant")
        await ada.writes(form, "Wo")
        await ada.picks(form, "Herb")
        assert list((await ada.submits(form)).errors or {}) == ["name"], "too short"
        await ada.writes(form, "Wormwood")
        await ada.presses(form, "More")
        await ada.picks(form, "Food")
        await ada.picks(form, "Shade")
        await ada.picks(form, "Food")
        await ada.submits(form, leads_to=0)
        assert [each["name"]["name"]["value"] for each in submitted] == ["Wormwood"], "kept when the modal changed"
        assert submitted[0]["kind"]["kind"]["selected_option"]["value"] == "herb"
        assert [each["value"] for each in submitted[0]["uses"]["uses"]["selected_options"]] == ["shade"]

    with_bot(listen, scenario)


def test_modals_stand_on_each_other_three_high() -> None:
    def listen(app: AsyncApp) -> None:
        @app.shortcut("plant")
        async def opens(ack: Any, client: Any, body: dict[str, Any]) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(NAME))

        @app.view("plants")
        async def push(ack: Any) -> None:
            await ack(response_action="push", view=modal(NAME))

    async def scenario(slack: LocalSlack) -> None:
        slack.shortcut("Plant", "plant")
        ada = slack.person("Ada")
        view = await ada.uses("Plant")
        for _ in range(2):
            await ada.writes(view, "Willow")
            view = await ada.submits(view)
        await ada.writes(view, "Willow")
        assert (await ada.submits(view)).failed
        assert slack.refusals == ["submit: push_limit_reached"]

    with_bot(listen, scenario)


def test_a_search_field_in_home_and_a_menu() -> None:
    def listen(app: AsyncApp) -> None:
        field = {"type": "plain_text_input", "action_id": "search"}
        menu = {"type": "overflow", "action_id": "menu", "options": options("Prune", "Water")}
        section = {"type": "section", "text": PLAIN, "accessory": menu}
        home = {"type": "home", "blocks": [asked("find", field, dispatch_action=True), section]}

        @app.event("app_home_opened")
        async def opened(event: dict[str, Any], client: Any) -> None:
            await client.views_publish(user_id=event["user"], view=home)

        @app.action("search")
        async def search(ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any]) -> None:
            await ack()
            found = card(f"found {action['value']}")["blocks"]
            await client.views_publish(user_id=body["user"]["id"], view=home | {"blocks": found})

        @app.action("menu")
        async def chosen(ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any]) -> None:
            await ack()
            await client.chat_postMessage(channel=body["user"]["id"], text=action["selected_option"]["value"])

    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        home = await ada.opens_home()
        seen = await ada.presses(home, "Water")
        assert (seen.text, seen.channel) == ("water", slack.dm(ada))
        assert (await ada.writes(home, "worms", enter=True)).shown == "found worms"

    with_bot(listen, scenario)


def test_a_shortcut_where_the_bot_is_no_member() -> None:
    def listen(app: AsyncApp) -> None:
        @app.shortcut("plant")
        async def replies(ack: Any, respond: Any, body: dict[str, Any]) -> None:
            await ack()
            await respond(text="planted", response_type="in_channel", thread_ts=body["message_ts"])

    async def scenario(slack: LocalSlack) -> None:
        slack.shortcut("Plant", "plant")
        ada, bob = slack.person("Ada"), slack.person("Bob")
        between = slack.dm(ada, bob)
        message = await bob.says(between, "shall we?")
        seen = await ada.uses("Plant", message)
        assert (seen.text, seen.private, seen.thread) == ("planted", False, message.ts)
        assert bob.sees(between) == [message, *message.replies]
        reply = await bob.says(between, "done", thread=message)
        assert (await ada.uses("Plant", reply)).thread == message.ts, "a reply's thread is its parent's"

    with_bot(listen, scenario)


def test_a_modal_that_asks_where() -> None:
    def listen(app: AsyncApp) -> None:
        select = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
        form = modal(asked("where", select | {"default_to_current_conversation": True}))

        @app.shortcut("plant")
        async def opens(ack: Any, client: Any, body: dict[str, Any]) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=form)

        @app.view("plants")
        async def done(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="planted", response_type="in_channel")

    async def scenario(slack: LocalSlack) -> None:
        slack.shortcut("Plant", "plant")
        ada = slack.person("Ada")
        general, garden = slack.channel("general", ada), slack.channel("garden", ada, bot=False)
        form = await ada.uses("Plant")
        assert (await ada.submits(form)).errors, "a global shortcut knows no conversation"
        await ada.picks(form, garden)
        await ada.submits(form)
        await ada.submits(await ada.uses("Plant", await ada.says(general, "here")))
        assert [each.text for each in garden.messages] == ["planted"]
        assert [each.text for each in general.messages] == ["here", "planted"]

    with_bot(listen, scenario)


def test_each_sees_what_they_asked_for() -> None:
    def listen(app: AsyncApp) -> None:
        @app.command("/lookup")
        async def lookup(ack: Any, respond: Any, command: dict[str, Any]) -> None:
            await ack()
            await respond(f"{command['user_name']}: {command['text']}", response_type="in_channel")

    async def scenario(slack: LocalSlack) -> None:
        people = [slack.person(name) for name in ("Ada", "Bob", "Cleo")]
        general = slack.channel("general", *people)
        seen = await asyncio.gather(*(each.types(general, f"/lookup {each.name}") for each in people))
        assert [[post.text for post in each.posted] for each in seen] == [["ada: Ada"], ["bob: Bob"], ["cleo: Cleo"]]
        assert len(general.messages) == 3

    with_bot(listen, scenario)


def test_two_sockets_share_the_work() -> None:
    async def run() -> None:
        async with LocalSlack() as slack:
            client = AsyncWebClient(base_url=slack.api_url, token=slack.bot_token)
            handlers = []
            for _ in range(2):
                app = AsyncApp(client=client)

                @app.command("/echo")
                async def echo(ack: Any, command: dict[str, Any]) -> None:
                    await ack(command["text"])

                handlers.append(AsyncSocketModeHandler(app, slack.app_token))
                await handlers[-1].connect_async()  # type: ignore[no-untyped-call]
            await slack.connected(2)
            ada = slack.person("Ada")
            general = slack.channel("general", ada)
            for at in range(4):
                await ada.types(general, f"/echo {at}")
            assert [len(each.envelopes) for each in slack.sockets.open] == [2, 2]
            assert [each.text for each in ada.sees(general)] == ["0", "1", "2", "3"]
            for handler in handlers:
                await handler.close_async()  # type: ignore[no-untyped-call]

    asyncio.run(run())


def test_a_manifest_says_what_there_is() -> None:
    manifest = {
        "features": {
            "slash_commands": [{"command": "/lookup"}],
            "shortcuts": [{"name": "Plant", "type": "message", "callback_id": "plant"}],
        },
        "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "im:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.im", "app_mention"]}},
    }

    async def run() -> None:
        async with LocalSlack(manifest=manifest) as slack:
            ada = slack.person("Ada")
            general = slack.channel("general", ada)
            assert (await ada.types(general, "/loopup")).failed == "/loopup is not a valid command."
            assert slack.shortcuts == {"Plant": "plant"}
            assert slack.wants(slack.workspace, "message.im")
            assert not slack.wants(slack.workspace, "app_mention"), "subscribed without the scope for it"
            assert not slack.wants(slack.workspace, "app_home_opened")
            root = await ada.says(slack.channel("far", ada, bot=False), "hello")
            assert (await ada.types(general, "/lookup", thread=root)).failed.endswith(
                "not supported in threads. Sorry!"
            )

    asyncio.run(run())
