"""Installing into workspaces, against slack-bolt's own OAuth flow."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import LocalSlack, served
from tests.fakes.slack.oauth import Grant

# slack_sdk 3.47 signs in with what aiohttp 3.14 calls deprecated.
BASIC_AUTH = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


def installable(slack: LocalSlack, folder: Path) -> AsyncApp:
    """An app that answers /whoami with the workspace it was asked in, once it is installed there."""
    client = AsyncWebClient(base_url=slack.api_url)
    settings = AsyncOAuthSettings(
        client_id=slack.oauth.client_id,
        client_secret=slack.oauth.client_secret,
        scopes=["commands", "chat:write"],
        installation_store=FileInstallationStore(base_dir=str(folder / "installations")),
        state_store=FileOAuthStateStore(expiration_seconds=600, base_dir=str(folder / "states")),
        token_rotation_expiration_minutes=24 * 60,
    )
    # bolt gives its token rotator a client of its own, which would call slack.com.
    authorize = settings.authorize
    assert isinstance(authorize, AsyncInstallationStoreAuthorize)
    assert authorize.token_rotator
    authorize.token_rotator.client = client
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, oauth_settings=settings)

    @app.command("/whoami")
    async def whoami(ack: Any, client: Any) -> None:
        await ack((await client.auth_test())["team"])

    app.enable_token_revocation_listeners()
    return app


@BASIC_AUTH
def test_installing_and_uninstalling(tmp_path: Path) -> None:
    async def scenario(slack: LocalSlack, root: str) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob", workspace=slack.new_workspace("Orchard"))
        ours, theirs = slack.channel("general", ada), slack.channel("general", bob)
        install = f"{root}/slack/install"

        assert (await ada.installs(install, denies=True))[0] == 200
        assert (await ada.installs(install, state="forged"))[0] == 400
        assert slack.bot_token == "", "nothing was installed"
        for person in (ada, bob):
            status, page = await person.installs(install)
            assert (status, "Thank you" in page) == (200, True)
        first = slack.bot_token
        assert list(tmp_path.glob(f"**/*{slack.workspace.id}*/*"))
        assert (await ada.types(ours, "/whoami")).text == "Garden"
        assert (await bob.types(theirs, "/whoami")).text == "Orchard"
        assert slack.bot_token != first, "the token was rotated"

        await ada.uninstalls()
        assert (await ada.types(ours, "/whoami")).failed == "/whoami is not a valid command."
        assert not list(tmp_path.glob(f"**/*{slack.workspace.id}*/*")), "the installation is forgotten"
        assert (await bob.types(theirs, "/whoami")).text == "Orchard"

    async def run() -> None:
        async with LocalSlack(installed=False) as slack:
            slack.oauth.rotation = True
            async with served(installable(slack, tmp_path).web_app()) as root:
                slack.http(root)
                await scenario(slack, root)

    asyncio.run(run())


@BASIC_AUTH
def test_what_is_granted_once_and_for_how_long() -> None:
    async def scenario(slack: LocalSlack) -> None:
        client = AsyncWebClient(base_url=slack.api_url)
        slack.oauth.rotation = True
        code = slack.oauth.code(Grant(slack.workspace, "U1", ("chat:write",)))

        async def access(secret: str = slack.oauth.client_secret, **how: Any) -> Any:
            try:
                return await client.oauth_v2_access(client_id=slack.oauth.client_id, client_secret=secret, **how)
            except SlackApiError as refused:
                return refused.response["error"]

        assert await access("guessed", code=code) == "bad_client_secret"
        granted = await access(code=code)
        assert await access(code=code) == "invalid_code"
        refresh = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
        renewed = await access(**refresh)
        assert await access(**refresh) == "invalid_refresh_token"
        assert (await client.auth_test(token=renewed["access_token"]))["team"] == "Garden"
        slack.clock.advance(renewed["expires_in"] + 1)
        with pytest.raises(SlackApiError, match="token_expired"):
            await client.auth_test(token=renewed["access_token"])

    async def run() -> None:
        async with LocalSlack(installed=False) as slack:
            await scenario(slack)

    asyncio.run(run())
