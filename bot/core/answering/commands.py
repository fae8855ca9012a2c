"""The one table of commands. Help, parsing, completion, manifests and the README follow from it.

Names and descriptions keep the limits of both platforms: a name of at most 32 characters in lower case, a
description of at most 100 (Discord's application commands; Slack allows more).
"""

from dataclasses import dataclass
from enum import StrEnum


class Value(StrEnum):
    """What an option holds: decides how it is completed, checked and recognised without its name."""

    QUERY = "query"
    KIND = "kind"
    TOPIC = "topic"
    SUMMARY = "summary"
    TIME = "time"
    ZONE = "timezone"
    DAYS = "days"
    CHANNEL = "channel"
    FORUM = "forum"


class Access(StrEnum):
    """Who may use a command."""

    EVERYBODY = "everybody"
    MANAGERS = "managers"  # those who may change a channel's daily lesson


@dataclass(frozen=True, slots=True)
class Option:
    """`name:value` after a command; `required` ones come first."""

    name: str
    value: Value
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command with options, or with commands of its own, of which the first answers when none is named.

    `discord` are the options that Discord alone has: a place is named there without standing in it.
    """

    name: str
    description: str
    options: tuple[Option, ...] = ()
    commands: tuple["Command", ...] = ()
    example: str = ""
    access: Access = Access.EVERYBODY
    discord: tuple[Option, ...] = ()


_TOPIC = Option("topic", Value.TOPIC, "Only this topic")
_SUMMARY = Option("summary", Value.SUMMARY, "Only this summary")
_WHEN = (
    Option("time", Value.TIME, "When, in local time, such as 9:30"),
    Option("timezone", Value.ZONE, "Whose local time, such as Europe/Berlin"),
    Option("days", Value.DAYS, "Which days, such as weekdays or mon,thu"),
    _TOPIC,
    _SUMMARY,
)
_WHERE = (Option("channel", Value.CHANNEL, "Which channel, thread or forum; this one unless you name another"),)
_FORUM = Option("forum", Value.FORUM, "In a forum: a post a day, or one thread for all")


def _change(name: str, description: str) -> Command:
    return Command(name, description, example=f"/daily {name}", access=Access.MANAGERS, discord=_WHERE)


COMMANDS: tuple[Command, ...] = (
    Command(
        "lookup",
        "Find the ideas and lessons that fit a query",
        (
            Option("query", Value.QUERY, "Words, a question, or an entry's id", required=True),
            Option("kind", Value.KIND, "Only ideas, lessons, quotes or takes"),
            _TOPIC,
            _SUMMARY,
        ),
        example="/lookup data efficiency kind:lesson",
    ),
    Command("lesson", "Read one lesson now", (_TOPIC, _SUMMARY), example="/lesson topic:scaling"),
    Command(
        "quote",
        "Quote an idea or a lesson into the channel",
        (Option("query", Value.QUERY, "Words, a question, or an entry's id", required=True),),
        example="/quote torch-sum-bug",
    ),
    Command(
        "summary",
        "See a summary at a glance and open its topics",
        (Option("summary", Value.SUMMARY, "Which summary"),),
        example="/summary gpt-4.5",
    ),
    Command(
        "daily",
        "A lesson a day in this channel",
        commands=(
            Command(
                "status",
                "What was sent here, what was not and why, and what comes next",
                example="/daily status",
                discord=_WHERE,
            ),
            Command(
                "on",
                "Switch it on, or change it",
                _WHEN,
                example="/daily on 9:30 Europe/Berlin weekdays",
                access=Access.MANAGERS,
                discord=(*_WHERE, _FORUM),
            ),
            _change("off", "Switch it off"),
            _change("pause", "Stop it for a while"),
            _change("resume", "Go on after a pause"),
            _change("skip", "Leave out the next lesson"),
            Command(
                "preview",
                "The next seven lessons and when they come",
                _WHEN,
                example="/daily preview 9:30 Europe/Berlin weekdays",
                discord=_WHERE,
            ),
        ),
    ),
    Command(
        "commonplace",
        "What this bot is and what it can do",
        commands=(
            Command("help", "Every command, with an example", example="/commonplace help"),
            Command("about", "What the bot knows and where it comes from", example="/commonplace about"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that somebody gave: its names from the outside in, and its options as typed."""

    path: tuple[str, ...]
    options: dict[str, str]


def find(path: tuple[str, ...]) -> Command:
    """The command at `path`, such as ("daily", "preview"). Raises KeyError where there is none."""
    commands: tuple[Command, ...] = COMMANDS
    found: Command | None = None
    for name in path:
        found = {command.name: command for command in commands}[name]
        commands = found.commands
    if found is None:
        raise KeyError(path)
    return found


def usage(command: Command, before: str = "/") -> str:
    """How a command is written: `/lookup query [kind:] [topic:]`, with `before` ahead of its name."""
    parts = [option.name if option.required else f"[{option.name}:]" for option in command.options]
    return " ".join([before + command.name, *parts])
