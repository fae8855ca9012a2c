"""Opens posts in forums and media channels: threads that begin with a message. Each is asked for once.

Discord knows no nonce here (its reference of Start Thread in Forum or Media Channel), so what discord.py would try
again after an answer that leaves it open what happened is unsure instead.
"""

from typing import Any

import aiohttp
import discord
from discord.http import Route, handle_message_parameters

from bot.adapters.discord import faults, layout
from bot.adapters.discord.text import fitted, one_line
from bot.adapters.discord.wording import FAULTS
from bot.core.answering import wording
from bot.core.answering.card import Card
from bot.ports import RefusedError, UnsureError

_NAME = 100  # characters of a thread's name (Discord)
_TAG = "lesson"  # part of the name of the tag that is taken where a forum wants one


class _Once:
    """Lets discord.py send a request again after a 429 alone, which has done nothing.

    Before each try it resets the files of a request, of which this poses as one; each answer aiohttp shows to
    `raise_for_status`.
    """

    def __init__(self) -> None:
        self._harmless = True

    def reset(self, *, seek: int) -> None:
        del seek
        if not self._harmless:
            raise UnsureError("the connection was lost")
        self._harmless = False

    async def __call__(self, response: aiohttp.ClientResponse) -> None:
        self._harmless = response.status == 429
        if response.status >= 500:
            raise UnsureError(f"HTTP {response.status}")


async def open_post(client: discord.Client, channel: int, card: Card) -> int:
    """Open a post named like the card, and give the id that it and its message share.

    Raises RefusedError where the forum refuses the bot's posts, UnsureError where it is open whether there is one now,
    discord.HTTPException for what else Discord says.
    """
    try:
        return await _opened(client, channel, card, [])
    except discord.HTTPException as error:
        if error.code == faults.NO_TAG and (tag := await _tag(client, channel)):
            return await _opened(client, channel, card, [tag])
        if error.code == 50013:
            raise RefusedError(FAULTS["forum"]) from error
        raise


def name(card: Card) -> str:
    """What a post is called: the card's title, of 1 to 100 characters."""
    return fitted(one_line(card.title), _NAME) or wording.DAILY


async def _opened(client: discord.Client, channel: int, card: Card, tags: list[str]) -> int:
    named: dict[str, Any] = {"name": name(card), "applied_tags": tags}
    route, once = Route("POST", "/channels/{channel_id}/threads", channel_id=channel), _Once()
    with handle_message_parameters(
        view=layout.view(card), allowed_mentions=layout.NOBODY, channel_payload=named
    ) as parameters:
        made = await client.http.request(
            route,
            json=parameters.payload,
            params={"use_nested_fields": 1},
            files=[once],  # type: ignore[list-item]  # see its docstring
            raise_for_status=once,
        )
    return int(made["id"])


async def _tag(client: discord.Client, channel: int) -> str | None:
    """The id of the forum's tag for lessons, if it has one that everybody may use."""
    found: Any = await client.http.get_channel(channel)
    fitting = (tag for tag in found.get("available_tags", ()) if _TAG in tag["name"].casefold())
    return next((str(tag["id"]) for tag in fitting if not tag.get("moderated")), None)
