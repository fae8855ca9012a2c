"""Messages: posting, changing, removing them, and the REST methods for it, with what Discord refuses. No socket."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from typing import Any

from tests.fakes.local_discord import wire
from tests.fakes.local_discord.call import NOTHING, Call, Method, Reply, channel_of, needed
from tests.fakes.local_discord.components import walk
from tests.fakes.local_discord.guilds import CATEGORY, DM, FORUMS, THREAD, Channel, Message, User
from tests.fakes.local_discord.limits import LOADING, V2, in_message
from tests.fakes.local_discord.pings import SOMEBODY, pings, spoken
from tests.fakes.local_discord.problems import Json, Problem, length, not_among
from tests.fakes.local_discord.state import Refused, State, invalid

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
EDITABLE = ("content", "embeds", "components", "attachments", "allowed_mentions")
NONCE_HOLDS = 120.0
REPLY = 19


def new(state: State, channel: Channel, author: User, payload: Json, **more: Any) -> Message:
    """A message, not yet posted."""
    stored = deepcopy(payload)
    stored["components"] = list(_stored(stored.get("components") or []))
    made = Message(state, channel, state.new_id(), author, stored, **more)
    made.mentions = list(_mentioned(made))
    return made


def post(state: State, message: Message, cause: int | None = None) -> Message:
    """Puts a message into its channel for all who may see it."""
    message.channel.everything.append(message)
    message.channel.archived = False
    if message.by_bot:
        state.effect("posted", message, cause)
    tell(state, "MESSAGE_CREATE", message)
    return message


def change(state: State, message: Message, edit: Json, cause: int | None, *prefix: str) -> None:
    """Edits in place; raises Refused. What the edit does not name stays as it is."""
    merged = deepcopy(message.payload) | {key: deepcopy(edit[key]) for key in EDITABLE if key in edit}
    merged["flags"] = (message.flags & ~LOADING) | ((edit.get("flags") or 0) & V2)
    kept = {each["id"]: each for each in message.payload.get("attachments") or []}
    merged["attachments"] = [kept.get(str(each["id"]), each) for each in merged.get("attachments") or []]
    state.sent(merged, in_message(merged), *prefix)
    merged["components"] = list(_stored(merged.get("components") or []))
    arrives = message.loading
    message.payload = merged
    message.mentions = list(_mentioned(message))
    message.edited = None if arrives else state.clock.now()
    state.effect("posted" if arrives else "changed", message, cause)
    tell(state, "MESSAGE_UPDATE", message)


def remove(state: State, message: Message, cause: int | None = None) -> None:
    message.deleted = True
    state.effect("removed", message, cause)
    channel = message.channel
    if not message.private and channel.open_to_bot:
        guild = channel.guild.id if channel.guild else None
        event = {"id": str(message.id), "channel_id": str(channel.id)}
        state.dispatch("MESSAGE_DELETE", event | ({"guild_id": str(guild)} if guild else {}), guild)


def tell(state: State, event: str, message: Message) -> None:
    """The gateway's event, if the bot is there and asked for it."""
    channel = message.channel
    intent = GUILD_MESSAGES if channel.guild else DIRECT_MESSAGES
    if not message.private and channel.open_to_bot and state.intents & intent:
        state.dispatch(event, wire.message_event(message), channel.guild.id if channel.guild else None)


def _stored(components: list[Json]) -> Iterator[Json]:
    """Components as they come back: each with an id, media with an address."""
    used = {each["id"] for each in walk(components) if each.get("id")}
    fresh = (each for each in count(1) if each not in used)
    for each in walk(components):
        each["id"] = each.get("id") or next(fresh)
        for item in [each, *(each.get("items") or [])]:
            for media in (item[key] for key in ("media", "file") if key in item):
                media["url"] = media["url"].replace("attachment://", "https://cdn.discordapp.com/attachments/1/1/")
                media |= {"proxy_url": media["url"], "width": 1, "height": 1, "loading_state": 2}
    yield from components


def _mentioned(message: Message) -> Iterator[User]:
    """Who is mentioned: in what the bot says, those whom it notifies."""
    found = pings(message.payload) if message.by_bot else [each.group() for each in _all(message)]
    for one in dict.fromkeys(SOMEBODY.sub(r"\1", each) for each in found):
        if one.isdecimal() and int(one) in message.state.people:
            yield message.state.people[int(one)]
    if message.reference and "reply" in found:
        yield message.reference.author


def _all(message: Message) -> Iterator[Any]:
    return SOMEBODY.finditer(spoken(message.payload))


def may_send(channel: Channel) -> None:
    """Raises Refused where the bot may not post."""
    if channel.type in (*FORUMS, CATEGORY):
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    needs = "send_messages_in_threads" if channel.type == THREAD else "send_messages"
    if needs not in channel.permissions:
        raise Refused(403, 50013, "Missing Permissions")
    if channel.locked and "manage_threads" not in channel.permissions:
        raise (
            Refused(400, 50083, "Thread is archived")
            if channel.archived
            else Refused(400, 160005, "This thread is locked")
        )
    if channel.type == DM and not all(each.dms for each in channel.recipients):
        raise Refused(403, 50007, "Cannot send messages to this user")


