"""The gateway: websockets in JSON, compressed or not, with sessions that outlive their connection. No REST."""

import asyncio
import json
import secrets
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module

from aiohttp import WSMsgType, web

from tests.fakes.local_discord import wire
from tests.fakes.local_discord.problems import Json
from tests.fakes.local_discord.state import State

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
IGNORED = (3, 4, 8, 14, 31, 43)
UNKNOWN_OP, UNDECODABLE, NOT_AUTHENTICATED, BAD_TOKEN, TWICE, BAD_SHARD = 4001, 4002, 4003, 4004, 4005, 4010
HEARTBEAT_MS = 41_250
GUILDS = 1 << 0
Compress = Callable[[bytes], bytes]


def _zlib() -> Compress:
    stream = zlib.compressobj()
    return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd() -> Compress:
    """What discord.py asks for where Python has it: from 3.14, or with zstandard installed."""
    try:
        stream = import_module("compression.zstd").ZstdCompressor()
    except ImportError:
        library = import_module("zstandard")
        other = library.ZstdCompressor().compressobj()
        return lambda data: bytes(other.compress(data) + other.flush(library.COMPRESSOBJ_FLUSH_BLOCK))
    return lambda data: bytes(stream.compress(data, stream.FLUSH_BLOCK))


COMPRESSIONS: dict[str, Callable[[], Compress | None]] = {"": lambda: None, "zlib-stream": _zlib, "zstd-stream": _zstd}


class Link:
    """One connection. What is sent goes through a queue, so that events keep their order."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket, self.request = socket, request
        self.session: Session | None = None
        self.closed = asyncio.Event()
        self._queue: asyncio.Queue[Json | int] = asyncio.Queue()
        self._compress = COMPRESSIONS[request.query.get("compress", "")]()

    def send(self, payload: Json) -> None:
        self._queue.put_nowait(payload)

    def close(self, code: int) -> None:
        """Closes with a code, once what was sent before is out."""
        self._queue.put_nowait(code)

    def cut(self) -> None:
        """Drops the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    async def write(self) -> None:
        """Sends what is queued, until the connection ends."""
        while True:
            item = await self._queue.get()
            if isinstance(item, int):
                await self.socket.close(code=item)
                return
            text = json.dumps(item)
            if self._compress is None:
                await self.socket.send_str(text)
            else:
                await self.socket.send_bytes(self._compress(text.encode()))


@dataclass(eq=False)
class Session:
    """What a client identified as: it keeps its events, so that a new connection can resume it."""

    id: str
    shard: tuple[int, int]
    intents: int
    link: Link | None
    events: list[Json] = field(default_factory=list)

    def tell(self, event: str, data: Json) -> None:
        payload = {"op": DISPATCH, "t": event, "s": len(self.events) + 1, "d": data}
        self.events.append(payload)
        if self.link is not None:
            self.link.send(payload)

    def concerns(self, guild: int | None) -> bool:
        """Whether events of a guild, or those of none, go to this shard."""
        number, count = self.shard
        return number == (0 if guild is None else (guild >> 22) % count)

    def asked_for(self, event: str) -> bool:
        """Whether the intents cover an event about servers; others come to everybody here."""
        return bool(self.intents & GUILDS) or not event.startswith(("GUILD_", "CHANNEL_", "THREAD_"))


