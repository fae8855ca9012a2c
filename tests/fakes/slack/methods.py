"""The methods of the Web API: who may call them, what they refuse, what they change and answer. No socket."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.slack.limits import message_problems
from tests.fakes.slack.state import APP_ID, Channel, Json, Message, Refused, State, Workspace


@dataclass(frozen=True)
class Call:
    """One request to a method, by a token of this workspace."""

    state: State
    workspace: Workspace
    scopes: tuple[str, ...]
    token: str
    args: Json

    def __getitem__(self, name: str) -> Any:
        if not (value := self.args.get(name)):
            raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required: {name}"]})
        return value


Method = Callable[[Call], Json]


def auth_test(call: Call) -> Json:
    team = call.workspace
    return {
        "url": f"https://{team.name.lower()}.slack.com/",
        "team": team.name,
        "user": "commonplace",
        "team_id": team.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def auth_revoke(call: Call) -> Json:
    if not call.args.get("test"):
        call.state.tokens[call.token].dead = "token_revoked"
    return {"revoked": not call.args.get("test")}


def bots_info(call: Call) -> Json:
    if call["bot"] != call.workspace.bot_id:
        raise Refused("bot_not_found")
    team = call.workspace
    return {"bot": {"id": team.bot_id, "app_id": APP_ID, "user_id": team.bot_user, "name": "Commonplace"}}


def _zone(name: str) -> Json:
    """Slack leaves out the zone of whom it knows none."""
    if not name:
        return {}
    offset = datetime.now(ZoneInfo(name)).utcoffset()
    return {"tz": name, "tz_label": name, "tz_offset": int(offset.total_seconds()) if offset else 0}


def users_info(call: Call) -> Json:
    user = call.workspace.users.get(call["user"])
    if user is None:
        raise Refused("user_not_found")
    return {
        "user": {
            "id": user.id,
            "team_id": user.team_id,
            "name": user.name.lower(),
            "real_name": user.name,
            "profile": {"real_name": user.name, "display_name": user.name},
            **_zone(user.tz),
            "deleted": False,
            "is_bot": user.bot,
            "is_admin": user.admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": user.guest,
            "is_ultra_restricted": False,
            "is_stranger": user.stranger,
        }
    }


def _reachable(call: Call) -> Channel:
    """The channel of a call, if the bot may speak in it."""
    name, team = call["channel"], call.workspace
    channel = call.state.direct(team, name) if name in team.users else team.channels.get(name)
    if channel is None or (channel.kind in ("private", "people") and not channel.bot):
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if not channel.bot and "chat:write.public" not in call.scopes:
        raise Refused("not_in_channel")
    return channel


def _thread(channel: Channel, ts: object) -> str | None:
    if not ts:
        return None
    parent = channel.find(ts)
    if parent is None:
        raise Refused("thread_not_found")
    return parent.thread or parent.ts


def _pace(call: Call, channel: Channel) -> None:
    """One message a second in a channel."""
    now = call.state.clock.now()
    if call.state.strict_rate and now - channel.posted_at < 1:
        raise Refused("ratelimited", retry_after=1)
    channel.posted_at = now


def _written(call: Call, channel: Channel) -> Message:
    args, state = call.args, call.state
    state.sent(args, message_problems(args))
    if not args.get("text") and not args.get("blocks"):
        raise Refused("no_text")
    return Message(
        channel,
        state.new_ts(),
        call.workspace.bot_user,
        args.get("text") or "",
        state.stamped(args.get("blocks") or []),
        _thread(channel, args.get("thread_ts")),
        bot_id=call.workspace.bot_id,
        metadata=args.get("metadata"),
        payload=dict(args),
    )


def post_message(call: Call) -> Json:
    channel = _reachable(call)
    message = _written(call, channel)
    _pace(call, channel)
    call.state.add(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.raw()}


def post_ephemeral(call: Call) -> Json:
    channel = _reachable(call)
    if call["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    message = _written(call, channel)
    message.private_to = call["user"]
    call.state.add(message)
    return {"message_ts": message.ts}


def _own(call: Call, error: str) -> Message:
    message = _reachable(call).find(call["ts"])
    if message is None:
        raise Refused("message_not_found")
    if message.author != call.workspace.bot_user:
        raise Refused(error)
    return message


def update(call: Call) -> Json:
    message = _own(call, "cant_update_message")
    call.state.sent(call.args, message_problems(call.args))
    if not call.args.get("text") and not call.args.get("blocks"):
        raise Refused("no_text")
    change(call.state, message, call.args, None)
    return {"channel": message.channel.id, "ts": message.ts, "text": message.text, "message": message.raw()}


def delete(call: Call) -> Json:
    message = _own(call, "cant_delete_message")
    remove(call.state, message, None)
    return {"channel": message.channel.id, "ts": message.ts}


def change(state: State, message: Message, payload: Json, cause: str | None) -> None:
    """Replaces what a message says. Text alone drops the blocks, as on Slack."""
    message.text = payload.get("text") or ""
    message.blocks = state.stamped(payload.get("blocks") or [])
    message.payload, message.edited = dict(payload), True
    state.happened("changed", message, cause)


def remove(state: State, message: Message, cause: str | None) -> None:
    message.deleted = True
    state.happened("removed", message, cause)


def permalink(call: Call) -> Json:
    channel = _reachable(call)
    if channel.find(call["message_ts"]) is None:
        raise Refused("message_not_found")
    path = f"{channel.id}/p{call['message_ts'].replace('.', '')}"
    return {"channel": channel.id, "permalink": f"https://{call.workspace.name.lower()}.slack.com/archives/{path}"}


def conversations_open(call: Call) -> Json:
    users = call["users"].split(",") if isinstance(call["users"], str) else call["users"]
    if any(user not in call.workspace.users for user in users):
        raise Refused("user_not_found")
    return {"channel": {"id": call.state.direct(call.workspace, *users).id}}


def conversations_info(call: Call) -> Json:
    channel = call.workspace.channels.get(call["channel"])
    if channel is None or (channel.kind in ("private", "people") and not channel.bot):
        raise Refused("channel_not_found")
    kinds = {"is_private": channel.kind == "private", "is_im": channel.kind in ("dm", "people")}
    facts = {"id": channel.id, "name": channel.name, "is_archived": channel.archived, "is_member": channel.bot}
    return {"channel": facts | kinds}


#: Name -> the scope it needs ("" for none) and what it does. Views and OAuth have files of their own.
METHODS: dict[str, tuple[str, Method]] = {
    "auth.test": ("", auth_test),
    "auth.revoke": ("", auth_revoke),
    "bots.info": ("users:read", bots_info),
    "users.info": ("users:read", users_info),
    "chat.postMessage": ("chat:write", post_message),
    "chat.postEphemeral": ("chat:write", post_ephemeral),
    "chat.update": ("chat:write", update),
    "chat.delete": ("chat:write", delete),
    "chat.getPermalink": ("", permalink),
    "conversations.open": ("im:write", conversations_open),
    "conversations.info": ("channels:read", conversations_info),
}
