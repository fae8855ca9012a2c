"""The application commands, out of the table of commands, as Discord registers them. Knows no network.

Limits: 100 global slash commands, names of 1 to 32 and descriptions of 1 to 100 characters, 25 options, the
required ones first, 25 choices (Discord's reference of application commands).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from discord import Permissions

from bot.core.answering import wording
from bot.core.answering.commands import COMMANDS, Access, Command, Invocation, Option, Value, find
from bot.core.summary import Kind

Payload = dict[str, Any]

_SLASH, _MESSAGE = 1, 3  # types of commands
_SUBCOMMAND, _STRING, _CHANNEL = 1, 3, 7  # types of options
# Where a lesson can be posted: text, announcement, their threads, private ones, forum, media.
_PLACES = [0, 5, 10, 11, 12, 15, 16]
# Installed on a server and by a user for themselves; used there, in the bot's own DM and in those of others.
_EVERYWHERE = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
_MANAGERS = str(Permissions(manage_channels=True).value)


def declared(prefix: str, *, everywhere: bool = True) -> list[Payload]:
    """Every command with the configured prefix, and the message menu.

    Not `everywhere` is for one server alone, where Discord knows no contexts.
    """
    menu = {"type": _MESSAGE, "name": wording.QUOTE_AN_IDEA}
    found = [*(_command(command, prefix) for command in COMMANDS), menu]
    return [{**one, **_EVERYWHERE} for one in found] if everywhere else found


def _command(command: Command, prefix: str) -> Payload:
    options = [_subcommand(sub) for sub in command.commands] or [_option(option) for option in command.options]
    said = {"name": prefix + command.name, "description": command.description, "options": options}
    allowed = {"default_member_permissions": _MANAGERS if _for_managers(command) else None}
    return {"type": _SLASH, **said, **allowed}


def _for_managers(command: Command) -> bool:
    """Discord hides a whole group or nothing of it: one that is partly for everybody is checked when it is given."""
    return all(one.access is Access.MANAGERS for one in command.commands or (command,))


def _subcommand(command: Command) -> Payload:
    options = [_option(option) for option in (*command.options, *command.discord)]
    return {"type": _SUBCOMMAND, "name": command.name, "description": command.description, "options": options}


def _option(option: Option) -> Payload:
    """What is of few kinds is all shown; everything else is completed while somebody types."""
    said = {"name": option.name, "description": option.description, "required": option.required}
    if option.value is Value.CHANNEL:
        return {"type": _CHANNEL, **said, "channel_types": _PLACES}
    few = _CHOICES.get(option.value)
    return {"type": _STRING, **said, **({"choices": few} if few else {"autocomplete": True})}


_CHOICES = {
    Value.KIND: [{"name": wording.KINDS[kind].capitalize(), "value": kind.value} for kind in Kind],
    Value.FORUM: [{"name": said, "value": way} for way, said in wording.FORUMS.items()],
}


def same(declared: Sequence[Payload], registered: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the registered commands are those declared. Discord gives them in an order of its own."""
    pairs = zip(_ordered(declared), _ordered(registered), strict=False)
    return len(declared) == len(registered) and all(_same(one, other) for one, other in pairs)


def _ordered(commands: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(commands, key=lambda one: (one["type"], one["name"]))


def _same(declared: Any, registered: Any) -> bool:
    """Discord adds keys of its own, leaves out what is empty, and gives numbers in any order. Options keep theirs."""
    if isinstance(declared, Mapping):
        return isinstance(registered, Mapping) and all(
            _same(value, registered.get(key, type(value)())) for key, value in declared.items()
        )
    if isinstance(declared, list) and isinstance(registered, list):
        if all(isinstance(one, int) for one in declared):
            return sorted(declared) == sorted(registered)
        return len(declared) == len(registered) and all(map(_same, declared, registered))
    return bool(declared == registered)


def given(data: Mapping[str, Any], prefix: str) -> Invocation:
    """The command that somebody gave. Raises KeyError where the table has none of that name."""
    path, options = _inmost(data, prefix)
    find(path)
    return Invocation(path, {option["name"]: str(option["value"]) for option in options})


def typing(data: Mapping[str, Any], prefix: str) -> tuple[Value, str]:
    """What is being typed into which kind of option. Raises KeyError where the table has none of that name."""
    path, options = _inmost(data, prefix)
    focused = next(option for option in options if option.get("focused"))
    command = find(path)
    known = {option.name: option.value for option in (*command.options, *command.discord)}
    return known[focused["name"]], str(focused["value"])


def _inmost(data: Mapping[str, Any], prefix: str) -> tuple[tuple[str, ...], Sequence[Mapping[str, Any]]]:
    """The names of a command from the outside in, and the options of the inmost."""
    path: tuple[str, ...] = (data["name"].removeprefix(prefix),)
    options = data.get("options", ())
    while options and options[0]["type"] == _SUBCOMMAND:
        path = (*path, options[0]["name"])
        options = options[0].get("options", ())
    return path, options