def _create(call: Call) -> Reply:
    channel, body = channel_of(call), call.body
    may_send(channel)
    again = _same(call.state, channel, body)
    if again is not None:
        return Reply(wire.message(again))
    call.state.sent(body, in_message(body))
    origin = _answered(channel, body)
    kind = REPLY if origin else 0
    made = new(call.state, channel, call.state.bot, body, reference=origin, type=kind)
    return Reply(wire.message(post(call.state, made)))


def _same(state: State, channel: Channel, body: Json) -> Message | None:
    """The message that was sent with the same nonce a short time ago."""
    if not body.get("enforce_nonce") or not body.get("nonce"):
        return None
    same = [each for each in channel.messages if each.by_bot and each.payload.get("nonce") == body["nonce"]]
    return next((each for each in same if state.clock.now() - each.born <= NONCE_HOLDS), None)


def _answered(channel: Channel, body: Json) -> Message | None:
    reference = body.get("message_reference")
    if not reference:
        return None
    if "read_message_history" not in channel.permissions:
        raise Refused(403, 160002, "Cannot reply without permission to read message history")
    found = channel.find(int(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        raise invalid([Problem(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")])
    return found


def _found(call: Call, channel: Channel) -> Message:
    found = channel.find(call.number("message"))
    if found is None:
        raise Refused(404, 10008, "Unknown Message")
    return found


def _edit(call: Call) -> Reply:
    channel = channel_of(call)
    message = _found(call, channel)
    if not message.by_bot:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    if channel.archived:
        raise Refused(400, 50083, "Thread is archived")
    change(call.state, message, call.body, None)
    return Reply(wire.message(message))


def _delete(call: Call) -> Reply:
    channel = channel_of(call)
    message = _found(call, channel)
    if not message.by_bot and (channel.guild is None or "manage_messages" not in channel.permissions):
        raise Refused(403, 50013, "Missing Permissions")
    if channel.archived:
        raise Refused(400, 50083, "Thread is archived")
    remove(call.state, message)
    return NOTHING


def _read(call: Call) -> Reply:
    channel = channel_of(call)
    if "read_message_history" not in channel.permissions:
        raise Refused(403, 50013, "Missing Permissions")
    return Reply(wire.message(_found(call, channel), whole=False))


def _history(call: Call) -> Reply:
    channel, query = channel_of(call), call.query
    readable = channel.messages if "read_message_history" in channel.permissions else []
    before, after = int(query.get("before", 2**63)), int(query.get("after", 0))
    found = [each for each in readable if after < each.id < before][-int(query.get("limit", 50)) :]
    return Reply([wire.message(each, whole=False) for each in reversed(found)])


def _typing(call: Call) -> Reply:
    may_send(channel_of(call))
    return NOTHING


def _channel(call: Call) -> Reply:
    return Reply(wire.channel(channel_of(call)))


def _start_thread(call: Call) -> Reply:
    channel, body, state = channel_of(call), call.body, call.state
    needed(body, "name")
    if problems := list(length(body["name"], 1, 100, "name")):
        raise invalid(problems)
    if channel.guild is None or channel.type not in (0, *FORUMS):
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    if "send_messages" not in channel.permissions:
        raise Refused(403, 50013, "Missing Permissions")
    if channel.type not in FORUMS:
        return Reply(wire.channel(channel.guild.thread(channel, body["name"])), 201)
    needed(body, "message")
    applied = [str(each) for each in body.get("applied_tags") or []]
    if channel.requires_tag and not applied:
        raise Refused(400, 40067, "A tag is required to create a forum post in this channel")
    may_use = {each["id"] for each in channel.tags if not each["moderated"] or "manage_threads" in channel.permissions}
    if strange := [at for at, each in enumerate(applied) if each not in may_use]:
        raise invalid(not_among(sorted(may_use), "applied_tags", at) for at in strange)
    state.sent(body["message"], in_message(body["message"]), "message")
    thread = channel.guild.thread(channel, body["name"])
    thread.applied = applied
    message = new(state, thread, state.bot, body["message"])
    message.id = thread.id
    post(state, message)
    return Reply(wire.channel(thread) | {"message": wire.message(message)}, 201)


METHODS: dict[tuple[str, str], Method] = {
    ("POST", "/channels/{channel}/messages"): _create,
    ("GET", "/channels/{channel}/messages"): _history,
    ("GET", "/channels/{channel}/messages/{message}"): _read,
    ("PATCH", "/channels/{channel}/messages/{message}"): _edit,
    ("DELETE", "/channels/{channel}/messages/{message}"): _delete,
    ("POST", "/channels/{channel}/typing"): _typing,
    ("POST", "/channels/{channel}/threads"): _start_thread,
    ("GET", "/channels/{channel}"): _channel,
}
