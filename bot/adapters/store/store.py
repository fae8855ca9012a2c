"""Subscriptions and deliveries in SQLite or PostgreSQL. Decides what is due and whose it is; chooses and posts nothing.

On PostgreSQL the database's own clock decides, so that replicas agree. On SQLite, which one process uses, it is that
process's clock.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SqlTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.store import backup, claims, rows
from bot.adapters.store.claims import Hold, into
from bot.adapters.store.engine import READING, open_direct
from bot.adapters.store.migrate import unusable
from bot.adapters.store.tables import deliveries, events, leases, moment, stamp, subscriptions
from bot.core.scheduling.recurrence import next_occurrence, occurrences
from bot.core.scheduling.subscription import SEEN, Delivery, Outcome, Place, State, Subscription
from bot.ports import Claim, Watch, unwatched

LEASE = timedelta(seconds=60)
REMEMBERED = timedelta(hours=1)  # events that were seen; Slack brings one again after 5 minutes at most

Done = TypeVar("Done")


class SqlStore:
    """The Store port, and beside it the leases of shards and the backup.

    `holder` names this process; `clock` overrides the clock that decides, for tests.
    `watch` is told of what was missed or skipped, which nobody else comes to see.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        holder: str,
        grace: timedelta,
        clock: Callable[[], datetime] | None = None,
        watch: Watch = unwatched,
    ) -> None:
        self.engine, self._holder, self._grace, self._watch = engine, holder, grace, watch
        self._kind = engine.dialect.name
        self._clock = clock or (None if self._kind == "postgresql" else lambda: datetime.now(UTC))
        self._direct = open_direct(engine) if self._kind == "sqlite" else None
        self._thread = ThreadPoolExecutor(1, "store")  # SQLite has one writer
        self._reading = engine.execution_options(**READING)
        self._pruned = datetime.min.replace(tzinfo=UTC)

    @asynccontextmanager
    async def _transaction(self, *, reading: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction. Raises StoreError where the database cannot be reached, is full or is locked."""
        try:
            async with (self._reading if reading else self.engine).begin() as connection:
                yield connection
        except (DBAPIError, OSError, SqlTimeoutError) as error:
            raise unusable(self.engine, error) from error

    async def _at_a_stretch(self, work: Callable[[Connection], Done], *, reading: bool = False) -> Done:
        """Do statements in one transaction; on SQLite in one thread: nothing interrupts them, and the loop is free."""
        if self._direct is None:
            async with self._transaction(reading=reading) as connection:
                return await connection.run_sync(work)
        direct = self._direct.execution_options(**READING) if reading else self._direct
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._directly, direct, work)

    def _directly(self, direct: Engine, work: Callable[[Connection], Done]) -> Done:
        try:
            with direct.begin() as connection:
                return work(connection)
        except (DBAPIError, SqlTimeoutError) as error:
            raise unusable(self.engine, error) from error

    async def _now(self, connection: AsyncConnection) -> datetime:
        return self._clock() if self._clock else await connection.run_sync(self._moment)

    def _moment(self, connection: Connection) -> datetime:
        if self._clock:
            return self._clock()
        found: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return found.astimezone(UTC)

    def _hold(self, connection: Connection) -> Hold:
        now = self._moment(connection)
        return Hold(self._holder, now, now + LEASE)

    async def now(self) -> datetime:
        if self._clock:
            return self._clock()
        async with self._transaction(reading=True) as connection:
            return await self._now(connection)

    async def answers(self) -> None:
        """Ask for something that lies in the database. Raises StoreError."""
        async with self._transaction(reading=True) as connection:
            await connection.execute(select(leases.c.name).limit(1))

    async def close(self) -> None:
        """Let go of the database."""
        await asyncio.to_thread(self._thread.shutdown)
        await self.engine.dispose()

    # ---- subscriptions

    async def find(self, place: Place) -> Subscription | None:
        async with self._transaction(reading=True) as connection:
            row = (await connection.execute(select(subscriptions).where(rows.place_is(place)))).one_or_none()
        return rows.subscription(row) if row else None

    async def here(self, place: Place) -> list[Subscription]:
        columns = subscriptions.c
        inside = or_(columns.channel == place.channel, columns.thread == place.channel)
        query = select(subscriptions).where(
            columns.platform == place.platform, columns.workspace == place.workspace, inside
        )
        async with self._transaction(reading=True) as connection:
            found = [rows.subscription(row) for row in await connection.execute(query)]
        return sorted(found, key=lambda one: (one.state is not State.OFF, one.since, one.id), reverse=True)

    async def every(self, platform: str | None = None, workspace: str | None = None) -> list[Subscription]:
        query = select(subscriptions).where(subscriptions.c.state != State.OFF).order_by(subscriptions.c.id)
        for column, value in ((subscriptions.c.platform, platform), (subscriptions.c.workspace, workspace)):
            query = query if value is None else query.where(column == value)
        async with self._transaction(reading=True) as connection:
            return [rows.subscription(row) for row in await connection.execute(query)]

    async def put(self, subscription: Subscription) -> Subscription:
        upcoming = next_occurrence(subscription.schedule, subscription.since)
        values = rows.subscription_row(subscription) | rows.upcoming_row(upcoming)
        place = [subscriptions.c[name] for name in ("platform", "workspace", "channel", "thread")]
        # From here on the row is locked: whoever claims it has done so, or comes after this change.
        making = into(self._kind, subscriptions).values(**values)
        making = making.on_conflict_do_update(index_elements=place, set_=values).returning(subscriptions.c.id)
        async with self._transaction() as connection:
            made = replace(subscription, id=(await connection.execute(making)).scalar_one())
            await self._never_twice(connection, made)
            if made.state is not State.ON:
                await self._withdraw(connection, made)
        return made

    async def _never_twice(self, connection: AsyncConnection, made: Subscription) -> None:
        """What comes next is no local date that was owed already."""
        query = select(func.max(deliveries.c.date)).where(deliveries.c.subscription == made.id)
        last = (await connection.execute(query)).scalar_one_or_none()
        if last is None:
            return
        upcoming = next(one for one in occurrences(made.schedule, made.since) if one.date.isoformat() > last)
        change = update(subscriptions).where(subscriptions.c.id == made.id)
        await connection.execute(change.values(**rows.upcoming_row(upcoming)))

    async def _withdraw(self, connection: AsyncConnection, made: Subscription) -> None:
        """What was claimed and not begun is not sent any more."""
        values = {"outcome": Outcome.SKIPPED.value, "settled": stamp(await self._now(connection))}
        claimed = and_(deliveries.c.subscription == made.id, deliveries.c.outcome == Outcome.CLAIMED)
        await connection.execute(update(deliveries).where(claimed).values(**values, holder="", held_until=0))

    async def forget(self, platform: str, workspace: str) -> None:
        here = and_(subscriptions.c.platform == platform, subscriptions.c.workspace == workspace)
        async with self._transaction() as connection:
            await connection.execute(delete(subscriptions).where(here))  # and with them their deliveries

    # ---- what was sent

    async def deliveries(self, wanted: Sequence[int], limit: int) -> Mapping[int, list[Delivery]]:
        rank = func.row_number().over(partition_by=deliveries.c.subscription, order_by=deliveries.c.date.desc())
        here = rows.among(self._kind, deliveries.c.subscription)
        ranked = select(deliveries, rank.label("rank")).where(here).subquery()
        query = select(ranked).where(ranked.c.rank <= limit).order_by(ranked.c.subscription, ranked.c.date.desc())
        found: dict[int, list[Delivery]] = {one: [] for one in wanted}
        async with self._transaction(reading=True) as connection:
            for row in await connection.execute(query, {"ids": rows.listed(self._kind, wanted)}):
                found[row.subscription].append(rows.delivery(row))
        return found

    async def seen(self, wanted: Sequence[int]) -> Mapping[int, list[str]]:
        query = (
            select(deliveries.c.subscription, deliveries.c.entry)
            .where(rows.among(self._kind, deliveries.c.subscription), deliveries.c.outcome.in_(SEEN))
            .order_by(deliveries.c.date)
        )

        def work(connection: Connection) -> dict[int, list[str]]:
            found: dict[int, list[str]] = {one: [] for one in wanted}
            for subscription, entry in connection.execute(query, {"ids": rows.listed(self._kind, wanted)}):
                found[subscription].append(entry)
            return found

        return await self._at_a_stretch(work, reading=True)  # after a year there are many

    # ---- claiming and sending

    async def claim(self, limit: int, platforms: Sequence[str]) -> list[Claim]:
        def work(connection: Connection) -> tuple[list[Claim], claims.Past]:
            return claims.claim(connection, self._hold(connection), self._grace, limit, platforms)

        claiming = asyncio.create_task(self._at_a_stretch(work))
        try:
            new, past = await asyncio.shield(claiming)
        except asyncio.CancelledError:  # what it has claimed by then, nobody would know of
            await self.release((await claiming)[0])
            raise
        for platform, outcome in past:
            self._watch(platform, outcome, None)
        return new

    async def sharing(self, platform: str) -> int:
        def work(connection: Connection) -> int:
            wanted = {"now": stamp(self._moment(connection)), "platform": platform}
            return connection.execute(claims.SHARING, wanted).scalar_one()

        return await self._at_a_stretch(work, reading=True)

    async def begin(self, delivery: Delivery, entry: str) -> datetime | None:
        def work(connection: Connection) -> int | None:
            hold = self._hold(connection)
            values = {**claims.key(delivery), "b_holder": self._holder, "b_now": stamp(hold.now)}
            values |= {"entry": entry, "held_until": stamp(hold.until)}
            return connection.execute(claims.BEGINNING, values).scalar_one_or_none()

        first = await self._at_a_stretch(work)
        return None if first is None else moment(first)

    async def settle(
        self, delivery: Delivery, outcome: Outcome, message: str = "", reason: str = ""
    ) -> datetime | None:
        def work(connection: Connection) -> datetime | None:
            now = self._moment(connection)
            values = {**claims.key(delivery), "b_holder": self._holder, "b_sent": outcome is Outcome.SENT}
            values |= {"outcome": outcome.value, "message": message, "reason": reason, "settled": stamp(now)}
            return now if connection.execute(claims.SETTLING, values).rowcount else None

        return await self._at_a_stretch(work)

    async def postpone(self, delivery: Delivery, seconds: float, reason: str = "") -> None:
        def work(connection: Connection) -> None:
            first = None if delivery.first_try is None else stamp(delivery.first_try)
            held_until = stamp(self._moment(connection) + timedelta(seconds=seconds))
            values = {**claims.key(delivery), "b_holder": self._holder, "outcome": delivery.outcome.value}
            values |= {"entry": delivery.entry, "first_try": first, "reason": reason, "held_until": held_until}
            connection.execute(claims.POSTPONING, values)

        await self._at_a_stretch(work)

    async def release(self, claimed: Sequence[Claim]) -> None:
        await self._until(claimed, lambda _: 0)

    async def renew(self, claimed: Sequence[Claim]) -> None:
        await self._until(claimed, lambda hold: stamp(hold.until))

    async def _until(self, claimed: Sequence[Claim], held_until: Callable[[Hold], int]) -> None:
        """Change how long claims are held that are still this process's own, and as it took them on."""
        keys = [claims.key(one.delivery) | {"b_outcome": one.delivery.outcome.value} for one in claimed]
        if not keys:
            return
        held = and_(deliveries.c.outcome == bindparam("b_outcome"), deliveries.c.holder == self._holder)
        change = update(deliveries).where(*claims.one_of_keys(), held)

        def work(connection: Connection) -> None:
            connection.execute(change.values(held_until=held_until(self._hold(connection))), keys)

        await self._at_a_stretch(work)

    # ---- what only one process may have or do

    async def lease(self, name: str, seconds: float) -> bool:
        """Hold something that only one process may have, such as a shard, or hold it longer. False: another has it."""
        async with self._transaction() as connection:
            now = await self._now(connection)
            values = {"holder": self._holder, "until": stamp(now + timedelta(seconds=seconds))}
            free = or_(leases.c.until <= stamp(now), leases.c.holder == self._holder)
            held = await connection.execute(
                into(self._kind, leases)
                .values(name=name, **values)
                .on_conflict_do_update(index_elements=[leases.c.name], set_=values, where=free)
                .returning(leases.c.name)
            )
            return held.first() is not None

    async def unlease(self, name: str) -> None:
        """Let go of what this process holds."""
        async with self._transaction() as connection:
            mine = and_(leases.c.name == name, leases.c.holder == self._holder)
            await connection.execute(delete(leases).where(mine))

    async def first_time(self, key: str) -> bool:
        async with self._transaction() as connection:
            now = await self._now(connection)
            seeing = into(self._kind, events).values(key=key, seen=stamp(now)).on_conflict_do_nothing()
            first = (await connection.execute(seeing.returning(events.c.key))).first() is not None
            if now - self._pruned > REMEMBERED:
                await connection.execute(delete(events).where(events.c.seen < stamp(now - REMEMBERED)))
                self._pruned = now
        return first

    # ---- backup

    async def export(self) -> AsyncGenerator[dict[str, Any], None]:
        """Everything but what matters for the moment alone, as JSON objects of one moment in time."""
        async with self._transaction(reading=True) as connection, aclosing(backup.records(connection)) as records:
            async for record in records:
                yield record

    async def import_(self, records: Iterable[Mapping[str, Any]]) -> int:
        """Take an export into an empty database, all or nothing, and give how many rows. Raises StoreError."""
        async with self._transaction() as connection:
            return await backup.restore(connection, records)
