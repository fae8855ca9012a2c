"""What Slack sends, and what the desk says to it: commands, buttons, shortcuts, mentions, the App Home.

Every listener answers from memory, or acknowledges first and works on in a task of its own: nothing that Slack or a
database does can delay an acknowledgement beyond the 3 s that Slack waits.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import blocks, faults, managing, views
from bot.adapters.slack.incoming import read, said, typed
from bot.adapters.slack.people import People, Person
from bot.adapters.slack.spot import Spot
from bot.adapters.slack.wording import CHOOSE_ONE
from bot.core.answering import cards, wording
from bot.core.answering.card import Action, Card, Field, Verb
from bot.core.answering.commands import COMMANDS, Access, Invocation, Value, find
from bot.core.errors import BotError
from bot.core.summary import Entry
from bot.daily import Daily
from bot.desk import Desk

log = structlog.get_logger(__name__)

Body = dict[str, Any]
ClientOf = Callable[[AsyncBoltContext], Awaitable[AsyncWebClient]]

_EVENTS_REMEMBERED = 10_000
PATIENCE_S = 60  # for what follows an acknowledgement, a database included
DOUBLE_CLICK_S = 3
# Commands that post, or that need the profile of whoever gave them: they take a call to Slack.
_SLOW = frozenset({"quote", "daily"})


class Listeners:
    """Registers the bot on a bolt app. `client_of` gives the client of the workspace that sent something."""

    def __init__(self, desk: Desk, client_of: ClientOf, people: People, daily: Daily) -> None:
        self._desk, self._client_of, self._people, self._daily = desk, client_of, people, daily
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._press: tuple[object, float] = (None, 0.0)

    def register(self, app: AsyncApp) -> None:
        """Listen to everything that the manifest asks Slack for."""
        names = "|".join(re.escape(self._desk.prefix + command.name) for command in COMMANDS)
        app.command(re.compile(f"^/(?:{names})$"))(self._command)
        app.action(re.compile(""))(self._pressed)
        app.options(views.FIND)(self._options)
        app.view(views.QUOTE)(self._quoted)
        app.view(views.LOOK_UP)(self._shared)
        app.shortcut({"type": "message_action", "callback_id": views.QUOTE})(self._quote_idea)
        app.shortcut({"type": "shortcut", "callback_id": views.LOOK_UP})(self._look_up)
        app.event("app_mention")(self._mentioned)
        app.event("message")(self._messaged)
        app.event("app_home_opened")(self._home_opened)

    async def finish(self, within: float) -> None:
        """Wait for what is under way, at most `within` seconds, then give it up."""
        if self._tasks:
            _, left = await asyncio.wait(set(self._tasks), timeout=within)
            for task in left:
                task.cancel()

    # ---- commands

    async def _command(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        line = f"{body['command']} {typed(body.get('text', ''))}"
        if body["command"].removeprefix("/" + self._desk.prefix) in _SLOW:
            await ack()
            self._later(body, context, lambda spot: self._slowly(spot, line), channel=body["channel_id"])
            return
        asker = self._people.stranger(body.get("user_name", "")).asker
        reply = await self._desk.typed(line, asker)
        await ack(response_type="ephemeral", **blocks.message(reply.card))

    async def _slowly(self, spot: Spot, line: str) -> None:
        try:
            invocation = self._desk.parse(line)
        except BotError as error:
            await spot.answer(cards.problems(error.problems))
            return
        changes = find(invocation.path).access is Access.MANAGERS
        person = await self._people.person(spot.client, spot.team, spot.user, spot.name, needed=changes)
        if invocation.path[0] == "daily":
            await managing.manage(spot, invocation, person, self._daily)
            return
        reply = await self._desk.answer(invocation, person.asker)
        if reply.post:
            await self._confirm(spot, cards.undoable(reply.card, await spot.post(reply.post)))
        else:
            await spot.answer(reply.card)

    async def _manage_from_home(self, spot: Spot, verb: str, channel: str) -> None:
        invocation = Invocation(("daily", verb), {})
        person = await self._person(spot)
        mine = await managing.managed(spot, person, self._daily)
        if any(one.place.channel == channel for one, _ in mine):
            try:
                await managing.manage(replace(spot, channel=channel), invocation, person, self._daily)
            finally:
                await self._publish_home(spot, 0)

    # ---- buttons and selects

    async def _pressed(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        action = body["actions"][0]
        container = body.get("container", {})
        value = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
        view = body.get("view") or {}
        channel = body.get("channel") or {}
        work: dict[str, Callable[[Spot], Coroutine[Any, Any, None]]] = {
            views.PAGE: lambda spot: self._publish_home(spot, int(value)),
            views.FIND: lambda spot: self._found(spot, value),
        }
        named, _, verb = action.get("action_id", "").rpartition(":")[0].partition(":")
        if named == views.DAILY:
            work[action["action_id"]] = lambda spot: self._manage_from_home(spot, verb, value)
        self._later(
            body,
            context,
            work.get(action.get("action_id", ""), lambda spot: self._act(spot, value)),
            channel=channel.get("id", ""),
            thread=container.get("thread_ts", ""),
            private=bool(container.get("is_ephemeral")) or channel.get("name") == "directmessage",
            view=view.get("id", "") if view.get("type") == "modal" else "",
        )

    async def _act(self, spot: Spot, value: str) -> None:
        try:
            action = self._desk.action(value)
        except ValueError:
            await spot.answer(cards.note(wording.ONE_MOMENT))
            return
        if action.verb is Verb.UNDO:
            await self._undo(spot, action.args)
            return
        posts = action.verb in (Verb.SHARE, Verb.QUOTE)
        if posts and self._clicked(spot, value):
            return
        asker = (await self._person(spot) if posts else self._people.stranger(spot.name)).asker
        reply = self._desk.act(action, asker)
        if reply.post:
            await self._confirm(spot, cards.undoable(reply.card, await spot.post(reply.post)))
        else:
            # A mere sentence stands beside what it is about.
            await spot.answer(self._fit(reply.card, spot), in_place=bool(reply.card.footer or reply.card.choices))

    def _clicked(self, spot: Spot, value: str) -> bool:
        """Whether the same person pressed the same button a moment before: a double click posts once."""
        press, now = (spot.user, spot.channel, spot.thread, value), asyncio.get_running_loop().time()
        before, self._press = self._press, (press, now)
        return before[0] == press and now - before[1] < DOUBLE_CLICK_S

    async def _undo(self, spot: Spot, args: tuple[str, ...]) -> None:
        where, what, who = args if len(args) == 3 else ("", "", args[-1] if args else "")
        if where and who == spot.user:
            try:
                await spot.client.chat_delete(channel=where, ts=what)
            except SlackApiError as error:
                if faults.code(error) != "message_not_found":
                    raise
            await spot.answer(cards.note(wording.TAKEN_BACK), in_place=True)
        elif not where and who == spot.user:
            await spot.delete_original()
            await spot.answer(cards.note(wording.TAKEN_BACK))
        else:
            await spot.answer(cards.note(wording.NOT_YOURS))

    async def _found(self, spot: Spot, value: str) -> None:
        """An entry was picked in a search: shown in the window of the search, or from the App Home in a new one."""
        entry = self._entry(value)
        if entry is None:
            await spot.answer(cards.note(wording.ONE_MOMENT))
            return
        shown = views.finder(entry, self._desk.open(entry))
        if spot.view:
            await spot.client.views_update(view_id=spot.view, view=shown)
        else:
            await spot.client.views_open(trigger_id=spot.trigger, view=shown)

    async def _options(self, ack: AsyncAck, body: Body) -> None:
        found = await self._desk.suggest(Value.QUERY, body.get("value", ""))
        entries = [entry for one in found if (entry := self._desk.library.named(one.value))]
        await ack(options=views.options(entries, self._desk.library))

    # ---- shortcuts and what their windows give back

    async def _quote_idea(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        message = body.get("message", {})
        where = views.Quoting(
            body["channel"]["id"], message.get("thread_ts") or body["message_ts"], body.get("response_url", "")
        )
        hits = await self._desk.match(read(said(message)), 3)
        view = views.quoting(where, self._desk.offer(hits))
        self._later(body, context, lambda spot: spot.open(view), channel=where.channel, thread=where.thread)

    async def _look_up(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        self._later(body, context, lambda spot: spot.open(views.finder()))

    async def _quoted(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        values = body["view"]["state"]["values"]
        note = values[views.NOTE][views.NOTE].get("value") or ""
        option = values[views.FIND][views.FIND].get("selected_option")
        option = option or values.get(views.PICK, {}).get(views.PICK, {}).get("selected_option")
        if not option:
            await ack(response_action="errors", errors={views.FIND: CHOOSE_ONE})
            return
        await ack()
        where = views.Quoting.read(body["view"]["private_metadata"])
        place = {"channel": where.channel, "thread": where.thread, "response_url": where.response_url}
        self._later(body, context, lambda spot: self._quote(spot, option["value"], note), kept=note, **place)

    async def _quote(self, spot: Spot, value: str, note: str) -> None:
        entry = self._entry(value)
        if entry is None:
            await spot.whisper(cards.note(wording.ONE_MOMENT))
            return
        await self._post(spot, Action("", Verb.QUOTE, (entry.key,)), note)

    async def _shared(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        urls = body.get("response_urls") or [{}]
        where = {"channel": urls[0].get("channel_id", ""), "response_url": urls[0].get("response_url", "")}
        key = body["view"]["private_metadata"]
        self._later(body, context, lambda spot: self._post(spot, Action("", Verb.SHARE, (key,))), **where)

    async def _post(self, spot: Spot, action: Action, note: str = "") -> None:
        """Post what was chosen in a window; what is gone by then is told privately."""
        asker = (await self._person(spot)).asker
        reply = self._desk.act(action, asker)
        if reply.post is None:
            await spot.whisper(reply.card)
            return
        noted = (Field(asker.name, note),) if note else ()
        post = await spot.post(replace(reply.post, fields=(*reply.post.fields, *noted)))
        await self._confirm(spot, cards.undoable(reply.card, post))

    async def _confirm(self, spot: Spot, card: Card) -> None:
        """A post without its confirmation is still a post: what goes wrong here is only logged."""
        try:
            await (spot.respond(card) if spot.response_url else spot.whisper(card))
        except (SlackApiError, faults.RespondError, OSError, aiohttp.ClientError) as error:
            log.warning("slack_confirmation_unsent", error=faults.code(error), team=spot.team)

    # ---- what is said openly

    async def _mentioned(self, body: Body, event: Body, context: AsyncBoltContext) -> None:
        self._listen(body, event, context)

    async def _messaged(self, body: Body, event: Body, context: AsyncBoltContext) -> None:
        if event.get("channel_type") == "im":
            self._listen(body, event, context)

    def _listen(self, body: Body, event: Body, context: AsyncBoltContext) -> None:
        """Answer a person, once: never a bot, an edit, or an event that was sent before."""
        unsaid = event.get("bot_id") or event.get("subtype") not in (None, "file_share", "thread_broadcast")
        known = [self._known(key) for key in (body.get("event_id"), f"{event.get('channel')}:{event.get('ts')}") if key]
        if unsaid or any(known) or not event.get("user") or event["user"] == context.bot_user_id:
            return
        where = {"user": event["user"], "channel": event["channel"], "thread": event.get("thread_ts") or event["ts"]}
        event_id = f"slack/{body.get('event_id') or event['ts']}"
        self._later(body, context, lambda spot: self._reply(spot, read(event.get("text", "")), event_id), **where)

    def _known(self, key: str) -> bool:
        """Whether an event was seen before; Slack sends one again at once, after a minute and after five."""
        known = key in self._seen
        self._seen[key] = None
        if len(self._seen) > _EVENTS_REMEMBERED:
            self._seen.popitem(last=False)
        return known

    async def _reply(self, spot: Spot, query: str, event_id: str) -> None:
        if not await self._daily.first_time(event_id):
            return  # Slack sent it again, to another process
        reply = await self._desk.plain(query, self._people.stranger("").asker)
        message = blocks.message(reply.card.without(Verb.SHARE))
        await spot.client.chat_postMessage(
            channel=spot.channel, thread_ts=spot.thread or None, **message, **blocks.QUIET
        )

    # ---- the App Home

    async def _home_opened(self, body: Body, event: Body, context: AsyncBoltContext) -> None:
        if event.get("tab") == "home":
            self._later(body, context, lambda spot: self._publish_home(spot, 0), user=event["user"])

    async def _publish_home(self, spot: Spot, page: int) -> None:
        person = await self._person(spot)
        managed = await managing.managed(spot, person, self._daily)
        view = views.home(self._desk.greet(person.asker), self._desk.library, page, managed)
        await spot.client.views_publish(user_id=spot.user, view=view)

    # ---- what they have in common

    def _entry(self, value: str) -> Entry | None:
        try:
            return self._desk.library.get(self._desk.action(value).args[0])
        except (ValueError, IndexError):
            return None

    def _fit(self, card: Card, spot: Spot) -> Card:
        """What stands in a message for one person can be shared; what all see already cannot."""
        return card if spot.private else card.without(Verb.SHARE)

    async def _person(self, spot: Spot) -> Person:
        return await self._people.person(spot.client, spot.team, spot.user, spot.name)

    def _later(
        self,
        body: Body,
        context: AsyncBoltContext,
        work: Callable[[Spot], Coroutine[Any, Any, None]],
        kept: str = "",
        **where: Any,
    ) -> None:
        """Go on in a task of its own. Whatever goes wrong there ends in a sentence for whoever acted."""

        async def run() -> None:
            spot = _spot(context.client, body, context, where)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    spot = replace(spot, client=await self._client_of(context))
                    await work(spot)
            except Exception as error:
                await spot.tell(error, kept)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _spot(client: AsyncWebClient, body: Body, context: AsyncBoltContext, where: dict[str, Any]) -> Spot:
    user = body.get("user") or {}
    found = {
        "team": context.team_id or context.enterprise_id or "",
        "user": body.get("user_id") or user.get("id", ""),
        "name": body.get("user_name") or user.get("name") or user.get("username") or "",
        "response_url": body.get("response_url", ""),
        "trigger": body.get("trigger_id", ""),
    }
    return Spot(client, **{**found, **where})
