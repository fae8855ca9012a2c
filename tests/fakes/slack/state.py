"""What a local Slack remembers: workspaces, people, channels, messages, views, tokens. No socket, no wire format."""

import itertools
import secrets
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.limits import interactive
from tests.fakes.time import Bell, Clock

Json = dict[str, Any]
APP_ID = "A0COMMONPL"


class Refused(Exception):  # noqa: N818
    """Slack says no: `error` is its word for it, `more` what else stands in the answer."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error, self.more = error, more


@dataclass(eq=False)
class User:
    """Somebody: a member, a guest, a stranger of another workspace (Slack Connect), or another bot."""

    workspace: "Workspace"
    id: str
    name: str
    tz: str = "Europe/London"
    guest: bool = False
    stranger: bool = False
    bot: bool = False
    admin: bool = False

    @property
    def team_id(self) -> str:
        return "T0STRANGER" if self.stranger else self.workspace.id


@dataclass(eq=False)
class Message:
    """A message as people see it. `private_to` is the id of the only person who sees it, if it is ephemeral."""

    channel: "Channel"
    ts: str
    author: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread: str | None = None
    private_to: str | None = None
    bot_id: str | None = None
    metadata: Json | None = None
    payload: Json = field(default_factory=dict)
    edited: bool = False
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<{'Private message' if self.private else 'Message'} in {self.channel.name}: {self.text!r}>"

    @property
    def private(self) -> bool:
        return self.private_to is not None

    @property
    def by_bot(self) -> bool:
        return self.bot_id is not None

    @property
    def replies(self) -> list["Message"]:
        """What everybody sees in this message's thread."""
        return [each for each in self.channel.messages if each.thread == self.ts]

    def raw(self) -> Json:
        """The message as the Web API and payloads give it."""
        found: Json = {"type": "message", "user": self.author, "ts": self.ts, "text": self.text}
        found["team"] = self.channel.workspace.id
        optional = {"blocks": self.blocks, "thread_ts": self.thread, "bot_id": self.bot_id, "metadata": self.metadata}
        found.update({key: deepcopy(value) for key, value in optional.items() if value})
        if self.bot_id == self.channel.workspace.bot_id:
            found["app_id"] = APP_ID
        if self.bot_id and self.bot_id != self.channel.workspace.bot_id:
            found["subtype"] = "bot_message"
        if self.edited:
            found["edited"] = {"user": self.author, "ts": self.ts}
        return found


@dataclass(eq=False)
class Channel:
    """A place to talk. `kind` is channel, private, dm (with the bot) or people (a DM between people)."""

    workspace: "Workspace"
    id: str
    name: str
    kind: str
    members: set[str]
    bot: bool
    archived: bool = False
    everything: list[Message] = field(default_factory=list)
    posted_at: float = float("-inf")

    @property
    def messages(self) -> list[Message]:
        """What everybody sees now, thread replies included, oldest first."""
        return [each for each in self.everything if not each.private and not each.deleted]

    @property
    def api_name(self) -> str:
        """What payloads call the channel."""
        return {"channel": self.name, "private": "privategroup"}.get(self.kind, "directmessage")

    def find(self, ts: object) -> Message | None:
        return next((each for each in self.messages if each.ts == ts), None)


@dataclass(eq=False)
class View:
    """A modal or a Home tab. `content` is what the app sent, with ids filled in; `values` what the person entered.

    `here` is the conversation in front of which a modal was opened, if any.
    """

    id: str
    user: str
    workspace: "Workspace"
    content: Json
    hash: str = "0.0"
    root: str = ""
    previous: str | None = None
    values: Json = field(default_factory=dict)
    closed: bool = False
    here: Channel | None = None

    def __repr__(self) -> str:
        return f"<{self.content['type']} {self.content.get('callback_id', '')}>"

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    def raw(self) -> Json:
        """The view as the Web API and payloads give it."""
        content = {"callback_id": "", "external_id": "", "private_metadata": "", "submit": None, "close": None}
        ids = {"id": self.id, "team_id": self.workspace.id, "hash": self.hash, "app_id": APP_ID}
        tree = {"root_view_id": self.root or self.id, "previous_view_id": self.previous}
        whose = {"bot_id": self.workspace.bot_id, "app_installed_team_id": self.workspace.id}
        flags = {"clear_on_close": False, "notify_on_close": False}
        state = {"state": {"values": deepcopy(self.values)}}
        return content | flags | deepcopy(self.content) | ids | tree | whose | state


