"""What people do in Discord, and what the desk says to it: commands, completions, buttons, the message menu, mentions.

Everything that a press needs stands in its custom_id, so that buttons outlive restarts and nothing is kept in memory:
`1:VERB:…` is an action of a card (`wire`), `1:pick:N` a select of them, `1:search:MESSAGE` opens the search for an
answer to a message, and `1:ask:MESSAGE` is the window of that search. Answers come from memory, or the interaction is
deferred first: Discord waits 3 s.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import discord
import structlog
from discord.app_commands import Choice

from bot.adapters.discord import commands, faults, layout, managing
from bot.adapters.discord.spot import Interaction, Post, Spot
from bot.adapters.discord.wording import FAULTS, SEARCH, TO_LOOK_UP
from bot.core import excerpts
from bot.core.answering import cards, wording
from bot.core.answering.card import Action, Card, Field, Verb
from bot.daily import Daily
from bot.desk import Asker, Desk

log = structlog.get_logger(__name__)

_SEARCH = re.compile(r"1:search:(?P<message>\d*)")
_ASK = re.compile(r"1:ask:(?P<message>\d*)")
LONGEST_NOTE = 500  # characters
_LONGEST_QUERY = 300
_CHOICES, _CHOICE = 25, 100  # of a completion (Discord)
_REMEMBERED = 10_000
_ID = re.compile(r"\d{1,19}")
DOUBLE_CLICK = timedelta(seconds=3)
PATIENCE_S = 60.0  # discord.py itself would wait 5 minutes for an answer that does not come
_MENTION = re.compile(r"<(?:[@#][!&]?\d+|a?:\w+:\d+|/[^<>]+|t:[^<>]+)>")
_SLOW = frozenset({"quote", "daily"})  # commands that post, or ask the database


class Interactions:
    """Answers what Discord sends, out of the desk."""

    def __init__(self, desk: Desk, daily: Daily) -> None:
        self._desk, self._daily = desk, daily
        self._seen: OrderedDict[Hashable, datetime] = OrderedDict()

    async def answer(self, interaction: Interaction) -> None:
        """Answer an interaction. Whatever goes wrong ends in a sentence for whoever acted."""
        spot = Spot(interaction)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._answer(spot)
        except Exception as error:
            kept = _typed(interaction.data).get("note", "") if interaction.data else ""
            await spot.tell(error, kept)

    async def _answer(self, spot: Spot) -> None:
        match spot.interaction.type:
            case discord.InteractionType.application_command:
                await self._command(spot)
            case discord.InteractionType.autocomplete:
                await self._complete(spot.interaction)
            case discord.InteractionType.component:
                await self._pressed(spot)
            case discord.InteractionType.modal_submit:
                await self._asked(spot)
            case _:
                pass

    def _asker(self, spot: Spot) -> Asker:
        """Discord tells nobody's time zone."""
        return Asker(spot.name, "")

    # ---- commands

    async def _command(self, spot: Spot) -> None:
        data: Any = spot.interaction.data
        if "target_id" in data:
            await self._quote_idea(spot, data)
            return
        try:
            invocation = commands.given(data, self._desk.prefix)
        except KeyError:
            await spot.answer(cards.note(wording.ONE_MOMENT))
            return
        if invocation.path[0] in _SLOW:
            await spot.defer()
        if invocation.path[0] == "daily":
            await managing.manage(spot, invocation, self._asker(spot), self._daily)
            return
        reply = await self._desk.answer(invocation, self._asker(spot))
        if reply.post:
            await self._told(spot, reply.card, await spot.post(reply.post))
        else:
            await spot.answer(reply.card)

    async def _complete(self, interaction: Interaction) -> None:
        data: Any = interaction.data
        try:
            value, text = commands.typing(data, self._desk.prefix)
        except (KeyError, StopIteration):
            await interaction.response.autocomplete([])
            return
        found = await self._desk.suggest(value, text, _CHOICES)
        fitting = [one for one in found if one.value and len(one.value) <= _CHOICE]
        choices = [Choice(name=_choice(one.label or one.value), value=one.value) for one in fitting]
        try:
            await interaction.response.autocomplete(choices)
        except discord.HTTPException as error:  # the person types on; there is nobody to tell
            log.info("discord_completion_unsent", error=faults.code(error))

    # ---- buttons and selects

    async def _pressed(self, spot: Spot) -> None:
        data: Any = spot.interaction.data
        custom_id = data["custom_id"]
        if found := _SEARCH.fullmatch(custom_id):
            await spot.interaction.response.send_modal(_search(found["message"]))
            return
        if layout.PICK.fullmatch(custom_id):
            custom_id = (data.get("values") or [""])[0]
        try:
            action = self._desk.action(custom_id)
        except ValueError:
            await spot.answer(cards.note(wording.ONE_MOMENT))
            return
        if action.verb is Verb.UNDO:
            await self._undo(spot, action.args)
        elif action.verb in (Verb.SHARE, Verb.QUOTE):
            interaction, message = spot.interaction, spot.interaction.message
            press = (interaction.user.id, message.id if message else 0, custom_id)
            if self._again(press, interaction.created_at):
                await spot.answer(cards.note(FAULTS["twice"]))
            else:
                try:
                    await self._post(spot, action)
                except BaseException:
                    self._seen.pop(press, None)  # what failed may be tried again at once
                    raise
        else:
            card = self._desk.act(action, self._asker(spot)).card
            # What all see already cannot be shared; a mere sentence stands beside what it is about.
            card = card if spot.private else card.without(Verb.SHARE)
            await spot.answer(card, in_place=bool(card.footer or card.choices))

    async def _post(self, spot: Spot, action: Action, note: str = "") -> None:
        await spot.defer()
        reply = self._desk.act(action, self._asker(spot))
        if reply.post is None:
            await spot.answer(reply.card)
            return
        noted = (Field(spot.name, note),) if note else ()
        answered = action.args[1] if len(action.args) > 1 else ""
        post = await spot.post(
            replace(reply.post, fields=(*reply.post.fields, *noted)), int(answered) if _ID.fullmatch(answered) else None
        )
        await self._told(spot, reply.card, post)

    async def _told(self, spot: Spot, confirmation: Card, post: Post) -> None:
        """Confirm a post; one that has to be an answer itself comes after that, as Discord wants it."""
        if post.instead:
            await spot.answer(confirmation.without(Verb.UNDO))
            await spot.openly(post)
        else:
            await spot.confirm(cards.undoable(confirmation, post.undo))

    async def _undo(self, spot: Spot, args: tuple[str, ...]) -> None:
        channel, what, who = args if len(args) == 3 else ("", "", args[-1] if args else "")
        mine = who == str(spot.interaction.user.id)
        if mine and _ID.fullmatch(channel) and _ID.fullmatch(what):
            await spot.defer()
            await spot.take_back(channel, what)
            await spot.answer(cards.note(wording.TAKEN_BACK), in_place=True)
        elif mine and not channel:
            await spot.defer()
            await spot.delete_original()
            await spot.answer(cards.note(wording.TAKEN_BACK))
        else:
            await spot.answer(cards.note(wording.NOT_YOURS))

    # ---- quoting an idea

    async def _quote_idea(self, spot: Spot, data: Mapping[str, Any]) -> None:
        """The entries that fit a message, privately, and a search for another one."""
        target = str(data["target_id"])
        message = data.get("resolved", {}).get("messages", {}).get(target, {})
        hits = await self._desk.match(read("\n".join(_said(message))), 3)
        await self._offer(spot, self._desk.offer(hits), target)

    async def _offer(self, spot: Spot, card: Card, target: str) -> None:
        choices = tuple(
            replace(choice, action=replace(choice.action, args=(choice.action.args[0], target)))
            if choice.action.verb is Verb.QUOTE
            else choice
            for choice in card.choices
        )
        view = layout.view(replace(card, choices=choices))
        search: discord.ui.Button[discord.ui.LayoutView] = discord.ui.Button(
            label=SEARCH, custom_id=f"1:search:{target}", style=discord.ButtonStyle.secondary
        )
        view.add_item(discord.ui.ActionRow(search))
        await spot.interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=layout.NOBODY)

    async def _asked(self, spot: Spot) -> None:
        """What was looked for in the window: posted where it is clear, else asked again."""
        data: Any = spot.interaction.data
        found = _ASK.fullmatch(data["custom_id"])
        typed = _typed(data)
        note = typed.get("note", "").strip()
        kept = (wording.NOT_KEPT.format(text=note),) if note else ()
        if not found or not typed.get("query", "").strip():
            await spot.answer(Card(body=(TO_LOOK_UP if found else wording.ONE_MOMENT, *kept)))
            return
        entry = await self._desk.single(typed["query"])
        if isinstance(entry, Card):
            await self._offer(spot, replace(entry, body=(*entry.body, *kept)), found["message"])
            return
        await self._post(spot, Action("", Verb.QUOTE, (entry.key, found["message"])), note)

    # ---- what is said openly

    async def reply(self, message: discord.Message, me: int) -> None:
        """Answer a mention or a direct message of a person with a lookup, once, openly."""
        mentioned = f"<@{me}>" in message.content or f"<@!{me}>" in message.content
        person = not message.author.bot and message.type in (discord.MessageType.default, discord.MessageType.reply)
        spoken_to = mentioned or isinstance(message.channel, discord.DMChannel)
        if not person or not spoken_to or self._again(message.id, message.created_at):
            return
        query = read(message.content)
        try:
            async with asyncio.timeout(PATIENCE_S):
                reply = await self._desk.plain(query, Asker("", ""))
                await _reply(message, reply.card.without(Verb.SHARE))
        except Exception as error:
            await _tell(message, error)

    def _again(self, what: Hashable, at: datetime) -> bool:
        """Whether the same came a moment before: an event that is sent twice, a double click."""
        before = self._seen.get(what)
        self._seen[what] = at
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return before is not None and at - before < DOUBLE_CLICK


