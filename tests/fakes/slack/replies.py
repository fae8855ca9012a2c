"""What a response_url accepts: five uses within thirty minutes, even where the bot is no member. No socket."""

from tests.fakes.slack.limits import message_problems
from tests.fakes.slack.methods import change, remove
from tests.fakes.slack.state import Json, Message, Refused, ReplyAddress, State

USES, SECONDS = 5, 30 * 60


def use(state: State, key: str, payload: Json) -> None:
    """One request to a response_url; raises Refused."""
    address = state.addresses.get(key)
    if address is None or state.clock.now() - address.born > SECONDS:
        raise Refused("expired_url")
    if address.uses >= USES:
        raise Refused("used_url")
    reply(state, address, payload)
    address.uses += 1


def reply(state: State, address: ReplyAddress, payload: Json) -> None:
    """Does what an answer asks for: a new message, or the original replaced or deleted."""
    source = address.source
    if address.channel.archived:
        raise Refused("channel_is_archived")
    if payload.get("delete_original"):
        if source is None or source.deleted:
            raise Refused("message_not_found")
        remove(state, source, address.cause)
        return
    state.sent(payload, message_problems(payload))
    if not payload.get("text") and not payload.get("blocks"):
        raise Refused("no_text")
    if payload.get("replace_original") and source is not None and not source.deleted:
        change(state, source, payload, address.cause)
        return
    state.add(_message(state, address, payload), address.cause)


def _message(state: State, address: ReplyAddress, payload: Json) -> Message:
    channel = address.channel
    thread = payload.get("thread_ts")
    parent = channel.find(thread) if thread else None
    if thread and parent is None:
        raise Refused("thread_not_found")
    return Message(
        channel,
        state.new_ts(),
        channel.workspace.bot_user,
        payload.get("text") or "",
        state.stamped(payload.get("blocks") or []),
        (parent.thread or parent.ts) if parent else None,
        None if payload.get("response_type") == "in_channel" else address.user,
        channel.workspace.bot_id,
        payload=dict(payload),
    )
