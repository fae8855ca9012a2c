"""The bot in a terminal: the conversation, and beside it the daily lesson of its own, put together.

The prompt comes first. The database and the scheduler, which take as long to import as all the rest, are opened beside
it, or at the first `/daily` where there is no database yet; one that cannot be used keeps nobody from the rest.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.adapters import console
from bot.adapters.store import default_file
from bot.app import Places, keep_up, learn, load_settings, open_desk
from bot.core.errors import BotError, Problem, StoreError
from bot.daily import Daily
from bot.desk import Asker, Desk
from bot.ports import Messenger, Store
from bot.settings import Settings

_LOCALTIME = Path("/etc/localtime")
_NOWHERE = frozenset({"UTC", "UCT", "GMT", "Universal", "Zulu"})
_PATIENCE_S = 10.0  # for a database to be opened: longer than one takes, shorter than a person waits
_AGAIN_S = 60.0  # after which one that could not be used is tried again


async def run(places: Places, environment: Mapping[str, str]) -> None:
    """Converse in the terminal or over the pipe, and post the terminal's lessons, until the input ends.

    Raises BotError where content or configuration cannot be used. Of the environment only DATABASE_URL and TZ matter.
    """
    settings = await load_settings(places)
    # Managers are named by their ids on the chat platforms; a terminal is its owner's.
    settings = replace(settings, daily=replace(settings.daily, managers=frozenset()))
    desk = await open_desk(places, settings)
    asker = Asker("you", await machine_zone(environment) or settings.daily.timezone)
    async with contextlib.aclosing(LazyDaily(desk, places, environment.get("DATABASE_URL", ""))) as lazy:
        conversation = console.Conversation(desk, asker, console.Screen(), lazy.daily)

        async def beside() -> None:
            await asyncio.to_thread(_quiet)
            await asyncio.gather(keep_up(desk, places, conversation.warn), lazy.post(conversation))

        async def before() -> None:
            from bot.adapters import logs  # noqa: PLC0415 - 60 ms that the first prompt need not wait for

            logs.to_terminal()
            await learn(desk)

        await console.run(conversation, beside, before)


async def machine_zone(environment: Mapping[str, str], localtime: Path = _LOCALTIME) -> str | None:
    """The machine's own IANA time zone: what TZ names, else what `localtime` links to; None where neither tells.

    UTC tells nothing: servers and containers are set to it wherever their people are.
    """
    told = environment.get("TZ", "").removeprefix(":")
    if told in ("", str(_LOCALTIME)):
        try:
            told = str(await asyncio.to_thread(localtime.readlink))
        except OSError:
            return None
    name = told.rpartition("zoneinfo/")[2].removeprefix("posix/")
    try:
        known = ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return None if known.removeprefix("Etc/") in _NOWHERE else known


class LazyDaily:
    """The terminal's daily lesson. Its database is opened once it is needed, and is closed at the end.

    `url` is DATABASE_URL, which rules over the settings where it is not empty.
    """

    def __init__(self, desk: Desk, places: Places, url: str) -> None:
        self._desk, self._places, self._environment = desk, places, {"DATABASE_URL": url}
        self._closing = contextlib.AsyncExitStack()
        self._opening = asyncio.Lock()
        self._opened = asyncio.Event()
        self._found: tuple[Daily, Store] | None = None

    async def aclose(self) -> None:
        """Let go of the database, where it was opened."""
        await self._closing.aclose()

    async def daily(self) -> Daily:
        """The daily lesson over its database. Raises BotError where that cannot be used."""
        return (await self._open())[0]

    async def post(self, messenger: Messenger) -> None:
        """Post what is due to the terminal, and to no other platform, until cancelled."""
        while not self._opened.is_set():
            with contextlib.suppress(BotError):  # `/daily` tells of it
                if await _exists((await self._settings()).database):
                    await self._open()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._opened.wait(), _AGAIN_S)
        from bot.scheduler import Scheduler  # noqa: PLC0415 - 100 ms that the first prompt need not wait for

        daily, store = await self._open()
        scheduler = Scheduler(daily, store, {console.PLACE.platform: messenger}, self._desk.prefix)
        await scheduler.run(asyncio.Event())

    async def _settings(self) -> Settings:
        return await load_settings(self._places, self._environment)

    async def _open(self) -> tuple[Daily, Store]:
        async with self._opening:
            if self._found is None:
                settings = await self._settings()
                await asyncio.to_thread(_import)
                from bot.upkeep import open_store  # noqa: PLC0415 - 260 ms that the first prompt need not wait for

                try:
                    async with asyncio.timeout(_PATIENCE_S):
                        store = await self._closing.enter_async_context(open_store(settings))
                except OSError as error:  # a folder that cannot be made, no answer in time
                    raise _unusable(error) from None
                self._found = Daily(self._desk, store), store
                self._opened.set()
            return self._found


def _import() -> None:
    """Import what takes long, in a thread, so that the prompt answers meanwhile."""
    from bot import scheduler, upkeep  # noqa: F401, PLC0415 - as said

    _quiet()


def _quiet() -> None:
    """Keep the log off the screen."""
    import structlog  # noqa: PLC0415 - as said

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for name in ("apscheduler", "bot"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


async def _exists(url: str) -> bool:
    """Whether there may be a database: a SQLite file that is not there yet owes nothing, and is not made for that."""
    if url and not url.startswith("sqlite"):
        return True
    file = Path(url.partition(":///")[2].partition("?")[0]) if url else default_file()
    return await asyncio.to_thread(file.is_file)


def _unusable(error: OSError) -> StoreError:
    reason = str(error) or f"no answer within {_PATIENCE_S:.0f} s"
    return StoreError(Problem(f"the database cannot be used: {reason}", "check DATABASE_URL or database.url"))
