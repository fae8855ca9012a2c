"""How the bot is reached: signed requests alone, refused tokens, and workspaces that install and remove the app."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.adapters.slack.client import serve
from bot.adapters.slack.manifest import manifest
from bot.adapters.store.engine import open_engine
from bot.core.errors import SettingsError
from bot.settings import Slack
from tests.adapters.slack.running import converse, free_port
from tests.desks import garden_desk
from tests.fakes.slack import LocalSlack


def test_only_fresh_and_signed_requests_are_taken() -> None:
    async def scenario(slack: LocalSlack) -> None:
        slack.channel("general", slack.person("Ada"))
        assert await slack.verifies_url() == "seedling"
        assert await slack.forges(secret="another") == 401
        assert await slack.forges(age=301) == 401

    converse("http", scenario)


@pytest.mark.parametrize("variable", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_refused_token_is_named(variable: str) -> None:
    async def run() -> None:
        async with LocalSlack(manifest=manifest()) as slack:
            app = slack.app_token if variable == "SLACK_BOT_TOKEN" else "xapp-s3cret"
            bot = "xoxb-s3cret" if variable == "SLACK_BOT_TOKEN" else slack.bot_token
            settings = Slack(slack.api_url, 3000, bot_token=bot, app_token=app)
            await serve(garden_desk(), settings, asyncio.Event())

    with pytest.raises(SettingsError, match=f"Slack refuses {variable}") as raised:
        asyncio.run(run())
    assert "s3cret" not in str(raised.value)


@asynccontextmanager
async def installable(slack: LocalSlack, folder: Path) -> AsyncIterator[str]:
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
    task = asyncio.create_task(serve(garden_desk(), settings, connected, engine=engine))
    await asyncio.wait_for(connected.wait(), 10)
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
            async with installable(slack, tmp_path) as address:
                ada = slack.person("Ada")
                bea = slack.person("Bea", workspace=slack.new_workspace("Orchard"))
                for person in (ada, bea):
                    status, page = await person.installs(f"{address}/slack/install")
                    assert status == 200, page
                    there = slack.channel("general", person)
                    await person.types(there, "/quote [[garden/clay]]")
                    assert f"Quoted by {person.name}" in there.messages[0].text
                assert (await ada.installs(f"{address}/slack/install", state="forged"))[0] >= 400
                assert "access_denied" in (await ada.installs(f"{address}/slack/install", denies=True))[1]
                await ada.uninstalls()
            # A restart: Bea's installation is still there, Ada's is forgotten.
            async with installable(slack, tmp_path):
                general = next(each for each in bea.user.workspace.channels.values() if each.name == "general")
                await bea.types(general, "/quote [[garden/worm-compost]]")
                assert len(general.messages) == 2

    asyncio.run(run())
