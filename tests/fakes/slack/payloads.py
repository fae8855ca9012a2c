"""What Slack sends to an app for each thing a person does, in the documented shapes. Pure."""

from typing import Any

from tests.fakes.slack.state import APP_ID, Channel, Json, Message, User, View, Workspace


def _common(kind: str, user: User) -> Json:
    team = user.workspace
    return {
        "type": kind,
        "token": "verification",
        "api_app_id": APP_ID,
        "team": {"id": team.id, "domain": team.name.lower()},
        "user": {"id": user.id, "username": user.name.lower(), "name": user.name.lower(), "team_id": user.team_id},
        "enterprise": {"id": team.enterprise, "name": team.enterprise} if team.enterprise else None,
        "is_enterprise_install": False,
    }


def command(user: User, channel: Channel, name: str, text: str) -> Json:
    team = user.workspace
    return {
        "token": "verification",
        "team_id": team.id,
        "team_domain": team.name.lower(),
        **({"enterprise_id": team.enterprise, "enterprise_name": team.enterprise} if team.enterprise else {}),
        "channel_id": channel.id,
        "channel_name": channel.api_name,
        "user_id": user.id,
        "user_name": user.name.lower(),
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }


def message_shortcut(user: User, message: Message, callback_id: str, ts: str) -> Json:
    place = {"id": message.channel.id, "name": message.channel.api_name}
    more = {"callback_id": callback_id, "message_ts": message.ts, "action_ts": ts, "channel": place}
    return _common("message_action", user) | more | {"message": message.raw()}


def global_shortcut(user: User, callback_id: str, ts: str) -> Json:
    return _common("shortcut", user) | {"callback_id": callback_id, "action_ts": ts}


def _where(surface: Message | View) -> Json:
    if isinstance(surface, View):
        return {"container": {"type": "view", "view_id": surface.id}, "view": surface.raw()}
    container: Json = {"type": "message", "message_ts": surface.ts, "channel_id": surface.channel.id}
    container["is_ephemeral"] = surface.private
    if surface.thread:
        container["thread_ts"] = surface.thread
    found: Json = {"container": container, "channel": {"id": surface.channel.id, "name": surface.channel.api_name}}
    return found if surface.private else found | {"message": surface.raw()}


def block_actions(user: User, surface: Message | View, action: Json, values: Json) -> Json:
    return _common("block_actions", user) | _where(surface) | {"actions": [action], "state": {"values": values}}


def block_suggestion(user: User, surface: Message | View, element: Json, block_id: str, value: str) -> Json:
    more = {"action_id": element["action_id"], "block_id": block_id, "value": value}
    return _common("block_suggestion", user) | _where(surface) | more


def view_submission(user: User, view: View, response_urls: list[Json]) -> Json:
    return _common("view_submission", user) | {"view": view.raw(), "response_urls": response_urls}


def view_closed(user: User, view: View, cleared: bool) -> Json:
    return _common("view_closed", user) | {"view": view.raw(), "is_cleared": cleared}


def event(team: Workspace, inner: Json, event_id: str, now: float) -> Json:
    whose: dict[str, Any] = {"enterprise_id": team.enterprise or None, "team_id": team.id, "user_id": team.bot_user}
    return {
        "token": "verification",
        "team_id": team.id,
        **({"enterprise_id": team.enterprise} if team.enterprise else {}),
        "api_app_id": APP_ID,
        "type": "event_callback",
        "event": inner,
        "event_id": event_id,
        "event_time": int(now),
        "authorizations": [whose | {"is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }
