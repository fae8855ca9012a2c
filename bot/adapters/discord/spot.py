"""Where somebody acted in Discord, and the ways to answer them there: privately, in place, openly, as a reply.

Knows Discord's calls; decides nothing about what is said.
"""

from dataclasses import dataclass, replace
from typing import Any

import discord
import structlog

from bot.adapters.discord import faults, layout
from bot.adapters.discord.wording import ONLY_YOU, THE_MESSAGE
from bot.core.answering import wording
from bot.core.answering.card import Accent, Action, Card, Verb

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[discord.Client]


@dataclass(frozen=True, slots=True)
class Spot:
    """An interaction: a command, a press, a window that was sent off. It can be answered for 15 minutes."""

    interaction: Interaction

    @property
    def name(self) -> str:
        return self.interaction.user.display_name

    @property
    def _where(self) -> dict[str, int | None]:
        return {"channel": self.interaction.channel_id, "guild": self.interaction.guild_id}

    @property
    def private(self) -> bool:
        """Whether the message acted on is seen by that person alone, so that it may be changed in place."""
        message, context = self.interaction.message, self.interaction.context
        return bool(message and (message.flags.ephemeral or context.dm_channel))

    @property
    def member(self) -> bool:
        """Whether the bot is in the place itself, and was not merely brought along by a user who installed it."""
        return self.interaction.is_guild_integration() or self.interaction.context.dm_channel

    # ---- to whoever acted

    async def defer(self) -> None:
        """Acknowledge, when what follows takes a call: Discord waits 3 s for the first answer."""
        if self.interaction.type is discord.InteractionType.component:
            await self.interaction.response.defer()
        else:
            await self.interaction.response.defer(ephemeral=True, thinking=True)

    async def answer(self, card: Card, *, in_place: bool = False) -> None:
        """Answer privately: in place of the message acted on, or beside it."""
        response, view = self.interaction.response, layout.view(card)
        if in_place and self.private and not response.is_done():
            await response.edit_message(view=view, allowed_mentions=layout.NOBODY)
        elif not response.is_done():
            await response.send_message(view=view, ephemeral=True, allowed_mentions=layout.NOBODY)
        elif response.type is discord.InteractionResponseType.deferred_channel_message or in_place:
            await self.interaction.edit_original_response(view=view, allowed_mentions=layout.NOBODY)
        else:
            await self._follow(card)

    async def _follow(self, card: Card) -> None:
        view = layout.view(card)
        await self.interaction.followup.send(view=view, ephemeral=True, allowed_mentions=layout.NOBODY)

    async def confirm(self, card: Card) -> None:
        """Tell that something was done. It stands even where that cannot be told: nobody should do it again."""
        for way in (self.answer, self._follow):
            try:
                await way(card)
            except (discord.DiscordException, OSError) as error:
                log.warning("discord_call_failed", error=faults.code(error), **self._where)
            else:
                return

    async def delete_original(self) -> None:
        """Delete the message acted on."""
        await self.interaction.delete_original_response()

    # ---- to everybody

    async def post(self, card: Card, reply_to: int | None = None) -> "Post":
        """Post openly where it was acted, as a reply to a message where one is named.

        Where the bot is no member or may not post, the post waits for `openly`: a public answer to the interaction,
        which takes no permission. It cannot be a reply, so it links the message.
        """
        channel = self.interaction.channel_id
        if self.member and channel is not None:
            try:
                return Post(undo=await self._send(channel, card, reply_to))
            except discord.HTTPException as error:
                if error.code not in faults.UNREACHED:
                    raise
                log.info("discord_posts_as_answer", error=faults.code(error), channel=channel)
        return Post(instead=card, reply_to=reply_to)

    async def _send(self, channel: int, card: Card, reply_to: int | None) -> tuple[str, ...]:
        where = self.interaction.client.get_partial_messageable(channel, guild_id=self.interaction.guild_id)
        options: dict[str, Any] = {"mention_author": False, "allowed_mentions": layout.NOBODY}
        if reply_to:
            options["reference"] = where.get_partial_message(reply_to).to_reference(fail_if_not_exists=False)
        sent = await where.send(view=layout.view(card), **options)
        return (str(channel), str(sent.id), str(self.interaction.user.id))

    async def openly(self, post: "Post") -> None:
        """Post what could not be posted otherwise; the post carries its own Undo, for whoever posted it."""
        if post.instead is None:
            return
        undo = Action(wording.UNDO, Verb.UNDO, ("", str(self.interaction.user.id)))
        card = replace(post.instead, actions=(*post.instead.actions, undo))
        view = layout.view(card)
        if post.reply_to:
            where = self.interaction.guild_id or "@me"
            link = f"https://discord.com/channels/{where}/{self.interaction.channel_id}/{post.reply_to}"
            view.add_item(discord.ui.ActionRow(discord.ui.Button(label=THE_MESSAGE, url=link)))
        sent = await self.interaction.followup.send(view=view, allowed_mentions=layout.NOBODY, wait=True)
        if sent.flags.ephemeral:  # members may lack Use External Apps, which decides for apps that users brought along
            await self._follow(Card(body=(ONLY_YOU,), accent=Accent.WARNING))

    async def take_back(self, channel: str, message: str) -> None:
        """Delete a post of the bot's own; one that is gone already is taken back too."""
        where = self.interaction.client.get_partial_messageable(int(channel))
        try:
            await where.get_partial_message(int(message)).delete()
        except discord.NotFound as error:
            log.info("discord_message_gone", error=faults.code(error), channel=channel)

    async def tell(self, error: BaseException, kept: str = "") -> None:
        """Say what went wrong to whoever acted; `kept` is what they had written. Never raises."""
        own = faults.sentence(error) == wording.OWN_FAULT
        log.warning("discord_call_failed", error=faults.code(error), **self._where, exc_info=error if own else None)
        if isinstance(error, discord.HTTPException) and error.code in faults.LATE:
            return  # Discord itself has told that the app did not answer
        body = (faults.sentence(error), *((wording.NOT_KEPT.format(text=kept),) if kept else ()))
        card = Card(body=body, accent=Accent.WARNING)
        try:
            if isinstance(error, discord.HTTPException) and error.code == faults.TWICE:
                await self._follow(card)  # somebody has answered: only a further answer is taken
            else:
                await self.answer(card)
        except Exception as second:
            log.warning("discord_fault_untold", error=faults.code(second), **self._where)


@dataclass(frozen=True, slots=True)
class Post:
    """What became of a post: what UNDO takes to remove it, or the card that still waits to be posted as an answer."""

    undo: tuple[str, ...] = ()
    instead: Card | None = None
    reply_to: int | None = None
