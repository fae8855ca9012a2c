"""The environment and config/bot.yaml -> frozen Settings, every problem reported together.

Reads no file and no environment itself: both are passed in. Secrets come from the environment alone, and no problem
repeats one.
"""

import re
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.core import fields
from bot.core.answering import when
from bot.core.errors import Problem, SettingsError, UsageError
from bot.core.reading.parser import Limits
from bot.core.scheduling.subscription import LATE

# 32 characters is the longest name of a command on Slack, with its slash, and on Discord; "commonplace" takes eleven.
_PREFIX = re.compile(r"[a-z0-9_-]{0,20}")


@dataclass(frozen=True, slots=True)
class Daily:
    """When a daily lesson comes where nothing else is said: local time, IANA zone, weekdays with Monday as 0.

    No zone means that whoever switches a lesson on is asked for it, where neither the platform nor the channel tells.
    A lesson that is later than `grace` is missed. `managers` are the user ids that may change it, none for all who may.
    `channels` are lines such as `slack T1/C1 9:30 Europe/Berlin weekdays`.
    """

    time: time
    timezone: str
    days: frozenset[int]
    grace: timedelta = timedelta(hours=6)
    managers: frozenset[str] = frozenset()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slack:
    """How Slack is reached. With `app_token` over Socket Mode, else over HTTP on `port`, signed.

    Either `bot_token` for one workspace, or `client_id` and `client_secret` for all that install the app.
    """

    api_url: str
    port: int
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Discord:
    """How Discord is reached. No `gateway_url` means the one that the API names; `guild` is for trying commands out."""

    api_url: str
    gateway_url: str
    guild: int | None
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Health:
    """Where health and metrics are told over HTTP; at port 0 nowhere."""

    host: str = "127.0.0.1"
    port: int = 9090


@dataclass(frozen=True, slots=True)
class Search:
    """How entries are found. `model` and `cache` are folders, or "" for the bot's own."""

    results: int = 5
    semantic: bool = True
    model: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the bot behaves. `confidence` (0 to 1) is what a quote must reach.

    `database` is an address, or "" for a SQLite file in the user's data folder. `slack` and `discord` are there where
    the environment holds what it takes to connect.
    """

    prefix: str
    search: Search
    confidence: float
    daily: Daily
    limits: Limits
    database: str = field(default="", repr=False)
    health: Health = Health()
    slack: Slack | None = None
    discord: Discord | None = None


def _prefix(value: Any) -> str:
    if not isinstance(value, str) or not _PREFIX.fullmatch(value):
        raise ValueError("up to 20 lower-case letters, digits, `-` or `_`")
    return value


def _said(parse: Callable[[str], Any], what: str) -> Callable[[Any], Any]:
    """A value as people write it in chat, such as a time or days."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError(what)
        try:
            return parse(value)
        except UsageError as error:
            raise ValueError(f"{what}: {error}") from None

    return read


def _hours(value: Any) -> timedelta:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 24:
        raise ValueError("a number of hours from 0 to 24")
    return max(timedelta(hours=value), LATE)  # what is not even late is not missed


