"""The local Discord, proved against discord.py itself: an unmodified AutoShardedClient in conversation with it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.garden_bot import WORMS, Card, GardenBot, app_commands, discord, pointed_at, running
from tests.fakes.local_discord import Impossible, LocalDiscord, pings


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
            for wrong in ({"kind": "rumour"}, {"most": 6}, {"topic": "y"}):
                with pytest.raises(Impossible):
                    await ada.types(general, "/lookup", query="x", **wrong)
            with pytest.raises(Impossible, match="required"):
                await ada.types(general, "/lookup")
            with pytest.raises(Impossible, match="not offered"):
                await ada.types(general, "/keep")

    in_discord(scenario)


def test_commands_can_be_deleted_and_a_guild_has_its_own() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild, other = fake.guild("Garden"), fake.guild("Other")
        ada = fake.person("Ada", guild, other)
        async with running(fake) as bot:
            for each in await bot.tree.fetch_commands():
                await each.delete()
            assert fake.commands == []
            bot.tree.copy_global_to(guild=guild)
            await bot.tree.sync(guild=guild)
            assert "lookup" in ada.offered(guild.channel("general"))
            assert ada.offered(other.channel("general")) == []

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
            assert ada.offered(fake.dm(ada)) == ["lookup", "keep", "slow", "stall", "Quote an idea"]
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
                assert bot.interaction.context.guild is (place is general)
                await bot.interaction.followup.send("for all")
                assert [each.text for each in place.messages] == ["for all"]
                for _ in range(4):
                    await bot.interaction.followup.send("for Ada", ephemeral=True)
                with pytest.raises(discord.HTTPException, match="40094"):
                    await bot.interaction.followup.send("once too often")
                assert fake.refusals.pop().endswith("follow-up messages.")
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
            with pytest.raises(discord.NotFound, match="10015"):
                await bot.interaction.followup.send("too early, in a way")
            fake.patience = 3.0
            seen = await ada.types(general, "/lookup", query="worms")
            with pytest.raises(discord.HTTPException, match="40060"):
                await answers_again(bot.interaction)
            await bot.interaction.followup.send("still there")
            with pytest.raises(discord.HTTPException, match="50035"):
                await bot.interaction.edit_original_response(content="both old and new")
            await bot.interaction.delete_original_response()
            with pytest.raises(discord.NotFound, match="10008"):
                await bot.interaction.edit_original_response(view=Card("gone"))
            fake.clock.advance(15 * 60 + 1)
            with pytest.raises(discord.HTTPException, match="50027"):
                await bot.interaction.followup.send("anybody?")
            assert len(fake.refusals) == 6
            fake.refusals.clear()
            fake.timeouts.clear()

    in_discord(scenario)


async def answers_again(interaction: discord.Interaction[Any]) -> None:
    """A second answer, as from a second process: the library itself would not let it pass."""
    interaction.response._response_type = None
    await interaction.response.send_message("again")


def test_people_wait_for_what_a_slow_bot_promised_and_see_their_own() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, bob = fake.person("Ada", guild), fake.person("Bob", guild)
        general = guild.channel("general")
        async with running(fake) as bot:
            seen = await ada.presses(await ada.types(general, "/lookup", query="worms"), "Share")
            bot.pause = 3 * fake.quiet
            assert (await ada.presses(seen.posted[0], "Undo")).removed == seen.posted
            assert (await ada.types(general, "/slow")).text == "here at last"
            assert (await ada.says(general, "soil", mention=True)).replies
            early, late = ada.types(general, "/daily preview", time="9:30"), bob.types(general, "/daily preview")
            assert [each.text for each in await asyncio.gather(early, late)] == ["at 9:30, False", "at 8:00, False"]

    in_discord(scenario)


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
        async with running(fake) as bot:
            for guild in guilds:
                assert (await ada.types(guild.channel("general"), "/lookup", query="worms")).private
            assert (await ada.types(fake.dm(ada), "/lookup", query="worms")).private
            assert {each.id: each.shard_id for each in bot.guilds} == {guilds[0].id: 0, guilds[1].id: 1}
            assert sorted(each["shard"] for each in fake.gateway.identifies) == [[0, 2], [1, 2]]
        async with running(fake, GardenBot(shard_count=2, shard_ids=[1])):
            assert fake.gateway.identifies[-1]["shard"] == [1, 2]
            assert (await ada.types(guilds[1].channel("x"), "/lookup", query="worms")).private

    in_discord(scenario, shards=2)


def test_guilds_come_and_go() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        async with running(fake) as bot:
            guild = fake.guild("New")
            general = guild.channel("general")
            await fake.person("Ada", guild).says(general, "a guild that the bot knows of by now", mention=True)
            assert [each.name for each in bot.guilds] == ["New"]
            guild.removes_bot()
            await fake.settled()
            assert not bot.guilds
            with pytest.raises(discord.Forbidden, match="50001"):
                await bot.get_partial_messageable(general.id).send("hello")
            general.delete()
            with pytest.raises(discord.NotFound, match="10003"):
                await bot.get_partial_messageable(general.id).send("hello")
            assert len(fake.refusals) == 2
            fake.refusals.clear()

    in_discord(scenario)


def test_a_revoked_token_ends_the_connection() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        async with running(fake):
            fake.revokes_token()
            await fake.until(lambda: not fake.gateway.links)
            assert fake.gateway.closes == [4004]
        with pointed_at(fake), pytest.raises(discord.LoginFailure):
            async with GardenBot() as stranger:
                await stranger.login("stolen")
        assert set(fake.refusals) == {"GET /users/@me: 0 401: Unauthorized"}
        fake.refusals.clear()

    in_discord(scenario)


def test_what_is_refused_shows_nobody_anything() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, general = fake.person("Ada", guild), guild.channel("general")
        fake.patience = 0.1
        bot = GardenBot()

        @bot.tree.command(description="Says too much")
        async def wordy(interaction: discord.Interaction[Any]) -> None:
            with pytest.raises(discord.HTTPException, match="50035"):
                await interaction.response.send_message("x" * 2001)

        @bot.tree.command(description="Offers too much")
        async def broad(interaction: discord.Interaction[Any], of: str) -> None: ...

        @broad.autocomplete("of")
        async def complete(interaction: discord.Interaction[Any], _: str) -> list[app_commands.Choice[str]]:
            with pytest.raises(discord.HTTPException, match="50035"):
                await interaction.response.autocomplete([app_commands.Choice(name="x" * 101, value="x")])
            return []

        async with running(fake, bot):
            seen = await ada.types(general, "/wordy")
            assert seen.failed
            assert not seen.effects
            assert await ada.completes(general, "/broad", "of", "x") == []
            assert len(fake.refusals) == 2
            assert all("50035" in each for each in fake.refusals)
            assert fake.timeouts == ["/wordy: The application did not respond"]
            fake.refusals.clear()
            fake.timeouts.clear()

    in_discord(scenario)
