"""Takes on what is due and what was left behind, within a transaction that it is handed. Chooses and posts nothing.

Due subscriptions are locked (`FOR UPDATE SKIP LOCKED`; SQLite has one writer), a delivery is written for each (one row
for a subscription and local date), and the next due moment is worked out. Whoever dies leaves rows whose lease ends.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    Row,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.adapters.store import rows
from bot.adapters.store.tables import deliveries, moment, stamp, subscriptions
from bot.core.scheduling.recurrence import Occurrence
from bot.core.scheduling.subscription import Delivery, Outcome, Owed, State, following, owed
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


Past = list[tuple[str, Outcome]]  # what nobody will post any more: its platform, and what became of it


def claim(
    connection: Connection, hold: Hold, grace: timedelta, limit: int, platforms: Sequence[str]
) -> tuple[list[Claim], Past]:
    """What was left behind, then what is due, at most `limit` of both together, each once; and what is past posting."""
    left, given_up = lapsed(connection, hold, grace, limit, platforms)
    if len(left) + len(given_up) >= limit:
        return left, given_up
    new, past = due(connection, hold, grace, limit - len(left), platforms)
    return [*left, *new], given_up + past


def one_of_keys() -> tuple[Any, Any]:
    """The condition of a change to deliveries, each given by its `key`."""
    return deliveries.c.subscription == bindparam("b_subscription"), deliveries.c.date == bindparam("b_date")


def key(delivery: Delivery) -> dict[str, Any]:
    return {"b_subscription": delivery.subscription, "b_date": delivery.date.isoformat()}


# Statements are built once: to build one takes longer than most databases take to run it.
_MINE = and_(deliveries.c.outcome.in_(HELD), deliveries.c.holder == bindparam("b_holder"))
BEGINNING = (
    update(deliveries)
    .where(*one_of_keys(), _MINE, deliveries.c.held_until > bindparam("b_now"))
    .values(
        outcome=Outcome.SENDING.value,
        entry=bindparam("entry"),
        first_try=func.coalesce(deliveries.c.first_try, bindparam("b_now")),
        held_until=bindparam("held_until"),
    )
    .returning(deliveries.c.first_try)
)
# Whoever has the platform's answer knows best, even where another process has taken over meanwhile.
_SURELY = and_(bindparam("b_sent", type_=Boolean), deliveries.c.outcome != Outcome.SENT)
SETTLING = (
    update(deliveries)
    .where(*one_of_keys(), or_(_MINE, _SURELY))
    .values({name: bindparam(name) for name in ("outcome", "message", "reason", "settled")})
    .values(holder="", held_until=0)
)
POSTPONING = (
    update(deliveries)
    .where(*one_of_keys(), _MINE)
    .values({name: bindparam(name) for name in ("outcome", "entry", "first_try", "reason", "held_until")})
    .values(holder="")
)
SHARING = (
    select(func.count(deliveries.c.holder.distinct()))
    .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
    .where(deliveries.c.outcome.in_(HELD), deliveries.c.held_until > bindparam("now"), deliveries.c.holder != "")
    .where(subscriptions.c.platform == bindparam("platform"))
)
_LAPSED = (
    select(deliveries, subscriptions)
    .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
    .where(deliveries.c.outcome.in_(HELD), deliveries.c.held_until <= bindparam("now"))
    .where(subscriptions.c.platform.in_(bindparam("platforms", expanding=True)))
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True, of=deliveries)
)
_DUE = (
    select(subscriptions)
    .where(subscriptions.c.state == State.ON, subscriptions.c.next_due <= bindparam("now"))
    .where(subscriptions.c.platform.in_(bindparam("platforms", expanding=True)))
    .order_by(subscriptions.c.next_due)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)
)


def lapsed(
    connection: Connection, hold: Hold, grace: timedelta, limit: int, platforms: Sequence[str]
) -> tuple[list[Claim], Past]:
    """What was taken on and not finished. What was not begun within the grace is missed; for a reason, it failed."""
    wanted = {"now": stamp(hold.now), "platforms": platforms, "limit": limit}
    mine, oldest = len(deliveries.c), hold.now - grace
    taken = connection.execute(_LAPSED, wanted).all()
    found = [Claim(rows.subscription(row[mine:]), rows.delivery(row)) for row in taken]
    late = [one for one in found if one.delivery.outcome is Outcome.CLAIMED and one.delivery.due < oldest]
    left = [one for one in found if one not in late] if late else found
    became = case((deliveries.c.reason == "", Outcome.MISSED.value), else_=Outcome.FAILED.value)
    ended = {"outcome": became, "settled": stamp(hold.now), "holder": "", "held_until": 0}
    for several, values in ((left, {"holder": hold.holder, "held_until": stamp(hold.until)}), (late, ended)):
        if keys := [key(one.delivery) for one in several]:
            connection.execute(update(deliveries).where(*one_of_keys()).values(**values), keys)
    outcomes = (Outcome.FAILED if one.delivery.reason else Outcome.MISSED for one in late)
    return left, [(one.subscription.place.platform, outcome) for one, outcome in zip(late, outcomes, strict=True)]


def due(
    connection: Connection, hold: Hold, grace: timedelta, limit: int, platforms: Sequence[str]
) -> tuple[list[Claim], Past]:
    """What is due now, each once; and the platform and outcome of each that was missed or skipped, which it records."""
    wanted = {"now": stamp(hold.now), "platforms": platforms, "limit": limit}
    groups = _alike(connection.execute(_DUE, wanted).all())
    owing = [(_owed(key, hold.now, grace), several) for key, several in groups.items()]
    taken = _write(connection, hold, owing)
    _move(connection, owing)
    past = [
        (row.platform, outcome)
        for found, several in owing
        for outcome, dates in _past(found)
        for _ in dates
        for row in several
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
_alike_in = itemgetter(*(list(subscriptions.c.keys()).index(name) for name in _ALIKE))


def _alike(found: Iterable[Row[Any]]) -> dict[Alike, list[Row[Any]]]:
    """Rows that owe the same: most channels of a zone share a schedule, and it is worked out once."""
    groups: dict[Alike, list[Row[Any]]] = defaultdict(list)
    for row in found:
        groups[_alike_in(row)].append(row)
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


def _write(connection: Connection, hold: Hold, owing: Owing) -> set[int]:
    """Write the deliveries. Gives the subscriptions whose post is now this holder's.

    A local date that was owed before stays as it is, and is nobody's to post again.
    """
    taken: set[int] = set()
    posts: list[int] = []
    others: list[dict[str, Any]] = []
    for found, several in owing:
        ids = [row[0] for row in several]
        for outcome, dates in _past(found):
            others += [_new(one, occurrence, outcome, hold) for occurrence in dates for one in ids]
        if found.post and (found.missed or found.skipped):
            late = [_new(one, found.post, Outcome.CLAIMED, hold) for one in ids]
            writing = _insert(connection).returning(deliveries.c.subscription)
            taken.update(connection.execute(writing, late).scalars().all())
        elif found.post:
            posts += ids
    if others:
        connection.execute(_insert(connection), others)
    if posts:
        held = {"holder": hold.holder, "held_until": stamp(hold.until)}
        wanted = {"ids": rows.listed(connection.dialect.name, posts), **held}
        taken.update(connection.execute(_take(connection.dialect.name), wanted).scalars().all())
    return taken


def _insert(connection: Connection) -> Any:
    return into(connection.dialect.name, deliveries).on_conflict_do_nothing()


def _move(connection: Connection, owing: Owing) -> None:
    """Write what comes next; it is the same for many."""
    moved: dict[Occurrence, list[int]] = defaultdict(list)
    for found, several in owing:
        moved[found.next] += [row[0] for row in several]
    for upcoming, ids in moved.items():
        listed = rows.listed(connection.dialect.name, ids)
        values = {"to_date": upcoming.date.isoformat(), "to_due": stamp(upcoming.at)}
        connection.execute(_change(connection.dialect.name), {"ids": listed, **values})


@cache
def _take(dialect: str) -> Any:
    """Writes the next delivery of many subscriptions as claimed, which is quicker as a query than as so many rows."""
    empty, none = literal("", Text), null()
    columns = {
        "subscription": subscriptions.c.id,
        "date": subscriptions.c.next_date,
        "due": subscriptions.c.next_due,
        "outcome": literal(Outcome.CLAIMED.value),
        **dict.fromkeys(("entry", "message", "reason"), empty),
        **dict.fromkeys(("first_try", "settled"), none),
        **{name: bindparam(name, type_=deliveries.c[name].type) for name in ("holder", "held_until")},
    }
    query = select(*columns.values()).where(rows.among(dialect, subscriptions.c.id))
    taking = into(dialect, deliveries).from_select(list(columns), query)
    return taking.on_conflict_do_nothing().returning(deliveries.c.subscription)


@cache
def _change(dialect: str) -> Any:
    change = update(subscriptions).where(rows.among(dialect, subscriptions.c.id))
    return change.values(next_date=bindparam("to_date"), next_due=bindparam("to_due"))


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