async def _reply(message: discord.Message, card: Card) -> None:
    reference = message.to_reference(fail_if_not_exists=False)
    try:
        await message.channel.send(
            view=layout.view(card), reference=reference, mention_author=False, allowed_mentions=layout.NOBODY
        )
    except discord.HTTPException as error:
        if error.code != 160002:  # may not read the history, so may not reply: post beside it
            raise
        log.info("discord_posts_without_reply", error=error.code, channel=message.channel.id)
        await message.channel.send(view=layout.view(card), allowed_mentions=layout.NOBODY)


async def _tell(message: discord.Message, error: BaseException) -> None:
    own = faults.sentence(error) == wording.OWN_FAULT
    log.warning(
        "discord_call_failed", error=faults.code(error), channel=message.channel.id, exc_info=error if own else None
    )
    view = layout.view(cards.note(faults.sentence(error)))
    for where in (message.channel, message.author):
        try:
            await where.send(view=view, allowed_mentions=layout.NOBODY)
        except (discord.HTTPException, OSError) as second:
            log.info("discord_fault_untold", error=faults.code(second), channel=message.channel.id)
        else:
            return


def _choice(label: str) -> str:
    return excerpts.shortened(" ".join(label.split()), _CHOICE) or "…"


def _search(message: str) -> discord.ui.Modal:
    """The window of the search. It is answered by its custom_id, after a restart too."""
    window = discord.ui.Modal(title=wording.QUOTE_AN_IDEA, custom_id=f"1:ask:{message}", timeout=60)
    query: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="query", max_length=_LONGEST_QUERY, placeholder=wording.SEARCH_HINT
    )
    note: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="note", required=False, max_length=LONGEST_NOTE, style=discord.TextStyle.paragraph
    )
    window.add_item(discord.ui.Label(text=wording.SEARCHED, component=query))
    window.add_item(discord.ui.Label(text=wording.YOUR_NOTE, component=note))
    return window


def _typed(data: Any) -> dict[str, str]:
    """What was typed into a window, by the custom_id of each input."""

    def inputs(component: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if isinstance(component.get("value"), str) and "custom_id" in component:
            yield component["custom_id"], component["value"]
        for inner in (component.get("component"), *(component.get("components") or ())):
            if isinstance(inner, Mapping):
                yield from inputs(inner)

    return {name: value for one in data.get("components", ()) for name, value in inputs(one)}


def _said(message: Mapping[str, Any]) -> Iterator[str]:
    """The text of a message, or what is embedded or forwarded in it."""
    yield message.get("content") or ""
    for embed in message.get("embeds") or ():
        yield from (embed[key] for key in ("title", "description") if embed.get(key))
    for forwarded in message.get("message_snapshots") or ():
        yield from _said(forwarded.get("message") or {})
    for component in message.get("components") or ():
        yield from _displayed(component)


def _displayed(component: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(component.get("content"), str):
        yield component["content"]
    for inner in component.get("components") or ():
        yield from _displayed(inner)


def read(text: str) -> str:
    """What somebody typed, without Discord's own markup: no mentions, emoji of the server, time stamps."""
    return _MENTION.sub(" ", text).strip()
