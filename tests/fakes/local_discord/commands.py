"""Application commands: registering them, and which of them somebody is offered somewhere. No socket."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from tests.fakes.local_discord import wire
from tests.fakes.local_discord.call import NOTHING, Call, Method, Reply, guild_of
from tests.fakes.local_discord.command_limits import CHAT, MOST, in_command
from tests.fakes.local_discord.guilds import FORUMS, Channel, User
from tests.fakes.local_discord.problems import Json, Problem
from tests.fakes.local_discord.state import Refused, invalid

IN_GUILD, IN_BOT_DM, ELSEWHERE = 0, 1, 2
FOR_GUILDS, FOR_USERS = 0, 1
ROLE, USER, CHANNEL = 1, 2, 3  # whom a guild's own permissions of a command are for
KEPT = tuple(
    "name description options default_member_permissions contexts integration_types nsfw dm_permission "
    "name_localizations description_localizations".split()
)
DEFAULTS: Json = {"description": "", "options": [], "nsfw": False, "integration_types": [FOR_GUILDS]}


@dataclass(frozen=True)
class Spot:
    """Where somebody uses the app: the context, and whose installs of it hold there."""

    context: int
    installs: tuple[int, ...]

    @classmethod
    def of(cls, person: User, channel: Channel) -> "Spot":
        by_user = (FOR_USERS,) if person.installed else ()
        if channel.guild is not None:
            return cls(IN_GUILD, (*((FOR_GUILDS,) if channel.guild.bot else ()), *by_user))
        if channel.state.bot not in channel.recipients:
            return cls(ELSEWHERE, by_user)
        shared = any(channel.state.guilds[each].bot for each in person.permissions)
        return cls(IN_BOT_DM, (*((FOR_GUILDS,) if shared else ()), *by_user))


def offered(person: User, channel: Channel) -> list[Json]:
    """The commands that somebody can choose from in a channel; a guild's own go before global ones of that name."""
    if channel.type in FORUMS:
        return []  # only its posts have a line to type in
    state, spot = channel.state, Spot.of(person, channel)
    own = state.commands.get(channel.guild.id, []) if channel.guild and channel.guild.bot else []
    names = {(each["type"], each["name"]) for each in own}
    shared = [each for each in state.commands[None] if (each["type"], each["name"]) not in names]
    return _permitted(person, channel, [*own, *(each for each in shared if _fits(each, spot))])


def _fits(command: Json, spot: Spot) -> bool:
    contexts = command["contexts"]
    if contexts is None:
        contexts = (IN_GUILD, IN_BOT_DM, ELSEWHERE) if command.get("dm_permission") is not False else (IN_GUILD,)
    return spot.context in contexts and bool(set(spot.installs) & set(command["integration_types"]))


def _permitted(person: User, channel: Channel, commands: list[Json]) -> list[Json]:
    if channel.guild is None:
        return commands
    may = int(wire.member(person, channel.guild)["permissions"])
    if may & (1 << wire.BITS["administrator"]) or person is channel.guild.owner:
        return commands
    return [each for each in commands if _may(each, may, person, channel)]


def _may(command: Json, may: int, person: User, channel: Channel) -> bool:
    """The guild's own permissions of the command, else of the app, rule over what the command itself needs."""
    guild = channel.guild
    assert guild is not None
    own = guild.overrides.get(int(command["id"])) or guild.overrides.get(channel.state.application) or []
    said = {(each["type"], int(each["id"])): each["permission"] for each in own}
    places = [each.id for each in (channel, channel.parent) if each is not None]
    here = [said[CHANNEL, each] for each in (*places, guild.id - 1) if (CHANNEL, each) in said]
    roles = [said[ROLE, each] for each in person.roles.get(guild.id, ()) if (ROLE, each) in said]
    for found in ([said[USER, person.id]] if (USER, person.id) in said else [], roles, [said.get((ROLE, guild.id))]):
        if found and found != [None]:
            return any(found) and all(here[:1])
    needs = command["default_member_permissions"]
    return all(here[:1]) and _has(needs, may)


def _has(needs: str | None, may: int) -> bool:
    return needs is None or (int(needs) != 0 and may & int(needs) == int(needs))


# Registering


def _where(call: Call) -> int | None:
    if call.number("app") != call.state.application:
        raise Refused(404, 10002, "Unknown Application")
    return guild_of(call).id if "guild" in call.ids else None


def _known(call: Call) -> list[Json]:
    return call.state.commands.setdefault(_where(call), [])


