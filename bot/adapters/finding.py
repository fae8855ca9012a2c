"""What `doctor` finds out: said alike by the checkup of a platform and by `doctor` itself, which lies above them."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding of `doctor` is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `doctor` looked at, how it is, and how to mend it."""

    level: Level
    subject: str
    said: str
    mend: str = ""
