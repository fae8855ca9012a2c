"""What can go wrong, in words a person can act on.

BotError                every failure that has a cause and a next step
├── ContentError        one or more problems in a summary file
├── SettingsError       one or more problems in the environment or config/bot.yaml
├── StoreError          a database that cannot be used
└── UsageError          a command or an option that was not understood

A problem knows where it is, what is wrong and what to do; it is written `file:line: what is wrong; what to do`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is (line numbers count from 1) and how to mend it."""

    reason: str
    mend: str
    line: int | None = None
    file: str | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{where}: {self.reason}; {self.mend}" if where else f"{self.reason}; {self.mend}"


class BotError(Exception):
    """A failure that names its cause and the next step."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def in_file(self, file: str) -> Self:
        """The same error with every problem placed in `file`."""
        return type(self)(replace(problem, file=file) for problem in self.problems)


class ContentError(BotError):
    """A summary that cannot be read. Holds every problem found in it, in order of lines."""


class SettingsError(BotError):
    """Settings that cannot be used. Holds every problem found in them."""


class StoreError(BotError):
    """A database that cannot be used."""


class UsageError(BotError):
    """A command, option or value that was not understood."""
