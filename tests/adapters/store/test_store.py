"""One contract, held by a real SQLite file and a real PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.subscription import Outcome, Place, State
from tests.adapters.store.processes import GRACE, MONDAY, Databases, both, on, subscription
from tests.databases import fresh


@both
def test_a_due_lesson_is_claimed_once_by_any_number_of_processes(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        one, two = await databases.store("a"), await databases.store("b")
        for number in range(40):
            await one.put(subscription(f"C{number}"))
        assert await one.claim(100, ["slack"]) == []
        databases.time.passes(hours=1)
        claims = await asyncio.gather(*(store.claim(7, ["slack"]) for store in (one, two) * 6))
        places = [claim.subscription.place.channel for several in claims for claim in several]
        assert sorted(places) == sorted(f"C{number}" for number in range(40))
        assert await two.claim(100, ["slack"]) == []

    on(kind, tmp_path, scenario)


@both
def test_what_is_sent_is_known_and_comes_again_the_next_day(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        made = await store.put(subscription())
        for day in range(3):
            databases.time.now = MONDAY + timedelta(days=day, hours=1)
            (claim,) = await store.claim(10, ["slack"])
            assert claim.delivery.date == date(2026, 11, 23 + day)
            assert await store.begin(claim.delivery, f"garden/{day}")
            await store.settle(claim.delivery, Outcome.SENT, message=f"m{day}")
        assert await store.seen([made.id]) == {made.id: ["garden/0", "garden/1", "garden/2"]}
        latest = (await store.deliveries([made.id], 2))[made.id]
        assert [(one.date.day, one.outcome, one.message, one.late) for one in latest] == [
            (25, Outcome.SENT, "m2", False),
            (24, Outcome.SENT, "m1", False),
        ]

    on(kind, tmp_path, scenario)


@both
def test_whoever_dies_leaves_what_another_takes_over(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        dead, alive = await databases.store("dead"), await databases.store("alive")
        for channel in ("C1", "C2"):
            await dead.put(subscription(channel))
        databases.time.passes(hours=1)
        claimed, sending = await dead.claim(10, ["slack"])
        assert await dead.begin(sending.delivery, "garden/clay")
        databases.time.passes(seconds=59)
        assert await alive.claim(10, ["slack"]) == []
        databases.time.passes(seconds=2)
        taken = {claim.subscription.place.channel: claim for claim in await alive.claim(10, ["slack"])}
        again = taken[claimed.subscription.place.channel].delivery
        unsure = taken[sending.subscription.place.channel].delivery
        assert (again.outcome, again.entry) == (Outcome.CLAIMED, "")
        assert (unsure.outcome, unsure.entry) == (Outcome.SENDING, "garden/clay")
        assert unsure.first_try == MONDAY + timedelta(hours=1)
        assert not await dead.begin(claimed.delivery, "garden/clay")

    on(kind, tmp_path, scenario)


@both
def test_claims_are_given_back_and_held_longer(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        one, two = await databases.store("a"), await databases.store("b")
        await one.put(subscription())
        databases.time.passes(hours=1)
        claims = await one.claim(10, ["slack"])
        databases.time.passes(seconds=50)
        await one.renew(claims)
        databases.time.passes(seconds=50)
        assert await two.claim(10, ["slack"]) == []
        await one.release(claims)
        (taken,) = await two.claim(10, ["slack"])
        assert taken.delivery.outcome is Outcome.CLAIMED

    on(kind, tmp_path, scenario)


@both
def test_how_many_processes_send_at_once_is_known(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        one, other = await databases.store("one"), await databases.store("other")
        for number in range(4):
            await one.put(subscription(f"C{number}"))
        databases.time.passes(hours=1)
        assert await one.sharing("slack") == 0
        held = await one.claim(2, ["slack"])
        await other.claim(2, ["slack"])
        assert [await one.sharing("slack"), await other.sharing("slack"), await one.sharing("discord")] == [2, 2, 0]
        await one.settle(held[0].delivery, Outcome.SENT)
        await one.postpone(held[1].delivery, 30)
        assert await one.sharing("slack") == 1
        databases.time.passes(minutes=2)  # whoever died holds nothing
        assert await one.sharing("slack") == 0

    on(kind, tmp_path, scenario)


@both
def test_after_a_downtime_the_latest_is_owed_and_the_rest_is_missed(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        made = await store.put(subscription())
        databases.time.now = MONDAY + timedelta(days=3, hours=4)
        (claim,) = await store.claim(10, ["slack"])
        assert claim.delivery.date == date(2026, 11, 26)
        past = (await store.deliveries([made.id], 10))[made.id]
        assert [one.outcome for one in past] == [Outcome.CLAIMED, *[Outcome.MISSED] * 3]
        databases.time.now = MONDAY + timedelta(days=4, hours=9)
        await store.settle(claim.delivery, Outcome.SENT)
        assert await store.claim(10, ["slack"]) == []
        assert (await store.deliveries([made.id], 1))[made.id][0].outcome is Outcome.MISSED

    on(kind, tmp_path, scenario)


@both
def test_skip_pause_and_change_owe_nothing_twice_and_nothing_from_before(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        made = await store.put(subscription(skip=date(2026, 11, 23)))
        databases.time.passes(hours=1)
        assert await store.claim(10, ["slack"]) == []
        assert (await store.deliveries([made.id], 1))[made.id][0].outcome is Outcome.SKIPPED
        await store.put(replace(made, state=State.PAUSED, since=databases.time.now))
        databases.time.passes(days=2)
        assert await store.claim(10, ["slack"]) == []
        await store.put(replace(made, since=databases.time.now))
        assert await store.claim(10, ["slack"]) == []
        databases.time.passes(days=1)
        (claim,) = await store.claim(10, ["slack"])
        await store.settle(claim.delivery, Outcome.SENT)
        later = Schedule(time(17), "Europe/Berlin", frozenset(range(7)))
        await store.put(replace(made, schedule=later, since=databases.time.now))
        databases.time.passes(hours=8)
        assert await store.claim(10, ["slack"]) == []
        assert (await store.find(made.place)) == replace(
            made, schedule=later, since=MONDAY + timedelta(days=3, hours=1)
        )

    on(kind, tmp_path, scenario)


@both
def test_a_workspace_is_forgotten_and_platforms_are_kept_apart(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        await store.put(subscription())
        kept = await store.put(subscription(place=Place("discord", "G1", "1", "2")))
        databases.time.passes(hours=1)
        assert [claim.subscription for claim in await store.claim(10, ["discord"])] == [kept]
        await store.claim(10, ["slack"])
        await store.forget("slack", "T1")
        assert await store.every() == [kept]
        await store.put(replace(kept, state=State.OFF))
        assert await store.every() == []

    on(kind, tmp_path, scenario)


@both
def test_a_lease_has_one_holder(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        one, two = await databases.store("a"), await databases.store("b")
        assert await one.lease("shard-0", 30)
        assert not await two.lease("shard-0", 30)
        databases.time.passes(seconds=20)
        assert await one.lease("shard-0", 30)
        databases.time.passes(seconds=20)
        assert not await two.lease("shard-0", 30)
        databases.time.passes(seconds=20)
        assert await two.lease("shard-0", 30)
        await one.unlease("shard-0")
        assert not await one.lease("shard-0", 30)
        await two.unlease("shard-0")
        assert await one.lease("shard-0", 30)

    on(kind, tmp_path, scenario)


@both
def test_the_database_tells_the_time(kind: str, tmp_path: Path) -> None:
    async def run() -> None:
        store = SqlStore(open_engine(fresh(kind, tmp_path)), "a", GRACE)
        assert abs(await store.now() - datetime.now(UTC)) < timedelta(minutes=1)
        await store.close()

    asyncio.run(run())


@both
def test_the_grace_is_to_the_second(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        made = await store.put(subscription())
        databases.time.now = MONDAY + timedelta(hours=1) + GRACE
        (claim,) = await store.claim(10, ["slack"])
        await store.settle(claim.delivery, Outcome.SENT)
        databases.time.now += timedelta(days=1, seconds=1)
        assert await store.claim(10, ["slack"]) == []
        last, first = (await store.deliveries([made.id], 10))[made.id]
        assert (first.outcome, first.late) == (Outcome.SENT, True)
        assert last.outcome is Outcome.MISSED

    on(kind, tmp_path, scenario)


@both
def test_clock_changes_owe_one_post_a_date(kind: str, tmp_path: Path) -> None:
    spring = datetime(2027, 3, 27, 12, tzinfo=UTC)  # 02:30 does not come on the 28th, and comes twice on 31 October
    autumn = datetime(2027, 10, 30, 12, tzinfo=UTC)

    async def scenario(databases: Databases) -> None:
        store = await databases.store()
        early = Schedule(time(2, 30), "Europe/Berlin")
        for start, due in ((spring, time(1, 0)), (autumn, time(0, 30))):
            await store.put(subscription(schedule=early, since=start))
            found = []
            for half_hours in range(60):
                databases.time.now = start + timedelta(minutes=30 * half_hours)
                for claim in await store.claim(10, ["slack"]):
                    await store.settle(claim.delivery, Outcome.SENT)
                    found.append((claim.delivery.date, databases.time.now))
            day = start.date() + timedelta(days=1)
            assert found == [(day, datetime.combine(day, due, UTC))]

    on(kind, tmp_path, scenario)


@both
def test_an_event_is_new_to_one_process_only(kind: str, tmp_path: Path) -> None:
    async def scenario(databases: Databases) -> None:
        one, two = await databases.store("a"), await databases.store("b")
        firsts = await asyncio.gather(*(store.first_time("Ev1") for store in (one, two) * 3))
        assert sorted(firsts) == [False] * 5 + [True]
        databases.time.passes(minutes=59)
        assert not await two.first_time("Ev1")
        assert await two.first_time("Ev2")
        databases.time.passes(minutes=2)
        await one.first_time("Ev3")
        assert await two.first_time("Ev1")  # forgotten, as it is an hour old; Ev2 is not
        assert not await one.first_time("Ev2")

    on(kind, tmp_path, scenario)
