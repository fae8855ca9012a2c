"""Posts the lessons that are due: a tick claims them in batches, platforms post at their own pace, each is confirmed.

The order of the steps is what makes a post come once: claim (a row and a lease), begin (the lesson is recorded, then
the request goes out), settle. Whoever dies before `begin` has sent nothing. Whoever dies after it leaves a delivery
that may have been sent: on Discord it is sent again with the same nonce within 120 s of the first try, which is
harmless; on Slack, and where it opens a post of a forum, which have no such thing, it is unknown, and whoever set it
up is told.

What surely was not sent, as the platform was out of reach or asked for a pause, goes back to what it was before it was
begun, for whoever claims it next: nothing waits in memory, so that a stop, a death or `/daily off` meanwhile does to it
what it does to every other claim.

Knows no platform and no database.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, repeat
from typing import Any, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]

from bot.core.answering import cards, wording
from bot.core.answering.card import Card
from bot.core.errors import StoreError
from bot.core.scheduling.subscription import Delivery, Outcome, Place, State, nonce
from bot.core.summary import Entry
from bot.daily import Daily
from bot.ports import Claim, Messenger, RefusedError, Store, ThrottledError, UnsentError, Watch, unwatched

log = structlog.get_logger(__name__)

TICK_S = 1
BATCH = 500
# Posts a second on one platform: Discord takes 50 of a bot in all, and Slack about one a second in each channel.
PACE = 48.7
AT_ONCE = 32  # requests under way on one platform
RESENT_FOR = timedelta(seconds=120)  # for so long Discord knows a nonce again
AGAIN_S = (2.0, 300.0)  # between two tries, at least and at most; in between they come ever less often
_UNTIL_RECORDED_S = (2, 8)
_ANSWER_S = 40  # a request is given up after this, well within its lease
_SET_BACK_S = 5  # between two looks at whether the machine's clock was set back
_RENEWED_S = 20  # claims that wait are held longer every so often; a lease lasts 60 s

Lesson = tuple[Entry, Card] | None
Done = TypeVar("Done")


def _key(claim: Claim) -> tuple[int, date]:
    return claim.delivery.subscription, claim.delivery.date


class _Soon(BaseTrigger):  # type: ignore[misc]
    """A tick after the present moment, wherever the clock has jumped to: the library's own goes there tick by tick."""

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now + timedelta(seconds=TICK_S) if previous else now


class Lane:
    """One platform's queue: fair between workspaces, and never faster than PACE, with the other processes together."""

    def __init__(self) -> None:
        self.shared_by, self._next = 1, 0.0
        self._waiting: dict[str, deque[Claim]] = {}
        self.free = asyncio.Semaphore(AT_ONCE)

    def add(self, claim: Claim) -> None:
        self._waiting.setdefault(claim.subscription.place.workspace, deque()).append(claim)

    def take(self) -> Claim | None:
        """The next one, of the workspace whose turn it is."""
        for workspace in list(self._waiting):
            queue = self._waiting.pop(workspace)
            if queue:
                found = queue.popleft()
                if queue:
                    self._waiting[workspace] = queue  # to the end of the line
                return found
        return None

    @property
    def waiting(self) -> list[Claim]:
        return [claim for queue in self._waiting.values() for claim in queue]

    async def turn(self) -> None:
        """Wait until another request may go out."""
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + self.shared_by / PACE
        await asyncio.sleep(at - now)


