"""The connection to Discord: a gateway bot without privileged intents that keeps no members, messages or channels."""

import asyncio
import logging
from collections.abc import Callable, MutableMapping
from functools import partial

import discord
import structlog
import yarl

from bot.adapters.discord import commands, faults
from bot.adapters.discord.interactions import Interactions
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.discord.shards import RENEWED_S, Leases, Shards
from bot.core.errors import Problem, SettingsError
from bot.daily import Daily
from bot.desk import Desk
from bot.ports import Messenger
from bot.settings import Discord

log = structlog.get_logger(__name__)

# What is said to the bot comes without the privileged intent: mentions of it and direct messages. Servers with their
# channels and roles are not asked for: every event names what it is about, and 10,000 of them would take 200 MB.
INTENTS = discord.Intents(guild_messages=True, dm_messages=True)
WAITED_S = 30  # within a request; of a longer pause that Discord asks for the caller is told


class Client(discord.AutoShardedClient):
    """Routes what Discord sends to the desk, and keeps the commands in step with the table."""

    def __init__(
        self,
        desk: Desk,
        settings: Discord,
        connected: asyncio.Event,
        daily: Daily,
        shards: list[int] | None = None,
    ) -> None:
        super().__init__(
            shard_ids=shards,  # type: ignore[arg-type]  # None is its own default
            shard_count=1 if shards else None,  # how many there are is asked for before the gateway is opened
            intents=INTENTS,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=WAITED_S,
        )
        self._desk, self._settings, self._connected = desk, settings, connected
        self._interactions = Interactions(desk, daily)
        self._up: set[int] = set()

    async def setup_hook(self) -> None:
        """Before the gateway is opened: its address, and the commands.

        discord.py begins a session that was lost anew at its own constant, whatever the API named: behind another
        API that would give the token to the wrong gateway.
        """
        self.shard_count, named, _ = await self.http.get_bot_gateway()
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self._settings.gateway_url or named)
        try:
            await self._sync()
        except discord.HTTPException as error:  # the commands of the last time are still there
            log.warning("discord_commands_unsynced", error=faults.code(error))

    async def _sync(self) -> None:
        """Register the commands where they are not yet what the table says; Discord allows 200 creations a day."""
        app, guild = self.application_id or 0, self._settings.guild
        declared = commands.declared(self._desk.prefix, everywhere=guild is None)
        registered = await (self.http.get_guild_commands(app, guild) if guild else self.http.get_global_commands(app))
        if commands.same(declared, registered):
            return
        if guild:
            await self.http.bulk_upsert_guild_commands(app, guild, declared)
        else:
            await self.http.bulk_upsert_global_commands(app, declared)
        log.info("discord_commands_registered", number=len(declared), guild=guild)

    # ---- what Discord sends

    async def on_interaction(self, interaction: "discord.Interaction[discord.Client]") -> None:
        await self._interactions.answer(interaction)

    async def on_message(self, message: discord.Message) -> None:
        if self.user:
            await self._interactions.reply(message, self.user.id)

    async def on_shard_connect(self, shard: int) -> None:
        log.info("discord_connected", bot=str(self.user), shard=shard, shards=self.shard_count)
        self._is_up(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        log.info("discord_resumed", shard=shard)
        self._is_up(shard)

    async def on_shard_disconnect(self, shard: int) -> None:
        log.info("discord_disconnected", shard=shard)
        self._up.discard(shard)
        self._connected.clear()

    def _is_up(self, shard: int) -> None:
        self._up.add(shard)
        if self._up.issuperset(self.shard_ids or range(self.shard_count or 1)):
            self._connected.set()

    async def on_error(self, event_method: str, /, *_: object, **__: object) -> None:
        log.exception("discord_event_failed", event_method=event_method)


async def serve(
    desk: Desk,
    settings: Discord,
    connected: asyncio.Event,
    *,
    daily: Daily,
    messengers: MutableMapping[str, Messenger],
    leases: Leases | None = None,
) -> None:
    """Answer in Discord until cancelled; `connected` is set while every shard that is this process's has its gateway.

    `messengers` has an entry as long as the API can be reached. With `leases` several processes share the shards.
    Raises SettingsError where Discord refuses the token, OSError where it cannot be reached.
    """
    discord.http.Route.BASE = settings.api_url  # a constant of the library: there is no other way to name another API
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # this bot does not speak
    logging.getLogger("discord.state").setLevel(logging.ERROR)  # it would warn that servers are not kept
    try:
        if leases is None:
            await _answer(Client(desk, settings, connected, daily), settings, messengers)
        else:
            new = partial(Client, desk, settings, connected, daily)
            await _share(new, settings, connected, messengers, leases)
    except discord.LoginFailure as error:
        raise _refused("Discord refuses DISCORD_TOKEN") from error
    except (discord.DiscordServerError, discord.GatewayNotFound) as error:
        raise ConnectionError(f"Discord is down ({faults.code(error)})") from error
    except discord.ConnectionClosed as error:
        if error.code != 4004:
            raise
        raise _refused("Discord refuses DISCORD_TOKEN") from error
    finally:
        connected.clear()
        messengers.pop("discord", None)


async def _answer(client: Client, settings: Discord, messengers: MutableMapping[str, Messenger]) -> None:
    """Run one client until it is closed."""
    async with client:
        await client.login(settings.token)
        messengers["discord"] = DiscordMessenger(client)
        await client.connect()


async def _share(
    new: Callable[[list[int]], Client],
    settings: Discord,
    connected: asyncio.Event,
    messengers: MutableMapping[str, Messenger],
    leases: Leases,
) -> None:
    """Run the shards that this process holds, and others whenever that changes. Lessons are posted in any case."""
    async with discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=WAITED_S) as rest:
        await rest.login(settings.token)
        messengers["discord"] = DiscordMessenger(rest)
        shards = Shards(leases, (await rest.http.get_bot_gateway())[0])
        held: list[int] = []
        try:
            while True:
                held = await shards.take()
                if not held:
                    connected.set()  # standing by is all that is asked of this process
                    await asyncio.sleep(RENEWED_S)
                    continue
                log.info("discord_shards", held=held)
                connected.clear()
                await _hold(new(held), settings, shards, held)
        finally:
            await shards.release(held)


async def _hold(client: Client, settings: Discord, shards: Shards, held: list[int]) -> None:
    """Run a client for as long as exactly these shards are held."""
    answering = asyncio.create_task(_answer(client, settings, {}))  # whatever is held, lessons are posted
    changed = asyncio.create_task(shards.changed(held, asyncio.get_running_loop().time))
    try:
        await asyncio.wait({answering, changed}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            await answering
    finally:
        for task in (answering, changed):
            task.cancel()
        await asyncio.gather(answering, changed, return_exceptions=True)


def _refused(reason: str) -> SettingsError:
    return SettingsError(Problem(reason, "copy it anew from the page Bot of your app in Discord's developer portal"))