def _people(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(
        isinstance(one, str | int) and not isinstance(one, bool) for one in value
    ):
        raise ValueError("a list of user ids, such as [U024BE7LH, 80351110224678912]")
    return frozenset(map(str, value))


def _channels(value: Any) -> tuple[str, ...]:
    try:
        return fields.texts(value)
    except ValueError:
        raise ValueError('a list of lines, such as ["slack T024BE7LD/C024BE91L 9:30 Europe/Berlin"]') from None


def _zone(value: Any) -> str:
    if value == "":
        return ""
    if isinstance(value, str):
        try:
            return zoneinfo.ZoneInfo(value).key
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise ValueError("an IANA time zone such as Europe/Berlin")


def _address(*schemes: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if isinstance(value, str):
            try:
                parts = urlsplit(value)
                if parts.scheme in schemes and parts.hostname and parts.port != 0 and not parts.query:
                    return value.rstrip("/")
            except ValueError:
                pass
        raise ValueError(f"an address that begins with {schemes[0]}://")

    return read


def _database_url(value: Any) -> str:
    if isinstance(value, str) and (not value or value.startswith(("postgres://", "postgresql", "sqlite"))):
        if "password=" in value or ("@" in value and ":" in value.partition("://")[2].partition("@")[0]):
            raise ValueError("without a password: an address with one goes into DATABASE_URL, in the environment")
        return value
    raise ValueError("an address that begins with postgresql:// or sqlite:///")


def _guild(value: Any) -> int | None:
    if not isinstance(value, str | int) or not re.fullmatch("[0-9]{1,20}", str(value)):
        raise ValueError("a server's id, a number")
    return int(value) or None


def _host(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9.:-]+", value):
        raise ValueError("an address or a name of this machine, such as 127.0.0.1 or 0.0.0.0")
    return value


def _folder(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError('the name of a folder, or ""')
    return value.strip()


KEYS: Mapping[str, fields.FieldSpec] = {
    "commands.prefix": fields.FieldSpec(_prefix, ""),
    "search.results": fields.FieldSpec(fields.whole(1, 10), 5),
    "search.semantic": fields.FieldSpec(fields.switch, True),
    "search.model": fields.FieldSpec(_folder, ""),
    "search.cache": fields.FieldSpec(_folder, ""),
    "quote.confidence": fields.FieldSpec(fields.fraction, 0.5),
    "daily.time": fields.FieldSpec(_said(when.parse_time, 'a time in quotes such as "9:30"'), time(9)),
    "daily.timezone": fields.FieldSpec(_zone, ""),
    "daily.days": fields.FieldSpec(_said(when.parse_days, "days such as weekdays"), frozenset(range(5))),
    "daily.grace": fields.FieldSpec(_hours, timedelta(hours=6)),
    "daily.channels": fields.FieldSpec(_channels, ()),
    "daily.managers": fields.FieldSpec(_people, frozenset()),
    "database.url": fields.FieldSpec(_database_url, ""),
    "slack.api_url": fields.FieldSpec(_address("https", "http"), "https://slack.com/api"),
    "discord.api_url": fields.FieldSpec(_address("https", "http"), "https://discord.com/api/v10"),
    "discord.gateway_url": fields.FieldSpec(lambda value: _address("wss", "ws")(value) if value else "", ""),
    "discord.guild": fields.FieldSpec(_guild, None),
    "health.host": fields.FieldSpec(_host, "127.0.0.1"),
    "health.port": fields.FieldSpec(fields.whole(0, 65535), 9090),
    "content.max_bytes": fields.FieldSpec(fields.whole(1, 1_000_000_000), Limits().max_bytes),
    "content.max_entries": fields.FieldSpec(fields.whole(1, 10_000_000), Limits().max_entries),
}


def read_settings(config: str, environment: Mapping[str, str] | None = None, file: str = "config/bot.yaml") -> Settings:
    """Settings out of the text of config/bot.yaml and the environment. Raises SettingsError with all that is wrong."""
    values, problems = fields.read_fields(config, KEYS)
    given = {name: value.strip() for name, value in (environment or {}).items() if value.strip()}
    found = [*SettingsError(problems).in_file(file).problems, *_environment_problems(given)]
    if found:
        raise SettingsError(found)
    return Settings(
        prefix=values["commands.prefix"],
        search=Search(**{name: values[f"search.{name}"] for name in ("results", "semantic", "model", "cache")}),
        confidence=values["quote.confidence"],
        daily=Daily(
            **{name: values[f"daily.{name}"] for name in ("time", "timezone", "days", "grace", "managers", "channels")}
        ),
        limits=Limits(values["content.max_bytes"], values["content.max_entries"]),
        database=_database(given.get("DATABASE_URL", values["database.url"])),
        health=Health(values["health.host"], values["health.port"]),
        slack=_slack(given, values["slack.api_url"]),
        discord=_discord(given, values),
    )


def _database(url: str) -> str:
    """Addresses as hosting services write them, in the form that SQLAlchemy 2.1 takes."""
    for begins, driver in (("postgres://", "postgresql+psycopg://"), ("postgresql://", "postgresql+psycopg://")):
        if url.startswith(begins):
            return driver + url.removeprefix(begins)
    return "sqlite+aiosqlite://" + url.removeprefix("sqlite://") if url.startswith("sqlite://") else url


def _slack(given: Mapping[str, str], api_url: str) -> Slack | None:
    if "SLACK_BOT_TOKEN" not in given and "SLACK_CLIENT_ID" not in given:
        return None
    names = ("bot_token", "app_token", "signing_secret", "client_id", "client_secret")
    secrets = {name: given.get(f"SLACK_{name.upper()}", "") for name in names}
    return Slack(f"{api_url}/", int(given.get("PORT", "3000")), **secrets)


def _discord(given: Mapping[str, str], values: Mapping[str, Any]) -> Discord | None:
    if "DISCORD_TOKEN" not in given:
        return None
    api_url, gateway_url, guild = (values[f"discord.{name}"] for name in ("api_url", "gateway_url", "guild"))
    return Discord(api_url, gateway_url, guild, given["DISCORD_TOKEN"])


def _environment_problems(given: Mapping[str, str]) -> Iterator[Problem]:
    """What does not go together in the environment. Names variables, never what they hold."""
    for name, begins in (("SLACK_BOT_TOKEN", "xoxb-"), ("SLACK_APP_TOKEN", "xapp-")):
        if given.get(name, "").startswith("xoxe."):
            mend = "let workspaces install the app (SLACK_CLIENT_ID), or switch token rotation off in its settings"
            yield Problem(f"{name} is a token that expires", mend)
        elif name in given and not given[name].startswith(begins):
            yield Problem(f"{name} does not begin with {begins}", "copy it anew from the app's page at Slack")
    if not given.get("DATABASE_URL", "postgresql://").startswith(("postgres://", "postgresql", "sqlite")):
        yield Problem("DATABASE_URL is no address of a database", "write postgresql://… or sqlite:///FILE")
    port = given.get("PORT", "3000")
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        yield Problem("PORT is no number from 1 to 65535", "correct it or leave it out (3000)")
    one, many = "SLACK_BOT_TOKEN" in given, {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"} & given.keys()
    if one and many:
        yield Problem(
            "SLACK_BOT_TOKEN is set beside a client id or secret",
            "keep the token for one workspace, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for all that install the app",
        )
    elif len(many) == 1:
        missing = ({"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"} - many).pop()
        yield Problem(f"{many.pop()} is set without {missing}", f"set {missing} too")
    ways = {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"} & given.keys()
    if (one or many) and not ways:
        yield Problem(
            "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set",
            "set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP",
        )
    if ways and not one and not many:
        yield Problem(f"{sorted(ways)[0]} is set without SLACK_BOT_TOKEN", "set SLACK_BOT_TOKEN too (xoxb-…)")
