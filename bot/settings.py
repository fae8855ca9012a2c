"""config/bot.yaml -> frozen Settings, every problem reported together. Reads no file itself: its text is passed in."""

import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from bot.core import fields, when
from bot.core.errors import SettingsError, UsageError
from bot.core.parser import Limits

# 32 characters is the longest name of a command on Slack and on Discord; "commonplace" takes eleven of them.
_PREFIX = re.compile(r"[a-z0-9_-]{0,21}")


@dataclass(frozen=True, slots=True)
class Daily:
    """When a daily lesson comes where nothing else is said: local time, IANA zone, weekdays with Monday as 0."""

    time: time
    timezone: str
    days: frozenset[int]


@dataclass(frozen=True, slots=True)
class Settings:
    """How the bot behaves. `results` are shown at once; `confidence` (0 to 1) is what a quote must reach."""

    prefix: str
    results: int
    confidence: float
    daily: Daily
    limits: Limits


def _prefix(value: Any) -> str:
    if not isinstance(value, str) or not _PREFIX.fullmatch(value):
        raise ValueError("up to 21 lower-case letters, digits, `-` or `_`")
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


def _zone(value: Any) -> str:
    if isinstance(value, str):
        try:
            return zoneinfo.ZoneInfo(value).key
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise ValueError("an IANA time zone such as Europe/Berlin")


KEYS: Mapping[str, fields.FieldSpec] = {
    "commands.prefix": fields.FieldSpec(_prefix, ""),
    "search.results": fields.FieldSpec(fields.whole(1, 10), 5),
    "quote.confidence": fields.FieldSpec(fields.fraction, 0.5),
    "daily.time": fields.FieldSpec(_said(when.parse_time, 'a time in quotes such as "9:30"'), time(9)),
    "daily.timezone": fields.FieldSpec(_zone, "UTC"),
    "daily.days": fields.FieldSpec(_said(when.parse_days, "days such as weekdays"), frozenset(range(5))),
    "content.max_bytes": fields.FieldSpec(fields.whole(1, 1_000_000_000), Limits().max_bytes),
    "content.max_entries": fields.FieldSpec(fields.whole(1, 10_000_000), Limits().max_entries),
}


def read_settings(config: str, file: str = "config/bot.yaml") -> Settings:
    """Settings out of the text of config/bot.yaml. Raises SettingsError with every problem found."""
    values, problems = fields.read_fields(config, KEYS)
    if problems:
        raise SettingsError(problems).in_file(file)
    return Settings(
        prefix=values["commands.prefix"],
        results=values["search.results"],
        confidence=values["quote.confidence"],
        daily=Daily(values["daily.time"], values["daily.timezone"], values["daily.days"]),
        limits=Limits(values["content.max_bytes"], values["content.max_entries"]),
    )