def _list(call: Call) -> Reply:
    return Reply(_known(call))


def _overwrite(call: Call) -> Reply:
    known = _known(call)
    problems = [
        Problem((at, *each.path), each.code, each.message)
        for at, command in enumerate(call.body)
        for each in in_command(command)
    ]
    problems += _crowd(call.body)
    call.state.command_writes += 1
    if problems:
        raise invalid(problems)
    known[:] = [_registered(call, command, known) for command in call.body]
    return Reply(known)


def _crowd(commands: list[Json]) -> Iterator[Problem]:
    keys = [(each.get("type", CHAT), each.get("name")) for each in commands]
    for at, key in enumerate(keys):
        if key in keys[:at]:
            message = "Application command names must be unique"
            yield Problem((at, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    for kind, most in MOST.items():
        if sum(each[0] == kind for each in keys) > most:
            yield Problem((), "MAX_APPLICATION_COMMANDS", f"Maximum number of application commands reached ({most})")


def _registered(call: Call, command: Json, known: list[Json]) -> Json:
    """A command as Discord keeps it: the id of its namesake, and a new version if it is another."""
    state, kind = call.state, command.get("type", CHAT)
    made = deepcopy(DEFAULTS) | {key: deepcopy(command[key]) for key in KEPT if key in command}
    made["integration_types"] = made["integration_types"] or [FOR_GUILDS]
    permissions = command.get("default_member_permissions")
    made["default_member_permissions"] = None if permissions is None else str(permissions)
    made |= {"type": kind, "application_id": str(state.application), "contexts": command.get("contexts")}
    if "guild" in call.ids:
        made["guild_id"] = call.ids["guild"]
    for option in _every_option(made):
        option.setdefault("required", False)
    before = next((each for each in known if (each["type"], each["name"]) == (kind, made["name"])), None)
    identity = {"id": str(state.new_id()), "version": str(state.new_id())}
    if before is not None:
        identity["id"] = before["id"]
        same = {key: before.get(key) for key in made} == made
        identity["version"] = before["version"] if same else identity["version"]
    return made | identity


def _every_option(holder: Json) -> Iterator[Json]:
    for option in holder.get("options") or []:
        if option["type"] > 2:
            yield option
        yield from _every_option(option)


def _create(call: Call) -> Reply:
    known = _known(call)
    problems = list(in_command(call.body))
    if problems:
        raise invalid(problems)
    made = _registered(call, call.body, known)
    others = [each for each in known if each["id"] != made["id"]]
    if crowd := list(_crowd([*others, made])):
        raise invalid(crowd)
    known[:] = [*others, made]
    return Reply(made, 200 if len(others) < len(known) - 1 else 201)


def _one(call: Call) -> Json:
    for each in _known(call):
        if each["id"] == call.ids["command"]:
            return each
    raise Refused(404, 10063, "Unknown application command")


def _get(call: Call) -> Reply:
    return Reply(_one(call))


def _edit(call: Call) -> Reply:
    command = _one(call)
    changed = {key: value for key, value in command.items() if key in (*KEPT, "type")} | call.body
    problems = list(in_command(changed))
    if problems:
        raise invalid(problems)
    identity = {"id": command["id"], "version": str(call.state.new_id())}
    command.update(_registered(call, changed, [command]) | identity)
    return Reply(command)


def _delete(call: Call) -> Reply:
    _known(call).remove(_one(call))
    return NOTHING


def _permissions(call: Call) -> Reply:
    """What the guild itself set for a command, or for the app where its id stands in the command's place."""
    guild = guild_of(call)
    found = guild.overrides.get(call.number("command"))
    if not found:
        raise Refused(404, 10066, "Unknown application command permissions")
    about = {"id": call.ids["command"], "application_id": str(call.state.application), "guild_id": str(guild.id)}
    return Reply(about | {"permissions": found})


def _methods() -> Iterator[tuple[tuple[str, str], Method]]:
    for base in ("/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands"):
        yield ("GET", base), _list
        yield ("PUT", base), _overwrite
        yield ("POST", base), _create
        yield ("GET", f"{base}/{{command}}"), _get
        yield ("PATCH", f"{base}/{{command}}"), _edit
        yield ("DELETE", f"{base}/{{command}}"), _delete
    yield ("GET", "/applications/{app}/guilds/{guild}/commands/{command}/permissions"), _permissions


METHODS: dict[tuple[str, str], Method] = dict(_methods())
