"""How the bot is connected: commands registered once, shards, sessions that are lost, tokens that are refused."""

import asyncio

import pytest

from bot.core.errors import SettingsError
from bot.settings import Discord
from tests.adapters.discord_.running import converse, met, running, served, without_pauses
from tests.desks import garden_desk
from tests.fakes.local_discord import LocalDiscord


def test_buttons_outlive_a_restart_and_commands_are_registered_once() -> None:
    async def run() -> None:
        async with LocalDiscord(rate_limits=False) as fake:
            general, ada, _ = met(fake)
            async with running(garden_desk(), fake):
                found = await ada.types(general, "/lookup", query="worms compost")
                shared = await ada.presses(found, "Share")
            assert fake.command_writes == 1
            async with running(garden_desk(), fake):
                await ada.presses(shared, "Undo")
                assert general.messages == []
                assert "Which" not in (await ada.presses(found, "More like this")).text
            assert fake.command_writes == 1
            async with running(garden_desk("commands: {prefix: cp-}"), fake):
                pass
            assert fake.command_writes == 2
            assert fake.intents == 512 + 4096  # both kinds of messages, neither is privileged; not even the servers

    asyncio.run(run())


def test_commands_are_tried_out_on_one_server_and_a_failing_registration_stops_nothing() -> None:
    async def run() -> None:
        async with LocalDiscord(rate_limits=False) as fake:
            here, there = fake.guild("Garden"), fake.guild("Field")
            ada = fake.person("Ada", here, there)
            async with running(garden_desk(), fake, guild=here.id):
                assert ada.offered(there.channel("general")) == []
                assert "Worms" in (await ada.types(here.channel("general"), "/lookup", query="worms")).text
            fake.fail("GET", "/applications/{id}/commands", status=503)
            async with running(garden_desk(), fake):
                await ada.says(there.channel("general"), "worms", mention=True)
            assert "Worms" in there.channels[-1].messages[-1].text
            assert fake.commands == []

    asyncio.run(run())


@pytest.mark.parametrize("named", [True, False])
def test_several_shards_are_connected_once_all_are(named: bool) -> None:
    async def scenario(fake: LocalDiscord) -> None:
        async with running(garden_desk(), fake, gateway=fake.gateway_url if named else "") as connected:
            await fake.connected(2)
            await fake.settled()
            assert connected.is_set()
            for number in (0, 1):
                guild = fake.guild(f"Garden {number}", shard=(number, 2))
                ada = fake.person("Ada", guild)
                assert "Worms" in (await ada.types(guild.channel("general"), "/lookup", query="worms")).text
            await fake.drops_connections()
            await fake.settled()
            assert connected.is_set()

    async def run() -> None:
        async with LocalDiscord(rate_limits=False, shards=2, timeout=15.0) as fake:
            await scenario(fake)

    without_pauses(run)


def test_a_session_that_is_lost_is_begun_anew_and_a_token_taken_away_ends_all() -> None:
    async def run() -> None:
        async with LocalDiscord(rate_limits=False, timeout=15.0) as fake:
            general, ada, _ = met(fake)
            async with running(garden_desk(), fake):
                await fake.invalidates()
                await fake.connected()
                await ada.says(general, "worms", mention=True)
                assert len([each for each in general.messages if each.by_bot]) == 1
            task = asyncio.create_task(
                served(garden_desk(), Discord(fake.api_url, "", None, fake.token), asyncio.Event())
            )
            await fake.connected()
            fake.revokes_token()
            with pytest.raises(SettingsError, match="Discord refuses DISCORD_TOKEN"):
                await asyncio.wait_for(task, 60)

    without_pauses(run)


@pytest.mark.parametrize("route", ["/users/@me", "/gateway/bot"])
def test_a_discord_that_is_down_is_no_fault_of_the_bot(route: str) -> None:
    async def run() -> None:
        async with LocalDiscord() as fake:
            fake.fail("GET", route, status=503, times=9)
            async with running(garden_desk(), fake):
                pass

    with pytest.raises(ConnectionError, match="Discord is down"):
        asyncio.run(run())


def test_a_lost_connection_is_resumed_and_a_refused_token_is_named() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, _ = met(fake)
        await fake.drops_connections()
        assert "Worms" in (await ada.types(general, "/lookup", query="worms")).text
        await fake.reconnects()
        assert "Worms" in (await ada.types(general, "/lookup", query="worms")).text
        assert fake.resumes >= 1

    converse(scenario, timeout=15.0)

    async def refused() -> None:
        async with LocalDiscord() as fake, running(garden_desk(), fake, token="a-s3cret"):
            pass

    with pytest.raises(SettingsError, match="Discord refuses DISCORD_TOKEN") as raised:
        asyncio.run(refused())
    assert "s3cret" not in str(raised.value)
