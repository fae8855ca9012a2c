"""What the desk needs from outside, as Protocols. The adapters fulfil them; tests bring their own."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day and the world's time zones."""

    def now(self) -> datetime:
        """The present moment, in UTC and aware of it."""

    def zones(self) -> frozenset[str]:
        """Every IANA time zone that is known here."""