class Gateway:
    """All connections and sessions."""

    def __init__(self, state: State, token: str) -> None:
        self.state, self.token, self.url = state, token, ""
        self.sessions: dict[str, Session] = {}
        self.links: set[Link] = set()
        self.identifies: list[Json] = []
        self.resumes = 0
        self.closes: list[int] = []
        state.dispatch = self.dispatch

    def dispatch(self, event: str, data: Json, guild: int | None) -> None:
        """An event to every session that it concerns."""
        for session in self.sessions.values():
            if session.concerns(guild) and session.asked_for(event):
                session.tell(event, data)

    @property
    def live(self) -> list[Session]:
        """The sessions that have a connection now."""
        return [each for each in self.sessions.values() if each.link is not None]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection from HELLO to its end."""
        socket = web.WebSocketResponse(max_msg_size=0, timeout=0.5)
        await socket.prepare(request)
        link = Link(socket, request)
        self.links.add(link)
        writer = asyncio.ensure_future(link.write())
        link.send({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._hear(link, message.data)
        finally:
            self._ended(link)
            writer.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await writer
        return socket

    def _ended(self, link: Link) -> None:
        """A session that its client closed with 1000 or 1001 is over, any other can be resumed."""
        self.links.discard(link)
        link.closed.set()
        if link.session is not None and link.session.link is link:
            link.session.link = None
            if link.socket.close_code in (1000, 1001):
                self.sessions.pop(link.session.id, None)
        self.state.ring()

    def _hear(self, link: Link, text: str) -> None:
        try:
            payload = json.loads(text)
            op, data = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError):
            return self._close(link, UNDECODABLE)
        if op == HEARTBEAT:
            link.send({"op": ACK})
        elif op == IDENTIFY:
            self._identify(link, data)
        elif op == RESUME:
            self._resume(link, data)
        elif op not in IGNORED:
            self._close(link, UNKNOWN_OP)
        elif link.session is None:
            self._close(link, NOT_AUTHENTICATED)
        return None

    def _close(self, link: Link, code: int) -> None:
        self.closes.append(code)
        link.close(code)

    def _identify(self, link: Link, data: Json) -> None:
        self.identifies.append(data)
        number, count = data.get("shard") or (0, 1)
        if link.session is not None:
            return self._close(link, TWICE)
        if data.get("token") != self.token:
            return self._close(link, BAD_TOKEN)
        if not 0 <= number < count:
            return self._close(link, BAD_SHARD)
        session = Session(secrets.token_hex(16), (number, count), data.get("intents", 0), link)
        self.state.intents = session.intents
        self.sessions[session.id], link.session = session, session
        mine = [each for each in self.state.guilds.values() if each.bot and session.concerns(each.id)]
        session.tell("READY", self._ready(session, [{"id": str(each.id), "unavailable": True} for each in mine]))
        for each in mine:
            if session.asked_for("GUILD_CREATE"):
                session.tell("GUILD_CREATE", wire.guild(each))
        self.state.ring()
        return None

    def _ready(self, session: Session, guilds: list[Json]) -> Json:
        return {
            "v": 10,
            "user": wire.user(self.state.bot) | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0},
            "guilds": guilds,
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(self.state.application), "flags": 0},
            "private_channels": [],
            "relationships": [],
        }

    def _resume(self, link: Link, data: Json) -> None:
        if data.get("token") != self.token:
            return self._close(link, BAD_TOKEN)
        session = self.sessions.get(data.get("session_id") or "")
        seen = data.get("seq") or 0
        if session is None or seen > len(session.events):
            link.send({"op": INVALID, "d": False})
            return None
        self.resumes += 1
        session.link, link.session = link, session
        for payload in session.events[seen:]:
            link.send(payload)
        session.tell("RESUMED", {"_trace": []})
        self.state.ring()
        return None

    # What a test can do to it

    def ask_to_reconnect(self) -> None:
        for each in self.live:
            if each.link:
                each.link.send({"op": RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool) -> None:
        """Ends the sessions with op 9; those that are not `resumable` are forgotten."""
        for each in self.live:
            if each.link:
                each.link.send({"op": INVALID, "d": resumable})
            if not resumable:
                self.sessions.pop(each.id)

    def drop(self) -> None:
        for link in list(self.links):
            link.cut()

    def close_all(self, code: int) -> None:
        for link in list(self.links):
            self._close(link, code)

    async def close(self) -> None:
        """Ends every connection, when the fake goes down."""
        self.drop()
        for link in list(self.links):
            await asyncio.wait_for(link.closed.wait(), 2)
