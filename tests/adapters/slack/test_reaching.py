"""How the bot is reached: signed requests alone, refused tokens, and workspaces that install and remove the app."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from bot.adapters.slack import client
from bot.adapters.slack.manifest import manifest
from bot.adapters.slack.messenger import SlackMessenger
from bot.adapters.store.engine import open_engine
from bot.core.answering.card import Card
from bot.core.errors import SettingsError
from bot.core.scheduling.subscription import Place
from bot.ports import Messenger, UnsentError
from bot.settings import Slack
from tests.adapters.slack.running import converse, free_port, served
from tests.desks import garden_desk
from tests.fakes.slack import LocalSlack, payloads


def test_only_fresh_and_signed_requests_are_taken() -> None:
    async def scenario(slack: LocalSlack) -> None:
        slack.channel("general", slack.person("Ada"))
        assert await slack.verifies_url() == "seedling"
        assert await slack.forges(secret="another") == 401
        assert await slack.forges(age=301) == 401

    converse("http", scenario)


def test_what_is_not_signed_is_read_as_nothing_and_what_dawdles_is_given_up(
    monkeypatch: pytest.MonkeyPatch, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    monkeypatch.setattr(client, "SENT_S", 0.2)
    garbage = [b"{", b"[1]", b"payload=[", b"\xff", b"[" * 100_000, b"ssl_check=1"]
    signed: dict[str, str] = {"X-Slack-Signature": "v0=é", "X-Slack-Request-Timestamp": "9" * 400}

    async def scenario(slack: LocalSlack) -> None:
        address, found = slack.webhooks.address, []
        async with ClientSession(headers={"Content-Type": "application/json; charset=none"}) as session:
            for data, headers in ((data, headers) for data in garbage for headers in ({}, signed)):
                async with session.post(address, data=data, headers=headers) as answer:
                    found.append(answer.status)
        assert found == [401] * 10 + [200] * 2  # Slack signs not that it looks at the certificate
        url = urlsplit(address)
        reading, writing = await asyncio.open_connection(url.hostname, url.port)
        writing.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nslow")
        assert b"408" in await reading.readline()
        writing.close()

    converse("http", scenario)
    lines = logged()
    assert {line["event"] for line in lines} >= {"slack_request_refused"}
    assert not [line for line in lines if "exception" in line or "payload" in str(line)]


def test_a_port_that_is_taken_is_told_with_its_mend() -> None:
    async def run() -> None:
        async with LocalSlack(manifest=manifest()) as slack:
            with socket.socket() as taken:
                taken.bind(("0.0.0.0", 0))  # noqa: S104 - as the bot does
                taken.listen()
                port, secret = taken.getsockname()[1], slack.signing_secret
                settings = Slack(slack.api_url, port, bot_token=slack.bot_token, signing_secret=secret)
                await served(garden_desk(), settings, asyncio.Event())

    with pytest.raises(OSError, match="address already in use; set PORT to a free one"):
        asyncio.run(run())


def test_what_could_not_be_connected_in_time_was_surely_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 1)

    async def run() -> None:
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
            for _ in range(3):  # whom nobody accepts: packets of all others are dropped
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(server.getsockname())
            settings = Slack(f"http://127.0.0.1:{server.getsockname()[1]}/api/", 3000, bot_token="xoxb-1")
            async with client.web_client(settings) as web:
                messenger = SlackMessenger(lambda _: asyncio.sleep(0, web))
                await messenger.post(Place("slack", "T1", "C1"), Card("A lesson"), "")

    with pytest.raises(UnsentError, match="could not be reached"):
        asyncio.run(run())


@pytest.mark.parametrize("variable", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_refused_token_is_named(variable: str) -> None:
    async def run() -> None:
        async with LocalSlack(manifest=manifest()) as slack:
            app = slack.app_token if variable == "SLACK_BOT_TOKEN" else "xapp-s3cret"
            bot = "xoxb-s3cret" if variable == "SLACK_BOT_TOKEN" else slack.bot_token
            settings = Slack(slack.api_url, 3000, bot_token=bot, app_token=app)
            await served(garden_desk(), settings, asyncio.Event())

    with pytest.raises(SettingsError, match=f"Slack refuses {variable}") as raised:
        asyncio.run(run())
    assert "s3cret" not in str(raised.value)


@asynccontextmanager
async def installable(
    slack: LocalSlack, folder: Path, messengers: dict[str, Messenger] | None = None
) -> AsyncIterator[str]:
    """The bot for many workspaces, over HTTP; gives its address."""
    port = free_port()
    settings = Slack(
        slack.api_url,
        port,
        signing_secret=slack.signing_secret,
        client_id=slack.oauth.client_id,
        client_secret=slack.oauth.client_secret,
    )
    connected = asyncio.Event()
    engine = open_engine(f"sqlite+aiosqlite:///{folder / 'slack.db'}")
    task = asyncio.create_task(
        served(garden_desk(), settings, connected, messengers={} if messengers is None else messengers, engine=engine)
    )
    await asyncio.wait_for(connected.wait(), 60)
    slack.http(f"http://127.0.0.1:{port}")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.dispose()


def test_two_workspaces_install_use_renew_and_remove_the_app(tmp_path: Path) -> None:
    async def run() -> None:
        made = manifest(address="https://commonplace.example", many=True)
        async with LocalSlack(manifest=made, installed=False) as slack:
            slack.state.strict_rate = False
            messengers: dict[str, Messenger] = {}
            async with installable(slack, tmp_path, messengers) as address:
                ada = slack.person("Ada")
                bea = slack.person("Bea", workspace=slack.new_workspace("Orchard", enterprise="E1"))
                for person in (ada, bea):
                    status, page = await person.installs(f"{address}/slack/install")
                    assert status == 200, page
                    there = slack.channel("general", person)
                    await person.types(there, "/quote [[garden/clay]]")
                    assert f"Quoted by {person.name}" in there.messages[0].text
                    await messengers["slack"].post(Place("slack", person.user.team_id, there.id), Card("A lesson"), "")
                    assert there.messages[1].text == "A lesson"
                assert (await ada.installs(f"{address}/slack/install", state="forged"))[0] >= 400
                assert "access_denied" in (await ada.installs(f"{address}/slack/install", denies=True))[1]
                before = slack.clock.now() - 60  # an event that comes again after the app was installed anew
                slack.last_event = payloads.event(bea.user.workspace, {"type": "app_uninstalled"}, "Ev1", before)
                await slack.redelivers()
                await ada.uninstalls()
            # A restart: Bea's installation is still there, Ada's is forgotten.
            async with installable(slack, tmp_path):
                general = next(each for each in bea.user.workspace.channels.values() if each.name == "general")
                await bea.types(general, "/quote [[garden/worm-compost]]")
                assert len(general.messages) == 3

    asyncio.run(run())