@dataclass(eq=False)
class Token:
    """An access token; `dead` is the error it gives when it is no longer good, `until` when it expires."""

    workspace: "Workspace"
    scopes: tuple[str, ...]
    until: float = float("inf")
    dead: str = ""


@dataclass(eq=False)
class Trigger:
    """What a trigger_id stands for: whose act, when, out of which view."""

    user: str
    born: float
    cause: str
    view: View | None
    used: bool = False


@dataclass(eq=False)
class ReplyAddress:
    """What a response_url stands for. `source` is the message that was acted on, where there is one of the app's."""

    channel: Channel
    user: str
    cause: str
    source: Message | None
    born: float
    uses: int = 0


@dataclass(frozen=True)
class Effect:
    """Something that the app made happen: `kind` is posted, changed, removed, opened or home."""

    kind: str
    what: Message | View
    cause: str | None


@dataclass(eq=False)
class Workspace:
    """A team, and the app's installation in it, if there is one (`bot_token`)."""

    id: str
    name: str
    bot_user: str
    bot_id: str
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    bot_token: str = ""
    enterprise: str = ""  # the organisation that it belongs to, in Enterprise Grid


class State(Bell):
    """Everything that one local Slack remembers, and the bell that rings whenever something happens in it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.workspaces: dict[str, Workspace] = {}
        self.tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.addresses: dict[str, ReplyAddress] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.effects: list[Effect] = []
        self.payloads: list[Json] = []
        self.refusals: list[str] = []
        self.strict_rate = True
        self._count = itertools.count(1)
        self._stamps = itertools.count(1)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}0{next(self._count):08d}"

    def new_ts(self) -> str:
        """A message's timestamp, which no other message has."""
        return f"{int(self.clock.now())}.{next(self._stamps) % 1_000_000:06d}"

    def new_workspace(self, name: str, enterprise: str = "") -> Workspace:
        made = Workspace(self.new_id("T"), name, self.new_id("U"), self.new_id("B"), enterprise=enterprise)
        self.workspaces[made.id] = made
        return made

    def new_token(self, workspace: Workspace, scopes: tuple[str, ...], until: float = float("inf")) -> str:
        kind = "xoxb" if until == float("inf") else "xoxe.xoxb-1"
        token = f"{kind}-{secrets.token_hex(12)}"
        self.tokens[token] = Token(workspace, scopes, until)
        workspace.bot_token = token
        return token

    def new_trigger(self, user: str, cause: str, view: View | None) -> str:
        trigger = f"{next(self._count)}.{secrets.token_hex(8)}"
        self.triggers[trigger] = Trigger(user, self.clock.now(), cause, view)
        return trigger

    def new_address(
        self, channel: Channel, user: str, source: Message | None = None, cause: str = ""
    ) -> tuple[str, ReplyAddress]:
        """A response_url's key, which is also the cause of what comes of it unless another is named; what it is for."""
        key = self.new_id("X")
        self.addresses[key] = ReplyAddress(channel, user, cause or key, source, self.clock.now())
        return key, self.addresses[key]

    def direct(self, workspace: Workspace, *users: str) -> Channel:
        """The direct conversation of these people, or of one with the bot; made when it is first needed."""
        kind = "dm" if len(users) == 1 else "people"
        for channel in workspace.channels.values():
            if channel.kind == kind and channel.members == set(users):
                return channel
        made = Channel(workspace, self.new_id("D"), "direct", kind, set(users), bot=kind == "dm")
        workspace.channels[made.id] = made
        return made

    def stamped(self, blocks: list[Json]) -> list[Json]:
        """A copy of these blocks with the block_ids and action_ids that Slack fills in."""
        copied = deepcopy(blocks)
        for block in copied:
            block.setdefault("block_id", secrets.token_hex(3))
            for element in interactive(block):
                element.setdefault("action_id", secrets.token_hex(3))
        return copied

    def add(self, message: Message, cause: str | None = None) -> Message:
        """Puts a message of the app into its channel."""
        message.channel.everything.append(message)
        self.happened("posted", message, cause)
        return message

    def happened(self, kind: str, what: Message | View, cause: str | None = None) -> None:
        self.effects.append(Effect(kind, what, cause))
        self.ring()

    def sent(self, payload: Mapping[str, Any], problems: list[str], error: str = "invalid_blocks") -> None:
        """Records what the app sent, and refuses what is past a limit."""
        self.payloads.append(deepcopy(dict(payload)))
        if problems:
            long = all(each.startswith("text:") for each in problems)
            raise Refused("msg_too_long" if long else error, response_metadata={"messages": problems})
