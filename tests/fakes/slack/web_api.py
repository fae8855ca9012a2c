"""The aiohttp side of the Web API: arguments and tokens as slack_sdk sends them, faults on demand, headers."""

import asyncio
import base64
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.slack import methods, replies, views
from tests.fakes.slack.methods import Call
from tests.fakes.slack.oauth import OAuth
from tests.fakes.slack.state import Channel, Json, Refused, State, Token

METHODS = methods.METHODS | views.METHODS
JSON_ARGUMENTS = ("blocks", "view", "attachments", "metadata")
STATUS = {"expired_url": 404, "used_url": 404, "channel_is_archived": 410}


@dataclass(eq=False)
class Fault:
    """What goes wrong with a method (in a channel) the next `times` times; `after`: once the method has had its effect.

    `hang` is in seconds; `drop` cuts the connection without an answer, `cut` the answer.
    """

    method: str
    channel: Channel | None = None
    error: str = ""
    status: int = 200
    retry_after: int | None = None
    hang: float = 0.0
    drop: bool = False
    cut: bool = False
    after: bool = False
    times: int = 1

    def strikes(self, method: str, args: Json) -> bool:
        there = self.channel is None or args.get("channel") == self.channel.id
        return self.times > 0 and method == self.method and there


@dataclass(eq=False)
class WebApi:
    """Answers `/api/METHOD` and `/reply/KEY`. `posted` is told of every method that succeeded."""

    state: State
    oauth: OAuth
    app_token: str
    socket_url: Callable[[], str]
    posted: Callable[[str, Call, Json], None]
    closing: asyncio.Event

    def __post_init__(self) -> None:
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, Json]] = []
        self.busy = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """`/api/METHOD`."""
        name = request.match_info["method"]
        try:
            args = await _arguments(request)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        token = _token(request, args)
        return await self._faulty(request, name, args, lambda: self._answer(name, token, args))

    async def serve_reply(self, request: web.Request) -> web.StreamResponse:
        """A response_url."""
        body = await request.json()
        key = request.match_info["key"]
        return await self._faulty(request, "response_url", body, lambda: self._reply(key, body))

    async def _faulty(
        self, request: web.Request, name: str, args: Json, work: Callable[[], web.Response]
    ) -> web.StreamResponse:
        self.calls.append((name, args))
        self.busy += 1
        try:
            fault = next((each for each in self.faults if each.strikes(name, args)), None)
            return work() if fault is None else await self._suffer(request, fault, work)
        finally:
            self.busy -= 1
            self.state.ring()

    async def _suffer(self, request: web.Request, fault: Fault, work: Callable[[], web.Response]) -> web.Response:
        fault.times -= 1
        done = work() if fault.after else None
        if fault.hang:
            self.busy -= 1  # nobody waits for what hangs
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), fault.hang)
            self.busy += 1
        if fault.drop:
            if request.transport:
                request.transport.abort()
            return web.Response()
        if fault.status == 429:
            return _too_fast(fault.retry_after or 1)
        if fault.status != 200:
            return web.Response(status=fault.status, text="<html>Server Error</html>", content_type="text/html")
        if fault.cut:
            return web.Response(text='{"ok": tr', content_type="application/json")
        if fault.error:
            return web.json_response({"ok": False, "error": fault.error})
        return done or work()

    def _answer(self, name: str, token: str, args: Json) -> web.Response:
        headers: dict[str, str] = {}
        try:
            return web.json_response({"ok": True, **self._result(name, token, args, headers)}, headers=headers)
        except Refused as refused:
            self.state.refusals.append(f"{name}: {refused.error} {refused.more or ''}".rstrip())
            if refused.error == "ratelimited":
                return _too_fast(refused.more["retry_after"])
            return web.json_response({"ok": False, "error": refused.error, **refused.more}, headers=headers)

    def _result(self, name: str, token: str, args: Json, headers: dict[str, str]) -> Json:
        if name == "oauth.v2.access":
            return self.oauth.access(args)
        if name == "apps.connections.open":
            return self._socket(token)
        if name not in METHODS:
            raise Refused("unknown_method", req_method=name)
        needed, method = METHODS[name]
        known = self._known(token)
        provided = ",".join(known.scopes)
        headers |= {"x-oauth-scopes": provided, "x-accepted-oauth-scopes": needed}
        if needed and needed not in known.scopes:
            raise Refused("missing_scope", needed=needed, provided=provided)
        call = Call(self.state, known.workspace, known.scopes, token, args)
        result = method(call)
        self.posted(name, call, result)
        return result

    def _known(self, token: str) -> Token:
        if not token:
            raise Refused("not_authed")
        if token == self.app_token:
            raise Refused("not_allowed_token_type")
        found = self.state.tokens.get(token)
        if found is None:
            raise Refused("invalid_auth")
        if found.dead:
            raise Refused(found.dead)
        if found.until < self.state.clock.now():
            raise Refused("token_expired")
        return found

    def _socket(self, token: str) -> Json:
        if not token:
            raise Refused("not_authed")
        if token != self.app_token:
            raise Refused("not_allowed_token_type" if token in self.state.tokens else "invalid_auth")
        return {"url": self.socket_url()}

    def _reply(self, key: str, body: Json) -> web.Response:
        try:
            replies.use(self.state, key, body)
        except Refused as refused:
            self.state.refusals.append(f"response_url: {refused.error} {refused.more or ''}".rstrip())
            answer = {"ok": False, "error": refused.error, **refused.more}
            return web.json_response(answer, status=STATUS.get(refused.error, 400))
        return web.Response(text="ok")


def _too_fast(seconds: int) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"retry-after": str(seconds)})


async def _arguments(request: web.Request) -> Json:
    """The arguments out of the query and a JSON or form body; raises ValueError."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    else:
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for key in JSON_ARGUMENTS:
        if isinstance(args.get(key), str):
            args[key] = json.loads(args[key])
    header = request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        client_id, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        args |= {"client_id": client_id, "client_secret": secret}
    return args


def _token(request: web.Request, args: dict[str, Any]) -> str:
    given = str(args.pop("token", "") or "")
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or given
