"""A local Slack: an aiohttp server on 127.0.0.1 that behaves towards an app as Slack does, and the people in it."""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.slack import payloads
from tests.fakes.slack.delivery import COMMAND, EVENT, Answer, Delivery, Retry, Sockets, Webhooks
from tests.fakes.slack.hosting import served
from tests.fakes.slack.methods import Call
from tests.fakes.slack.oauth import OAuth
from tests.fakes.slack.people import Person
from tests.fakes.slack.pings import pings
from tests.fakes.slack.state import Channel, Json, Message, State, User, Workspace
from tests.fakes.slack.web_api import Fault, WebApi
from tests.fakes.time import Clock, Quiet

SCOPES = ("commands", "chat:write", "app_mentions:read", "im:history", "users:read")
SCOPE_OF_EVENT = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
}
MESSAGE_EVENT = {"dm": ("message.im", "im"), "channel": ("message.channels", "channel")}
MESSAGE_EVENT["private"] = ("message.groups", "group")
RETRIES = 3


class LocalSlack:
    """One Slack with a first workspace. A manifest's commands, shortcuts, scopes and events hold, if one is given.

    `patience` is how long Slack waits for an acknowledgement, `timeout` how long people wait for an answer, `quiet`
    how long nothing must happen for an answer to be complete; all in seconds.
    """

    def __init__(
        self,
        *,
        scopes: Iterable[str] | None = None,
        manifest: Mapping[str, Any] | None = None,
        installed: bool = True,
        patience: float = 3.0,
        timeout: float = 5.0,
    ) -> None:
        self.state = State()
        self.patience, self.timeout, self.quiet = patience, timeout, 0.04
        self.app_token, self.signing_secret = f"xapp-1-{secrets.token_hex(8)}", secrets.token_hex(16)
        self.workspace = self.state.new_workspace("Garden")
        self.commands: set[str] | None = None
        self.subscriptions: set[str] | None = None
        self.shortcuts: dict[str, str] = {}
        self.scopes: tuple[str, ...] = SCOPES
        if manifest is not None:
            self._read(manifest)
        self.scopes = tuple(scopes) if scopes is not None else self.scopes
        if installed:
            self.state.new_token(self.workspace, self.scopes)
        self.oauth = OAuth(self.state)
        self.sockets = Sockets(self.state)
        self._closing = asyncio.Event()
        new_url: Callable[[], str] = lambda: self.sockets.new_url(self.root)  # noqa: E731
        self.web = WebApi(self.state, self.oauth, self.app_token, new_url, self._echo, self._closing)
        self.root = ""
        self.timeouts: list[str] = []
        self.last_event: Json = {}
        self._delivery: Delivery = self.sockets
        self._tasks: set[asyncio.Task[Answer]] = set()
        self.work = Quiet(self._done, lambda: self.web.busy)

    def _read(self, manifest: Mapping[str, Any]) -> None:
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        self.commands = {each["command"] for each in features.get("slash_commands", [])}
        self.shortcuts = {each["name"]: each["callback_id"] for each in features.get("shortcuts", [])}
        self.subscriptions = set(settings.get("event_subscriptions", {}).get("bot_events", []))
        self.scopes = tuple(manifest["oauth_config"]["scopes"]["bot"])

    async def __aenter__(self) -> "LocalSlack":
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/api/{method}", self.web.serve)
        app.router.add_post("/reply/{key}", self.web.serve_reply)
        app.router.add_get("/link/", self.sockets.serve)
        self._open = AsyncExitStack()
        self.root = await self._open.enter_async_context(served(app))
        self.session = await self._open.enter_async_context(aiohttp.ClientSession())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.close()
        await self._open.aclose()

    # What a test sets up

    @property
    def api_url(self) -> str:
        return f"{self.root}/api/"

    @property
    def bot_token(self) -> str:
        return self.workspace.bot_token

    @property
    def mention(self) -> str:
        """What people type to mention the bot."""
        return f"<@{self.workspace.bot_user}>"

    @property
    def clock(self) -> Clock:
        return self.state.clock

    @property
    def payloads(self) -> list[Json]:
        """Every message and view that the app sent, those that were refused included."""
        return self.state.payloads

    @property
    def refusals(self) -> list[str]:
        """Every call of the app that was refused, as `method: error`, injected faults apart."""
        return self.state.refusals

    @property
    def alive(self) -> list[str]:
        """Every live mention and link in what the app sent."""
        return [each for payload in self.payloads for each in pings(payload)]

    def http(self, url: str, path: str = "/slack/events") -> Webhooks:
        """From now on everything is delivered to the app's address there, instead of down a socket."""
        self._delivery = self.webhooks = Webhooks(url.rstrip("/") + path, self.signing_secret, self.session)
        return self.webhooks

    def new_workspace(self, name: str, enterprise: str = "") -> Workspace:
        return self.state.new_workspace(name, enterprise)

    def person(
        self,
        name: str,
        *,
        tz: str = "Europe/London",
        guest: bool = False,
        stranger: bool = False,
        bot: bool = False,
        admin: bool = False,
        workspace: Workspace | None = None,
    ) -> Person:
        team = workspace or self.workspace
        user = User(team, self.state.new_id("U"), name, tz, guest, stranger, bot, admin)
        team.users[user.id] = user
        return Person(self, user)

    def channel(
        self,
        name: str,
        *members: Person,
        bot: bool = True,
        private: bool = False,
        archived: bool = False,
        workspace: Workspace | None = None,
    ) -> Channel:
        """A channel with these members; `bot` says whether the bot is one."""
        team = workspace or (members[0].user.workspace if members else self.workspace)
        kind = "private" if private else "channel"
        made = Channel(team, self.state.new_id("C"), name, kind, {each.id for each in members}, bot, archived)
        team.channels[made.id] = made
        return made

    def dm(self, *people: Person) -> Channel:
        """One person's direct conversation with the bot, or that of several people, without it."""
        return self.state.direct(people[0].user.workspace, *(each.id for each in people))

    def shortcut(self, name: str, callback_id: str) -> None:
        """Makes a shortcut known, where there is no manifest."""
        self.shortcuts[name] = callback_id

    def fail(
        self,
        method: str,
        *,
        channel: Channel | None = None,
        error: str = "",
        status: int = 200,
        retry_after: int | None = None,
        hang: float = 0.0,
        drop: bool = False,
        cut: bool = False,
        after: bool = False,
        times: int = 1,
    ) -> Fault:
        """The next call of a method (or of a `response_url`) goes wrong; Fault says what each argument means."""
        fault = Fault(method, channel, error, status, retry_after, hang, drop, cut, after, times)
        self.web.faults.append(fault)
        return fault

    def trigger_id(self, person: Person) -> str:
        """A fresh trigger_id, as if this person had just done something."""
        return self.state.new_trigger(person.id, "", None)

    def response_url(self, person: Person, channel: Channel, cause: str = "") -> str:
        """A fresh response_url, as if this person had just typed a command there."""
        return f"{self.root}/reply/{self.state.new_address(channel, person.id, cause=cause)[0]}"

    def expire_response_urls(self) -> None:
        for address in self.state.addresses.values():
            address.born = float("-inf")

    def calls(self, method: str) -> list[Json]:
        """The arguments of every call of this method so far."""
        return [args for name, args in self.web.calls if name == method]

    # What a test waits for

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits until the condition holds, at most `timeout` seconds; raises AssertionError."""
        assert await self.state.until(condition, self.timeout), "it never came to that"

    async def connected(self, count: int = 1) -> None:
        """Waits until the app has that many sockets open."""
        await self.until(lambda: len(self.sockets.open) >= count)

    async def settled(self) -> None:
        """Waits until the app has been doing nothing for `quiet` seconds, at most `timeout` seconds."""
        await self.work.wait(self.quiet, self.timeout)

    def _done(self) -> tuple[int, int]:
        return len(self.state.effects), len(self.web.calls)

    # What reaches the app

    async def deliver(self, kind: str, payload: Json) -> Answer:
        """Sends a command or an interaction once."""
        return await self._delivery.send(kind, payload, self.patience, Retry())

    def wants(self, workspace: Workspace, event: str) -> bool:
        """Whether the app subscribed to an event and was granted what it takes."""
        token = self.state.tokens.get(workspace.bot_token)
        granted = token is not None and SCOPE_OF_EVENT.get(event, "") in ("", *token.scopes)
        return granted and (self.subscriptions is None or event in self.subscriptions)

    async def event(self, workspace: Workspace, inner: Json) -> Answer:
        """Sends an event, and again up to three times as long as it is not acknowledged."""
        self.last_event = payloads.event(workspace, inner, self.state.new_id("Ev"), self.clock.now())
        return await self._insist(self.last_event)

    async def _insist(self, event: Json) -> Answer:
        answer = await self._delivery.send(EVENT, event, self.patience, Retry())
        for number in range(1, RETRIES + 1):
            if not answer.trouble or self._closing.is_set():
                break
            reason = "timeout" if answer.trouble == "operation_timeout" else "http_error"
            answer = await self._delivery.send(EVENT, event, self.patience, Retry(number, reason))
        return answer

    async def redelivers(self) -> Answer:
        """Sends the last event once more, as if its acknowledgement had been lost."""
        answer = await self._delivery.send(EVENT, self.last_event, self.patience, Retry(1, "timeout"))
        await self.settled()
        return answer

    def message_event(self, message: Message) -> tuple[str, Json]:
        """The event that a message is in its channel: what the app subscribes to, and the event itself."""
        name, kind = MESSAGE_EVENT.get(message.channel.kind, ("", ""))
        return name, message.raw() | {"channel": message.channel.id, "channel_type": kind, "event_ts": message.ts}

    def _echo(self, method: str, call: Call, result: Json) -> None:
        """Slack sends an app the events of its own messages too."""
        if method == "chat.postMessage":
            message = call.workspace.channels[result["channel"]].find(result["ts"])
            assert message is not None
            name, inner = self.message_event(message)
            if name and self.wants(call.workspace, name):
                event = payloads.event(call.workspace, inner, self.state.new_id("Ev"), self.clock.now())
                task = asyncio.ensure_future(self._insist(event))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    # Requests that no person makes

    async def forges(self, *, secret: str = "", age: float = 0.0) -> int:
        """The status the app gives to a command signed with another secret, or `age` seconds ago."""
        user = next(iter(self.workspace.users.values()))
        payload = payloads.command(user, next(iter(self.workspace.channels.values())), "/forged", "")
        return (await self.webhooks.post(COMMAND, payload, secret=secret, age=age)).status

    async def verifies_url(self) -> str:
        """What the app answers to the url_verification of `challenge`."""
        answer = await self.webhooks.post(EVENT, {"type": "url_verification", "challenge": "seedling"})
        payload = answer.payload or {}
        return str(payload.get("challenge") or payload.get("text") or "")

    async def refreshes(self) -> None:
        """Slack asks for a new connection, and waits until it is there."""
        before = self.sockets.connections
        await self.sockets.refresh()
        await self.until(lambda: self.sockets.connections > before)

    def drops_connections(self) -> None:
        """Every socket is cut, without a word."""
        self.sockets.drop()
