"""A local Discord: an aiohttp server on 127.0.0.1 that behaves towards a bot as Discord does, and the people in it."""

import secrets
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.fakes.local_discord import wire
from tests.fakes.local_discord.gateway import Gateway
from tests.fakes.local_discord.guilds import Channel, Guild, User, direct
from tests.fakes.local_discord.people import Person
from tests.fakes.local_discord.problems import Json
from tests.fakes.local_discord.rates import Rates
from tests.fakes.local_discord.rest import Fault, Rest, template
from tests.fakes.local_discord.state import State
from tests.fakes.time import Clock, Quiet


class LocalDiscord:
    """One Discord with one bot, which is told to connect with so many `shards`.

    `patience` is how long Discord waits for the first answer to an interaction, `timeout` how long people wait for
    what was promised, `quiet` how long nothing must happen for an answer to be complete; all in seconds.
    """

    def __init__(
        self,
        *,
        name: str = "Commonplace",
        shards: int = 1,
        patience: float = 3.0,
        timeout: float = 5.0,
        rate_limits: bool = True,
    ) -> None:
        self.clock = Clock()
        self.state = State(self.clock)
        self.patience, self.timeout, self.quiet = patience, timeout, 0.04
        self.shards = shards
        self.token = f"{secrets.token_hex(12)}.{secrets.token_hex(3)}.{secrets.token_hex(13)}"
        self.bot = self.state.bot = User(self.state.application, name, bot=True)
        self.state.people[self.bot.id] = self.bot
        self.gateway = Gateway(self.state, self.token)
        self.rest = Rest(self.state, self.token, Rates(self.clock, rate_limits), self._gateway)
        self.timeouts: list[str] = []
        self.work = Quiet(self._done, lambda: self.rest.busy)
        self.api_url = self.gateway_url = ""

    async def __aenter__(self) -> "LocalDiscord":
        app = web.Application(client_max_size=2**25)
        app.router.add_get("/gateway/", self.gateway.serve)
        self.rest.add_routes(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.api_url = f"http://{host}:{port}/api/v10"
        self.gateway_url = self.gateway.url = f"ws://{host}:{port}/gateway/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rest.closing.set()
        await self.gateway.close()
        await self._runner.cleanup()

    def _gateway(self) -> tuple[str, int]:
        return self.gateway_url, self.shards

    # What a test sets up

    def guild(self, name: str, *, bot: bool = True, locale: str = "en-US", shard: tuple[int, int] = (0, 1)) -> Guild:
        """A server, with the bot or without; `shard`: the number of the shard it falls to, and of how many."""
        number, count = shard
        guild_id = self.state.new_id()
        while (guild_id >> 22) % count != number:
            guild_id = self.state.new_id()
        owner = User(self.state.new_id(), f"Owner of {name}")
        made = self.state.guilds[guild_id] = Guild(self.state, guild_id, name, owner, bot, locale)
        if bot:
            self.state.dispatch("GUILD_CREATE", wire.guild(made), made.id)
        return made

    def person(
        self,
        name: str,
        *guilds: Guild,
        permissions: Iterable[str] = (),
        locale: str = "en-GB",
        installed: bool = False,
        dms: bool = True,
    ) -> Person:
        """Somebody, a member of these guilds; `installed`: has the app as a user; `dms`: takes messages from it."""
        user = User(self.state.new_id(), name, locale, installed=installed, dms=dms)
        self.state.people[user.id] = user
        made = Person(self, user)
        for each in guilds:
            made.joins(each, *permissions)
        return made

    def dm(self, *people: Person) -> Channel:
        """One person's direct conversation with the bot, or that of several people, without it."""
        users = [each.user for each in people]
        return direct(self.state, *users, *([self.bot] if len(users) == 1 else []))

    def fail(self, method: str, route: str, **how: Any) -> Fault:
        """The next request to a route such as "/channels/{id}/messages" goes wrong; Fault says how and how often."""
        fault = Fault(method, route, **how)
        self.rest.faults.append(fault)
        return fault

    # What a test looks at

    @property
    def mention(self) -> str:
        """What people type to mention the bot."""
        return self.bot.mention

    @property
    def payloads(self) -> list[Json]:
        """Every message, modal and list of choices that the bot sent, those that were refused included."""
        return self.state.payloads

    @property
    def refusals(self) -> list[str]:
        """Every request of the bot that was refused, as `METHOD /path: code message`, injected faults apart."""
        return self.state.refusals

    @property
    def command_writes(self) -> int:
        """How often all commands were overwritten."""
        return self.state.command_writes

    @property
    def commands(self) -> list[Json]:
        """The commands registered globally."""
        return self.state.commands[None]

    @property
    def intents(self) -> int:
        """What the bot last identified with."""
        return self.state.intents

    @property
    def identifies(self) -> int:
        return len(self.gateway.identifies)

    @property
    def resumes(self) -> int:
        return self.gateway.resumes

    def calls(self, method: str, route: str) -> list[Any]:
        """The bodies of all requests to a route so far."""
        key = (method, template(route))
        return [body for verb, where, body in self.rest.calls if (verb, template(where)) == key]

    # What a test waits for

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits until the condition holds, at most `timeout` seconds; raises AssertionError."""
        assert await self.state.until(condition, self.timeout), "it never came to that"

    async def connected(self, count: int = 1) -> None:
        """Waits until the bot has that many sessions with a connection."""
        await self.until(lambda: len(self.gateway.live) >= count)

    async def settled(self) -> None:
        """Waits until the bot has been doing nothing for `quiet` seconds, at most `timeout` seconds."""
        await self.work.wait(self.quiet, self.timeout)

    def _done(self) -> tuple[int, int]:
        return len(self.state.effects), len(self.rest.calls)

    # What happens to connections

    async def reconnects(self) -> None:
        """Asks the bot to reconnect, and waits until its sessions are resumed."""
        await self._resumed(self.gateway.ask_to_reconnect)

    async def drops_connections(self) -> None:
        """Cuts every connection without a word, and waits until the sessions are resumed."""
        await self._resumed(self.gateway.drop)

    async def invalidates(self, *, resumable: bool = False) -> None:
        """Declares the sessions invalid (op 9), and waits until the bot is back."""
        if resumable:
            await self._resumed(lambda: self.gateway.invalidate(resumable=True))
            return
        wanted = self.identifies + len(self.gateway.live)
        self.gateway.invalidate(resumable=False)
        await self.until(lambda: self.identifies >= wanted)

    def revokes_token(self) -> None:
        """The token is reset: REST answers 401, and the gateway closes with 4004."""
        self.token = self.rest.token = self.gateway.token = ""
        self.gateway.close_all(4004)

    async def _resumed(self, act: Callable[[], None]) -> None:
        wanted = self.resumes + len(self.gateway.live)
        act()
        await self.until(lambda: self.resumes >= wanted)
