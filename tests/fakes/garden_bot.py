"""A bot that knows of worms: discord.py as it is, for proving the local Discord. Knows nothing of the project's bot."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Literal

import yarl

from tests.fakes.local_discord import LocalDiscord

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # discord.py imports audioop
    import discord
    from discord import app_commands, ui

__all__ = ["WORMS", "Card", "GardenBot", "app_commands", "discord", "pointed_at", "running"]

NOBODY = discord.AllowedMentions.none()
WORMS = ("worms turn the soil", "wormwood keeps slugs away", "compost stays warm")


class Card(ui.LayoutView):
    """A text with buttons."""

    def __init__(self, text: str, *buttons: ui.Item[Any]) -> None:
        super().__init__(timeout=None)
        self.add_item(ui.Container(ui.TextDisplay(text), accent_colour=0x336633))
        if buttons:
            self.add_item(ui.ActionRow(*buttons))


def button(label: str, custom_id: str) -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=custom_id)


class Search(ui.Modal, title="Search the garden"):
    query: ui.Label[Any] = ui.Label(text="Words", component=ui.TextInput(custom_id="query", max_length=50))
    where: ui.Label[Any] = ui.Label(
        text="Where",
        component=ui.Select(
            custom_id="where", required=False, options=[discord.SelectOption(label="Beds", value="beds")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        query, where = self.query.component, self.where.component
        assert isinstance(query, ui.TextInput)
        assert isinstance(where, ui.Select)
        await interaction.response.send_message(view=Card(f"{query.value} in {where.values}"), ephemeral=True)


class GardenBot(discord.AutoShardedClient):
    """A bot that knows of worms."""

    def __init__(self, **options: Any) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        flags = discord.MemberCacheFlags.none()
        super().__init__(intents=intents, member_cache_flags=flags, max_messages=None, **options)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.pause = 0.0
        self.quoting: discord.Message | None = None
        self.interaction: discord.Interaction[Any] | None = None
        add_commands(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No five seconds between shards."""

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        self.heard.append(message.content)
        await asyncio.sleep(self.pause)
        if message.guild is None or self.user in message.mentions:
            await message.reply(view=Card(f"you said: {message.content[-4:]}"), allowed_mentions=NOBODY)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.component:
            assert interaction.data is not None
            await self.pressed(interaction, str(interaction.data.get("custom_id")), dict(interaction.data))

    async def pressed(self, interaction: discord.Interaction[Any], custom_id: str, data: dict[str, Any]) -> None:
        if custom_id == "share":
            await interaction.response.edit_message(view=Card("shared"))
            assert isinstance(interaction.channel, discord.abc.Messageable)
            await interaction.channel.send(view=Card("worms, for all", button("Undo", "undo")), allowed_mentions=NOBODY)
        elif custom_id == "undo":
            await interaction.response.defer()
            await asyncio.sleep(self.pause)
            await interaction.delete_original_response()
        elif custom_id == "search":
            await interaction.response.send_modal(Search())
        elif custom_id == "which":
            await interaction.response.edit_message(view=Card("quoted"))
            assert self.quoting is not None
            await self.quoting.reply(view=Card(data["values"][0]), allowed_mentions=NOBODY)


def add_commands(bot: GardenBot) -> None:
    tree = bot.tree
    everywhere = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    for_all = app_commands.allowed_installs(guilds=True, users=True)

    @tree.command(description="Look it up")
    @everywhere
    @for_all
    @app_commands.describe(query="what to look for", kind="of which kind", most="how many")
    async def lookup(
        interaction: discord.Interaction[Any],
        query: str,
        kind: Literal["idea", "lesson"] = "idea",
        most: app_commands.Range[int, 1, 5] = 3,
    ) -> None:
        bot.interaction = interaction
        buttons = button("Share", "share"), button("Search", "search")
        await interaction.response.send_message(view=Card(f"{kind}: {query} x{most}", *buttons), ephemeral=True)

    @lookup.autocomplete("query")
    async def complete(_: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=each, value=each[:8]) for each in WORMS if current in each]

    daily = app_commands.Group(name="daily", description="Every day", guild_only=True)

    @daily.command(name="preview", description="What comes")
    async def preview(interaction: discord.Interaction[Any], time: str = "8:00", loud: bool = False) -> None:
        await interaction.response.send_message(f"at {time}, {loud}")

    tree.add_command(daily)

    @tree.command(description="For keepers")
    @app_commands.default_permissions(manage_channels=True)
    async def keep(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("kept")

    @tree.command(description="Takes its time")
    async def slow(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await asyncio.sleep(bot.pause)
        await interaction.followup.send("here at last")
        await interaction.followup.send("and more", ephemeral=False)

    @tree.command(description="Never answers")
    async def stall(interaction: discord.Interaction[Any]) -> None:
        bot.interaction = interaction

    @tree.context_menu(name="Quote an idea")
    @everywhere
    @for_all
    async def quote(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        bot.quoting = message
        options = [discord.SelectOption(label=each, value=each) for each in WORMS]
        select: ui.Select[Any] = ui.Select(custom_id="which", options=options)
        await interaction.response.send_message(view=Card(f"on: {message.content}", select), ephemeral=True)


@contextmanager
def pointed_at(fake: LocalDiscord) -> Iterator[None]:
    """discord.py takes the local Discord for the real one."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = fake.api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(fake.gateway_url)
    try:
        yield
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@asynccontextmanager
async def running(fake: LocalDiscord, bot: GardenBot | None = None) -> AsyncIterator[GardenBot]:
    """The bot, connected."""
    client = bot or GardenBot()
    with pointed_at(fake):
        task = asyncio.create_task(client.start(fake.token))
        try:
            await fake.connected(len(client.shard_ids or range(fake.shards)))
            yield client
        finally:
            await client.close()
            await asyncio.gather(task, return_exceptions=True)
