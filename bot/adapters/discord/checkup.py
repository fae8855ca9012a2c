"""What `doctor` finds out about Discord: whether the token is taken, and the commands in step."""

import aiohttp
import discord

from bot.adapters.discord import commands, faults
from bot.adapters.finding import Finding, Level
from bot.settings import Discord


async def check(settings: Discord, prefix: str) -> list[Finding]:
    """Log in, without a gateway, and compare the registered commands."""
    discord.http.Route.BASE = settings.api_url
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with client:
            await client.login(settings.token)
            found = [Finding(Level.OK, "DISCORD_TOKEN", f"{client.user}")]
            return [*found, await _commands(client, settings.guild, prefix)]
    except discord.LoginFailure:
        mend = "copy it anew from the page Bot of your app in Discord's developer portal"
        return [Finding(Level.FAULT, "DISCORD_TOKEN", "Discord refuses it", mend)]
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        mend = "check the network and discord.api_url"
        return [Finding(Level.FAULT, "Discord", f"it cannot be reached ({faults.code(error)})", mend)]


async def servers(settings: Discord) -> frozenset[str] | None:
    """The ids of the servers that the bot is in; None where Discord cannot be asked, which `check` tells."""
    try:
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(settings.token)
            return frozenset([str(guild.id) async for guild in client.fetch_guilds(limit=None, with_counts=False)])
    except (discord.DiscordException, aiohttp.ClientError, OSError):
        return None


async def _commands(client: discord.Client, guild: int | None, prefix: str) -> Finding:
    app = client.application_id or 0
    registered = await (client.http.get_guild_commands(app, guild) if guild else client.http.get_global_commands(app))
    declared = commands.declared(prefix, everywhere=guild is None)
    if commands.same(declared, registered):
        return Finding(Level.OK, "Discord commands", f"{len(declared)} in step")
    mend = "they are registered when the bot starts"
    return Finding(Level.WARNING, "Discord commands", "not what this version has", mend)
