"""The bot as a service: the platforms whose tokens are set, the database, and the scheduler, put together and kept up.

What takes long to import is imported here and not in `app`, which every verb of the command line needs; a platform's
libraries only where its token is set.
"""

import asyncio
import contextlib
import gc
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from functools import partial

import structlog

from bot.adapters import health
from bot.adapters.metrics import CONTENT_TYPE, Metrics
from bot.adapters.store.store import SqlStore
from bot.app import Places, keep_up, load_settings, open_desk
from bot.core.answering import wording
from bot.core.errors import BotError, Problem, SettingsError, StoreError
from bot.daily import Daily
from bot.desk import Desk
from bot.ports import Messenger
from bot.scheduler import Scheduler
from bot.settings import Health, Settings
from bot.upkeep import open_store

log = structlog.get_logger(__name__)

_TICK_AGE_S = 30  # a scheduler that ticked longer ago than this stands still


async def run(places: Places, environment: Mapping[str, str]) -> None:
    """Answer on every platform whose token is set, and post the daily lessons, until SIGTERM or SIGINT.

    Raises SettingsError where there is no token, or where every platform refuses the one it has; StoreError where the
    database cannot be used.
    """
    settings = await load_settings(places, environment)
    if not settings.slack and not settings.discord:
        raise SettingsError(Problem("no platform's token is set", wording.TOKENS_TO_SET))
    desk = await open_desk(places, settings)
    desk.shelf.prepare()  # nobody waits yet
    metrics = Metrics(name for name in ("slack", "discord") if getattr(settings, name))
    async with open_store(settings, metrics.lesson) as store:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        daily, messengers = Daily(desk, store), dict[str, Messenger]()
        await daily.declare(settings.daily.channels)

        def desk_of(platform: str) -> Desk:
            return desk.watched(partial(metrics.lookup, platform))

        platforms = _platforms(desk_of, settings, daily, messengers, store)
        connections = {name: Connection(partial(metrics.reconnected, name)) for name in platforms}
        scheduler = Scheduler(daily, store, messengers, settings.prefix, watch=metrics.lesson)
        async with _watched(settings.health, checks(connections, store, scheduler, stop), metrics):
            _stay_prompt()
            tasks = [asyncio.create_task(_kept_up(name, platforms[name], connections[name])) for name in platforms]
            everything = asyncio.gather(*tasks, return_exceptions=True)
            everything.add_done_callback(lambda _: stop.set())
            content = asyncio.create_task(_content(desk, places, connections.values()))
            await scheduler.run(stop)
            for task in (content, *tasks):
                task.cancel()
        refused = [error for error in await everything if isinstance(error, SettingsError)]
    if len(refused) == len(platforms):
        raise SettingsError([problem for error in refused for problem in error.problems])


def _stay_prompt() -> None:
    """Keep collections of garbage and other threads from holding the loop up."""
    # What is there by now stays: looking through all of it at every full collection stalls the loop for 50 ms.
    gc.collect()
    gc.freeze()
    # What comes and goes in a batch of lessons is looked through less often.
    gc.set_threshold(10_000, 20, 20)
    # An answer does not wait 5 ms for each turn that a thread has which counts a changed library.
    sys.setswitchinterval(0.0005)


Serve = Callable[[asyncio.Event], Awaitable[None]]


def _platforms(
    desk_of: Callable[[str], Desk],
    settings: Settings,
    daily: Daily,
    messengers: dict[str, Messenger],
    store: SqlStore,
) -> dict[str, Serve]:
    found: dict[str, Serve] = {}
    if settings.slack:
        from bot.adapters.slack import client as slack  # noqa: PLC0415 - 200 ms that Discord alone need not take

        desk = desk_of("slack")
        found["slack"] = partial(
            slack.serve, desk, settings.slack, daily=daily, messengers=messengers, engine=store.engine
        )
    if settings.discord:
        # SQLite is for one process, which needs nobody's leave.
        leases = store if store.engine.dialect.name == "postgresql" else None
        from bot.adapters.discord import client as discord  # noqa: PLC0415 - 170 ms that Slack alone need not take

        desk = desk_of("discord")
        found["discord"] = partial(
            discord.serve, desk, settings.discord, daily=daily, messengers=messengers, leases=leases
        )
    return found


