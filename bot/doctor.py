"""`python -m bot doctor`: everything that the bot stands on, looked at one by one, each fault with its mend."""

import asyncio
import json
import re
import sys
import zoneinfo
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib import metadata
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot import app
from bot.adapters import content, embedding
from bot.adapters.finding import Finding, Level
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.adapters.store.tables import VERSION
from bot.app import Places
from bot.core.answering import wording
from bot.core.errors import BotError
from bot.core.reading.parser import Limits
from bot.core.scheduling.subscription import Outcome, State
from bot.settings import Settings

_APART = timedelta(seconds=30)  # between this machine's clock and another one


async def examine(places: Places, environment: Mapping[str, str]) -> list[Finding]:
    """Every finding, in order. Raises nothing: what cannot be looked at is a fault itself."""
    found = [*_python(), *time_zones()]
    settings: Settings | None = None
    try:
        settings = await app.load_settings(places, environment)
        found.append(Finding(Level.OK, "settings", "read"))
    except BotError as error:
        found += _faults("settings", error)
    limits = settings.limits if settings else Limits()
    found += [finding async for finding in _content(places, limits)]
    if settings is None:
        return found
    if channels := await app.check_channels(places, settings):
        found += _faults("settings", BotError(channels))
    found += [finding async for finding in _meaning(settings)]
    if not settings.slack and not settings.discord:
        found.append(Finding(Level.WARNING, "platforms", "no token is set", wording.TOKENS_TO_SET))
    if settings.slack:
        from bot.adapters.slack import checkup as slack  # noqa: PLC0415 - only where its token is set

        found += await slack.check(settings.slack)
        found += await clock("Slack", settings.slack.api_url)
    if settings.discord:
        from bot.adapters.discord import checkup as discord  # noqa: PLC0415 - likewise

        found += await discord.check(settings.discord, settings.prefix)
        found += await clock("Discord", settings.discord.api_url)
    return [*found, *[finding async for finding in _database(settings)]]


def _faults(subject: str, error: BotError) -> list[Finding]:
    found = []
    for problem in error.problems:
        where = ":".join(str(part) for part in (problem.file, problem.line) if part is not None)
        found.append(Finding(Level.FAULT, where or subject, problem.reason, problem.mend))
    return found


