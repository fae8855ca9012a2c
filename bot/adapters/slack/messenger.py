"""Posts daily lessons in Slack, and says what a failure means for the next try."""

from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import blocks, faults
from bot.core.card import Card
from bot.core.daily import Place
from bot.ports import RefusedError, ThrottledError, UnsureError

# What only somebody at the channel can mend. A token that is refused is not among them: it says nothing of a channel.
_LASTING = faults.UNREACHED | {"is_archived", "no_permission", "restricted_action_read_only_channel", "user_disabled"}


class SlackMessenger:
    """The Messenger port. `client_of` gives the client of a workspace, by its id."""

    def __init__(self, client_of: Callable[[str], Awaitable[AsyncWebClient]]) -> None:
        self._client_of = client_of

    async def post(self, place: Place, card: Card, nonce: str) -> str:
        """Post a lesson. Slack has no nonce, so an answer that never came leaves it open what happened."""
        del nonce
        client = await self._client_of(place.workspace)
        message = {**blocks.message(card), **blocks.QUIET}
        try:
            sent = await client.chat_postMessage(channel=place.channel, thread_ts=place.thread or None, **message)
        except aiohttp.ClientConnectorError:
            raise  # nothing went out
        except (TimeoutError, aiohttp.ClientError) as error:
            raise UnsureError(faults.code(error)) from error
        except SlackApiError as error:
            raise _meant(error) from error
        return str(sent["ts"])

    async def tell(self, place: Place, user: str, card: Card) -> None:
        client = await self._client_of(place.workspace)
        await client.chat_postMessage(channel=user, **blocks.message(card), **blocks.QUIET)


def _meant(error: SlackApiError) -> Exception:
    word, status = faults.code(error), 0
    if not isinstance(error.response, str):
        status = int(error.response.status_code or 0)
        if status == 429:
            return ThrottledError(float((error.response.headers or {}).get("Retry-After", 1)))
    if status >= 500:
        return UnsureError(f"HTTP {status}")
    return RefusedError(faults.sentence(error)) if word in _LASTING else ConnectionError(faults.sentence(error))
