"""Posts daily lessons in Slack, and says what a failure means for the next try."""

from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import blocks, faults
from bot.core.answering import wording
from bot.core.answering.card import Card
from bot.core.errors import BotError
from bot.core.scheduling.subscription import Place
from bot.ports import RefusedError, ThrottledError, UnsentError, UnsureError

# What only somebody at the channel can mend. A token that is refused is not among them: it says nothing of a channel.
_LASTING = faults.UNREACHED | {
    "is_archived", "no_permission", "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
    "user_disabled",
}  # fmt: skip
# "It is possible some aspect of the operation succeeded", says the reference of the first two; the third is an
# answer that is no whole JSON.
_OPEN = frozenset({"internal_error", "fatal_error", "http_200"})


class SlackMessenger:
    """The Messenger port. `client_of` gives the client of a workspace, by its id."""

    def __init__(self, client_of: Callable[[str], Awaitable[AsyncWebClient]]) -> None:
        self._client_of = client_of

    async def post(self, place: Place, card: Card, nonce: str) -> str:
        """Post a lesson. Slack has no nonce, so an answer that never came leaves it open what happened."""
        del nonce
        try:
            client = await self._client_of(place.workspace)
        except BotError as error:  # the app is not installed there
            raise RefusedError(faults.sentence(error)) from error
        except Exception as error:
            raise UnsentError(faults.sentence(error)) from error
        message = {**blocks.message(card), **blocks.QUIET}
        try:
            sent = await client.chat_postMessage(channel=place.channel, thread_ts=place.thread or None, **message)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise UnsentError(wording.UNREACHED.format(platform="Slack")) from error
        except (aiohttp.ClientError, OSError) as error:
            raise UnsureError(faults.code(error)) from error
        except SlackApiError as error:
            raise _meant(error) from error
        return str(sent["ts"])

    async def tell(self, place: Place, user: str, card: Card) -> None:
        client = await self._client_of(place.workspace)
        await client.chat_postMessage(channel=user, **blocks.message(card), **blocks.QUIET)


def _meant(error: SlackApiError) -> Exception:
    word, (status, headers) = faults.code(error), faults.answered(error)
    if status == 429:
        return ThrottledError(float(headers.get("Retry-After", 1)))
    if status >= 500:
        return UnsureError(f"HTTP {status}")
    if word in _OPEN:
        return UnsureError(word)
    return RefusedError(faults.sentence(error)) if word in _LASTING else UnsentError(faults.sentence(error))
