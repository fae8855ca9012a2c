"""A call to Discord that failed, as a sentence for whoever acted: what it was and how it is mended. Sends nothing."""

import aiohttp
import discord

from bot.core import wording
from bot.core.errors import StoreError

# Codes of Discord's JSON errors, by what mends them.
UNREACHED = frozenset({50001, 50013, 160002})  # missing access, missing permissions, may not read the history
GONE = frozenset({10003, 10008, 10015})  # channel, message, webhook
LATE = frozenset({10062, 50027})  # interaction unknown, its token expired
TWICE = 40060  # interaction acknowledged already: after a lost answer, or by another process
_SENTENCES = {
    50001: "access",
    50013: "permission",
    160002: "history",
    50083: "archived",
    10003: "channel",
    10008: "message",
    50007: "closed",
    TWICE: "twice",
    **dict.fromkeys(LATE, "late"),
}


def code(error: BaseException) -> int | str:
    """Discord's number for an error, its HTTP status, or the kind of error."""
    if isinstance(error, discord.HTTPException):
        return error.code or f"http_{error.status}"
    return type(error).__name__


def sentence(error: BaseException) -> str:
    """What to say to whoever acted. Any exception at all gives a sentence; none repeats what the call carried."""
    if isinstance(error, StoreError):
        return wording.STORE_DOWN
    if isinstance(error, discord.RateLimited):
        return wording.PAUSE.format(platform="Discord", seconds=int(error.retry_after) + 1)
    if isinstance(error, discord.HTTPException):
        return _answered(error)
    if isinstance(error, aiohttp.ClientError | OSError):
        return wording.UNSURE.format(platform="Discord")
    return wording.OWN_FAULT


def _answered(error: discord.HTTPException) -> str:
    if error.status == 429:
        return wording.PAUSE.format(platform="Discord", seconds=60)
    if error.status >= 500:
        return wording.PLATFORM_FAULT.format(platform="Discord")
    named = "token" if error.status == 401 else _SENTENCES.get(error.code, "refused")
    return wording.DISCORD_FAULTS[named].format(code=error.code or error.status)
