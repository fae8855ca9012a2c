"""The composition root: the only place that knows both the desk and the adapters. Configuration is read here, once."""

import asyncio
import gc
import logging
import random
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import available_timezones

import platformdirs

from bot.adapters import content, embedding
from bot.adapters.embedding import vectors
from bot.core.errors import BotError, ContentError, Problem, SettingsError
from bot.core.finding.meaning import Meaning, texts, texts_in_words
from bot.core.reading.parser import Limits
from bot.desk import Desk
from bot.ports import Embedder
from bot.settings import Settings, read_settings
from bot.shelf import Shelf
from bot.subscribing import declared

CONTENT = Path("content")
CONFIG = Path("config/bot.yaml")
_log = logging.getLogger(__name__)

_LOOK_S = 2.0  # between two looks at the content folder


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
    """The desk over everything in the content folder. Raises BotError with every problem found.

    It finds by words alone, until `learn` has taught it what they mean.
    """
    settings = settings or await load_settings(places)
    return Desk(await _read(places, settings), settings, SystemClock(), random.Random())  # noqa: S311 - which lesson comes is no secret


async def learn(desk: Desk, *, at_length: bool = True) -> Embedder | None:
    """Let the desk find by meaning too, unless `search.semantic` is off. The first time takes a while, in a thread.

    Where nothing can be kept every time is the first: that is said, and without `at_length` nothing is learnt.
    Gives the model. Raises SettingsError where it cannot be used; the desk goes on finding by words alone.
    """
    if not desk.settings.search.semantic:
        return None
    cache = await kept_in(desk.settings)
    if not cache:
        found = "every start takes a while" if at_length else "entries are found by words alone"
        where = cache_folder(desk.settings) or "the cache folder of a user without a home"
        _log.warning("nothing can be kept in %s, so %s; make it writable, or set search.cache", where, found)
        if not at_length:
            return None
    embedder = await embedding.load_model(desk.settings.search.model)
    desk.take(await _understood(desk.shelf, embedder, cache))
    return embedder


async def keep_up(
    desk: Desk, places: Places, told: Callable[[BotError | None], Awaitable[None]], look_s: float = _LOOK_S
) -> None:
    """Teach the desk what entries mean, then take up every change of the content folder, until cancelled.

    The folder is looked at every `look_s` seconds. `told` hears of each change: None once it is taken up, or why it is
    not. Then the last good library stays. Without a model that can be used, entries are found by words alone.
    """
    embedder, seen = None, desk.shelf.state
    try:
        embedder = await learn(desk)
    except SettingsError as error:
        await told(error)
    while True:
        await asyncio.sleep(look_s)
        now = await content.stamp(places.content)
        if now == seen:
            continue
        await asyncio.sleep(look_s)  # somebody may still be writing
        if now != await content.stamp(places.content):
            continue
        try:
            await renew(desk, places, embedder)
        except BotError as error:
            await told(error)
        else:
            await told(None)
        seen = now


async def renew(desk: Desk, places: Places, embedder: Embedder | None) -> None:
    """Answer out of the content as it is now, all at once.

    Raises ContentError, and all stays as it was; SettingsError where the model fails, and words alone find the new.
    """
    shelf = await _read(places, desk.settings)
    gc.freeze()  # as at the start: a full collection need not look through what stays
    await asyncio.to_thread(shelf.prepare)
    try:
        desk.take(await _understood(shelf, embedder, await kept_in(desk.settings)) if embedder else shelf)
    except SettingsError:
        desk.take(shelf)
        raise


def cache_folder(settings: Settings) -> Path | None:
    """Where is kept what could be made anew; None for a user without a home."""
    try:
        return Path(settings.search.cache or platformdirs.user_cache_dir("commonplace")).expanduser()
    except RuntimeError:
        return None


async def kept_in(settings: Settings) -> Path | None:
    """The same folder where it can be written, or was and can be read; else None."""
    folder = cache_folder(settings)
    if folder is None or await asyncio.to_thread(lambda: writable(folder) or any(folder.glob("*.npz"))):
        return folder
    return None


def writable(folder: Path) -> bool:
    """Whether files can be put into a folder, which is made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


async def _read(places: Places, settings: Settings) -> Shelf:
    """The content, found by words alone. Raises ContentError."""
    state = await content.stamp(places.content)
    english = await asyncio.to_thread(embedding.read_english)
    index = await content.read_index(places.content, settings.limits, await kept_in(settings), english)
    return Shelf(index, state=state)


async def _understood(shelf: Shelf, embedder: Embedder, cache: Path | None) -> Shelf:
    """The same content, found by its meaning too. Raises SettingsError where the model fails."""
    talk = await asyncio.to_thread(embedding.read_talk)
    needed = [*await asyncio.to_thread(texts, shelf.library), *talk.texts]
    in_words = await asyncio.to_thread(texts_in_words, shelf.library)
    try:
        vector_of = await vectors.embed(embedder, needed, cache, in_words)
    except OSError as error:
        mend = "try another search.model, or set search.semantic: off"
        raise SettingsError(Problem(f"entries cannot be found by their meaning: {error}", mend)) from None
    meaning = await asyncio.to_thread(Meaning, shelf.library, vector_of, talk)
    return shelf.understood(meaning, embedding.Asked(embedder))


async def check(places: Places) -> list[Problem]:
    """Every problem of the configuration and the content together."""
    try:
        settings = await load_settings(places)
    except BotError as error:
        return [*error.problems, *await content.check_folder(places.content, Limits())]
    problems = [*await content.check_folder(places.content, settings.limits), *await check_model(places, settings)]
    return problems or await check_channels(places, settings)


async def check_model(places: Places, settings: Settings) -> list[Problem]:
    """Why the model that the settings name cannot be used."""
    try:
        if settings.search.semantic and settings.search.model:
            await embedding.load_model(settings.search.model)
    except SettingsError as error:
        return list(error.in_file(str(places.config or CONFIG)).problems)
    return []


async def check_channels(places: Places, settings: Settings) -> list[Problem]:
    """Every line of daily.channels that is not understood; nothing can be told where the content cannot be read."""
    try:
        if settings.daily.channels:
            declared(await open_desk(places, settings), settings.daily.channels, SystemClock().now())
    except SettingsError as error:
        return list(error.in_file(str(places.config or CONFIG)).problems)
    except ContentError:
        pass
    return []
