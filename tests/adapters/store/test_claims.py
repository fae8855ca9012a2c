"""Claims that something crosses: a change, a removal, a lapse, somebody else."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.adapters.store import claims
from bot.adapters.store.claims import Hold
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.adapters.store.tables import stamp, subscriptions
from bot.core.scheduling.subscription import Outcome, State
from tests.adapters.store.processes import GRACE, MONDAY, Databases, both, on, subscription


@both
def test_a_change_that_meets_a_claim_half_way_owes_no_date_twice(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store, engine = await databases.store(), open_engine(databases.url)
        made = await store.put(subscription())
        databases.time.passes(hours=1)
        now = databases.time.now
        async with engine.begin() as connection:
            hold = Hold("other", now, now + timedelta(seconds=60))
            assert len((await connection.run_sync(claims.claim, hold, GRACE, 10, ["slack"]))[0]) == 1
            change = asyncio.create_task(store.put(replace(made, by_name="Bob")))
            await asyncio.sleep(0.1)
        await change
        await engine.dispose()
        assert await store.claim(10, ["slack"]) == []
        found = await store.find(made.place)
        assert found is not None
        assert found.by_name == "Bob"
        databases.time.passes(days=1)
        days = {claim.delivery.date.day for claim in await store.claim(10, ["slack"])}
        assert days == {24}  # and what the other had claimed is older than the grace by now

    on(kind, tmp_path, scenario)


@both
@pytest.mark.parametrize(("days", "grace"), [((1,), GRACE), ((1, 24), GRACE), ((1, 24), timedelta(days=3))])
def test_a_date_that_was_owed_is_nobodys_to_post_again(
    kind: str, days: tuple[int, ...], grace: timedelta, tmp_path: Path
) -> None:
    async def scenario(databases: Databases) -> None:
        store, engine = await databases.store(), open_engine(databases.url)
        made = await store.put(subscription())
        for hours in days:
            databases.time.passes(hours=hours)
            (claim,) = await store.claim(10, ["slack"])
            await store.settle(claim.delivery, Outcome.SENT)
        again = {"next_date": "2026-11-23", "next_due": stamp(MONDAY + timedelta(hours=1))}
        async with engine.begin() as connection:  # as if a backup had been mixed in
            await connection.execute(update(subscriptions).values(**again))
        await engine.dispose()
        other = SqlStore(store.engine, "b", grace, databases.time)
        assert await other.claim(10, ["slack"]) == []
        assert {one.outcome for one in (await store.deliveries([made.id], 9))[made.id]} == {Outcome.SENT}

    on(kind, tmp_path, scenario)


@both
def test_two_who_set_up_one_channel_at_once_share_a_subscription(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        stores = [await databases.store(holder) for holder in "abc"]
        made = await asyncio.gather(*(store.put(subscription()) for store in stores * 3))
        assert len({one.id for one in made}) == 1
        assert await stores[0].every() == made[:1]

    on(kind, tmp_path, scenario)


@both
@pytest.mark.parametrize("state", [State.PAUSED, State.OFF])
def test_what_is_claimed_and_not_begun_is_withdrawn_with_its_subscription(
    kind: str, state: State, tmp_path: Path
) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        first, second = [await store.put(subscription(channel)) for channel in ("C1", "C2")]
        databases.time.passes(hours=1)
        claimed = {claim.subscription.id: claim.delivery for claim in await store.claim(10, ["slack"])}
        assert await store.begin(claimed[second.id], "garden/clay")
        for made in (first, second):
            await store.put(replace(made, state=state))
        assert not await store.begin(claimed[first.id], "garden/clay")
        await store.settle(claimed[second.id], Outcome.SENT)  # too late to stop
        outcomes = {id_: one[0].outcome for id_, one in (await store.deliveries([first.id, second.id], 1)).items()}
        assert outcomes == {first.id: Outcome.SKIPPED, second.id: Outcome.SENT}
        databases.time.passes(minutes=2)
        assert await store.claim(10, ["slack"]) == []

    on(kind, tmp_path, scenario)


@both
def test_who_lost_a_delivery_may_still_tell_that_it_was_sent_and_nothing_else(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        slow, other = await databases.store("slow"), await databases.store("other")
        made = await slow.put(subscription())
        databases.time.passes(hours=1)
        (claim,) = await slow.claim(10, ["slack"])
        await slow.begin(claim.delivery, "garden/clay")
        databases.time.passes(seconds=61)
        (taken,) = await other.claim(10, ["slack"])

        async def told(outcome: Outcome, by: SqlStore) -> tuple[Outcome, str]:
            await by.settle(taken.delivery, outcome, message=by._holder)
            (known,) = (await other.deliveries([made.id], 1))[made.id]
            return known.outcome, known.message

        assert await told(Outcome.FAILED, slow) == (Outcome.SENDING, "")
        assert await told(Outcome.UNKNOWN, other) == (Outcome.UNKNOWN, "other")
        assert await told(Outcome.SENT, slow) == (Outcome.SENT, "slow")
        assert await told(Outcome.SENT, other) == (Outcome.SENT, "slow")

    on(kind, tmp_path, scenario)


@both
def test_what_was_left_behind_while_sending_is_held_and_given_back_like_the_rest(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        dead, one, two = [await databases.store(holder) for holder in ("dead", "one", "two")]
        await dead.put(subscription())
        databases.time.passes(hours=1)
        for claim in await dead.claim(10, ["slack"]):
            await dead.begin(claim.delivery, "garden/clay")
            await dead.release([claim])  # has begun since: no longer to be given back
        assert await one.claim(10, ["slack"]) == []
        databases.time.passes(seconds=61)
        taken = await one.claim(10, ["slack"])
        databases.time.passes(seconds=50)
        await one.renew(taken)
        databases.time.passes(seconds=50)
        assert await two.claim(10, ["slack"]) == []
        await one.release(taken)
        (last,) = await two.claim(10, ["slack"])
        assert last.delivery.outcome is Outcome.SENDING
        assert last.delivery.first_try == MONDAY + timedelta(hours=1)

    on(kind, tmp_path, scenario)


@both
def test_a_claim_that_is_interrupted_is_given_back(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        one, two = await databases.store("a"), await databases.store("b")
        for number in range(20):
            await one.put(subscription(f"C{number}"))
        databases.time.passes(hours=1)
        kept = []
        for steps in range(20):
            claiming = asyncio.create_task(one.claim(1, ["slack"]))
            for _ in range(steps * 5):
                await asyncio.sleep(0)
            claiming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                kept += await claiming
        assert len(kept) < 20
        assert len(await two.claim(100, ["slack"])) == 20 - len(kept)

    on(kind, tmp_path, scenario)


@both
def test_what_was_claimed_and_lapsed_is_missed_after_the_grace(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        dead, alive = await databases.store("dead"), await databases.store("alive")
        one, two = [await dead.put(subscription(channel)) for channel in ("C1", "C2")]
        databases.time.passes(hours=1)
        claimed = {claim.subscription.id: claim.delivery for claim in await dead.claim(10, ["slack"])}
        await dead.begin(claimed[two.id], "garden/clay")
        databases.time.passes(hours=7)
        (left,) = await alive.claim(10, ["slack"])
        assert (left.subscription.id, left.delivery.outcome) == (two.id, Outcome.SENDING)
        assert (await alive.deliveries([one.id], 1))[one.id][0].outcome is Outcome.MISSED

    on(kind, tmp_path, scenario)


@both
def test_a_workspace_that_is_removed_after_a_claim_is_sent_nothing(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        await store.put(subscription())
        databases.time.passes(hours=1)
        (claim,) = await store.claim(10, ["slack"])
        await store.forget("slack", "T1")
        assert await store.begin(claim.delivery, "garden/clay") is None
        assert await store.settle(claim.delivery, Outcome.SENT) is None

    on(kind, tmp_path, scenario)
