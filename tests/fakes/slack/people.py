"""The people in a local Slack: what they do, and what they see of it.

Each act waits for as many messages, changes and views as it `leads_to`, at most `slack.timeout` seconds, and then until
the app is quiet. With 0 it only waits for the acknowledgement and the quiet.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

from tests.fakes.slack import forms, payloads, replies, views
from tests.fakes.slack.delivery import COMMAND, INTERACTION, Answer
from tests.fakes.slack.limits import options_problems
from tests.fakes.slack.oauth import Grant
from tests.fakes.slack.seen import Control, Seen, controls
from tests.fakes.slack.state import Channel, Effect, Json, Message, Refused, ReplyAddress, User, View

if TYPE_CHECKING:
    from aiohttp.client import _RequestContextManager

    from tests.fakes.slack.server import LocalSlack

Surface = Seen | Message | View
TROUBLE = "We had some trouble connecting. Try again?"


class Person:
    """Somebody at a keyboard."""

    def __init__(self, slack: "LocalSlack", user: User) -> None:
        self.slack, self.user, self.id, self.name = slack, user, user.id, user.name
        self._offered: dict[tuple[str, str], list[Json]] = {}

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def sees(self, channel: Channel) -> list[Message]:
        """What stands in a channel for this person, oldest first, what is private to them included."""
        return [each for each in channel.everything if not each.deleted and each.private_to in (None, self.id)]

    # Commands and messages

    async def types(self, channel: Channel, text: str, thread: Message | None = None, *, leads_to: int = 1) -> Seen:
        """A slash command."""
        name, _, rest = text.partition(" ")
        if thread is not None:
            return Seen([], f"{name} is not supported in threads. Sorry!")
        known = self.slack.commands is None or name in self.slack.commands
        if not known or not self.user.workspace.bot_token:
            return Seen([], f"{name} is not a valid command.")
        self._belongs(channel)
        cause, address, url = self._reply_address(channel, None)
        payload = payloads.command(self.user, channel, name, rest.strip()) | {"response_url": url}
        return await self._act(
            COMMAND, payload, cause, name, lambda answer: self._answers(address, answer), leads_to=leads_to
        )

    async def says(self, channel: Channel, text: str, thread: Message | None = None, *, leads_to: int = 1) -> Message:
        """A message. `leads_to` matters if it is for the bot: in a DM with it, or mentioning it where it is."""
        self._belongs(channel)
        self._takes_time()
        root = (thread.thread or thread.ts) if thread else None
        team, state = self.user.workspace, self.slack.state
        message = Message(channel, state.new_ts(), self.id, text, thread=root)
        message.bot_id = f"B{self.id}" if self.user.bot else None
        channel.everything.append(message)
        mark, expected = self._mark(), False
        name, inner = self.slack.message_event(message)
        if channel.bot and name and self.slack.wants(team, name):
            answer = await self.slack.event(team, inner)
            expected = channel.kind == "dm" and not answer.trouble
        mentions = f"<@{team.bot_user}>" in text and channel.kind != "dm" and channel.bot
        if mentions and self.slack.wants(team, "app_mention"):
            answer = await self.slack.event(team, inner | {"type": "app_mention"})
            expected = not answer.trouble
        await self._arrives(mark, None, leads_to if expected else 0)
        return message

    async def uses(self, shortcut: str, message: Message | Seen | None = None, *, leads_to: int = 1) -> Seen:
        """A shortcut of the app: on a message, or a global one."""
        assert self.user.workspace.bot_token, "the app is not installed here"
        callback_id = self.slack.shortcuts[shortcut]
        if message is None:
            payload = payloads.global_shortcut(self.user, callback_id, self.slack.state.new_ts())
            cause = self.slack.state.new_id("X")
            return await self._act(INTERACTION, payload, cause, shortcut, leads_to=leads_to)
        chosen = message.message if isinstance(message, Seen) else message
        self._belongs(chosen.channel)
        assert not chosen.private, "Slack offers no shortcuts on a message that only one person sees"
        own = chosen.author == self.user.workspace.bot_user
        cause, _, url = self._reply_address(chosen.channel, chosen if own else None)
        payload = payloads.message_shortcut(self.user, chosen, callback_id, self.slack.state.new_ts())
        payload["response_url"] = url
        return await self._act(INTERACTION, payload, cause, shortcut, leads_to=leads_to)

    # Controls

    async def presses(self, surface: Surface, label: str, which: int = 0, *, leads_to: int = 1) -> Seen:
        """A button, or an option of a menu, by what is written on it; `which` where several say the same."""
        return await self._operate(self._find(surface, label, which), leads_to)

    async def picks(
        self, surface: Surface, what: "str | Channel | Person", which: int = 0, *, leads_to: int = 1
    ) -> Seen:
        """An option by its label, a conversation or a person.

        In an input of a modal that tells the app nothing, unless the block says `dispatch_action`.
        """
        if isinstance(what, str):
            return await self.presses(surface, what, which, leads_to=leads_to)
        kinds = ("users_select",) if isinstance(what, Person) else ("conversations_select", "channels_select")
        where = self._surface(surface)
        block, element = forms.field(where, kinds, "")
        return await self._enters(where, block, element, forms.placed(element, what.id), leads_to)

    async def looks_for(self, surface: Surface, text: str, block_id: str = "") -> list[str]:
        """Types into an external select; gives the labels of what it offers."""
        where = self._surface(surface)
        block, element = forms.field(where, ("external_select", "multi_external_select"), block_id)
        payload = payloads.block_suggestion(self.user, where, element, block["block_id"], text)
        answer = await self.slack.deliver(INTERACTION, payload)
        if answer.trouble:
            self.slack.timeouts.append(f"the options for {text!r}: {answer.trouble}")
            return []
        found = answer.payload or {}
        problems = options_problems(found)
        if problems:
            self.slack.refusals.append(f"options: {problems}")
            return []
        groups = [{"options": found.get("options", [])}, *found.get("option_groups", [])]
        options = [option for group in groups for option in group["options"]]
        self._offered[(block["block_id"], element["action_id"])] = options
        return [option["text"]["text"] for option in options]

    async def writes(
        self, surface: Surface, text: str, block_id: str = "", *, enter: bool = False, leads_to: int = 1
    ) -> Seen:
        """Into a text field, the first unless a block is named; `enter` presses that key, if the app listens to it."""
        where = self._surface(surface)
        block, element = forms.field(where, forms.WRITABLE, block_id)
        value = forms.written(element, text)
        self._keep(where, block, element, value)
        if not enter or not block.get("dispatch_action"):
            return Seen([])
        return await self._dispatch(where, block, element, value, leads_to)

    async def submits(self, surface: Surface, *, leads_to: int = 1) -> Seen:
        """A modal. Slack itself stops what is incomplete; the app may answer with errors, and then nothing follows."""
        view = self._modal(surface)
        errors = forms.missing(view)
        if errors:
            return Seen([], errors=errors)
        view.values = forms.values(view)
        cause = self.slack.state.new_id("X")
        urls = [self._place_url(view, cause, *place) for place in forms.named_places(view)]
        payload = payloads.view_submission(self.user, view, urls)
        errors = {}

        def answered(answer: Answer) -> bool:
            errors.update(self._after_submission(view, answer.payload or {}, cause))
            return not errors

        seen = await self._act(INTERACTION, payload, cause, "submit", answered, view=view, leads_to=leads_to)
        seen.errors = errors or None
        seen.failed = seen.failed and TROUBLE
        return seen

    def _place_url(self, view: View, cause: str, block_id: str, action_id: str, place: str) -> Json:
        url = self.slack.response_url(self, view.workspace.channels[place], cause)
        return {"response_url": url, "channel_id": place, "block_id": block_id, "action_id": action_id}

    def _after_submission(self, view: View, answer: Json, cause: str) -> Json:
        state, action = self.slack.state, answer.get("response_action")
        if action == "errors":
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            unknown = set(answer["errors"]) - inputs
            assert not unknown, f"errors for blocks that are no inputs: {unknown}"
            return dict(answer["errors"])
        if action == "update":
            views.renew(state, view, answer["view"], cause)
        elif action == "push":
            views.put_on_top(state, view.workspace, self.id, answer["view"], cause)
        else:
            views.close(state, view, everything=action == "clear")
        return {}

    async def closes(self, surface: Surface) -> None:
        """The ✕ of a modal, or its close button."""
        view = self._modal(surface)
        views.close(self.slack.state, view)
        if view.content.get("notify_on_close"):
            await self.slack.deliver(INTERACTION, payloads.view_closed(self.user, view, cleared=False))
            await self.slack.settled()

    # Home, membership, installing

    async def opens_home(self) -> Seen:
        """The app's Home tab."""
        state, team = self.slack.state, self.user.workspace
        inner: Json = {"type": "app_home_opened", "user": self.id, "tab": "home", "event_ts": state.new_ts()}
        inner["channel"] = state.direct(team, self.id).id
        if self.id in state.homes:
            inner["view"] = state.homes[self.id].raw()
        mark = self._mark()
        answer = await self.slack.event(team, inner)
        await self._arrives(mark, None, 0 if answer.trouble else 1)
        effects = self._mine(mark, None)
        if not effects and self.id in state.homes:
            effects = [Effect("home", state.homes[self.id], None)]
        return Seen(effects, answer.trouble)

    def removes_bot(self, channel: Channel) -> None:
        channel.bot = False

    async def installs(self, url: str, *, denies: bool = False, state: str | None = None) -> tuple[int, str]:
        """Follows an install address and agrees; gives the status and the page of the app's redirect address.

        `denies` says no, and `state` comes back with another state than the app's, as a forger would.
        """
        async with self.slack.session.get(url, allow_redirects=False) as response:
            page, cookies = await response.text(), response.headers.getall("Set-Cookie", [])
            target = response.headers.get("Location", "")
        target = target or unescape(re.findall(r'href="([^"]*/oauth/v2/authorize[^"]*)"', page)[0])
        asked = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
        assert asked.get("client_id") == self.slack.oauth.client_id, f"Slack knows no client {asked.get('client_id')}"
        scopes = tuple(asked["scope"].split(","))
        back = asked.get("redirect_uri", "")
        grant = Grant(self.user.workspace, self.id, scopes, back)
        params = {"error": "access_denied"} if denies else {"code": self.slack.oauth.code(grant)}
        params["state"] = asked.get("state", "") if state is None else state
        headers = {"Cookie": "; ".join(each.split(";")[0] for each in cookies)}
        async with self._get(back or urljoin(url, "/slack/oauth_redirect"), params, headers) as response:
            return response.status, await response.text()

    def _get(self, url: str, params: dict[str, str], headers: dict[str, str]) -> "_RequestContextManager":
        return self.slack.session.get(url, params=params, headers=headers, allow_redirects=False)

    async def uninstalls(self) -> None:
        """Removes the app from the workspace: its tokens are dead, and it is told."""
        team = self.user.workspace
        wanted = [name for name in ("tokens_revoked", "app_uninstalled") if self.slack.wants(team, name)]
        for token in self.slack.state.tokens.values():
            if token.workspace is team:
                token.dead = "token_revoked"
        team.bot_token = ""
        inner: dict[str, Json] = {"tokens_revoked": {"tokens": {"oauth": [], "bot": [team.bot_user]}}}
        for name in wanted:
            await self.slack.event(team, {"type": name, **inner.get(name, {})})
        await self.slack.settled()

    # How an act goes

    def _belongs(self, channel: Channel) -> None:
        assert self.id in channel.members, f"{self.name} is not in {channel.name}"

    def _takes_time(self) -> None:
        """People are slower than a message a second."""
        for channel in self.user.workspace.channels.values():
            channel.posted_at = float("-inf")

    def _reply_address(self, channel: Channel, source: Message | None) -> tuple[str, ReplyAddress, str]:
        cause, address = self.slack.state.new_address(channel, self.id, source)
        return cause, address, f"{self.slack.root}/reply/{cause}"

    def _mark(self) -> int:
        """An act begins: how much has happened before it."""
        self.slack.work.mark()
        return len(self.slack.state.effects)

    async def _act(
        self,
        kind: str,
        payload: Json,
        cause: str,
        what: str,
        answered: Callable[[Answer], bool] = lambda _: True,
        *,
        view: View | None = None,
        leads_to: int,
    ) -> Seen:
        state = self.slack.state
        self._takes_time()
        mark = self._mark()
        payload["trigger_id"] = state.new_trigger(self.id, cause, view)
        answer = await self.slack.deliver(kind, payload)
        failed, more = self._failed(what, answer.trouble), False
        try:
            more = not failed and answered(answer)
        except Refused as refused:
            self.slack.refusals.append(f"{what}: {refused.error} {refused.more or ''}".rstrip())
            failed = TROUBLE
        await self._arrives(mark, cause, leads_to if more else 0)
        return Seen(self._mine(mark, cause), failed)

    def _failed(self, what: str, trouble: str) -> str:
        if not trouble:
            return ""
        why = "the app did not respond" if trouble == "operation_timeout" else f'the error "{trouble}"'
        said = f"{what} failed {'because' if trouble == 'operation_timeout' else 'with'} {why}"
        self.slack.timeouts.append(said)
        return said

    def _answers(self, address: ReplyAddress, answer: Answer) -> bool:
        if answer.payload:
            replies.reply(self.slack.state, address, answer.payload)
        return True

    async def _arrives(self, mark: int, cause: str | None, count: int) -> None:
        await self.slack.state.until(lambda: len(self._mine(mark, cause)) >= count, self.slack.timeout)
        await self.slack.settled()

    def _mine(self, mark: int, cause: str | None) -> list[Effect]:
        """What has happened since then that this person sees and that no other act led to.

        A chat.postMessage does not tell what led to it: it counts for everybody who is waiting and sees it.
        """
        found = self.slack.state.effects[mark:]
        return [each for each in found if each.cause in (None, cause) and self._concerns(each.what)]

    def _concerns(self, what: Message | View) -> bool:
        if isinstance(what, View):
            return what.user == self.id
        return self.id in what.channel.members and what.private_to in (None, self.id)

    # Finding and operating controls

    def _surface(self, surface: Surface) -> Message | View:
        found = surface.surface if isinstance(surface, Seen) else surface
        assert isinstance(found, View) or not found.deleted, "this message has been deleted"
        return found

    def _modal(self, surface: Surface) -> View:
        view = self._surface(surface)
        assert isinstance(view, View), "this is no modal"
        assert not view.closed, "this modal is closed"
        return view

    def _find(self, surface: Surface, label: str, which: int) -> Control:
        places = [self._surface(surface), *(reversed(surface.messages) if isinstance(surface, Seen) else ())]
        offered = [control for place in dict.fromkeys(places) for control in controls(place, self._offered)]
        matching = [each for each in offered if each.label == label] or [
            each for each in offered if label in each.label
        ]
        assert len(matching) > which, f"nothing says {label!r}; there is {[each.label for each in offered]}"
        return matching[which]

    def _keep(self, surface: Message | View, block: Json, element: Json, value: Json) -> None:
        if isinstance(surface, View):
            surface.values.setdefault(block["block_id"], {})[element["action_id"]] = value

    async def _operate(self, control: Control, leads_to: int) -> Seen:
        surface, block, element = control.surface, control.block, control.element
        entered = surface.values.get(block["block_id"], {}) if isinstance(surface, View) else {}
        value = forms.picked(element, control.option, entered.get(element["action_id"]))
        if not control.option or element["type"] == "overflow":
            return await self._dispatch(surface, block, element, value, leads_to)
        return await self._enters(surface, block, element, value, leads_to)

    async def _enters(self, surface: Message | View, block: Json, element: Json, value: Json, leads_to: int) -> Seen:
        self._keep(surface, block, element, value)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Seen([])
        return await self._dispatch(surface, block, element, value, leads_to)

    async def _dispatch(self, surface: Message | View, block: Json, element: Json, value: Json, leads_to: int) -> Seen:
        ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
        action = value | ids | {"action_ts": self.slack.state.new_ts()}
        if isinstance(surface, View):
            surface.values = forms.values(surface)
            payload = payloads.block_actions(self.user, surface, action, surface.values)
            cause = self.slack.state.new_id("X")
            return await self._act(INTERACTION, payload, cause, "this", view=surface, leads_to=leads_to)
        cause, _, url = self._reply_address(surface.channel, surface)
        payload = payloads.block_actions(self.user, surface, action, {}) | {"response_url": url}
        return await self._act(INTERACTION, payload, cause, "this", leads_to=leads_to)
