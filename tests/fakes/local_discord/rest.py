"""The aiohttp side of the REST API: routes, tokens, rate limits, faults on demand, uploads, the form of errors."""

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.local_discord import commands, interactions, messages, places
from tests.fakes.local_discord.call import NOTHING, Call, Method, Reply
from tests.fakes.local_discord.problems import Json
from tests.fakes.local_discord.rates import Rates, TooFast, too_fast
from tests.fakes.local_discord.state import Refused, State

METHODS: dict[tuple[str, str], Method] = {
    **places.METHODS,
    **messages.METHODS,
    **interactions.METHODS,
    **commands.METHODS,
}
OPEN = ("/interactions/", "/webhooks/")
WORDS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


def template(route: str) -> str:
    """A route with its parameters unnamed, so that "/channels/{id}" and "/channels/{channel}" are the same."""
    return re.sub(r"\{[^}]*\}", "{}", route)


@dataclass(eq=False)
class Fault:
    """What goes wrong with a method the next `times` times; with `after`, once what it does has been done.

    `code` gives an error of Discord's own instead of a broken answer, `hang` is in seconds, `drop` cuts the connection.
    """

    method: str
    route: str
    status: int = 0
    code: int = 0
    message: str = ""
    retry_after: float = 1.0
    scope: str = "user"
    hang: float = 0.0
    drop: bool = False
    after: bool = False
    times: int = 1


class Rest:
    """Answers `/api/v10/...`. `gateway` gives its address and how many shards there should be."""

    def __init__(self, state: State, token: str, rates: Rates, gateway: Callable[[], tuple[str, int]]) -> None:
        self.state, self.token, self.rates, self.gateway = state, token, rates, gateway
        self.closing = asyncio.Event()
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, str, Any]] = []
        self.busy = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        routes = METHODS | {("GET", "/gateway/bot"): self._gateway, ("GET", "/gateway"): self._gateway}
        for (method, route), answer in routes.items():
            router.add_route(method, f"/api/v10{route}", self._served(method, route, answer))
        router.add_route("*", "/api/{rest:.*}", self._served("*", "", _nowhere))

    def _gateway(self, _call: Call) -> Reply:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
        url, shards = self.gateway()
        return Reply({"url": url, "shards": shards, "session_start_limit": limit})

    def _served(self, method: str, route: str, answer: Method) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                body = await _body(request, self.state)
            except ValueError:
                return self._refuse(request, Refused(400, 50109, "The request body contains invalid JSON."))
            self.calls.append((method, route, body))
            self.busy += 1
            self.state.ring()
            try:
                return await self._faulty(request, method, route, lambda: self._work(request, route, body, answer))
            finally:
                self.busy -= 1
                self.state.ring()

        return serve

    def _work(self, request: web.Request, route: str, body: Any, answer: Method) -> web.Response:
        headers: dict[str, str] = {}
        try:
            self._known(request, route)
            ids = dict(request.match_info)
            headers, early = self.rates.take(request.method, route, ids)
            if early:
                self._note(request, "too fast")
                return _limited(early)
            reply = answer(Call(self.state, ids, dict(request.query), body))
        except Refused as refused:
            return self._refuse(request, refused, headers)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            unreadable = Refused(400, 50035, f"Invalid Form Body: the local Discord cannot read it, {error!r}")
            return self._refuse(request, unreadable, headers)
        if reply is NOTHING:
            return web.Response(status=204, headers=headers)
        return _json(reply.body, reply.status, headers)

    def _known(self, request: web.Request, route: str) -> None:
        """Interactions and their webhooks need no token but their own."""
        if not route.startswith(OPEN) and request.headers.get("Authorization") != f"Bot {self.token}":
            raise Refused(401, 0, "401: Unauthorized")

    def _refuse(self, request: web.Request, refused: Refused, headers: dict[str, str] | None = None) -> web.Response:
        more = f" {json.dumps(refused.errors)}" if refused.errors else ""
        self._note(request, f"{refused}{more}")
        return _json(refused.body, refused.status, headers)

    def _note(self, request: web.Request, why: str) -> None:
        self.state.refusals.append(f"{request.method} {request.path.removeprefix('/api/v10')}: {why}")

    async def _faulty(
        self, request: web.Request, method: str, route: str, work: Callable[[], web.Response]
    ) -> web.StreamResponse:
        key = (method, template(route))
        fitting = (each for each in self.faults if each.times > 0 and (each.method, template(each.route)) == key)
        fault = next(fitting, None)
        return work() if fault is None else await self._suffer(request, fault, work)

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
            return _limited(too_fast(fault.retry_after, fault.scope))
        if fault.code:
            return _json({"message": fault.message or "Refused", "code": fault.code}, fault.status or 400)
        if fault.status:
            words = f"{fault.status}: {fault.message or WORDS.get(fault.status, 'Refused')}"
            return _json({"message": words, "code": 0}, fault.status)
        return done or work()


def _nowhere(_call: Call) -> Reply:
    raise Refused(404, 0, "404: Not Found")


def _json(body: Any, status: int, headers: dict[str, str] | None = None) -> web.Response:
    """discord.py reads JSON only where the Content-Type is this and nothing more."""
    content = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=content)


def _limited(early: TooFast) -> web.Response:
    return _json(early.body, 429, early.headers)


async def _body(request: web.Request, state: State) -> Any:
    """The JSON body, with uploaded files among its attachments; raises ValueError."""
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return json.loads(text) if text else {}
    form = await request.post()
    body: Json = json.loads(str(form["payload_json"]))
    holder = body.get("data") or body.get("message") or body
    files = {key[6:-1]: value for key, value in form.items() if isinstance(value, web.FileField)}
    listed = holder.get("attachments") or [{"id": key} for key in files]
    holder["attachments"] = [_attachment(each, files, state) for each in listed]
    return body


def _attachment(listed: Json, files: dict[str, web.FileField], state: State) -> Json:
    file = files.get(str(listed["id"]))
    if file is None:
        return listed
    fresh, name = str(state.new_id()), listed.get("filename") or file.filename
    url = f"https://cdn.discordapp.com/attachments/1/{fresh}/{name}"
    size = len(file.file.read())
    return {**listed, "id": fresh, "filename": name, "size": size, "url": url, "proxy_url": url}
