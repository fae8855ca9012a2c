"""A call to Slack that failed, as a sentence for whoever acted: what it was and how it is mended. Sends nothing."""

import asyncio
import json
import re

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookResponse

from bot.adapters.slack.wording import FAULTS
from bot.core.answering import wording
from bot.core.errors import BotError, StoreError

# Codes of Slack that ask for the same mend as another one.
_SAME = {
    other: word
    for word, others in {
        "invalid_auth": "token_revoked token_expired account_inactive not_authed org_login_required",
        "expired_trigger_id": "invalid_trigger invalid_trigger_id exchanged_trigger_id trigger_expired",
        "expired_url": "used_url no_active_hooks invalid_token",
        "view_closed": "not_found view_not_found hash_conflict",
        "thread_not_found": "cannot_reply_to_message message_limit_exceeded",
        "message_not_found": "cant_delete_message",
        "not_in_channel": "user_not_in_channel",
        "restricted_action": "restricted_action_read_only_channel restricted_action_thread_only_channel no_permission",
    }.items()
    for other in others.split()
}

# The bot is no member: a response_url can still post.
UNREACHED = frozenset({"not_in_channel", "channel_not_found", "restricted_action"})


class RespondError(Exception):
    """A response_url that did not take an answer; `code` is Slack's word for why, `status` the HTTP status."""

    def __init__(self, response: WebhookResponse) -> None:
        self.status = response.status_code
        self.code = _word(response.body or "") or f"http_{response.status_code}"
        super().__init__(f"response_url: {self.status} {self.code}")


def _word(body: str) -> str:
    """Slack's word for why, as JSON or bare; "" where the answer is somebody else's, such as a proxy's page."""
    try:
        found = str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        found = body
    return found if re.fullmatch(r"[a-z_]{3,60}", found) else ""


def code(error: BaseException) -> str:
    """Slack's word for an error, or the kind of error."""
    if isinstance(error, SlackApiError) and not isinstance(error.response, str):
        told = getattr(error.response, "data", {})  # of JSON that was cut short the SDK gives the bare response
        word = told.get("error") if isinstance(told, dict) else ""  # a proxy may answer in HTML
        return str(word or f"http_{answered(error)[0]}")
    return error.code if isinstance(error, RespondError) else type(error).__name__


def sentence(error: BaseException) -> str:
    """What to say to whoever acted. Any exception at all gives a sentence; none repeats what the call carried."""
    if isinstance(error, BotError):
        return wording.STORE_DOWN if isinstance(error, StoreError) else wording.sentence(str(error))
    status, headers = answered(error)
    if status == 429:
        pause = str(headers.get("Retry-After", ""))
        return wording.PAUSE.format(platform="Slack", seconds=pause if pause.isdigit() else "60")
    if status >= 500:
        return wording.PLATFORM_FAULT.format(platform="Slack")
    if isinstance(
        error, TimeoutError | asyncio.TimeoutError | aiohttp.ClientError | SlackClientError | OSError
    ) and not (isinstance(error, SlackApiError)):
        return wording.UNSURE.format(platform="Slack")
    if isinstance(error, SlackApiError | RespondError):
        word = code(error)
        if word.startswith("http_") and status in (403, 404, 410):
            word = "expired_url"
        return FAULTS.get(_SAME.get(word, word)) or FAULTS["refused"].format(code=word)
    return wording.OWN_FAULT


def answered(error: BaseException) -> tuple[int, dict[str, str]]:
    """The HTTP status and the headers of the answer that an error is about; 0 and none where there was no answer."""
    if isinstance(error, SlackApiError) and not isinstance(error.response, str):
        status: int = getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0)
        headers = error.response.headers or {}  # of any case: some parsers keep that of the wire, and Slack's is lower
        return status, {name.title(): value for name, value in headers.items()}
    return (error.status if isinstance(error, RespondError) else 0), {}
