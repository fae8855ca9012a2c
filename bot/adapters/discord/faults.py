"""A call to Discord that failed, as a sentence for whoever acted: what it was and how it is mended. Sends nothing."""

import aiohttp
import discord

from bot.adapters.discord.wording import FAULTS
from bot.core.answering import wording
from bot.core.errors import StoreError
from bot.ports import RefusedError, ThrottledError, UnsureError

# Codes of Discord's JSON errors, by what mends them.
UNREACHED = frozenset({50001, 50013, 160002})  # missing access, missing permissions, may not read the history
GONE = frozenset({10003, 10008, 10015})  # channel, message, webhook
SHUT = frozenset({50083, 160005})  # a thread that is archived for good, or locked
NO_TAG = 40067  # a forum that wants one
LASTING = UNREACHED | GONE | SHUT | {NO_TAG, 50007, 50008, 50024}  # what only somebody at the channel can mend
LATE = frozenset({10062, 50027})  # interaction unknown, its token expired
TWICE = 40060  # interaction acknowledged already: after a lost answer, or by another process
_SENTENCES = {
    50001: "access",
    50013: "permission",
    160002: "history",
    **dict.fromkeys((50008, 50024), "no_text"),
    50083: "archived",
    160005: "locked",
    **dict.fromkeys((160006, 160007), "threads"),
    NO_TAG: "tag",
    10003: "channel",
    10008: "message",
    50007: "closed",
    TWICE: "twice",
    **dict.fromkeys(LATE, "late"),
}


def code(error: BaseException) -> int | str:
    """Discord's number for an error, its HTTP status, or the kind of error."""
    if isinstance(error, RefusedError | ThrottledError | UnsureError | ConnectionError) and error.__cause__:
        return code(error.__cause__)
    if isinstance(error, discord.HTTPException):
        return error.code or f"http_{error.status}"
    return type(error).__name__


def sentence(error: BaseException) -> str:
    """What to say to whoever acted. Any exception at all gives a sentence; none repeats what the call carried."""
    if isinstance(error, StoreError):
        return wording.STORE_DOWN
    if isinstance(error, RefusedError):
        return str(error)
    if isinstance(error, UnsureError | ThrottledError | ConnectionError) and error.__cause__:
        return sentence(error.__cause__)
    if isinstance(error, discord.RateLimited | discord.HTTPException):
        return _answered(error)
    if isinstance(error, UnsureError | aiohttp.ClientError | OSError):
        return wording.UNSURE.format(platform="Discord")
    return wording.OWN_FAULT


def _answered(error: discord.RateLimited | discord.HTTPException) -> str:
    if isinstance(error, discord.RateLimited):
        return wording.PAUSE.format(platform="Discord", seconds=int(error.retry_after) + 1)
    if error.status == 429:
        return wording.PAUSE.format(platform="Discord", seconds=60)
    if error.status >= 500:
        return wording.PLATFORM_FAULT.format(platform="Discord")
    named = "token" if error.status == 401 else _SENTENCES.get(error.code, "refused")
    return FAULTS[named].format(code=error.code or error.status)
