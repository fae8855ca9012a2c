"""What the use cases need from outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.answering.card import Card
from bot.core.finding.vectors import Vectors
from bot.core.scheduling.subscription import Delivery, Outcome, Place, Subscription


class Clock(Protocol):
    """The present moment, in UTC, and the time zones there are."""

    def now(self) -> datetime: ...

    def zones(self) -> frozenset[str]: ...


class Embedder(Protocol):
    """Makes vectors of texts, such that texts of like meaning come to lie near each other."""

    @property
    def name(self) -> str:
        """The model and its version: vectors of one name can be compared."""

    async def embed(self, texts: Sequence[str]) -> list[Vectors]:
        """For each text a row of its own, of length 1, or of noughts where the model cannot read it; and further rows
        for its words that say something, in whatever pieces the model has them, if it tells so much.

        Raises TimeoutError where that takes longer than somebody would wait, OSError where the model fails.
        """


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process has taken on, under a lease."""

    subscription: Subscription
    delivery: Delivery


# Told what became of a lesson on a platform, and of one that was sent how many seconds after it was due.
Watch = Callable[[str, Outcome, float | None], None]


def unwatched(platform: str, outcome: Outcome, late_s: float | None) -> None:
    """A Watch that nobody looks at."""


class Store(Protocol):
    """Subscriptions and deliveries. A claimed delivery is held for 60 s, by the database's own clock."""

    async def find(self, place: Place) -> Subscription | None:
        """The subscription of a place, whatever its state."""

    async def here(self, place: Place) -> list[Subscription]:
        """All of a channel, of a forum however they come there, and what comes in that channel as its thread; one that
        is not off first, then the latest.
        """

    async def every(self, platform: str | None = None, workspace: str | None = None) -> list[Subscription]:
        """All that are not off, in the order they were made."""

    async def put(self, subscription: Subscription) -> Subscription:
        """Make or replace the subscription of a place. Nothing is owed from before its `since`."""

    async def forget(self, platform: str, workspace: str) -> None:
        """Delete all of a workspace."""

    async def deliveries(self, subscriptions: Sequence[int], limit: int) -> Mapping[int, list[Delivery]]:
        """The latest deliveries of each, newest first."""

    async def seen(self, subscriptions: Sequence[int]) -> Mapping[int, list[str]]:
        """The keys of the entries that each was sent, or may have been sent, oldest first."""

    async def claim(self, limit: int, platforms: Sequence[str]) -> list[Claim]:
        """Take on what is due or was left behind, and record what is missed or skipped."""

    async def sharing(self, platform: str) -> int:
        """How many processes hold claims of a platform now."""

    async def begin(self, delivery: Delivery, entry: str) -> datetime | None:
        """Record that the request is about to go out. Gives when the first one did; None where the claim is no longer
        this process's own.
        """

    async def settle(
        self, delivery: Delivery, outcome: Outcome, message: str = "", reason: str = ""
    ) -> datetime | None:
        """Record what became of it. Gives when, None where it was settled already."""

    async def postpone(self, delivery: Delivery, seconds: float, reason: str = "") -> None:
        """Leave a delivery as it is given here, and to whoever claims it after so many seconds; `reason` is why."""

    async def release(self, claims: Sequence[Claim]) -> None:
        """Give back what was claimed and not begun."""

    async def renew(self, claims: Sequence[Claim]) -> None:
        """Hold claims for another 60 s."""

    async def first_time(self, key: str) -> bool:
        """Whether no process was asked this of an event within the last hour; `key` has at most 255 characters."""

    async def now(self) -> datetime:
        """The present moment by the clock that decides."""


class RefusedError(Exception):
    """The platform refuses a place for good, until somebody mends it; the text says why, for a person."""


class UnsureError(Exception):
    """A request went out and its answer never came."""


class UnsentError(ConnectionError):
    """Nothing was posted, for a reason that may pass: it can be sent another time."""


class ThrottledError(Exception):
    """The platform asks for a pause of `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{seconds} s")


class Messenger(Protocol):
    """Posts on one platform."""

    async def post(self, place: Place, card: Card, nonce: str) -> str:
        """Post and give the message's id.

        Raises RefusedError, ThrottledError, UnsentError or UnsureError. Of anything else it is open whether it posted.
        """

    async def tell(self, place: Place, user: str, card: Card) -> None:
        """Write to one person directly, where possible."""
