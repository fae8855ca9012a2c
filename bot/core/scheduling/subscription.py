"""A channel's standing order for a daily lesson, what it owes at a moment, and what became of each lesson owed.

Pure: knows no database, no platform and no present moment.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from bot.core.scheduling.recurrence import Occurrence, Schedule, next_occurrence, occurrences

LATE = timedelta(minutes=10)  # a post that comes later than this says so
POST, THREAD = "post", "thread"  # how lessons come in a forum
MOST_MISSED = 400  # dates of one subscription that are recorded as missed at once: a year and a bit


class State(StrEnum):
    """Whether a subscription posts."""

    ON = "on"
    PAUSED = "paused"  # by somebody
    REFUSED = "refused"  # by the platform, for good until somebody resumes it
    OFF = "off"  # its deliveries are kept, so that the walk goes on where it is switched on again


class Outcome(StrEnum):
    """What became of a delivery. The first two are under way; every other one is final."""

    CLAIMED = "claimed"  # somebody has taken it on; nothing was sent yet
    SENDING = "sending"  # the request may have gone out
    SENT = "sent"
    FAILED = "failed"  # the platform refused it
    UNKNOWN = "unknown"  # the request went out and its answer never came
    MISSED = "missed"  # the bot was down for longer than the grace
    SKIPPED = "skipped"  # by somebody


FINAL = frozenset(Outcome) - {Outcome.CLAIMED, Outcome.SENDING}
SEEN = frozenset({Outcome.SENT, Outcome.UNKNOWN})  # what counts for the rotation


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lesson is posted; `platform` is slack, discord or console. `thread` is "" outside threads.

    In a forum, which is all threads, `thread` is the one that holds all lessons, or POST: each opens one of its own.
    """

    platform: str
    workspace: str
    channel: str
    thread: str = ""

    @property
    def opens(self) -> bool:
        """Whether each message opens a thread of its own. No platform knows a nonce for that."""
        return self.thread == POST


@dataclass(frozen=True, slots=True)
class Subscription:
    """A standing order. `within` is a topic's key, a summary's name or "" for everything; `since` is when it was made,
    changed or resumed: nothing is owed from before. `skip` is a local date that owes nothing.
    """

    place: Place
    schedule: Schedule
    since: datetime
    within: str = ""
    state: State = State.ON
    by: str = ""  # the platform's id of whoever set it up
    by_name: str = ""
    skip: date | None = None
    reason: str = ""  # why it is paused or refused
    declared: bool = False  # in config/bot.yaml, which manages it
    forum: str = ""  # in a forum: POST for one a day, THREAD for one that holds all
    id: int = 0  # given by the store


@dataclass(frozen=True, slots=True)
class Delivery:
    """One lesson owed to one subscription on one local date. Moments are UTC; `entry` is the key of the chosen one."""

    subscription: int
    date: date
    due: datetime
    outcome: Outcome
    entry: str = ""
    message: str = ""  # the platform's id of the message
    reason: str = ""
    first_try: datetime | None = None
    settled: datetime | None = None

    @property
    def late(self) -> bool:
        """Whether it came, or comes, noticeably later than it was due."""
        return bool(self.settled and self.settled - self.due > LATE)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a subscription owes at a moment: at most one post, what is past posting, and what comes next."""

    post: Occurrence | None
    missed: tuple[Occurrence, ...] = ()
    skipped: tuple[Occurrence, ...] = ()
    next: Occurrence = field(kw_only=True)


def owed(schedule: Schedule, first: Occurrence, now: datetime, grace: timedelta, skip: date | None = None) -> Owed:
    """What is owed at `now` by a subscription whose next occurrence is `first`, which is due.

    Of several the latest is posted, if it is not older than `grace`; older ones are missed.
    """
    due = [first]
    for occurrence in islice(occurrences(schedule, first.at), MOST_MISSED):
        if occurrence.at > now:
            break
        due.append(occurrence)
    following = next_occurrence(schedule, now)
    skipped = tuple(one for one in due if one.date == skip)
    # A date may be due anew where the zone's rules have changed since `first` was worked out.
    due = [one for one in {one.date: one for one in due}.values() if one.date != skip]
    if due and now - due[-1].at <= grace:
        return Owed(due[-1], tuple(due[:-1]), skipped, next=following)
    return Owed(None, tuple(due), skipped, next=following)


@lru_cache(4096)
def following(schedule: Schedule, after: datetime) -> Occurrence:
    """`next_occurrence`, remembered: the channels of a zone mostly share a schedule."""
    return next_occurrence(schedule, after)


def nonce(delivery: Delivery) -> str:
    """The same on every replica, and at most the 25 characters that Discord allows a nonce."""
    return blake2b(f"{delivery.subscription}/{delivery.date}".encode(), digest_size=12).hexdigest()
