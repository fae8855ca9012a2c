"""What a local Discord remembers across the board: ids, time, effects, what the bot sent. No socket."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.local_discord.limits import EMPTY, is_empty
from tests.fakes.local_discord.problems import Json, Problem, nested

if TYPE_CHECKING:
    from tests.fakes.local_discord.guilds import Channel, Guild, Message, User
    from tests.fakes.local_discord.interactions import Interaction, Modal

EPOCH = 1_420_070_400_000
MESSAGE_CONTENT = 1 << 15


class Refused(Exception):  # noqa: N818
    """Discord says no: an HTTP status and the `code`, `message` and `errors` of its body."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{code} {message}")
        self.status, self.code, self.message, self.errors = status, code, message, errors

    @property
    def body(self) -> Json:
        more = {"errors": self.errors} if self.errors else {}
        return {"message": self.message, "code": self.code, **more}


def invalid(problems: Iterable[Problem], *prefix: str) -> Refused:
    """The refusal of a body, code 50035."""
    return Refused(400, 50035, "Invalid Form Body", nested(problems, *prefix))


class Clock:
    """The fake's time: the real one, and whatever a test adds to it; stopped, only that."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped: float | None = None

    def now(self) -> float:
        """Seconds since 1970."""
        return (time.time() if self._stopped is None else self._stopped) + self._ahead

    def stop(self) -> None:
        self._stopped = time.time()

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass(frozen=True)
class Effect:
    """Something that the bot brought about: posted, changed, removed or opened; `cause` is the interaction's id."""

    kind: str
    what: "Message | Modal"
    cause: int | None


class State:
    """Everything. `dispatch` sends an event down the gateway, to the shard of a guild or, without one, to the first."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._last_ms = 0
        self._waiting: list[asyncio.Future[None]] = []
        self.people: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.effects: list[Effect] = []
        self.payloads: list[Json] = []
        self.refusals: list[str] = []
        self.commands: dict[int | None, list[Json]] = {None: []}
        self.command_writes = 0
        self.intents = 0
        self.application = self.new_id()
        self.dispatch: Callable[[str, Json, int | None], None] = lambda _event, _data, _guild: None
        self.bot: User

    def new_id(self) -> int:
        """A snowflake: the time in milliseconds, and no two the same."""
        self._last_ms = max(self._last_ms + 1, int(self.clock.now() * 1000))
        return (self._last_ms - EPOCH) << 22

    def effect(self, kind: str, what: "Message | Modal", cause: int | None) -> None:
        self.effects.append(Effect(kind, what, cause))
        self.ring()

    def sent(self, payload: Mapping[str, Any], problems: Iterable[Problem], *prefix: str, fits: bool = True) -> None:
        """Records what the bot sent, and refuses what is past a limit. With `fits` unset it may show nothing."""
        self.payloads.append(deepcopy(dict(payload)))
        found = list(problems)
        if found:
            raise invalid(found, *prefix)
        if fits and is_empty(payload):
            raise Refused(400, 50006, EMPTY.message)

    def ring(self) -> None:
        """Tells those who wait that something has happened."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Waits until the condition holds, looking whenever something happens; False when it never did."""
        deadline = time.monotonic() + timeout
        while not condition():
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            left = deadline - time.monotonic()
            if left <= 0 or not (await asyncio.wait([future], timeout=left))[0]:
                return condition()
        return True
