"""Subscriptions and deliveries in SQLite or PostgreSQL. Decides what is due and whose it is; chooses and posts nothing.

One transaction claims a batch: due subscriptions are locked (`FOR UPDATE SKIP LOCKED`; SQLite has one writer), a
delivery is written for each (one row for a subscription and local date), and the next due moment is worked out. Whoever
dies leaves a row whose lease runs out. On PostgreSQL the database's own clock decides, so that replicas agree.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ARRAY, Integer, and_, bindparam, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SqlTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.store.migrate import unusable
from bot.adapters.store.tables import deliveries, leases, moment, stamp, subscriptions
from bot.core.daily import SEEN, Delivery, Outcome, Owed, Place, State, Subscription, following, owed
from bot.core.recurrence import Occurrence, Schedule, occurrences
from bot.ports import Claim

LEASE = timedelta(seconds=60)
_HELD = (Outcome.CLAIMED, Outcome.SENDING)


class SqlStore:
    """The Store port. `holder` names this process; `clock` overrides the clock that decides, for tests."""

    def __init__(
        self, engine: AsyncEngine, holder: str, grace: timedelta, clock: Callable[[], datetime] | None = None
    ) -> None:
        self._engine, self._holder, self._grace = engine, holder, grace
        self._postgres = engine.dialect.name == "postgresql"
        self._clock = clock or (None if self._postgres else lambda: datetime.now(UTC))

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction. Raises StoreError where the database cannot be reached, is full or is locked."""
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (DBAPIError, OSError, SqlTimeoutError) as error:
            raise unusable(self._engine, error) from error

    async def _now(self, connection: AsyncConnection) -> datetime:
        if self._clock:
            return self._clock()
        found: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        return found.astimezone(UTC)

    async def now(self) -> datetime:
        async with self._transaction() as connection:
            return await self._now(connection)

    async def close(self) -> None:
        await self._engine.dispose()

    # ---- subscriptions

    async def find(self, place: Place) -> Subscription | None:
        async with self._transaction() as connection:
            row = (await connection.execute(select(subscriptions).where(_at(place)))).one_or_none()
        return _subscription(row) if row else None

    async def every(self, platform: str | None = None, workspace: str | None = None) -> list[Subscription]:
        query = select(subscriptions).where(subscriptions.c.state != State.OFF).order_by(subscriptions.c.id)
        for column, value in ((subscriptions.c.platform, platform), (subscriptions.c.workspace, workspace)):
            query = query if value is None else query.where(column == value)
        async with self._transaction() as connection:
            return [_subscription(row) for row in await connection.execute(query)]

    async def put(self, subscription: Subscription) -> Subscription:
        async with self._transaction() as connection:
            place = subscription.place
            found = (await connection.execute(select(subscriptions.c.id).where(_at(place)))).scalar_one_or_none()
            upcoming = await self._upcoming(connection, subscription, found)
            values = _row(subscription) | _next(upcoming)
            if found is None:
                result = await connection.execute(insert(subscriptions).values(**values))
                found = result.inserted_primary_key[0] if result.inserted_primary_key else 0
            else:
                await connection.execute(update(subscriptions).where(subscriptions.c.id == found).values(**values))
        return replace(subscription, id=found)

    async def _upcoming(self, connection: AsyncConnection, subscription: Subscription, known: int | None) -> Occurrence:
        """What comes next: nothing from before `since`, and no local date that was owed already."""
        last = ""
        if known is not None:
            query = select(func.max(deliveries.c.date)).where(deliveries.c.subscription == known)
            last = (await connection.execute(query)).scalar_one_or_none() or ""
        upcoming = occurrences(subscription.schedule, subscription.since)
        return next(one for one in upcoming if one.date.isoformat() > last)

    async def forget(self, platform: str, workspace: str) -> None:
        async with self._transaction() as connection:
            here = and_(subscriptions.c.platform == platform, subscriptions.c.workspace == workspace)
            ids = select(subscriptions.c.id).where(here)
            await connection.execute(delete(deliveries).where(deliveries.c.subscription.in_(ids)))
            await connection.execute(delete(subscriptions).where(here))

    # ---- what was sent

    async def deliveries(self, wanted: Sequence[int], limit: int) -> Mapping[int, list[Delivery]]:
        rank = func.row_number().over(partition_by=deliveries.c.subscription, order_by=deliveries.c.date.desc())
        ranked = select(deliveries, rank.label("rank")).where(deliveries.c.subscription.in_(wanted)).subquery()
        query = select(ranked).where(ranked.c.rank <= limit).order_by(ranked.c.subscription, ranked.c.date.desc())
        found: dict[int, list[Delivery]] = {one: [] for one in wanted}
        async with self._transaction() as connection:
            for row in await connection.execute(query):
                found[row.subscription].append(_delivery(row))
        return found

    async def seen(self, wanted: Sequence[int]) -> Mapping[int, list[str]]:
        query = (
            select(deliveries.c.subscription, deliveries.c.entry)
            .where(deliveries.c.subscription.in_(wanted), deliveries.c.outcome.in_(SEEN))
            .order_by(deliveries.c.date)
        )
        found: dict[int, list[str]] = {one: [] for one in wanted}
        async with self._transaction() as connection:
            for subscription, entry in await connection.execute(query):
                found[subscription].append(entry)
        return found

    # ---- claiming

    async def claim(self, limit: int, platforms: Sequence[str]) -> list[Claim]:
        async with self._transaction() as connection:
            now = await self._now(connection)
            left = await self._lapsed(connection, now, limit, platforms)
            new = await self._due(connection, now, limit - len(left), platforms) if len(left) < limit else []
        return [*left, *new]

    async def _lapsed(
        self, connection: AsyncConnection, now: datetime, limit: int, platforms: Sequence[str]
    ) -> list[Claim]:
        """Take over what somebody else had taken on and did not finish in time."""
        query = (
            select(deliveries, subscriptions)
            .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
            .where(deliveries.c.outcome.in_(_HELD), deliveries.c.held_until <= stamp(now))
            .where(subscriptions.c.platform.in_(platforms))
            .limit(limit)
            .with_for_update(skip_locked=True, of=deliveries)
        )
        rows = (await connection.execute(query)).all()
        if rows:
            await self._hold(connection, now, [(row[0], row[1]) for row in rows])
        mine = len(deliveries.c)
        return [Claim(_subscription(row[mine:]), _delivery(row), lapsed=True) for row in rows]

    async def _due(
        self, connection: AsyncConnection, now: datetime, limit: int, platforms: Sequence[str]
    ) -> list[Claim]:
        query = (
            select(subscriptions)
            .where(subscriptions.c.state == State.ON, subscriptions.c.next_due <= stamp(now))
            .where(subscriptions.c.platform.in_(platforms))
            .order_by(subscriptions.c.next_due)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = (await connection.execute(query)).all()
        claims: list[Claim] = []
        written: list[dict[str, Any]] = []  # deliveries that are more than the next one
        plain: list[int] = []  # subscriptions that owe just the next one
        moved: dict[Occurrence, list[int]] = {}  # what comes next is the same for many
        for row in rows:
            subscription = _subscription(row)
            first = Occurrence(moment(row.next_due), date.fromisoformat(row.next_date))
            found = _owed(subscription, first, now, self._grace)
            moved.setdefault(found.next, []).append(subscription.id)
            for outcome, several in ((Outcome.MISSED, found.missed), (Outcome.SKIPPED, found.skipped)):
                written += [self._new(subscription.id, one, outcome, now) for one in several]
            if found.post == first:
                plain.append(subscription.id)
            elif found.post:
                written.append(self._new(subscription.id, found.post, Outcome.CLAIMED, now))
            if found.post:
                delivery = Delivery(subscription.id, found.post.date, found.post.at, Outcome.CLAIMED)
                claims.append(Claim(subscription, delivery))
        # A date that was owed already stays as it is: `put` never lets one come again, this makes sure.
        into = (postgres_insert if self._postgres else sqlite_insert)(deliveries)
        if written:
            await connection.execute(into.on_conflict_do_nothing(), written)
        if plain:
            await connection.execute(into.from_select(*self._plainly(plain, now)).on_conflict_do_nothing())
        for upcoming, ids in moved.items():
            among = self._among(subscriptions.c.id, ids)
            await connection.execute(update(subscriptions).where(among).values(**_next(upcoming)))
        return claims

    def _plainly(self, ids: list[int], now: datetime) -> tuple[list[str], Any]:
        """The next delivery of each of these subscriptions, as a query."""
        values = self._new(0, Occurrence(now, now.date()), Outcome.CLAIMED, now)
        taken = {"subscription": subscriptions.c.id, "date": subscriptions.c.next_date, "due": subscriptions.c.next_due}
        columns = [taken.get(name, literal(value, deliveries.c[name].type)) for name, value in values.items()]
        return list(values), select(*columns).where(self._among(subscriptions.c.id, ids))

    def _among(self, column: Any, ids: list[int]) -> Any:
        """Whether a column is one of many numbers, passed as one value."""
        if self._postgres:
            return column == func.any(bindparam(None, ids, type_=ARRAY(Integer), unique=True))
        listed = func.json_each(json.dumps(ids)).table_valued("value")
        return column.in_(select(listed.c.value))

    def _new(self, subscription: int, one: Occurrence, outcome: Outcome, now: datetime) -> dict[str, Any]:
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
            "settled": None if held else stamp(now),
            "holder": self._holder if held else "",
            "held_until": stamp(now + LEASE) if held else 0,
        }

    async def _hold(self, connection: AsyncConnection, now: datetime, keys: Iterable[tuple[int, str]]) -> None:
        change = update(deliveries).where(
            deliveries.c.subscription == bindparam("b_subscription"), deliveries.c.date == bindparam("b_date")
        )
        values = {"holder": self._holder, "held_until": stamp(now + LEASE)}
        await connection.execute(change.values(**values), [{"b_subscription": one, "b_date": day} for one, day in keys])

    # ---- sending

    async def begin(self, delivery: Delivery, entry: str) -> bool:
        async with self._transaction() as connection:
            now = await self._now(connection)
            first = func.coalesce(deliveries.c.first_try, stamp(now))
            values = {"outcome": Outcome.SENDING.value, "entry": entry, "first_try": first}
            result = await connection.execute(
                update(deliveries)
                .where(_is(delivery), deliveries.c.outcome.in_(_HELD), deliveries.c.holder == self._holder)
                .where(deliveries.c.held_until > stamp(now))
                .values(**values, held_until=stamp(now + LEASE))
            )
        return result.rowcount == 1

    async def settle(self, delivery: Delivery, outcome: Outcome, message: str = "", reason: str = "") -> None:
        async with self._transaction() as connection:
            now = await self._now(connection)
            values = {"outcome": outcome.value, "message": message, "reason": reason, "settled": stamp(now)}
            await connection.execute(
                update(deliveries)
                .where(_is(delivery), deliveries.c.outcome.in_(_HELD))
                .values(**values, holder="", held_until=0)
            )

    async def release(self, claims: Sequence[Claim]) -> None:
        await self._until(claims, lambda _: 0)

    async def renew(self, claims: Sequence[Claim]) -> None:
        await self._until(claims, lambda now: stamp(now + LEASE))

    async def _until(self, claims: Sequence[Claim], held_until: Callable[[datetime], int]) -> None:
        if not claims:
            return
        change = update(deliveries).where(
            deliveries.c.subscription == bindparam("b_subscription"),
            deliveries.c.date == bindparam("b_date"),
            deliveries.c.outcome == Outcome.CLAIMED,
            deliveries.c.holder == self._holder,
        )
        keys = [
            {"b_subscription": claim.delivery.subscription, "b_date": claim.delivery.date.isoformat()}
            for claim in claims
        ]
        async with self._transaction() as connection:
            now = await self._now(connection)
            await connection.execute(change.values(held_until=held_until(now)), keys)

    # ---- leases of other things, such as a shard

    async def lease(self, name: str, seconds: float) -> bool:
        """Hold something that only one process may have, or hold it longer. False while another has it."""
        async with self._transaction() as connection:
            now = await self._now(connection)
            until = stamp(now + timedelta(seconds=seconds))
            values = {"name": name, "holder": self._holder, "until": until}
            dialect = postgres_insert if self._postgres else sqlite_insert
            free = or_(leases.c.until <= stamp(now), leases.c.holder == self._holder)
            held = await connection.execute(
                dialect(leases)
                .values(**values)
                .on_conflict_do_update(
                    index_elements=[leases.c.name], set_={"holder": self._holder, "until": until}, where=free
                )
                .returning(leases.c.name)
            )
            return held.first() is not None

    async def unlease(self, name: str) -> None:
        """Let go of what this process holds."""
        async with self._transaction() as connection:
            mine = and_(leases.c.name == name, leases.c.holder == self._holder)
            await connection.execute(delete(leases).where(mine))


