"""Posts daily lessons in Discord, and says what a failure means for the next try."""

import aiohttp
import discord

from bot.adapters.discord import faults, forum, layout
from bot.core.answering import wording
from bot.core.answering.card import Card
from bot.core.scheduling.subscription import Place
from bot.ports import RefusedError, ThrottledError, UnsentError, UnsureError


class DiscordMessenger:
    """The Messenger port over a connected client. A thread is a channel of its own, a post of a forum is a thread."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post(self, place: Place, card: Card, nonce: str) -> str:
        """Post a lesson. Discord gives the same message again for the same nonce, for a few minutes.

        Where it opens a post of a forum, whose name is the card's title, there is no nonce; thread and message have one
        id.
        """
        try:
            if place.opens:
                return str(await forum.open_post(self._client, int(place.channel), card))
            channel = self._client.get_partial_messageable(int(place.thread or place.channel))
            sent = await channel.send(view=layout.view(card), nonce=nonce, allowed_mentions=layout.NOBODY)
        except discord.RateLimited as error:
            raise ThrottledError(error.retry_after) from error
        except discord.HTTPException as error:
            raise _meant(error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise UnsentError(wording.UNREACHED.format(platform="Discord")) from error
        except (aiohttp.ClientError, OSError) as error:
            raise UnsureError(str(faults.code(error))) from error
        return str(sent.id)

    async def tell(self, place: Place, user: str, card: Card) -> None:
        del place
        direct = await self._client.create_dm(discord.Object(int(user)))
        await direct.send(view=layout.view(card), allowed_mentions=layout.NOBODY)


def _meant(error: discord.HTTPException) -> Exception:
    if error.status == 429:
        retry = error.response.headers.get("Retry-After", "60")
        return ThrottledError(float(retry))
    if error.status >= 500:
        return UnsureError(f"HTTP {error.status}")
    sentence = faults.sentence(error)
    return RefusedError(sentence) if error.code in faults.LASTING else UnsentError(sentence)
