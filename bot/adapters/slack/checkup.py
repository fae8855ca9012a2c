"""What `doctor` finds out about Slack: whether the tokens are taken, and whether they allow what the code needs."""

import math
import time

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.finding import Finding, Level
from bot.adapters.slack import faults
from bot.adapters.slack.client import web_client
from bot.adapters.slack.manifest import SCOPES
from bot.adapters.slack.oauth import Workspaces
from bot.settings import Slack

_ANEW = "copy it anew from the app's page at Slack"
_MANIFEST = "install the app anew from `python -m bot manifest slack`"


async def check(settings: Slack) -> list[Finding]:
    """Try each token. Without a bot token there is none to try before a workspace installs the app."""
    found: list[Finding] = []
    async with web_client(settings) as client:
        if settings.bot_token:
            found += await _bot_token(client)
        if settings.app_token:
            found.append(await _app_token(client, settings.app_token))
    return found


async def installed(settings: Slack, engine: AsyncEngine) -> list[Finding]:
    """Try the token of every workspace that installed the app. Renews none: a refresh token can be used once."""
    found: list[Finding] = []
    async with web_client(settings) as client:
        for bot in await Workspaces(settings, client, engine).every():
            subject = f"Slack workspace {bot.team_id}"
            if (bot.bot_token_expires_at or math.inf) <= time.time():
                found.append(Finding(Level.OK, subject, "its token has expired, and is renewed with its next use"))
            else:
                client.token = bot.bot_token
                found += await _bot_token(client, subject, "install the app there anew")
    return found


async def _bot_token(client: AsyncWebClient, subject: str = "SLACK_BOT_TOKEN", mend: str = _ANEW) -> list[Finding]:
    try:
        who = await client.auth_test()
    except SlackApiError as error:
        return [Finding(Level.FAULT, subject, f"Slack refuses it ({faults.code(error)})", mend)]
    except (aiohttp.ClientError, OSError) as error:
        return [_unreached(subject, error)]
    given = {name.lower(): value for name, value in (who.headers or {}).items()}.get("x-oauth-scopes", "")
    scopes = {scope.strip() for scope in given.split(",")}
    found = [Finding(Level.OK, subject, f"{who.get('user')} in {who.get('team')}")]
    if missing := sorted(set(SCOPES) - scopes):
        found.append(Finding(Level.FAULT, "Slack scopes", f"{', '.join(missing)} not granted", _MANIFEST))
    elif more := sorted(scopes - set(SCOPES) - {""}):
        found.append(Finding(Level.WARNING, "Slack scopes", f"{', '.join(more)} granted without need", _MANIFEST))
    else:
        found.append(Finding(Level.OK, "Slack scopes", ", ".join(sorted(scopes))))
    return found


async def _app_token(client: AsyncWebClient, token: str) -> Finding:
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        mend = "generate one with the scope connections:write" if faults.code(error) == "missing_scope" else _ANEW
        return Finding(Level.FAULT, "SLACK_APP_TOKEN", f"Slack refuses it ({faults.code(error)})", mend)
    except (aiohttp.ClientError, OSError) as error:
        return _unreached("SLACK_APP_TOKEN", error)
    return Finding(Level.OK, "SLACK_APP_TOKEN", "Socket Mode can be opened")


def _unreached(subject: str, error: Exception) -> Finding:
    said = f"Slack cannot be reached ({faults.code(error)})"
    return Finding(Level.FAULT, subject, said, "check the network and slack.api_url")
