"""The composition root: the only place that knows both the desk and the adapters. Configuration is read here, once.

A platform's libraries are imported where its token is set, and only there.
"""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import structlog

from bot.adapters import content
from bot.core import wording
from bot.core.errors import BotError, Problem, SettingsError
from bot.core.parser import Limits
from bot.desk import Desk
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.get_logger(__name__)

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


# ---- the platforms


async def run(places: Places, environment: Mapping[str, str]) -> None:
    """Answer on every platform whose token is set, until SIGTERM or SIGINT.

    Raises SettingsError where there is no token, or where every platform refuses the one it has.
    """
    settings = await load_settings(places, environment)
    desk = await open_desk(places, settings)
    platforms = _platforms(desk, settings)
    if not platforms:
        raise SettingsError(Problem("no platform's token is set", wording.TOKENS_TO_SET))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(_kept_up(name, serve), name=name) for name, serve in platforms.items()]
    everything = asyncio.gather(*tasks, return_exceptions=True)
    everything.add_done_callback(lambda _: stop.set())
    await stop.wait()
    for task in tasks:
        task.cancel()
    refused = [error for error in await everything if isinstance(error, SettingsError)]
    if len(refused) == len(platforms):
        raise SettingsError([problem for error in refused for problem in error.problems])


Serve = Callable[[asyncio.Event], Awaitable[None]]


def _platforms(desk: Desk, settings: Settings) -> dict[str, Serve]:
    found: dict[str, Serve] = {}
    if settings.slack:
        from bot.adapters.slack import client as slack  # noqa: PLC0415 - 200 ms that Discord alone need not take

        found["slack"] = partial(
            slack.serve, desk, settings.slack, _engine(settings) if settings.slack.client_id else None
        )
    if settings.discord:
        from bot.adapters.discord import client as discord  # noqa: PLC0415 - 170 ms that Slack alone need not take

        found["discord"] = partial(discord.serve, desk, settings.discord)
    return found


def _engine(settings: Settings) -> "Callable[[], AsyncEngine]":
    from bot.adapters.store.engine import open_engine  # noqa: PLC0415 - one workspace and no daily lesson need none

    return partial(open_engine, settings.database)


async def _kept_up(name: str, serve: Serve) -> None:
    """Serve a platform again whenever its connection fails for good, ever less often, up to once a minute.

    Raises SettingsError where the platform refuses the token: trying again would not help.
    """
    pause = 1.0
    connected = asyncio.Event()
    while True:
        try:
            await serve(connected)
        except SettingsError as error:
            log.error("platform_refused", platform=name, problem=str(error))  # noqa: TRY400 - the sentence says it all
            raise
        except OSError as error:  # the network, and what did not answer in time
            log.warning("platform_unreachable", platform=name, reason=str(error), retry_in_s=pause)
        except Exception:
            log.exception("platform_failed", platform=name, retry_in_s=pause)
        pause = 1.0 if connected.is_set() else min(pause * 2, 60.0)
        await asyncio.sleep(pause)
