"""How what happens in Slack reaches the app: down a socket (Socket Mode), or as signed requests (HTTP)."""

import asyncio
import hashlib
import hmac
import itertools
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.fakes.slack.state import APP_ID, Json, State

COMMAND, INTERACTION, EVENT = "slash_commands", "interactive", "events_api"


@dataclass(frozen=True)
class Answer:
    """What the app said at once: `trouble` is empty when it acknowledged, otherwise Slack's word for what was wrong."""

    trouble: str = ""
    payload: Json | None = None
    status: int = 200


@dataclass(frozen=True)
class Retry:
    """How often an event was sent before, and why it is sent again."""

    number: int = 0
    reason: str = ""


class Delivery(Protocol):
    async def send(self, kind: str, payload: Json, patience: float, retry: Retry) -> Answer:
        """Delivers once and waits `patience` seconds at most."""


@dataclass(eq=False)
class Socket:
    """One open connection of the app."""

    stream: web.WebSocketResponse
    transport: asyncio.Transport | None
    envelopes: list[Json] = field(default_factory=list)


class Sockets:
    """Socket Mode: every envelope goes down one of the open sockets, in turn."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.open: list[Socket] = []
        self.connections = 0
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._turn = itertools.count()

    def new_url(self, root: str) -> str:
        """An address that one connection may use once."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"{root.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=408)
        self._tickets.discard(request.query["ticket"])
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        socket = Socket(stream, request.transport)
        self.connections += 1
        number = len(self.open) + 1
        info = {"app_id": APP_ID}
        await stream.send_json({"type": "hello", "num_connections": number, "connection_info": info})
        self.open.append(socket)
        self._state.ring()
        try:
            async for message in stream:
                if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith("{"):
                    self._acknowledge(json.loads(message.data))
        finally:
            self._forget(socket)
        return stream

    def _acknowledge(self, answer: Json) -> None:
        waiting = self._waiting.pop(answer.get("envelope_id", ""), None)
        if waiting and not waiting.done():
            waiting.set_result(answer.get("payload"))

    def _forget(self, socket: Socket) -> None:
        if socket in self.open:
            self.open.remove(socket)
        self._state.ring()

    async def send(self, kind: str, payload: Json, patience: float, retry: Retry) -> Answer:
        if not await self._state.until(lambda: bool(self.open), patience):
            return Answer("dispatch_failed", status=0)
        envelope: Json = {"type": kind, "envelope_id": secrets.token_hex(16), "payload": payload}
        envelope["accepts_response_payload"] = kind != EVENT
        if kind == EVENT:
            envelope |= {"retry_attempt": retry.number, "retry_reason": retry.reason}
        answer = self._waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        socket = self.open[next(self._turn) % len(self.open)]
        socket.envelopes.append(envelope)
        try:
            await socket.stream.send_json(envelope)
            return Answer(payload=await asyncio.wait_for(answer, patience))
        except (TimeoutError, ConnectionError):
            return Answer("operation_timeout", status=0)
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def refresh(self) -> None:
        """Asks every connection to make way for a new one, as Slack does now and then."""
        leaving, self.open = self.open, []
        for socket in leaving:
            await socket.stream.send_json({"type": "disconnect", "reason": "refresh_requested"})

    def drop(self) -> None:
        """Cuts every connection, without a word."""
        leaving, self.open = self.open, []
        for socket in leaving:
            if socket.transport:
                socket.transport.abort()

    async def close(self) -> None:
        for socket in list(self.open):
            await socket.stream.close()


class Webhooks:
    """HTTP: requests to the app's address, signed with its signing secret (v0, HMAC-SHA256)."""

    def __init__(self, address: str, secret: str, session: aiohttp.ClientSession) -> None:
        self.address, self._secret, self._session = address, secret, session

    async def send(self, kind: str, payload: Json, patience: float, retry: Retry) -> Answer:
        more = {}
        if retry.number:
            more = {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        try:
            return await asyncio.wait_for(self.post(kind, payload, more), patience)
        except TimeoutError:
            return Answer("operation_timeout", status=0)
        except aiohttp.ClientError:
            return Answer("dispatch_failed", status=0)

    async def post(
        self, kind: str, payload: Json, more: dict[str, str] | None = None, secret: str = "", age: float = 0
    ) -> Answer:
        """One request, as if it had been signed `age` seconds ago with that secret."""
        body, content = _encoded(kind, payload)
        stamp = str(int(time.time() - age))
        signed = hmac.new((secret or self._secret).encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
        headers = {"Content-Type": content, "X-Slack-Request-Timestamp": stamp, **(more or {})}
        headers["X-Slack-Signature"] = f"v0={signed.hexdigest()}"
        async with self._session.post(self.address, data=body.encode(), headers=headers) as response:
            text = await response.text()
            trouble = "" if response.status == 200 else "dispatch_failed"
            return Answer(trouble, _decoded(text), response.status)


def _encoded(kind: str, payload: Json) -> tuple[str, str]:
    if kind == EVENT:
        return json.dumps(payload), "application/json"
    fields: dict[str, Any] = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    return urlencode(fields), "application/x-www-form-urlencoded"


def _decoded(text: str) -> Json | None:
    """The answer's payload; plain words are the text of a message."""
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) else {"text": text}
