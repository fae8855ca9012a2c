"""The application commands, out of the table of commands, as Discord registers them. Knows no network.

Limits: 100 global slash commands, names of 1 to 32 and descriptions of 1 to 100 characters, 25 options, the
required ones first, 25 choices (Discord's reference of application commands).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from discord import Permissions

from bot.core import wording
from bot.core.commands import COMMANDS, Access, Command, Invocation, Option, Value, find
from bot.core.summary import Kind

Payload = dict[str, Any]

_SLASH, _MESSAGE = 1, 3  # types of commands
_SUBCOMMAND, _STRING = 1, 3  # types of options
# Installed on a server and by a user for themselves; used there, in the bot's own DM and in those of others.
_EVERYWHERE = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
_MANAGERS = str(Permissions(manage_channels=True).value)


def declared(prefix: str) -> list[Payload]:
    """Every command with the configured prefix, and the message menu."""
    menu = {"type": _MESSAGE, "name": wording.QUOTE_AN_IDEA, **_EVERYWHERE}
    return [*(_command(command, prefix) for command in COMMANDS), menu]


def _command(command: Command, prefix: str) -> Payload:
    options = [_subcommand(sub) for sub in command.commands] or [_option(option) for option in command.options]
    said = {"name": prefix + command.name, "description": command.description, "options": options}
    allowed = {"default_member_permissions": _MANAGERS if _for_managers(command) else None}
    return {"type": _SLASH, **said, **allowed, **_EVERYWHERE}


def _for_managers(command: Command) -> bool:
    """Discord hides a whole group or nothing of it: one that is partly for everybody is checked when it is given."""
    return all(one.access is Access.MANAGERS for one in command.commands or (command,))


def _subcommand(command: Command) -> Payload:
    options = [_option(option) for option in command.options]
    return {"type": _SUBCOMMAND, "name": command.name, "description": command.description, "options": options}


def _option(option: Option) -> Payload:
    """Kinds are few and are all shown; everything else is completed while somebody types."""
    kinds = [{"name": wording.KINDS[kind].capitalize(), "value": kind.value} for kind in Kind]
    values: Payload = {"choices": kinds} if option.value is Value.KIND else {"autocomplete": True}
    said = {"name": option.name, "description": option.description, "required": option.required}
    return {"type": _STRING, **said, **values}


def same(declared: Any, registered: Any) -> bool:
    """Whether what is registered is what is declared. Discord adds keys of its own and leaves out what is empty."""
    if isinstance(declared, Mapping):
        return isinstance(registered, Mapping) and all(
            same(value, registered.get(key, _absent(value))) for key, value in declared.items()
        )
    if isinstance(declared, Sequence) and not isinstance(declared, str):
        if not isinstance(registered, Sequence) or len(declared) != len(registered):
            return False
        return all(map(same, _ordered(declared), _ordered(registered)))
    return bool(declared == registered)


def _absent(value: Any) -> Any:
    return type(value)()


def _ordered(values: Iterable[Any]) -> list[Any]:
    """Commands in the order of their names: Discord gives them in its own. Options keep theirs."""
    values = list(values)
    top = all(isinstance(one, Mapping) and "contexts" in one for one in values)
    return sorted(values, key=lambda one: (one["type"], one["name"])) if top else values


def given(data: Mapping[str, Any], prefix: str) -> Invocation:
    """The command that somebody gave. Raises KeyError where the table has none of that name."""
    path: list[str] = [data["name"].removeprefix(prefix)]
    options = data.get("options", ())
    while options and options[0]["type"] == _SUBCOMMAND:
        path.append(options[0]["name"])
        options = options[0].get("options", ())
    find(tuple(path))
    return Invocation(tuple(path), {option["name"]: str(option["value"]) for option in options})


def typing(data: Mapping[str, Any], prefix: str) -> tuple[Value, str]:
    """What is being typed into which kind of option. Raises KeyError where the table has none of that name."""
    options = data.get("options", ())
    path: list[str] = [data["name"].removeprefix(prefix)]
    while options and options[0]["type"] == _SUBCOMMAND:
        path.append(options[0]["name"])
        options = options[0].get("options", ())
    focused = next(option for option in options if option.get("focused"))
    known = {option.name: option.value for option in find(tuple(path)).options}
    return known[focused["name"]], str(focused["value"])
