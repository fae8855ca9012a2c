"""The composition root: the only place that knows both the desk and the adapters. Configuration is read here, once."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import available_timezones

from bot.adapters import content
from bot.core.errors import BotError, Problem, SettingsError
from bot.core.parser import Limits
from bot.desk import Desk
from bot.settings import Settings, read_settings

CONTENT = Path("content")
CONFIG = Path("config/bot.yaml")


@dataclass(frozen=True, slots=True)
class Places:
    """Where content and configuration lie. No `config` means the default one, which may be missing."""

    content: Path = CONTENT
    config: Path | None = None


class SystemClock:
    """The machine's own clock and time zones."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def zones(self) -> frozenset[str]:
        return frozenset(available_timezones())


async def load_settings(places: Places, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings; `environment` for what connects to a platform. Raises SettingsError for what cannot be used."""
    path = places.config or CONFIG
    try:
        text = await asyncio.to_thread(path.read_text, "utf-8")
    except FileNotFoundError:
        if places.config is None:
            return read_settings("", environment)
        raise SettingsError(Problem("there is no such file", "name one that exists", file=str(path))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(Problem(f"this cannot be read: {error}", "mend the file", file=str(path))) from None
    return read_settings(text, environment, str(path))


async def open_desk(places: Places, settings: Settings | None = None) -> Desk:
    """The desk over everything in the content folder. Raises BotError with every problem found."""
    settings = settings or await load_settings(places)
    library = await content.read_library(places.content, settings.limits)
    return Desk(library, settings, SystemClock(), random.Random())  # noqa: S311 - which lesson comes is no secret


async def check(places: Places) -> list[Problem]:
    """Every problem of the configuration and the content together."""
    problems: list[Problem] = []
    limits = Limits()
    try:
        limits = (await load_settings(places)).limits
    except BotError as error:
        problems += error.problems
    return problems + await content.check_folder(places.content, limits)
