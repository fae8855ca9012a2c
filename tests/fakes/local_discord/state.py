"""What a local Discord remembers across the board: ids, time, effects, what the bot sent. No socket."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.local_discord.limits import EMPTY, is_empty
from tests.fakes.local_discord.problems import Json, Problem, nested
from tests.fakes.time import Bell, Clock

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


@dataclass(frozen=True)
class Effect:
    """Something that the bot brought about: posted, changed, removed or opened; `cause` is the interaction's id."""

    kind: str
    what: "Message | Modal"
    cause: int | None


class State(Bell):
    """Everything. `dispatch` sends an event down the gateway, to the shard of a guild or, without one, to the first."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self._last_ms = 0
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