class Scheduler:
    """Runs the tick. `messengers` holds the platforms that are connected, and may change while it runs."""

    def __init__(
        self,
        daily: Daily,
        store: Store,
        messengers: Mapping[str, Messenger],
        prefix: str = "",
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        watch: Watch = unwatched,
    ) -> None:
        self._daily, self._store, self._messengers, self._prefix = daily, store, messengers, prefix
        self._sleep, self._watch = sleep, watch
        self._lanes: dict[str, Lane] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._ticking: set[asyncio.Task[Any]] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._under_way: set[tuple[int, date]] = set()  # deliveries that this process has, from claim to settle
        self._pauses: dict[tuple[str, str], float] = {}  # until when a workspace of a platform asked for no more
        self._renewed = 0.0
        self._stopping = False
        self.last_tick = 0.0

    # ---- from start to end

    async def run(self, until: asyncio.Event, within: float = 8.0) -> None:
        """Tick every second until `until` is set; then finish what is under way and give back the rest."""
        ticks = AsyncIOScheduler(timezone="UTC")
        job = ticks.add_job(self._tick_safely, _Soon(), max_instances=1, misfire_grace_time=None)
        ticks.start()
        try:
            while not until.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(until.wait(), _SET_BACK_S)
                if (now := datetime.now(UTC)) + timedelta(seconds=2 * TICK_S) < job.next_run_time:
                    job.modify(next_run_time=now)  # the clock was set back: the tick would wait until it is then again
        finally:
            ticks.shutdown(wait=False)
            await self.stop(within)

    async def stop(self, within: float) -> None:
        """Give back what was not begun, and wait for what was, at most so many seconds."""
        self._stopping = True
        with suppress(StoreError):  # then they lapse; what is under way is waited for in any case
            await self._store.release([claim for lane in self._lanes.values() for claim in lane.waiting])
        for task in self._running.values():
            task.cancel()
        if under_way := self._sending | self._ticking:
            await asyncio.wait(under_way, timeout=within)

    async def _tick_safely(self) -> None:
        if this := asyncio.current_task():
            self._ticking.add(this)
            this.add_done_callback(self._ticking.discard)
        try:
            await self.tick()
        except Exception as error:
            log.warning("tick_failed", error=type(error).__name__, reason=str(error).splitlines()[0][:200])

    async def tick(self) -> int:
        """Claim what is due, as much as can be sent soon, and hand it to the platforms. Gives how many were claimed."""
        await self._renew()
        claimed = sum([await self._claim(platform) for platform in sorted(self._messengers)])
        self.last_tick = time.monotonic()
        return claimed

    async def _claim(self, platform: str) -> int:
        """For each platform by itself: one that is slow, or has much to send, keeps no other waiting."""
        lane, claimed = self._lanes.setdefault(platform, Lane()), 0
        while not self._stopping and (room := BATCH - len(lane.waiting)) > 0:
            claims = await self._store.claim(room, [platform])
            if not claims:
                break
            claimed += len(claims)
            if self._stopping:
                await self._store.release(claims)
                break
            # A clock that jumped ahead or a process that stood still ends leases that are in use here: what is under
            # way came back to this process then, and stays one post.
            for claim in claims:
                if _key(claim) not in self._under_way:
                    self._queue(claim, lane)
        if lane.waiting:
            lane.shared_by = max(await self._store.sharing(platform), 1)
        return claimed

    async def _renew(self) -> None:
        if time.monotonic() - self._renewed > _RENEWED_S:
            self._renewed = time.monotonic()
            await self._store.renew([claim for lane in self._lanes.values() for claim in lane.waiting])

    def _queue(self, claim: Claim, lane: Lane) -> None:
        platform = claim.subscription.place.platform
        lane.add(claim)
        self._under_way.add(_key(claim))
        running = self._running.get(platform)
        if running is None or running.done():
            self._running[platform] = asyncio.create_task(self._drain(lane))

    async def _drain(self, lane: Lane) -> None:
        """Send what waits, one after the other at the lane's pace, several at once."""
        while lane.waiting and not self._stopping:
            await lane.free.acquire()
            await lane.turn()
            found = lane.take()
            if found is None:
                lane.free.release()
                return
            task = asyncio.create_task(self._deliver(found))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
            task.add_done_callback(lambda _: lane.free.release())

    # ---- one delivery

    async def _deliver(self, claim: Claim) -> None:
        """The lesson is chosen just before it is sent: to choose for a whole batch would hold the loop up."""
        try:
            lessons = await self._daily.due([claim])
            await self._post(claim, lessons[claim.subscription.id])
        except Exception as error:
            log.warning("delivery_left", error=type(error).__name__, subscription=claim.subscription.id)
        finally:
            self._under_way.discard(_key(claim))

    async def _post(self, claim: Claim, lesson: Lesson) -> None:
        delivery, place = claim.delivery, claim.subscription.place
        if delivery.outcome is Outcome.SENDING and not await self._harmless(claim, delivery):
            await self._settle(claim, Outcome.UNKNOWN, reason=delivery.reason)
        elif lesson is None:
            await self._settle(claim, Outcome.FAILED, reason=wording.NO_LESSON)
        elif (left := self._pauses.get((place.platform, place.workspace), 0) - time.monotonic()) > 0:
            await self._again(delivery, left)
        elif first_try := await self._begun(delivery, lesson[0].key):
            await self._try(claim, replace(delivery, first_try=first_try, entry=lesson[0].key), lesson[1])

    async def _begun(self, delivery: Delivery, entry: str) -> datetime | None:
        """When the first request went out, this one at the earliest; None where it must not go out now."""
        asked = time.monotonic()
        try:
            first_try = await self._store.begin(delivery, entry)
        except StoreError:  # which may have been recorded all the same
            first_try = None
        if first_try and time.monotonic() - asked < _RENEWED_S:
            return first_try
        await self._again(delivery, TICK_S)  # or this process stood still, and its lease may have ended
        return None

    async def _try(self, claim: Claim, delivery: Delivery, card: Card) -> None:
        """One request. Where it may go out another time, that is left to whoever claims it then."""
        place = claim.subscription.place
        try:
            async with asyncio.timeout(_ANSWER_S):
                message = await self._messenger(place).post(place, card, nonce(delivery))
        except RefusedError as error:
            await self._refused(claim, str(error))
        except ThrottledError as error:
            log.info("platform_throttled", platform=place.platform, seconds=error.seconds)
            self._pauses[place.platform, place.workspace] = time.monotonic() + error.seconds
            await self._again(claim.delivery, error.seconds)
        except UnsentError as error:
            await self._later(claim.delivery, delivery.due, str(error)[:200])
        except Exception as error:  # an answer that never came; and what nobody foresaw may have been sent too
            reason = str(error)[:200] or type(error).__name__
            if await self._harmless(claim, delivery):
                unsure = replace(delivery, outcome=Outcome.SENDING)
                await self._later(unsure, delivery.first_try or delivery.due, reason)
            else:
                await self._settle(claim, Outcome.UNKNOWN, reason=reason)
        else:
            await self._settle(claim, Outcome.SENT, message=message)

    def _messenger(self, place: Place) -> Messenger:
        """Raises UnsentError where the platform is not connected."""
        if place.platform not in self._messengers:
            raise UnsentError(wording.UNREACHED.format(platform=place.platform.capitalize()))
        return self._messengers[place.platform]

    async def _again(self, delivery: Delivery, seconds: float) -> None:
        await self._recorded(lambda: self._store.postpone(delivery, seconds))

    async def _later(self, delivery: Delivery, since: datetime, reason: str) -> None:
        """Once more, after a while that is the longer, the longer ago it began to go wrong."""
        log.warning("lesson_postponed", subscription=delivery.subscription, reason=reason)

        async def postponed() -> None:
            (least, most), waited = AGAIN_S, (await self._store.now() - since).total_seconds()
            await self._store.postpone(delivery, min(max(waited / 2, least), most), reason)

        await self._recorded(postponed)

    async def _harmless(self, claim: Claim, delivery: Delivery) -> bool:
        """Whether it may be sent again: while it is on, and the platform still knows the nonce of the first try."""
        subscription = claim.subscription
        knows = subscription.place.platform == "discord" and not subscription.place.opens
        if not knows or subscription.state is not State.ON:
            return False
        return delivery.first_try is None or await self._store.now() - delivery.first_try < RESENT_FOR

    async def _settle(self, claim: Claim, outcome: Outcome, message: str = "", reason: str = "") -> None:
        settled = await self._recorded(lambda: self._store.settle(claim.delivery, outcome, message, reason))
        subscription = claim.subscription
        if settled is not None:
            late_s = (settled - claim.delivery.due).total_seconds() if outcome is Outcome.SENT else None
            self._watch(subscription.place.platform, outcome, late_s)
        log.info("lesson", outcome=outcome.value, subscription=subscription.id, platform=subscription.place.platform)
        if outcome is Outcome.UNKNOWN:
            await self._tell(claim, wording.unconfirmed(subscription.place.platform))

    async def _recorded(self, work: Callable[[], Awaitable[Done]]) -> Done:
        """Do it, and again for as long as the database is locked or away: nobody else knows what became of a lesson."""
        for pause in chain(_UNTIL_RECORDED_S, repeat(_RENEWED_S)):
            try:
                return await work()
            except StoreError as error:
                log.warning("lesson_unrecorded", reason=str(error), retry_in_s=pause)
                await self._sleep(pause)
        raise AssertionError  # there is always another time

    async def _refused(self, claim: Claim, reason: str) -> None:
        """A refusal that lasts stops the subscription until somebody mends it and resumes it."""
        await self._settle(claim, Outcome.FAILED, reason=reason)
        now = await self._store.find(claim.subscription.place)
        if now is None or (now.state, now.since) != (State.ON, claim.subscription.since):
            return  # somebody has changed it meanwhile
        await self._store.put(replace(now, state=State.REFUSED, reason=reason))
        await self._tell(claim, wording.stopped(reason, self._prefix, claim.subscription.forum))

    async def _tell(self, claim: Claim, sentence: str) -> None:
        subscription = claim.subscription
        messenger = self._messengers.get(subscription.place.platform)
        if messenger is None or not subscription.by:
            return
        try:
            await messenger.tell(subscription.place, subscription.by, cards.note(sentence))
        except Exception as error:
            log.info("setter_untold", error=type(error).__name__, subscription=subscription.id)
