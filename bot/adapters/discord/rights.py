"""Whom a server's own settings (Integrations) allow a command: reads them, and decides as Discord documents."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp
import discord
import structlog

from bot.adapters.discord import faults
from bot.adapters.discord.spot import Interaction

log = structlog.get_logger(__name__)


_ROLE, _USER, _CHANNEL = 1, 2, 3  # types of permissions
_NONE_SET = 10066  # the code of an answer that there are none
PATIENCE_S = 5.0


async def allowed(interaction: Interaction, channels: Iterable[int]) -> bool:
    """Whether the server allows the command explicitly to whoever gave it, in a channel (a thread and what it is in).

    The command's own settings rule, else those for all of the app's. Where they cannot be read, it does not.
    """
    data: Any = interaction.data
    guild, app, user = interaction.guild_id, interaction.application_id, interaction.user
    if guild is None or not isinstance(user, discord.Member):
        return False
    roles = list(user._roles)  # their ids; `roles` would want the roles of a server that is not kept
    try:
        async with asyncio.timeout(PATIENCE_S):
            for settings in (int(data["id"]), app):
                found = await _read(interaction.client, app, guild, settings)
                if found is not None:
                    return allows(found, guild, user.id, roles, channels)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.warning("discord_command_permissions_unread", error=faults.code(error), guild=guild)
    return False


async def _read(client: discord.Client, app: int, guild: int, settings: int) -> list[Mapping[str, Any]] | None:
    """The permissions of a command, or those of the app where that is its id; None where none are set."""
    try:
        found: Any = await client.http.get_application_command_permissions(app, guild, settings)
    except discord.NotFound as error:
        if error.code == _NONE_SET:
            return None
        raise
    return found["permissions"] or None


def allows(
    permissions: Iterable[Mapping[str, Any]], guild: int, user: int, roles: Iterable[int], channels: Iterable[int]
) -> bool:
    """Whether permissions of a command allow it explicitly: to the user, else to a role of theirs, else to everyone.

    One role that is allowed is enough. A channel that is switched off, itself or with all channels, allows nobody.
    The ids of everyone and of all channels are the server's and that less one (Discord's reference of application
    commands).
    """
    known = {(int(one["type"]), int(one["id"])): bool(one["permission"]) for one in permissions}
    here = next((known[_CHANNEL, one] for one in channels if (_CHANNEL, one) in known), None)
    if not (known.get((_CHANNEL, guild - 1), True) if here is None else here):
        return False
    if (_USER, user) in known:
        return known[_USER, user]
    of_roles = [known[_ROLE, one] for one in roles if (_ROLE, one) in known]
    return any(of_roles) if of_roles else known.get((_ROLE, guild), False)