def _python() -> Iterable[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(Level.OK, "python", version)


def time_zones() -> Iterable[Finding]:
    zones = zoneinfo.available_timezones()
    mend = "install the package tzdata anew: pip install --force-reinstall tzdata"
    if len(zones) < 400:
        yield Finding(Level.FAULT, "time zones", f"only {len(zones)} are known", mend)
        return
    whose, released = _released()
    old = datetime.now(UTC).year - int(released[:4]) > 1
    level, mend = (Level.WARNING, f"renew {whose}") if old else (Level.OK, "")
    yield Finding(level, "time zones", f"{len(zones)}, release {released} ({whose})", mend)


def _released() -> tuple[str, str]:
    """Where the time zones that are used come from, and their release: Python looks into the system's folders first."""
    for folder in map(Path, zoneinfo.TZPATH):
        with suppress(OSError):
            first = (folder / "tzdata.zi").read_text("utf-8").partition("\n")[0]
            if found := re.search(r"\d{4}[a-z]+", first):
                return f"the system's tzdata, {folder}", found[0]
    return "the package tzdata", metadata.version("tzdata")


async def clock(platform: str, url: str) -> list[Finding]:
    """How far this machine's clock is from a platform's, by the date of whatever it answers; nothing without."""
    try:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session, session.get(url) as answer:
            apart = abs(parsedate_to_datetime(answer.headers["Date"]) - datetime.now(UTC))
    except (ClientError, OSError, KeyError, ValueError):
        return []
    return [_apart(apart, platform)]


def _apart(apart: timedelta, whose: str) -> Finding:
    level, mend = (Level.WARNING, "set the clock by NTP") if apart > _APART else (Level.OK, "")
    return Finding(level, "clock", f"{apart.total_seconds():.0f} s from {whose}'s", mend)


async def _content(places: Places, limits: Limits) -> AsyncIterator[Finding]:
    problems = await content.check_folder(places.content, limits)
    for finding in _faults("content", BotError(problems)):
        yield finding
    if not problems:
        library = await content.read_library(places.content, limits)
        yield Finding(Level.OK, "content", f"{len(library.entries)} entries, summaries: {', '.join(library.summaries)}")


async def _meaning(settings: Settings) -> AsyncIterator[Finding]:
    """The model by which entries are found, tried out; and whether what it finds out can be kept."""
    if not settings.search.semantic:
        yield Finding(Level.OK, "search", "by words alone (search.semantic is off)")
        return
    try:
        model = await embedding.load_model(settings.search.model)
        await model.embed(["Is anybody there?"])
    except BotError as error:
        for finding in _faults("search", error):
            yield finding
        return
    folder = app.cache_folder(settings)
    kept = folder is not None and await asyncio.to_thread(app.writable, folder)
    mend = "" if kept else "make it writable, or set search.cache: else every start takes a while"
    level = Level.OK if kept else Level.WARNING
    yield Finding(
        level,
        "search",
        f"{model.name}; {'kept' if kept else 'nothing can be kept'} in {folder or 'the cache folder'}",
        mend,
    )


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        engine = open_engine(settings.database)
    except BotError as error:
        for finding in _faults("database", error):
            yield finding
        return
    try:
        version = await migrate.version(engine)
        yield _schema(version, engine.dialect.name)
        if version != VERSION:
            return
        store = SqlStore(engine, "doctor", settings.daily.grace)
        if engine.dialect.name == "postgresql":  # whose clock decides; SQLite has none
            yield _apart(abs(await store.now() - datetime.now(UTC)), "the database")
        if settings.slack and settings.slack.client_id:
            from bot.adapters.slack import checkup as slack  # noqa: PLC0415 - as above

            for finding in await slack.installed(settings.slack, engine):
                yield finding
        async for finding in _subscriptions(store, settings):
            yield finding
    except BotError as error:
        for finding in _faults("database", error):
            yield finding
    finally:
        await engine.dispose()


def _schema(version: str, kind: str) -> Finding:
    if version == VERSION:
        return Finding(Level.OK, "database", f"{kind}, schema {version}")
    if version > VERSION:
        said = f"schema {version} is newer than this bot"
        return Finding(Level.FAULT, "database", said, "install the newer version of the bot")
    if kind == "sqlite":
        return Finding(Level.OK, "database", f"{kind}, brought to schema {VERSION} when the bot starts")
    said = f"schema {version or 'none'} is older than {VERSION}"
    return Finding(Level.FAULT, "database", said, "run `python -m bot db upgrade`")


async def _subscriptions(store: SqlStore, settings: Settings) -> AsyncIterator[Finding]:
    every, prefix = await store.every(), settings.prefix
    servers = None
    if settings.discord and any(one.place.platform == "discord" for one in every):
        from bot.adapters.discord import checkup as discord  # noqa: PLC0415 - as above

        servers = await discord.servers(settings.discord)
    latest = await store.deliveries([one.id for one in every], 1)
    for one in every:
        place = one.place
        subject = f"{place.platform} channel {place.channel}"
        last = latest[one.id][0] if latest[one.id] else None
        if one.state is State.REFUSED:
            yield Finding(Level.FAULT, subject, one.reason, f"mend that, then /{prefix}daily resume there")
        elif place.platform == "discord" and servers is not None and place.workspace not in {"@me", *servers}:
            said, mend = (
                f"the bot is not in its server {place.workspace}",
                "install it anew: python -m bot manifest discord",
            )
            yield Finding(Level.FAULT, subject, said, mend)
        elif last and last.outcome in (Outcome.FAILED, Outcome.UNKNOWN, Outcome.MISSED):
            said = f"{last.date}: {wording.outcome(last.outcome, place.platform, last.reason)}"
            yield Finding(Level.WARNING, subject, said, f"/{prefix}daily status there tells more")
        else:
            yield Finding(
                Level.OK, subject, f"{last.date}: {last.outcome}" if last else f"{one.state}, nothing sent yet"
            )


def told(found: Iterable[Finding], *, as_json: bool) -> str:
    """The findings for a person, or as JSON lines."""
    if as_json:
        fields = ("level", "subject", "said", "mend")
        return "\n".join(json.dumps({name: getattr(one, name) for name in fields}, ensure_ascii=False) for one in found)
    signs = {Level.OK: "ok     ", Level.WARNING: "warning", Level.FAULT: "FAULT  "}
    lines = (f"{signs[one.level]}  {one.subject}: {one.said}" + (f"; {one.mend}" if one.mend else "") for one in found)
    return "\n".join(lines)
