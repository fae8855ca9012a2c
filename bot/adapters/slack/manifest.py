"""The app manifest, out of the table of commands: the least that Slack must allow for what the listeners do.

Field names and limits: Slack's app manifest reference (name 35 characters, description 140, long description 4,000,
command 32, shortcut name 24).
"""

import re
from typing import Any

from bot.adapters.slack import views
from bot.adapters.slack.wording import LOOK_UP_AN_IDEA, LOOK_UP_SHORTCUT, PRIVATE_FIRST, QUOTE_SHORTCUT
from bot.core import excerpts
from bot.core.answering import wording
from bot.core.answering.commands import COMMANDS, Command, usage
from bot.core.errors import Problem, UsageError

# Each scope and event with the method or listener that needs it.
SCOPES = {
    "commands": "slash commands and shortcuts",
    "chat:write": "chat.postMessage, chat.postEphemeral, chat.delete",
    "app_mentions:read": "the event app_mention",
    "im:history": "the event message.im",
    "users:read": "users.info: the time zone, and whether somebody is a guest",
}
EVENTS = {
    "app_mention": "a lookup, answered in the thread",
    "message.im": "a lookup in the bot's own conversation",
    "app_home_opened": "the App Home",
    "app_uninstalled": "forget the workspace",
    "tokens_revoked": "forget the workspace",
}


def manifest(prefix: str = "", address: str = "", *, many: bool = False) -> dict[str, Any]:
    """The manifest: for Socket Mode, or with `address` (https://…, without a path) for HTTP.

    `many` is for workspaces that install the app through OAuth; it turns on token rotation. Raises UsageError for an
    address that Slack could not reach, and where many workspaces have none.
    """
    address = address.rstrip("/")
    if many and not address:
        raise UsageError(Problem("--many needs the app's address", "give --http https://…, where it is installed"))
    if address and not re.fullmatch(r"https://[\w.-]+(:\d+)?", address):
        raise UsageError(Problem(f"{address} is no public address", "write https:// and a host, without a path"))
    url = {"url": f"{address}/slack/events"} if address else {}
    request = {"request_url": url["url"]} if address else {}
    oauth: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    if many:
        oauth["redirect_urls"] = [f"{address}/slack/oauth_redirect"]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": wording.BOT,
            "description": wording.TAGLINE,
            "long_description": f"{wording.ABOUT} {PRIVATE_FIRST}",
            "background_color": "#2c4a3e",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": wording.BOT, "always_online": True},
            "shortcuts": [
                _shortcut(wording.QUOTE_AN_IDEA, "message", views.QUOTE, QUOTE_SHORTCUT),
                _shortcut(LOOK_UP_AN_IDEA, "global", views.LOOK_UP, LOOK_UP_SHORTCUT),
            ],
            "slash_commands": [{**_command(command, prefix), **url} for command in COMMANDS],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **request},
            "interactivity": {
                "is_enabled": True,
                **request,
                **({"message_menu_options_url": url["url"]} if address else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": many,
        },
    }


def _shortcut(name: str, kind: str, callback_id: str, description: str) -> dict[str, str]:
    return {"name": name, "type": kind, "callback_id": callback_id, "description": description}


def _command(command: Command, prefix: str) -> dict[str, Any]:
    hint = " | ".join(usage(sub, "") for sub in command.commands) or usage(command, "").removeprefix(command.name)
    return {
        "command": f"/{prefix}{command.name}",
        "description": command.description,
        "usage_hint": excerpts.shortened(hint.strip(), 150) or "help",
        "should_escape": False,
    }
