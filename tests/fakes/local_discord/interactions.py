"""Interactions: how the bot answers them, once and in time, and what it does with their token after. No socket."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.local_discord import messages, wire
from tests.fakes.local_discord.call import NOTHING, Call, Method, Reply
from tests.fakes.local_discord.guilds import Channel, Message, User, ephemeral
from tests.fakes.local_discord.limits import EPHEMERAL, LOADING, in_choices, in_message, in_modal
from tests.fakes.local_discord.problems import Json, not_among
from tests.fakes.local_discord.state import Refused, State, invalid

COMMAND, COMPONENT, COMPLETION, SUBMISSION = 2, 3, 4, 5
MESSAGE, LATER, LATER_IN_PLACE, IN_PLACE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
TOKEN_HOLDS = 15 * 60
FOLLOW_UPS = 5
BY_COMMAND, BY_MENU, REPLY = 20, 23, 19


@dataclass(eq=False)
class Modal:
    """A modal as somebody sees it. `source` is the message whose component opened it, if one did."""

    payload: Json
    person: User
    channel: Channel
    source: Message | None
    open: bool = True

    @property
    def title(self) -> str:
        return str(self.payload["title"])

    @property
    def components(self) -> list[Json]:
        return list(self.payload["components"])


@dataclass(eq=False)
class Interaction:
    """Something that a person did and the bot must answer. `what` is how the person would call it."""

    state: State
    type: int
    person: User
    channel: Channel
    what: str
    source: Message | None = None
    menu: bool = False
    answer: int = 0
    lost: bool = False
    original: Message | None = None
    choices: list[Json] = field(default_factory=list)
    follow_ups: int = 0

    def __post_init__(self) -> None:
        self.id, self.token, self.born = self.state.new_id(), secrets.token_urlsafe(24), self.state.clock.now()
        self.state.interactions[self.token] = self

    @property
    def expired(self) -> bool:
        return self.state.clock.now() - self.born > TOKEN_HOLDS

    def allowed(self) -> tuple[int, ...]:
        """The answers that this kind of interaction can have."""
        if self.type == COMPLETION:
            return (CHOICES,)
        in_place = (LATER_IN_PLACE, IN_PLACE) if self.source else ()
        return (MESSAGE, LATER, *in_place, *(() if self.type == SUBMISSION else (MODAL,)))


def _respond(call: Call) -> Reply:
    """The first answer; raises Refused when it is late, a second one, or past a limit."""
    interaction = call.state.interactions.get(call.ids["token"])
    if interaction is None or interaction.lost or str(interaction.id) != call.ids["interaction"]:
        raise Refused(404, 10062, "Unknown interaction")
    if interaction.answer:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    kind, data = call.body.get("type"), call.body.get("data") or {}
    if kind not in interaction.allowed():
        raise invalid([not_among(interaction.allowed(), "type")])
    _answer(interaction, kind, data)
    interaction.answer = kind
    call.state.ring()
    if call.query.get("with_response", "").lower() not in ("1", "true"):
        return NOTHING
    return Reply(_callback(interaction, kind))


def _answer(interaction: Interaction, kind: int, data: Json) -> None:
    state, cause = interaction.state, interaction.id
    if kind == MESSAGE:
        state.sent(data, in_message(data), "data")
        interaction.original = messages.post(state, _new(interaction, data, ephemeral(data)), cause)
    elif kind == LATER:
        waiting = {"flags": LOADING | ((data.get("flags") or 0) & EPHEMERAL)}
        interaction.original = _new(interaction, waiting, ephemeral(data))
        interaction.channel.everything.append(interaction.original)
    elif kind == CHOICES:
        state.sent(data, in_choices(data.get("choices"), "choices"), "data", fits=False)
        interaction.choices = data["choices"]
    elif kind == MODAL:
        state.sent(data, in_modal(data), "data", fits=False)
        modal = Modal(data, interaction.person, interaction.channel, interaction.source)
        state.effect("opened", modal, cause)
    else:
        interaction.original = interaction.source
        if kind == IN_PLACE and interaction.source:
            messages.change(state, interaction.source, data, cause, "data")


def _new(interaction: Interaction, payload: Json, private: bool, **more: Any) -> Message:
    state = interaction.state
    if interaction.type == COMMAND:
        more.setdefault("type", BY_MENU if interaction.menu else BY_COMMAND)
    channel, guild = interaction.channel, interaction.channel.guild
    if guild and not guild.bot and not guild.external_apps:
        private, payload = True, payload | {"flags": (payload.get("flags") or 0) | EPHEMERAL}
    only = interaction.person if private else None
    return messages.new(state, channel, state.bot, payload, private_to=only, interaction=interaction.id, **more)


def _callback(interaction: Interaction, kind: int) -> Json:
    """What with_response gives."""
    about: Json = {"id": str(interaction.id), "type": interaction.type}
    if interaction.original is None:
        return {"interaction": about}
    about["response_message_id"] = str(interaction.original.id)
    about["response_message_loading"] = interaction.original.loading
    about["response_message_ephemeral"] = interaction.original.private
    if kind == LATER_IN_PLACE:
        return {"interaction": about}
    return {"interaction": about, "resource": {"type": kind, "message": wire.message(interaction.original)}}


def _by_token(call: Call) -> Interaction:
    interaction = call.state.interactions.get(call.ids["token"])
    known = call.number("app") == call.state.application
    if interaction is None or not interaction.answer or not known:
        raise Refused(404, 10015, "Unknown Webhook")
    if interaction.expired:
        raise Refused(401, 50027, "Invalid Webhook Token")
    return interaction


def _follow_up(call: Call) -> Reply:
    """A further message; where the bot is still thinking, the message that it was thinking about."""
    interaction, body, state = _by_token(call), call.body, call.state
    original = interaction.original
    if original is not None and original.loading and not original.deleted:
        messages.change(state, original, body, interaction.id)
        return Reply(wire.message(original))
    if interaction.follow_ups >= FOLLOW_UPS and not interaction.channel.bot_is_there:
        raise Refused(400, 40094, "This interaction has reached the maximum number of follow-up messages.")
    state.sent(body, in_message(body))
    interaction.follow_ups += 1
    shown = original if original is not None and not original.private and not original.deleted else None
    made = _new(interaction, body, ephemeral(body), type=REPLY if shown else 0, reference=shown)
    return Reply(wire.message(messages.post(state, made, interaction.id)))


def _named(call: Call, interaction: Interaction) -> Message:
    found = interaction.original
    if call.ids["message"] != "@original":
        everything = interaction.channel.everything
        wanted = call.number("message")
        mine = [each for each in everything if each.id == wanted and each.by_bot]
        found = next((each for each in mine if each.interaction == interaction.id or each is interaction.source), None)
    if found is None or found.deleted:
        raise Refused(404, 10008, "Unknown Message")
    return found


def _read(call: Call) -> Reply:
    return Reply(wire.message(_named(call, _by_token(call))))


def _edit(call: Call) -> Reply:
    interaction = _by_token(call)
    message = _named(call, interaction)
    messages.change(call.state, message, call.body, interaction.id)
    return Reply(wire.message(message))


def _delete(call: Call) -> Reply:
    interaction = _by_token(call)
    messages.remove(call.state, _named(call, interaction), interaction.id)
    return NOTHING


METHODS: dict[tuple[str, str], Method] = {
    ("POST", "/interactions/{interaction}/{token}/callback"): _respond,
    ("POST", "/webhooks/{app}/{token}"): _follow_up,
    ("GET", "/webhooks/{app}/{token}/messages/{message}"): _read,
    ("PATCH", "/webhooks/{app}/{token}/messages/{message}"): _edit,
    ("DELETE", "/webhooks/{app}/{token}/messages/{message}"): _delete,
}
