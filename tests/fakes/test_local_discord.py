"""The local Discord, proved against discord.py itself: an unmodified AutoShardedClient in conversation with it."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest
import yarl

from tests.fakes.local_discord import (
    Impossible,
    LocalDiscord,
    pings,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # discord.py imports audioop
    import discord
    from discord import app_commands, ui

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
        self.errors: list[BaseException] = []
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


@asynccontextmanager
async def running(fake: LocalDiscord, bot: GardenBot | None = None) -> AsyncIterator[GardenBot]:
    """The bot, pointed at the local Discord and connected."""
    client = bot or GardenBot()
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = fake.api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(fake.gateway_url)
    task = asyncio.create_task(client.start(fake.token))
    try:
        await fake.connected(client.shard_count or 1)
        yield client
    finally:
        await client.close()
        await asyncio.gather(task, return_exceptions=True)
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def in_discord(scenario: Callable[..., Any], **options: Any) -> None:
    """Runs a scenario with the fake; afterwards nothing was refused that the scenario did not take note of."""

    async def run() -> None:
        async with LocalDiscord(rate_limits=False, **options) as fake:
            await scenario(fake)
            assert fake.refusals == []
            assert fake.timeouts == []

    asyncio.run(run())


def test_commands_are_registered_typed_and_answered() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada = fake.person("Ada", guild)
        general = guild.channel("general")
        async with running(fake) as bot:
            assert fake.command_writes == 1
            before = [dict(each) for each in fake.commands]
            await bot.tree.sync()
            assert fake.commands == before, "the same commands keep their ids and versions"
            assert ada.offered(general) == ["lookup", "daily", "slow", "stall", "Quote an idea"]
            keeper = fake.person("Grace", guild, permissions={"manage_channels"})
            assert "keep" in keeper.offered(general)
            seen = await ada.types(general, "/lookup", query="worms", kind="lesson", most=2)
            assert (seen.text, seen.private, seen.buttons()) == ("lesson: worms x2", True, ["Share", "Search"])
            assert general.messages == []
            assert ada.sees(general) == [seen.message]
            assert keeper.sees(general) == []
            seen = await ada.types(general, "/daily preview", time="9:30", loud=True)
            assert (seen.text, seen.private) == ("at 9:30, True", False)
            for wrong in (
                {},
                {"query": "x", "kind": "rumour"},
                {"query": "x", "most": 6},
                {"query": "x", "topic": "y"},
            ):
                with pytest.raises(Impossible):
                    await ada.types(general, "/lookup", **wrong)

    in_discord(scenario)


def test_suggestions_come_as_choices() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, general = fake.person("Ada", guild), guild.channel("general")
        async with running(fake):
            found = await ada.completes(general, "/lookup", "query", "worm", kind="idea")
            assert found == [("worms turn the soil", "worms tu"), ("wormwood keeps slugs away", "wormwood")]
            with pytest.raises(Impossible):
                await ada.completes(general, "/lookup", "kind", "i")

    in_discord(scenario)


def test_buttons_change_in_place_share_and_undo() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, general = fake.person("Ada", guild), guild.channel("general")
        async with running(fake):
            asked = await ada.types(general, "/lookup", query="worms")
            seen = await ada.presses(asked, "Share")
            assert seen.message is asked.message
            assert seen.text == "shared"
            [shared] = seen.posted
            assert general.messages == [shared]
            assert (shared.text, pings(shared.payload)) == ("worms, for all", [])
            with pytest.raises(Impossible):
                await ada.presses(asked, "Share")
            undone = await ada.presses(shared, "Undo")
            assert undone.removed == [shared]
            assert general.messages == []

    in_discord(scenario)


def test_modals_are_filled_in() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, general = fake.person("Ada", guild), guild.channel("general")
        async with running(fake):
            opened = await ada.presses(await ada.types(general, "/lookup", query="worms"), "Search")
            assert opened.modal is not None
            assert opened.text == "Search the garden"
            for wrong in ({}, {"query": "x" * 51}, {"query": "x", "where": "Moon"}, {"query": "x", "why": "y"}):
                with pytest.raises(Impossible):
                    await ada.submits(opened, **wrong)
            seen = await ada.submits(opened, query="slugs", where="Beds")
            assert seen.text == "slugs in ['beds']"
            assert opened.modal is None, "it closes"

    in_discord(scenario)


def test_a_message_is_quoted_in_every_kind_of_place() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, bob = fake.person("Ada", guild), fake.person("Bob", guild)
        general = guild.channel("general")
        places = [general, guild.thread(general, "x"), guild.thread(guild.forum("f"), "p"), guild.voice("v")]
        async with running(fake):
            for place in [*places, fake.dm(ada)]:
                message = await bob.says(place, "my soil is hard", silent=True)
                seen = await ada.uses("Quote an idea", message)
                assert (seen.text, seen.selects()) == ("on: my soil is hard", [list(WORMS)])
                seen = await ada.picks(seen, "compost stays warm")
                assert seen.text == "quoted"
                assert [each.text for each in message.replies if each in seen.posted] == ["compost stays warm"]

    in_discord(scenario)


def test_messages_carry_content_only_where_discord_sends_it() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, general = fake.person("Ada", guild), guild.channel("general")
        async with running(fake) as bot:
            assert not fake.intents & discord.Intents(message_content=True).value
            message = await ada.says(general, "soil", mention=True)
            assert [each.text for each in message.replies] == ["you said: soil"]
            await ada.says(general, "a secret")
            hidden = guild.channel("hidden", permissions=())
            await ada.says(hidden, "more", mention=True)
            assert bot.heard == [f"{fake.mention} soil", ""]
            told = await ada.says(fake.dm(ada), "moss")
            assert [each.text for each in told.replies] == ["you said: moss"]

    in_discord(scenario)


def test_an_app_installed_by_a_user_works_where_the_bot_is_not() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Elsewhere", bot=False)
        ada = fake.person("Ada", guild, installed=True)
        bob = fake.person("Bob", guild)
        general = guild.channel("general")
        async with running(fake) as bot:
            assert bob.offered(general) == []
            for place in (general, fake.dm(ada, bob)):
                assert ada.offered(place) == ["lookup", "Quote an idea"]
                asked = await ada.types(place, "/lookup", query="worms")
                assert asked.private
                assert bot.interaction is not None
                assert bot.interaction.is_user_integration()
                assert not bot.interaction.is_guild_integration()
                await bot.interaction.followup.send("for all")
                assert [each.text for each in place.messages] == ["for all"]
                with pytest.raises(discord.Forbidden, match="50001"):
                    await bot.get_partial_messageable(place.id).send("hello")
                assert fake.refusals.pop().endswith("50001 Missing Access")

    in_discord(scenario)


def test_answers_come_in_time_once_or_not_at_all() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, general = fake.person("Ada", guild), guild.channel("general")
        async with running(fake) as bot:
            seen = await ada.types(general, "/slow")
            assert [(each.text, each.private) for each in seen.messages] == [
                ("here at last", True),
                ("and more", False),
            ]
            fake.patience = 0.05
            seen = await ada.types(general, "/stall")
            assert seen.failed == "The application did not respond"
            assert fake.timeouts == ["/stall: The application did not respond"]
            assert bot.interaction is not None
            with pytest.raises(discord.NotFound, match="10062"):
                await bot.interaction.response.send_message("too late")
            fake.patience = 3.0
            seen = await ada.types(general, "/lookup", query="worms")
            with pytest.raises(discord.HTTPException, match="40060"):
                await answers_again(bot.interaction)
            await bot.interaction.followup.send("still there")
            fake.clock.advance(15 * 60 + 1)
            with pytest.raises(discord.HTTPException, match="50027"):
                await bot.interaction.followup.send("anybody?")
            assert len(fake.refusals) == 3
            fake.refusals.clear()
            fake.timeouts.clear()

    in_discord(scenario)


async def answers_again(interaction: discord.Interaction[Any]) -> None:
    """A second answer, as from a second process: the library itself would not let it pass."""
    interaction.response._response_type = None
    await interaction.response.send_message("again")


def test_a_session_is_resumed_and_nothing_is_lost() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, general = fake.person("Ada", guild), guild.channel("general")
        async with running(fake) as bot:
            await fake.reconnects()
            fake.gateway.drop()
            await ada.says(general, "while you were away")
            await fake.until(lambda: fake.resumes == 2)
            assert (fake.identifies, fake.resumes) == (1, 2)
            assert (await ada.types(general, "/lookup", query="worms")).private
            assert bot.heard == [""]
            await fake.invalidates()
            assert (fake.identifies, fake.resumes) == (2, 2)
            assert (await ada.types(general, "/lookup", query="worms")).private

    in_discord(scenario)


def test_every_shard_gets_its_own_guilds() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guilds = [fake.guild("A", shard=(0, 2)), fake.guild("B", shard=(1, 2))]
        ada = fake.person("Ada", *guilds)
        async with running(fake, GardenBot(shard_count=2)) as bot:
            for guild in guilds:
                assert (await ada.types(guild.channel("general"), "/lookup", query="worms")).private
            assert (await ada.types(fake.dm(ada), "/lookup", query="worms")).private
            assert {each.id: each.shard_id for each in bot.guilds} == {guilds[0].id: 0, guilds[1].id: 1}
            assert sorted(each["shard"] for each in fake.gateway.identifies) == [[0, 2], [1, 2]]

    in_discord(scenario)


def test_a_revoked_token_ends_the_connection() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        async with running(fake) as bot:
            fake.revokes_token()
            await fake.until(lambda: not fake.gateway.links)
            assert fake.gateway.closes == [4004]
        with pytest.raises(discord.LoginFailure):
            async with running(fake, GardenBot()) as bot:
                await bot.login("stolen")
        assert fake.refusals.pop().endswith("401: Unauthorized")
        fake.refusals.clear()

    in_discord(scenario)
