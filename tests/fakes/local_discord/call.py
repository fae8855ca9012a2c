"""One request to the REST API, as those who answer it see it. No socket."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.local_discord.guilds import Channel, Guild
from tests.fakes.local_discord.problems import Json, missing
from tests.fakes.local_discord.state import Refused, State, invalid


@dataclass(frozen=True)
class Call:
    """A request: what stands in its path, its query and its body (a list only where commands are overwritten)."""

    state: State
    ids: dict[str, str]
    query: dict[str, str]
    body: Any

    def number(self, name: str) -> int:
        """An id of the path; one that is no number is that of nothing."""
        return int(self.ids[name]) if self.ids[name].isdecimal() else 0


@dataclass(frozen=True)
class Reply:
    """What comes back: a status and a body, none for 204."""

    body: Any = None
    status: int = 200


NOTHING = Reply(status=204)
Method = Callable[[Call], Reply]


def channel_of(call: Call) -> Channel:
    """The channel of the path, if the bot can see it; raises Refused."""
    found = call.state.channels.get(call.number("channel"))
    if found is None:
        raise Refused(404, 10003, "Unknown Channel")
    if not found.open_to_bot:
        raise Refused(403, 50001, "Missing Access")
    return found


def guild_of(call: Call) -> Guild:
    """The guild of the path, if the bot is in it; raises Refused."""
    found = call.state.guilds.get(call.number("guild"))
    if found is None:
        raise Refused(404, 10004, "Unknown Guild")
    if not found.bot:
        raise Refused(403, 50001, "Missing Access")
    return found


def needed(body: Json, *keys: str) -> None:
    """Raises Refused where the body lacks one of these."""
    absent = [missing(key) for key in keys if body.get(key) is None]
    if absent:
        raise invalid(absent)