# ---- rows


def _at(place: Place) -> Any:
    columns = subscriptions.c
    return and_(
        columns.platform == place.platform,
        columns.workspace == place.workspace,
        columns.channel == place.channel,
        columns.thread == place.thread,
    )


def _is(delivery: Delivery) -> Any:
    return and_(deliveries.c.subscription == delivery.subscription, deliveries.c.date == delivery.date.isoformat())


def _owed(subscription: Subscription, first: Occurrence, now: datetime, grace: timedelta) -> Owed:
    """What is owed. Mostly that is one post, due just now; only after a downtime there is more to it."""
    after = following(subscription.schedule, first.at)
    if after.at > now and now - first.at <= grace and first.date != subscription.skip:
        return Owed(first, next=after)
    return owed(subscription.schedule, first, now, grace, subscription.skip)


def _next(upcoming: Occurrence) -> dict[str, Any]:
    return {"next_date": upcoming.date.isoformat(), "next_due": stamp(upcoming.at)}


def _row(subscription: Subscription) -> dict[str, Any]:
    place, schedule = subscription.place, subscription.schedule
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
        "time": schedule.time.strftime("%H:%M"),
        "zone": schedule.zone,
        "days": "".join(map(str, sorted(schedule.days))),
        "within": subscription.within,
        "state": subscription.state.value,
        "by": subscription.by,
        "by_name": subscription.by_name,
        "since": stamp(subscription.since),
        "skip": subscription.skip.isoformat() if subscription.skip else None,
        "reason": subscription.reason,
    }


