"""A backup holds everything, and goes into either database."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.store.store import SqlStore
from bot.core.errors import StoreError
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.subscription import FINAL, Outcome, Place, State
from tests.adapters.store.processes import GRACE, MONDAY, Databases, both, on, subscription
from tests.databases import KINDS, fresh

NINE_PAST = MONDAY + timedelta(hours=1, minutes=1)


async def lines(store: SqlStore) -> list[str]:
    return [json.dumps(record) async for record in store.export()]


async def filled(store: SqlStore, databases: Databases) -> None:
    """A store with subscriptions and deliveries of every state and outcome."""
    odd = Place("discord", "G1", "\u263c 'quoted' \x01", "9")
    for number, state in enumerate(State):
        await store.put(subscription(f"{state}", state=state, reason=f"r{number}", skip=date(2026, 12, number + 1)))
    await store.put(subscription(place=odd, within="garden/soil", declared=True, forum="thread", by_name="\U0001f331"))
    for outcome in Outcome:
        await store.put(subscription(f"{outcome}", since=MONDAY - timedelta(days=5)))
    databases.time.now = NINE_PAST
    for claim in await store.claim(100, ["slack", "discord"]):
        wanted = claim.subscription.place.channel
        if wanted != Outcome.CLAIMED:
            await store.begin(claim.delivery, "garden/clay")
        if wanted in FINAL:
            await store.settle(claim.delivery, Outcome(wanted), "m1", "because")


@both
def test_what_is_exported_is_imported_into_the_other_kind_of_database(kind: str, tmp_path: Path) -> None:
    other = next(one for one in KINDS if one != kind)

    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        await filled(store, databases)
        written = await lines(store)
        across = Databases(fresh(other, tmp_path), databases.time)
        databases.opened.append(there := await across.store())
        assert await there.import_(map(json.loads, written)) == len(written) - 1
        assert await lines(there) == written
        ids = [one.id for one in await store.every()]
        assert await there.every() == await store.every()
        assert await there.deliveries(ids, 100) == await store.deliveries(ids, 100)
        assert await there.seen(ids) == await store.seen(ids)
        assert (await there.put(subscription("new"))).id > max(ids)
        claims = await there.claim(100, ["slack", "discord"])
        under_way = {claim.delivery.outcome for claim in claims if claim.subscription.place.channel != "new"}
        assert under_way == {Outcome.CLAIMED, Outcome.SENDING}
        with pytest.raises(StoreError, match="import into an empty one"):
            await there.import_(map(json.loads, written))

    on(kind, tmp_path, scenario)


HEAD = {"commonplace": "backup", "schema": "0001"}


def broken(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {key: value for key, value in (record | changes).items() if value is not ...}


@both
def test_what_is_no_backup_is_refused_with_its_line_and_nothing_is_kept(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        made = await store.put(subscription())
        databases.time.now = NINE_PAST
        await store.claim(10, ["slack"])
        _, row, delivery = [json.loads(line) for line in await lines(store)]
        await store.forget("slack", "T1")
        for records, said in (
            ([], "1: this is no backup"),
            ([row], "1: this is no backup"),
            ([broken(HEAD, schema="9999"), row], "1: the backup is of a newer version"),
            ([HEAD, row, broken(row, id=7, channel="C2", zone="Europe/Atlantis")], "3: this is no record"),
            ([HEAD, row, broken(delivery, outcome="posted")], "3: this is no record"),
            ([HEAD, row, broken(delivery, subscription=99)], "3: this is no record of a backup: there is no subs"),
            ([HEAD, row, broken(delivery, due=...)], "3: this is no record"),
            ([HEAD, broken(row, table="users")], "2: this is no record"),
            ([HEAD, row, ["no", "record"]], "3: this is no record"),
            ([HEAD, row, broken(row, id=7)], "twice|unique|UNIQUE"),
        ):
            with pytest.raises(StoreError, match=said):
                await store.import_(records)
            assert await store.every() == []
        assert await store.import_([HEAD, broken(row, declared=..., forum=...), delivery]) == 2
        assert await store.every() == [made]

    on(kind, tmp_path, scenario)


def test_an_old_backup_owes_the_latest_within_the_grace_alone(tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        made = await store.put(subscription(schedule=Schedule(subscription().schedule.time, "UTC")))
        written = [json.loads(line) for line in await lines(store)]
        later = Databases(fresh("sqlite", tmp_path), databases.time)
        databases.opened.append(there := await later.store())
        databases.time.now = datetime(2026, 12, 24, 9, 0, tzinfo=UTC) + GRACE
        await there.import_(written)
        (claim,) = await there.claim(10, ["slack"])
        assert claim.delivery.date == date(2026, 12, 24)
        assert claim.subscription == replace(made)
        assert len((await there.deliveries([made.id], 100))[made.id]) == 32

    on("sqlite", tmp_path, scenario)
