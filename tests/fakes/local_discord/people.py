"""The people in a local Discord: what they do, and what they see of it. Each act waits for what it leads to."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tests.fakes.local_discord import commands, forms, messages, wire
from tests.fakes.local_discord.command_limits import MESSAGE
from tests.fakes.local_discord.commands import Spot
from tests.fakes.local_discord.components import BUTTON, STRING_SELECT
from tests.fakes.local_discord.forms import Impossible
from tests.fakes.local_discord.guilds import DM, Channel, Guild, Message, User
from tests.fakes.local_discord.interactions import (
    COMMAND,
    COMPLETION,
    COMPONENT,
    LATER,
    LATER_IN_PLACE,
    REPLY,
    SUBMISSION,
    Interaction,
    Modal,
)
from tests.fakes.local_discord.problems import Json
from tests.fakes.local_discord.seen import THINKING, Control, Seen, controls
from tests.fakes.local_discord.state import Effect

if TYPE_CHECKING:
    from tests.fakes.local_discord.server import LocalDiscord

Surface = Seen | Message | Modal
SILENT = "The application did not respond"
WRONG = "Something went wrong. Try again."
NO_CHOICES = "Loading options failed"
SAID = {COMPLETION: NO_CHOICES, SUBMISSION: WRONG}


class Person:
    """Somebody at a keyboard."""

    def __init__(self, fake: "LocalDiscord", user: User) -> None:
        self.fake, self.state, self.user = fake, fake.state, user
        self.id, self.name, self.mention = user.id, user.name, user.mention

    def sees(self, channel: Channel) -> list[Message]:
        """What stands in a channel for this person, oldest first, what is private to them included."""
        return [each for each in channel.everything if not each.deleted and each.private_to in (None, self.user)]

    def offered(self, channel: Channel) -> list[str]:
        """The names of the commands and message menus that Discord offers this person there."""
        return [each["name"] for each in commands.offered(self.user, channel)]

    def joins(self, guild: Guild, *permissions: str, roles: Iterable[int] = ()) -> None:
        """Becomes a member, with these permissions beside everybody's."""
        guild.members.append(self.user)
        self.user.roles[guild.id] = list(roles)
        self.user.permissions[guild.id] = set(permissions)

    # Commands and messages

    async def types(self, channel: Channel, command: str, /, **options: Any) -> Seen:
        """A slash command, with its sub-commands; raises Impossible where Discord's client offers no such thing."""
        found, path = forms.chosen(commands.offered(self.user, channel), command)
        values, named = forms.filled(found, path, options)
        data = self._data(found, channel) | {"options": values, "resolved": self._resolved(channel, named)}
        return await self._acts(Interaction(self.state, COMMAND, self.user, channel, command), data, found)

    async def completes(
        self, channel: Channel, command: str, option: str, text: str, /, **options: Any
    ) -> list[tuple[str, Any]]:
        """The suggestions for an option while it is being typed, as names and values."""
        found, path = forms.chosen(commands.offered(self.user, channel), command)
        declared = {each["name"]: each for each in (path[-1] if path else found)["options"]}
        if not declared.get(option, {}).get("autocomplete"):
            raise Impossible(f"{command} does not complete {option!r}")
        values, _ = forms.filled(found, path, options | {option: text}, option)
        what = f"{command} {option}:{text}"
        interaction = Interaction(self.state, COMPLETION, self.user, channel, what)
        await self._acts(interaction, self._data(found, channel) | {"options": values}, found)
        return [(each["name"], each["value"]) for each in interaction.choices]

    async def uses(self, menu: str, message: Message | Seen) -> Seen:
        """An entry of a message's own menu."""
        target = message.message if isinstance(message, Seen) else message
        offered = commands.offered(self.user, target.channel)
        found = next((each for each in offered if each["type"] == MESSAGE and each["name"] == menu), None)
        if found is None or target.private:
            raise Impossible(f"{menu!r} is not offered; there is {self.offered(target.channel)}")
        data = self._data(found, target.channel) | {"target_id": str(target.id)}
        data["resolved"] = {"messages": {str(target.id): wire.message(target)}}
        interaction = Interaction(self.state, COMMAND, self.user, target.channel, menu, menu=True)
        return await self._acts(interaction, data, found)

    async def says(
        self, channel: Channel, text: str, *, mention: bool = False, reply: Message | None = None, silent: bool = False
    ) -> Message:
        """A message. If it is for the bot, waits for the answer; with `silent`, until it is clear that none comes."""
        content = f"{self.state.bot.mention} {text}" if mention else text
        kind = REPLY if reply else 0
        message = messages.new(self.state, channel, self.user, {"content": content}, reference=reply, type=kind)
        if reply is not None:
            message.mentions.append(reply.author)
        mark = self._mark()
        messages.post(self.state, message)
        intent = messages.DIRECT_MESSAGES if channel.type == DM else messages.GUILD_MESSAGES
        addressed = channel.type == DM or self.state.bot in message.mentions
        if addressed and channel.open_to_bot and self.state.intents & intent and not silent:
            await self.state.until(lambda: len(self.state.effects) > mark, self.fake.timeout)
        await self.fake.settled()
        return message

    # Controls

    async def presses(self, surface: Surface, label: str, which: int = 0) -> Seen:
        """A button, by what is written on it; `which` where several say the same."""
        control = self._find(surface, label, which, BUTTON)
        if control.component.get("disabled") or not control.component.get("custom_id"):
            raise Impossible(f"{label!r} is disabled or a link: {control.component}")
        return await self._operates(control, label, {})

    async def picks(self, surface: Surface, *options: str, which: int = 0) -> Seen:
        """Options of a select of a message, by their labels."""
        control = self._find(surface, options[0], which, STRING_SELECT)
        if control.component.get("disabled"):
            raise Impossible(f"the select with {options[0]!r} is disabled")
        values = forms.picked(control.component, [control.label, *options[1:]])
        return await self._operates(control, control.label, {"values": values})

    async def submits(self, surface: Surface, /, **fields: Any) -> Seen:
        """A modal; its fields by custom_id or label, a select's by an option's label or several."""
        modal = surface.modal if isinstance(surface, Seen) else surface
        if not isinstance(modal, Modal) or not modal.open:
            raise Impossible("there is no open modal")
        components = forms.submitted(modal.components, fields)
        interaction = Interaction(self.state, SUBMISSION, self.user, modal.channel, modal.title, modal.source)
        data = {"custom_id": modal.payload["custom_id"], "components": components, "resolved": {}}
        seen = await self._acts(interaction, data)
        modal.open = not interaction.answer
        return seen

    def _find(self, surface: Surface, label: str, which: int, kind: int) -> Control:
        places = [surface] if not isinstance(surface, Seen) else [surface.surface, *reversed(surface.messages)]
        there = [each for place in dict.fromkeys(places) if isinstance(place, Message) for each in controls(place)]
        found = [each for each in there if each.component["type"] == kind]
        matching = [each for each in found if each.label == label] or [each for each in found if label in each.label]
        if len(matching) <= which:
            raise Impossible(f"nothing says {label!r}; there is {[each.label for each in found]}")
        return matching[which]

    async def _operates(self, control: Control, what: str, more: Json) -> Seen:
        message = control.surface
        assert isinstance(message, Message)
        if message.deleted or message not in self.sees(message.channel):
            raise Impossible(f"{self.name} does not see this message")
        component = control.component
        data = {"custom_id": component["custom_id"], "component_type": component["type"], "id": component["id"], **more}
        return await self._acts(Interaction(self.state, COMPONENT, self.user, message.channel, what, message), data)

    # How an act goes

    def _data(self, command: Json, channel: Channel) -> Json:
        data = {"id": command["id"], "name": command["name"], "type": command["type"]}
        return data | ({"guild_id": str(channel.guild.id)} if channel.guild and "guild_id" in command else {})

    def _resolved(self, channel: Channel, named: dict[str, Any]) -> Json:
        people = {str(each.id): each.user for each in named.values() if isinstance(each, Person)}
        resolved: Json = {"users": {key: wire.user(each) for key, each in people.items()}}
        if channel.guild is not None:
            resolved["members"] = {key: wire.member(each, channel.guild) for key, each in people.items()}
        places = [each for each in named.values() if isinstance(each, Channel)]
        resolved["channels"] = {str(each.id): wire.resolved(each, self.user) for each in places}
        return resolved

    def _payload(self, interaction: Interaction, data: Json, command: Json | None) -> Json:
        channel, guild = interaction.channel, interaction.channel.guild
        spot = Spot.of(self.user, channel)
        installs = [each for each in spot.installs if command is None or each in command["integration_types"]]
        owners = {"0": str(guild.id) if guild else "0", "1": str(self.id)}
        may = channel.permissions if channel.open_to_bot else wire.EVERYONE
        found: Json = {
            "id": str(interaction.id),
            "application_id": str(self.state.application),
            "type": interaction.type,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": wire.channel(channel) | {"permissions": self._permissions(channel)},
            "app_permissions": str(wire.bits(may)),
            "locale": self.user.locale,
            "entitlements": [],
            "authorizing_integration_owners": {str(each): owners[str(each)] for each in installs},
            "context": spot.context,
            "attachment_size_limit": 10_485_760,
        }
        if interaction.source is not None:
            found["message"] = wire.message(interaction.source)
        if guild is None:
            return found | {"user": wire.user(self.user)}
        found["member"] = wire.member(self.user, guild, channel) | {"user": wire.user(self.user)}
        found["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": []}
        return found | {"guild_id": str(guild.id), "guild_locale": guild.locale}

    def _permissions(self, channel: Channel) -> str:
        return str(wire.may(self.user, channel.guild, channel) if channel.guild else wire.bits(wire.EVERYONE))

    def _mark(self) -> int:
        """An act begins: how much has happened before it."""
        self.fake.work.mark()
        return len(self.state.effects)

    async def _acts(self, interaction: Interaction, data: Json, command: Json | None = None) -> Seen:
        mark, guild = self._mark(), interaction.channel.guild
        payload = self._payload(interaction, data, command)
        self.state.dispatch("INTERACTION_CREATE", payload, guild.id if guild else None)
        failed = await self._failure(interaction, mark)
        await self.fake.settled()
        return Seen(self._mine(mark, interaction), failed, interaction.source, interaction)

    async def _failure(self, interaction: Interaction, mark: int) -> str:
        """Waits for the answer, and for what it promises; gives what Discord says where it does not come."""
        until, failed = self.state.until, ""
        if not await until(lambda: bool(interaction.answer), self.fake.patience):
            interaction.lost = True
            failed = SAID.get(interaction.type, SILENT)
        elif interaction.answer == LATER and interaction.original:
            original = interaction.original
            if not await until(lambda: original.deleted or not original.loading, self.fake.timeout):
                failed = THINKING
        elif interaction.answer == LATER_IN_PLACE:
            await until(lambda: bool(self._mine(mark, interaction)), self.fake.timeout)
        if failed:
            self.fake.timeouts.append(f"{interaction.what}: {failed}")
        return failed

    def _mine(self, mark: int, interaction: Interaction) -> list[Effect]:
        """What has happened since then that this person sees and that no other act led to."""
        found = self.state.effects[mark:]
        return [each for each in found if each.cause in (None, interaction.id) and self._concerns(each)]

    def _concerns(self, effect: Effect) -> bool:
        what = effect.what
        return what.person is self.user if isinstance(what, Modal) else what.private_to in (None, self.user)