def _subscription(row: Any) -> Subscription:
    """A row whose first columns are those of the table, in their order."""
    id_, platform, workspace, channel, thread, at, zone, days, within, state, by, by_name, since, skip, reason = row[
        :15
    ]
    return Subscription(
        Place(platform, workspace, channel, thread),
        _schedule(at, zone, days),
        moment(since),
        within,
        State(state),
        by,
        by_name,
        date.fromisoformat(skip) if skip else None,
        reason,
        id_,
    )


_SCHEDULES: dict[tuple[str, str, str], Schedule] = {}


def _schedule(at: str, zone: str, days: str) -> Schedule:
    """Schedules are few and shared by many channels."""
    key = (at, zone, days)
    if key not in _SCHEDULES:
        _SCHEDULES[key] = Schedule(time.fromisoformat(at), zone, frozenset(map(int, days)))
    return _SCHEDULES[key]


def _delivery(row: Any) -> Delivery:
    """A row whose first columns are those of the table, in their order."""
    subscription, day, due, outcome, entry, message, reason, first_try, settled = row[:9]
    return Delivery(
        subscription,
        date.fromisoformat(day),
        moment(due),
        Outcome(outcome),
        entry,
        message,
        reason,
        moment(first_try) if first_try is not None else None,
        moment(settled) if settled is not None else None,
    )
