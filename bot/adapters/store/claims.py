"""Takes on what is due and what was left behind, within a transaction that it is handed. Chooses and posts nothing.

Due subscriptions are locked (`FOR UPDATE SKIP LOCKED`; SQLite has one writer), a delivery is written for each (one row
for a subscription and local date), and the next due moment is worked out. Whoever dies leaves rows whose lease ends.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import rows
from bot.adapters.store.tables import deliveries, moment, stamp, subscriptions
from bot.core.daily import Delivery, Outcome, Owed, State, following, owed
from bot.core.recurrence import Occurrence
from bot.ports import Claim

HELD = (Outcome.CLAIMED, Outcome.SENDING)


@dataclass(frozen=True, slots=True)
class Hold:
    """Who takes deliveries on, at which moment, and until when nobody else may."""

    holder: str
    now: datetime
    until: datetime


def into(dialect: str, table: Any) -> Any:
    """An insert that can do without a row that is there already."""
    return (postgres_insert if dialect == "postgresql" else sqlite_insert)(table)


async def lapsed(connection: AsyncConnection, hold: Hold, limit: int, platforms: Sequence[str]) -> list[Claim]:
    """What somebody else had taken on and did not finish in time."""
    query = (
        select(deliveries, subscriptions)
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
        .where(deliveries.c.outcome.in_(HELD), deliveries.c.held_until <= stamp(hold.now))
        .where(subscriptions.c.platform.in_(platforms))
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    found = (await connection.execute(query)).all()
    if found:
        values = {"holder": hold.holder, "held_until": stamp(hold.until)}
        keys = [{"b_subscription": row[0], "b_date": row[1]} for row in found]
        await connection.execute(update(deliveries).where(*one_of_keys()).values(**values), keys)
    mine = len(deliveries.c)
    return [Claim(rows.subscription(row[mine:]), rows.delivery(row), lapsed=True) for row in found]


def one_of_keys() -> tuple[Any, Any]:
    """The condition of a change to many deliveries, each given as `b_subscription` and `b_date`."""
    return deliveries.c.subscription == bindparam("b_subscription"), deliveries.c.date == bindparam("b_date")


async def due(
    connection: AsyncConnection, hold: Hold, grace: timedelta, limit: int, platforms: Sequence[str]
) -> tuple[list[Claim], list[tuple[str, Outcome]]]:
    """What is due now, each once; and the platform and outcome of each that was missed or skipped, which it records."""
    query = (
        select(subscriptions)
        .where(subscriptions.c.state == State.ON, subscriptions.c.next_due <= stamp(hold.now))
        .where(subscriptions.c.platform.in_(platforms))
        .order_by(subscriptions.c.next_due)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    owing = [
        (_owed(key, hold.now, grace), several)
        for key, several in _alike((await connection.execute(query)).all()).items()
    ]
    taken = await _write(connection, hold, owing)
    await _move(connection, owing)
    past = [
        (row.platform, outcome)
        for found, several in owing
        for outcome, dates in _past(found)
        for row in several
        for _ in dates
    ]
    return [
        Claim(rows.subscription(row), Delivery(row[0], found.post.date, found.post.at, Outcome.CLAIMED))
        for found, several in owing
        if found.post
        for row in several
        if row[0] in taken
    ], past


def _past(found: Owed) -> tuple[tuple[Outcome, tuple[Occurrence, ...]], ...]:
    return (Outcome.MISSED, found.missed), (Outcome.SKIPPED, found.skipped)


Alike = tuple[str, str, str, str | None, str, int]
_ALIKE = ("time", "zone", "days", "skip", "next_date", "next_due")
_PLACES = [list(subscriptions.c.keys()).index(name) for name in _ALIKE]


def _alike(found: Iterable[Row[Any]]) -> dict[Alike, list[Row[Any]]]:
    """Rows that owe the same: most channels of a zone share a schedule, and it is worked out once."""
    groups: dict[Alike, list[Row[Any]]] = defaultdict(list)
    at, zone, days, skip, day, due_at = _PLACES
    for row in found:
        groups[row[at], row[zone], row[days], row[skip], row[day], row[due_at]].append(row)
    return groups


def _owed(key: Alike, now: datetime, grace: timedelta) -> Owed:
    """What is owed. Mostly that is one post, due just now; only after a downtime there is more to it."""
    at, zone, days, skipped, day, due_at = key
    schedule = rows.schedule(at, zone, days)
    first = Occurrence(moment(due_at), date.fromisoformat(day))
    skip = date.fromisoformat(skipped) if skipped else None
    after = following(schedule, first.at)
    if after.at > now and now - first.at <= grace and first.date != skip:
        return Owed(first, next=after)
    return owed(schedule, first, now, grace, skip)


Owing = Sequence[tuple[Owed, list[Row[Any]]]]


async def _write(connection: AsyncConnection, hold: Hold, owing: Owing) -> set[int]:
    """Write the deliveries. Gives the subscriptions whose post is now this holder's.

    A local date that was owed before stays as it is, and is nobody's to post again.
    """
    insert = into(connection.dialect.name, deliveries).on_conflict_do_nothing().returning(deliveries.c.subscription)
    taken: set[int] = set()
    posts: list[int] = []
    others: list[dict[str, Any]] = []
    for found, several in owing:
        ids = [row[0] for row in several]
        for outcome, dates in _past(found):
            others += [_new(one, occurrence, outcome, hold) for occurrence in dates for one in ids]
        if found.post is None:
            continue
        if found.missed or found.skipped:
            late = [_new(one, found.post, Outcome.CLAIMED, hold) for one in ids]
            taken.update((await connection.execute(insert, late)).scalars())
        else:
            posts += ids
    if others:
        await connection.execute(into(connection.dialect.name, deliveries).on_conflict_do_nothing(), others)
    if posts:
        taken.update((await connection.execute(insert.from_select(*_next(connection, posts, hold)))).scalars())
    return taken


async def _move(connection: AsyncConnection, owing: Owing) -> None:
    """Write what comes next; it is the same for many."""
    moved: dict[Occurrence, list[int]] = defaultdict(list)
    for found, several in owing:
        moved[found.next] += [row[0] for row in several]
    for upcoming, ids in moved.items():
        here = rows.among(connection.dialect.name, subscriptions.c.id, ids)
        await connection.execute(update(subscriptions).where(here).values(**rows.upcoming_row(upcoming)))


def _next(connection: AsyncConnection, ids: list[int], hold: Hold) -> tuple[list[str], Any]:
    """The next delivery of each of these subscriptions, as a query, which is quicker than so many rows."""
    values = _new(0, Occurrence(hold.now, hold.now.date()), Outcome.CLAIMED, hold)
    taken = {"subscription": subscriptions.c.id, "date": subscriptions.c.next_date, "due": subscriptions.c.next_due}
    columns = [taken.get(name, literal(value, deliveries.c[name].type)) for name, value in values.items()]
    return list(values), select(*columns).where(rows.among(connection.dialect.name, subscriptions.c.id, ids))


def _new(subscription: int, one: Occurrence, outcome: Outcome, hold: Hold) -> dict[str, Any]:
    held = outcome is Outcome.CLAIMED
    return {
        "subscription": subscription,
        "date": one.date.isoformat(),
        "due": stamp(one.at),
        "outcome": outcome.value,
        "entry": "",
        "message": "",
        "reason": "",
        "first_try": None,
        "settled": None if held else stamp(hold.now),
        "holder": hold.holder if held else "",
        "held_until": stamp(hold.until) if held else 0,
    }