class Connection(asyncio.Event):
    """Whether a platform is connected, and how many times it came to be; `again` is told of each but the first."""

    def __init__(self, again: Callable[[], None]) -> None:
        super().__init__()
        self._again, self.times = again, 0

    def set(self) -> None:
        if not self.is_set():
            self.times += 1
            if self.times > 1:
                self._again()
        super().set()


def checks(
    connections: Mapping[str, Connection], store: SqlStore, scheduler: Scheduler, stop: asyncio.Event
) -> dict[str, health.Check]:
    """What must be well for the bot to be ready; once `stop` is set it is not, whatever still goes on."""

    async def connected(connection: Connection) -> str:
        return "" if connection.is_set() else "not connected"

    async def database() -> str:
        await store.answers()
        return ""

    async def ticks() -> str:
        if stop.is_set():
            return "stopping: it finishes what it has begun and takes nothing more on"
        age_s = time.monotonic() - scheduler.last_tick
        if not scheduler.last_tick:
            return "no tick yet"
        return "" if age_s < _TICK_AGE_S else f"the last tick was {age_s:.0f} s ago"

    found: dict[str, health.Check] = {name: partial(connected, one) for name, one in connections.items()}
    return found | {"database": database, "scheduler": ticks}


@contextlib.asynccontextmanager
async def _watched(where: Health, checks: Mapping[str, health.Check], metrics: Metrics) -> AsyncIterator[None]:
    """Tell how the bot is. Where the port is taken, the bot does without: posting matters more."""
    async with contextlib.AsyncExitStack() as stack:
        if where.port:
            try:
                server = health.served(where.host, where.port, checks, metrics.text, CONTENT_TYPE)
                await stack.enter_async_context(server)
            except OSError as error:
                mend = "set health.port to a free one, and health.host to an address of this machine"
                log.warning("health_unserved", host=where.host, port=where.port, reason=str(error), mend=mend)
        yield


async def _content(desk: Desk, places: Places, connections: Iterable[asyncio.Event]) -> None:
    """Find by meaning too, and take up changes of the content, once the bot answers."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_TICK_AGE_S):
            await asyncio.gather(*(connection.wait() for connection in connections))
    try:
        await keep_up(desk, places, partial(_told, desk))
    except Exception:
        log.exception("content_left_alone", mend="restart the bot to take up what is changed")


async def _told(desk: Desk, error: BotError | None) -> None:
    if isinstance(error, SettingsError):
        log.error("meaning_unavailable", problem=str(error), instead="entries are found by words alone")
    elif error:
        log.error("content_refused", problem=str(error), instead="the last good one stays")
    else:
        log.info("content_renewed", summaries=len(desk.library.summaries), entries=len(desk.library.entries))


async def _kept_up(name: str, serve: Serve, connection: Connection) -> None:
    """Serve a platform again whenever its connection fails for good, ever less often, up to once a minute.

    Raises SettingsError where the platform refuses the token: trying again would not help.
    """
    pause = 1.0
    while True:
        before = connection.times
        try:
            await serve(connection)
        except SettingsError as error:
            log.error("platform_refused", platform=name, problem=str(error))  # noqa: TRY400 - the sentence says it all
            raise
        except (OSError, StoreError) as error:  # the network, what did not answer in time, a database without leases
            log.warning("platform_unreachable", platform=name, reason=str(error), retry_in_s=pause)
        except Exception:
            log.exception("platform_failed", platform=name, retry_in_s=pause)
        pause = 1.0 if connection.times > before else min(pause * 2, 60.0)
        await asyncio.sleep(pause)
