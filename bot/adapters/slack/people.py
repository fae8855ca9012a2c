"""Who acts in Slack: their name, their time zone, whether they are guests. Remembered for an hour."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import faults
from bot.adapters.slack.wording import SOMEBODY
from bot.desk import Asker

_REMEMBERED_S = 3600
_MOST = 20_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """`guest`: somebody with limited access, or of another workspace."""

    asker: Asker
    guest: bool


class People:
    """Profiles by workspace and user, asked for when they are first needed."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()

    def stranger(self, name: str) -> Person:
        """Somebody of whom only the name is known: their zone is the configured one, and they count as a guest."""
        return Person(Asker(name, self._zone), guest=True)

    async def person(
        self, client: AsyncWebClient, team: str, user: str, name: str = "", *, needed: bool = False
    ) -> Person:
        """The profile of a user; `name` stands in where Slack does not give it. Where it is `needed` that raises."""
        at, known = self._known.get((team, user), (0.0, None))
        if known and time.monotonic() - at < _REMEMBERED_S:
            return known
        try:
            answer = await client.users_info(user=user)
        except Exception as error:
            if needed and not known:
                raise
            log.warning("slack_profile_unknown", error=faults.code(error), team=team, user=user)
            return known or self.stranger(name or SOMEBODY)
        found = self._read(answer["user"], team, name)
        self._known[team, user] = (time.monotonic(), found)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found

    def _read(self, user: dict[str, Any], team: str, name: str) -> Person:
        profile = user.get("profile") or {}
        called = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        guest = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted"))
        elsewhere = user.get("team_id") not in (None, team) and not user.get("enterprise_user")
        zone = user.get("tz") or self._zone
        return Person(Asker(called or name, zone), bool(guest or elsewhere))
