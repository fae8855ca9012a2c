"""`/daily` in Discord: which channel is meant, who may change it there, and saying in it what was changed.

Knows Discord's channels and permissions; what is answered is for `bot.daily` to say.
"""

from dataclasses import dataclass, replace
from typing import Any

import discord
import structlog

from bot.adapters.discord import faults, rights
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.discord.spot import Interaction, Spot
from bot.adapters.discord.wording import NO_FORUM, OF_CHANNEL, THIS_THREAD_ALONE, UNFIT_CHANNELS
from bot.core.answering import cards
from bot.core.answering.card import Card
from bot.core.answering.commands import Access, Invocation, find
from bot.core.scheduling.subscription import POST, THREAD, Place, Subscription
from bot.daily import Daily, Manager
from bot.desk import Asker
from bot.ports import RefusedError, ThrottledError, UnsureError

log = structlog.get_logger(__name__)

_FORUMS = frozenset({15, 16})  # forum, media
_THREADS = frozenset({10, 11, 12})
_UNFIT = {2: "voice", 13: "voice", 4: "category"}


@dataclass(frozen=True, slots=True)
class Where:
    """The channel that is meant; `name` is "" for the one where it was asked. `permissions` are the asker's there."""

    id: int
    kind: int
    permissions: discord.Permissions
    parent: int | None = None
    name: str = ""

    @property
    def forum(self) -> bool:
        return self.kind in _FORUMS

    def unfit(self, *, forum: bool) -> str:
        """Why no lesson can be managed there, if so; `forum`: a way for it to come in a forum was chosen."""
        named = f"#{self.name}" if self.name else "This channel"
        if self.name and self.kind in _UNFIT:
            return UNFIT_CHANNELS[_UNFIT[self.kind]].format(channel=named)
        if self.name and not (self.permissions.view_channel or self.permissions.administrator):
            return UNFIT_CHANNELS["unseen"].format(channel=named)
        return NO_FORUM.format(channel=named) if forum and not self.forum else ""


def meant(interaction: Interaction, named: str | None) -> Where:
    """The channel of that id, as it stands in the interaction, else the one where it was asked."""
    data: Any = interaction.data
    if named is None:
        channel: Any = interaction.channel
        kind = channel.type.value if channel else 0
        return Where(interaction.channel_id or 0, kind, interaction.permissions, getattr(channel, "parent_id", None))
    found = data["resolved"]["channels"][named]
    parent = found.get("parent_id") if found["type"] in _THREADS else None
    permissions = discord.Permissions(int(found["permissions"]))
    return Where(int(named), found["type"], permissions, int(parent) if parent else None, found["name"] or named)


async def manage(spot: Spot, invocation: Invocation, asker: Asker, daily: Daily) -> None:
    """Answer `/daily …`. What is changed is said in its channel first: for `on` and `resume` that proves that the bot
    can post there.
    """
    interaction = spot.interaction
    options = dict(invocation.options)
    where = meant(interaction, options.pop("channel", None))
    if unfit := where.unfit(forum="forum" in options):
        await spot.answer(cards.note(unfit))
        return
    place = Place("discord", str(interaction.guild_id or "@me"), str(where.id))
    manager = Manager(str(interaction.user.id), await _manages(spot, invocation, where))
    answer = await daily.answer(replace(invocation, options=options), asker, place, manager, forum=where.forum)
    card = answer.card
    if where.name:
        card = replace(card, footer=card.footer or f"#{where.name}")
    elif where.kind in _THREADS and invocation.path[1] in ("on", "status"):
        card = replace(card, footer=THIS_THREAD_ALONE)
    if not answer.change or not answer.post:
        await spot.answer(card)
        return
    try:
        change = await _said(interaction, answer.post, answer.change, proof=answer.proof)
    except (RefusedError, ConnectionError) as error:
        if not where.name:
            raise
        raise RefusedError(OF_CHANNEL.format(channel=where.name, said=faults.sentence(error))) from error
    await daily.keep(change)
    await spot.confirm(card)


async def _said(interaction: Interaction, post: Card, change: Subscription, *, proof: bool) -> Subscription:
    """Say in its channel what is changed, and give the change with the thread that was opened for it, if one was.

    Raises what a Messenger raises where that is to prove that the bot can post.
    """
    messenger, place, nonce = DiscordMessenger(interaction.client), change.place, str(interaction.id)
    opened = replace(place, thread=POST)
    try:
        if change.forum == THREAD and not place.thread:
            return replace(change, place=replace(place, thread=await messenger.post(opened, post, nonce)))
        await messenger.post(place, post, nonce)
    except (RefusedError, ThrottledError, UnsureError, OSError) as error:
        if proof and change.forum == THREAD and place.thread and faults.code(error) in faults.GONE | faults.SHUT:
            return await _said(interaction, post, replace(change, place=replace(place, thread="")), proof=proof)
        if proof:
            raise
        log.warning("discord_announcement_unsent", error=faults.code(error), channel=place.channel)
    return change


async def _manages(spot: Spot, invocation: Invocation, where: Where) -> bool:
    """Whether that person may change what a channel is sent: with Manage Channels there, in their own chat, or where
    the server's settings allow it. Those are asked for only where it matters.
    """
    interaction = spot.interaction
    if where.permissions.manage_channels or where.permissions.administrator or interaction.context.dm_channel:
        return True
    if find(invocation.path).access is not Access.MANAGERS:
        return False
    return await rights.allowed(interaction, [one for one in (where.id, where.parent) if one])
