"""The places of a local Discord and who is in them: guilds, channels, threads, messages, users. No socket."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.fakes.local_discord import wire
from tests.fakes.local_discord.components import TEXT, walk
from tests.fakes.local_discord.limits import EPHEMERAL, LOADING, embed_texts
from tests.fakes.local_discord.problems import Json
from tests.fakes.local_discord.state import MESSAGE_CONTENT, State

TEXT_CHANNEL, DM, VOICE, GROUP_DM, CATEGORY, THREAD, FORUM, MEDIA = 0, 1, 2, 3, 4, 11, 15, 16
FORUMS = (FORUM, MEDIA)
THREADS = (THREAD,)
BOT_PERMISSIONS = frozenset({"view_channel", "send_messages", "send_messages_in_threads", "read_message_history"})


@dataclass(eq=False)
class User:
    """Somebody, or the bot. `installed`: has the app as a user; `dms`: takes direct messages from it.

    `permissions` and `roles` are those in each guild.
    """

    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    installed: bool = False
    dms: bool = True
    permissions: dict[int, set[str]] = field(default_factory=dict)
    roles: dict[int, list[int]] = field(default_factory=dict)

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False, repr=False)
class Message:
    """A message as people see it. `private_to` is the only one who sees it, if it is ephemeral."""

    state: State
    channel: "Channel"
    id: int
    author: User
    payload: Json
    type: int = 0
    private_to: User | None = None
    reference: "Message | None" = None
    mentions: list[User] = field(default_factory=list)
    interaction: int | None = None
    edited: float | None = None
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<{self.author.name} in {self.channel.name or 'a DM'}: {self.text[:80]!r}>"

    @property
    def content(self) -> str:
        return self.payload.get("content") or ""

    @property
    def components(self) -> list[Json]:
        return self.payload.get("components") or []

    @property
    def flags(self) -> int:
        return self.payload.get("flags") or 0

    @property
    def born(self) -> float:
        """Seconds since 1970."""
        return wire.seconds_of(self.id)

    @property
    def private(self) -> bool:
        return self.private_to is not None

    @property
    def loading(self) -> bool:
        """The bot "is thinking": it deferred and has not come back yet."""
        return bool(self.flags & LOADING)

    @property
    def by_bot(self) -> bool:
        return self.author is self.state.bot

    @property
    def text(self) -> str:
        """All text that the message shows, in order."""
        embeds = [text for each in self.payload.get("embeds") or [] for text in embed_texts(each)]
        displays = [each["content"] for each in walk(self.components) if each["type"] == TEXT]
        return "\n".join(filter(None, [self.content, *embeds, *displays]))

    @property
    def replies(self) -> list["Message"]:
        """What answers this message, as everybody sees it."""
        return [each for each in self.channel.messages if each.reference is self]

    @property
    def link(self) -> str:
        guild = self.channel.guild.id if self.channel.guild else "@me"
        return f"https://discord.com/channels/{guild}/{self.channel.id}/{self.id}"

    def open_to_bot(self) -> bool:
        """Whether Discord lets the bot read what it says, without or with the privileged intent."""
        addressed = self.channel.type == DM or self.by_bot or self.state.bot in self.mentions
        return addressed or bool(self.state.intents & MESSAGE_CONTENT)


@dataclass(eq=False, repr=False)
class Channel:
    """A place to talk. `permissions` are the bot's there; a thread shares those of the channel that it is in.

    `people` says what somebody may do there, by their id, where that is not what they may in the whole guild. `tags` of
    a forum are `{"id", "name", "moderated"}`.
    """

    state: State
    id: int
    name: str
    type: int
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    recipients: list[User] = field(default_factory=list)
    permissions: set[str] = field(default_factory=set)
    archived: bool = False
    locked: bool = False
    deleted: bool = False
    people: dict[int, set[str]] = field(default_factory=dict)
    tags: list[Json] = field(default_factory=list)
    requires_tag: bool = False
    applied: list[str] = field(default_factory=list)
    everything: list[Message] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Channel {self.name or self.recipients}>"

    @property
    def messages(self) -> list[Message]:
        """What everybody sees now, oldest first."""
        return [each for each in self.everything if not each.private and not each.deleted]

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    @property
    def bot_is_there(self) -> bool:
        """Whether the bot is a member of the guild, or takes part in the conversation."""
        return self.guild.bot if self.guild is not None else self.state.bot in self.recipients

    @property
    def open_to_bot(self) -> bool:
        """Whether the bot can see it."""
        return self.bot_is_there and (self.guild is None or "view_channel" in self.permissions)

    def find(self, message_id: int) -> Message | None:
        """A message that everybody sees."""
        return next((each for each in self.messages if each.id == message_id), None)

    def delete(self) -> None:
        self.deleted = True
        del self.state.channels[self.id]
        if self.guild and self.guild.bot:
            event = "THREAD_DELETE" if self.type in THREADS else "CHANNEL_DELETE"
            self.state.dispatch(event, wire.channel(self), self.guild.id)


@dataclass(eq=False, repr=False)
class Guild:
    """A server. `bot` says whether the bot is a member, `external_apps` whether others' apps may speak to everybody.

    `overrides` are its own permissions of commands, by the id of the command or of the app.
    """

    state: State
    id: int
    name: str
    owner: User
    bot: bool = True
    locale: str = "en-US"
    external_apps: bool = True
    members: list[User] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    overrides: dict[int, list[Json]] = field(default_factory=dict)

    def override(self, which: int, *, allow: Iterable[int] = (), deny: Iterable[int] = (), kind: int = 1) -> None:
        """Allow and deny a command, or the app's commands, to ids of a kind: role (1), user (2), channel (3)."""
        known = self.overrides.setdefault(which, [])
        for ids, permission in ((allow, True), (deny, False)):
            known += [{"id": str(one), "type": kind, "permission": permission} for one in ids]

    def channel(self, name: str, permissions: Iterable[str] = BOT_PERMISSIONS) -> Channel:
        """A text channel, with what the bot may do in it."""
        return self._new(name, TEXT_CHANNEL, permissions)

    def forum(
        self, name: str, permissions: Iterable[str] = BOT_PERMISSIONS, *, tags: Iterable[str] = (), media: bool = False
    ) -> Channel:
        """A forum or media channel; its posts are its threads. A tag that begins with `!` is for moderators alone."""
        made = self._new(name, MEDIA if media else FORUM, permissions)
        for each in tags:
            tag = {"id": str(self.state.new_id()), "name": each.lstrip("!"), "moderated": each.startswith("!")}
            made.tags.append(tag | {"emoji_id": None, "emoji_name": None})
        return made

    def category(self, name: str) -> Channel:
        """A heading over channels, in which nobody can write."""
        return self._new(name, CATEGORY, BOT_PERMISSIONS)

    def voice(self, name: str, permissions: Iterable[str] = BOT_PERMISSIONS) -> Channel:
        """A voice channel, for its chat."""
        return self._new(name, VOICE, permissions)

    def thread(self, parent: Channel, name: str, *, archived: bool = False, locked: bool = False) -> Channel:
        """A thread of a text channel, or a post of a forum."""
        made = Channel(self.state, self.state.new_id(), name, THREAD, self, parent, archived=archived, locked=locked)
        made.permissions = parent.permissions
        return self._add(made, "THREAD_CREATE")

    def _new(self, name: str, kind: int, permissions: Iterable[str]) -> Channel:
        made = Channel(self.state, self.state.new_id(), name, kind, self, permissions=set(permissions))
        return self._add(made, "CHANNEL_CREATE")

    def _add(self, made: Channel, event: str) -> Channel:
        self.channels.append(made)
        self.state.channels[made.id] = made
        if self.bot:
            self.state.dispatch(event, wire.channel(made), self.id)
        return made

    def removes_bot(self) -> None:
        self.bot = False
        self.state.dispatch("GUILD_DELETE", {"id": str(self.id)}, self.id)


def direct(state: State, *people: User) -> Channel:
    """The direct conversation of these people, the bot possibly among them; made where there is none."""
    for each in state.channels.values():
        if each.guild is None and set(each.recipients) == set(people):
            return each
    made = Channel(state, state.new_id(), "", DM if len(people) == 2 else GROUP_DM, recipients=list(people))
    made.permissions = set(BOT_PERMISSIONS) if state.bot in people else set()
    state.channels[made.id] = made
    return made


def ephemeral(payload: Json) -> bool:
    return bool((payload.get("flags") or 0) & EPHEMERAL)
