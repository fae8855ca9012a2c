"""The database as the command line sees it: opened, brought up to date, taken out, brought in, and what is to come."""

import json
import os
import secrets
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.app import Places, load_settings, open_desk
from bot.core.answering import records, wording
from bot.core.answering.when import describe_days
from bot.core.errors import Problem, StoreError
from bot.core.scheduling.subscription import Place, State, Subscription
from bot.daily import Coming, Daily
from bot.ports import Watch, unwatched
from bot.settings import Settings
from bot.subscribing import declared

_END = "records"  # the last line of a backup: how many there are
_WHOLE = "give the file, whole, as `db export` wrote it"


@asynccontextmanager
async def open_store(settings: Settings, watch: Watch = unwatched) -> AsyncIterator[SqlStore]:
    """The database, ready to be used."""
    holder = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    store = SqlStore(open_engine(settings.database), holder, settings.daily.grace, watch=watch)
    try:
        await migrate.prepare(store.engine)
        yield store
    finally:
        await store.close()


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


async def take_out(places: Places, environment: Mapping[str, str]) -> AsyncGenerator[str, None]:
    """Everything that the database keeps but tokens, a JSON line a record. Raises BotError.

    The last line says how many came before it, so that a file that was cut short is not taken for a whole one.
    """
    async with open_store(await load_settings(places, environment)) as store, aclosing(store.export()) as found:
        number = 0
        async for record in found:
            number += 1
            yield json.dumps(record, ensure_ascii=False)
        yield json.dumps({_END: number})


async def bring_in(places: Places, environment: Mapping[str, str], file: Path) -> str:
    """Take what `take_out` gave into an empty database, all or nothing. Gives what was done; raises BotError."""
    async with open_store(await load_settings(places, environment)) as store:
        try:
            return wording.brought_in(await store.import_(_records(file)))
        except StoreError as error:
            raise error if error.problems[0].line is None else error.in_file(str(file)) from None


def _records(file: Path) -> Iterator[Any]:
    """What each line holds. Raises StoreError where the file or a line cannot be read, or where it ends too early."""
    number = 0
    try:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if record == {_END: number}:
                    return
                yield record
                number += 1
    except OSError as error:
        reason = f"this cannot be read ({error.strerror})"
        raise StoreError(Problem(reason, "name a file that `db export` wrote", file=str(file))) from None
    except ValueError:
        raise StoreError(Problem("this is no JSON line", _WHOLE, number + 1)) from None
    raise StoreError(Problem("the backup ends too early", _WHOLE, number))


async def schedule(
    places: Places, environment: Mapping[str, str], days: int, *, as_json: bool
) -> AsyncGenerator[str, None]:
    """What will be posted where and when, a text or a JSON line a channel. Raises BotError.

    Channels that the settings declare, and that no run has made so yet, come last.
    """
    settings = await load_settings(places, environment)
    desk = await open_desk(places, settings)
    async with open_store(settings) as store:
        daily, now, number = Daily(desk, store), await store.now(), 0
        async with aclosing(daily.coming(timedelta(days=days))) as coming:
            async for one in coming:
                number += 1
                told = records.coming(one.subscription, one.lessons)
                yield json.dumps(told, ensure_ascii=False) if as_json else _told(one, now)
        for new in await daily.new(declared(desk, settings.daily.channels, now)):
            number += 1
            told = records.coming(new, ()) | {"state": "declared"}
            yield json.dumps(told, ensure_ascii=False) if as_json else f"{_terms(new)}\n  {wording.WITH_THE_NEXT_RUN}"
        if not number and not as_json:
            yield wording.NOWHERE_ON


def _where(place: Place) -> str:
    return ", ".join(filter(None, (f"{place.platform.capitalize()} {place.workspace}", place.channel, place.thread)))


def _terms(subscription: Subscription) -> str:
    schedule = subscription.schedule
    return f"{_where(subscription.place)}: {schedule.time:%H:%M}, {describe_days(schedule.days)}, {schedule.zone}"


def _told(coming: Coming, now: datetime) -> str:
    """A channel, and a line for each lesson that it will be sent."""
    subscription = coming.subscription
    if subscription.state is not State.ON:
        return f"{_where(subscription.place)}: {wording.STATES[subscription.state]}"
    lines, zone = [_terms(subscription)], subscription.schedule.zone
    for one, lesson in coming.lessons:
        note = f" ({wording.OVERDUE})" if one.at <= now else ""
        lines.append(f"  {wording.when(one, zone)}  {wording.label(lesson)}{note}")
    return "\n".join(lines if coming.lessons else [*lines, f"  {wording.NOT_IN_THESE_DAYS}"])
