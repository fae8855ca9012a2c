"""The bot as a service: the platforms whose tokens are set, the database, and the scheduler, put together and kept up.

What takes long to import is imported here and not in `app`, which every verb of the command line needs; a platform's
libraries only where its token is set.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial

import structlog

from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.app import Places, load_settings, open_desk
from bot.core import wording
from bot.core.errors import Problem, SettingsError
from bot.daily import Daily
from bot.desk import Desk
from bot.ports import Messenger
from bot.scheduler import Scheduler
from bot.settings import Settings

log = structlog.get_logger(__name__)


async def run(places: Places, environment: Mapping[str, str]) -> None:
    """Answer on every platform whose token is set, and post the daily lessons, until SIGTERM or SIGINT.

    Raises SettingsError where there is no token, or where every platform refuses the one it has; StoreError where the
    database cannot be used.
    """
    settings = await load_settings(places, environment)
    if not settings.slack and not settings.discord:
        raise SettingsError(Problem("no platform's token is set", wording.TOKENS_TO_SET))
    desk = await open_desk(places, settings)
    async with _store(settings) as store:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        daily, messengers = Daily(desk, store), dict[str, Messenger]()
        platforms = _platforms(desk, settings, daily, messengers, store)
        tasks = [asyncio.create_task(_kept_up(name, serve), name=name) for name, serve in platforms.items()]
        everything = asyncio.gather(*tasks, return_exceptions=True)
        everything.add_done_callback(lambda _: stop.set())
        await Scheduler(daily, store, messengers, settings.prefix).run(stop)
        for task in tasks:
            task.cancel()
        refused = [error for error in await everything if isinstance(error, SettingsError)]
    if len(refused) == len(platforms):
        raise SettingsError([problem for error in refused for problem in error.problems])


@contextlib.asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[SqlStore]:
    """The database, ready to be used."""
    engine = open_engine(settings.database)
    try:
        await migrate.prepare(engine)
        holder = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
        yield SqlStore(engine, holder, settings.daily.grace)
    finally:
        await engine.dispose()


async def upgrade(places: Places, environment: Mapping[str, str]) -> str:
    """Bring the database to the newest schema. Gives what was done; raises StoreError."""
    engine = open_engine((await load_settings(places, environment)).database)
    try:
        before = await migrate.version(engine)
        await migrate.upgrade(engine)
        after = await migrate.version(engine)
    finally:
        await engine.dispose()
    return wording.upgraded(before, after)


Serve = Callable[[asyncio.Event], Awaitable[None]]


def _platforms(
    desk: Desk, settings: Settings, daily: Daily, messengers: dict[str, Messenger], store: SqlStore
) -> dict[str, Serve]:
    found: dict[str, Serve] = {}
    if settings.slack:
        from bot.adapters.slack import client as slack  # noqa: PLC0415 - 200 ms that Discord alone need not take

        found["slack"] = partial(
            slack.serve, desk, settings.slack, daily=daily, messengers=messengers, engine=store.engine
        )
    if settings.discord:
        # SQLite is for one process, which needs nobody's leave.
        leases = store if store.engine.dialect.name == "postgresql" else None
        from bot.adapters.discord import client as discord  # noqa: PLC0415 - 170 ms that Slack alone need not take

        found["discord"] = partial(
            discord.serve, desk, settings.discord, daily=daily, messengers=messengers, leases=leases
        )
    return found


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
