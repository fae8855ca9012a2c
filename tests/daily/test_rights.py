"""A server's own permissions of `/daily`, in conversations."""

from pathlib import Path
from typing import Any

import pytest

from tests.daily.channels import Channel, in_channel

PERMISSIONS = "/applications/{app}/guilds/{guild}/commands/{command}/permissions"


async def tries(there: Channel) -> bool:
    """Whether somebody without Manage Channels may switch a lesson on."""
    return "Next" in await there.types("/daily on 9:00 Europe/Berlin", there.guest)


def command(there: Channel) -> int:
    return int(next(each["id"] for each in there.fake.commands if each["name"] == "daily"))


def test_whom_the_server_allows_the_command_may_change_it_without_manage_channels(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        guild, role, app = there.place.guild, 77, there.fake.state.application
        there.guest.user.roles[guild.id] = [role]
        assert not await tries(there)
        guild.override(app, allow=[guild.id])
        assert await tries(there)
        guild.override(command(there), allow=[78])  # the command's own rule over the app's
        assert not await tries(there)
        guild.override(command(there), allow=[role])
        assert await tries(there)
        guild.override(command(there), kind=3, deny=[there.place.id])
        elsewhere = guild.channel("elsewhere")
        seen = await there.guest.types(elsewhere, "/daily off", channel=there.place)
        assert "Manage Channels" in seen.text
        assert await there.store.every() != []

    in_channel("discord", tmp_path, scenario)


def test_it_is_asked_only_where_it_matters(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await there.types("/daily on 9:00 Europe/Berlin")
        await there.types("/daily status", there.guest)
        assert there.fake.calls("GET", PERMISSIONS) == []
        await there.types("/daily off", there.guest)
        assert len(there.fake.calls("GET", PERMISSIONS)) == 2  # the command's, and then the app's

    in_channel("discord", tmp_path, scenario)


@pytest.mark.parametrize("how", [{"status": 403, "code": 50001}, {"status": 503}, {"drop": True, "times": 3}], ids=str)
def test_what_cannot_be_read_allows_nobody(how: dict[str, Any], tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        there.place.guild.override(command(there), allow=[there.place.guild.id])
        there.fake.fail("GET", PERMISSIONS, **how)
        assert not await tries(there)
        assert await tries(there)

    in_channel("discord", tmp_path, scenario)


def test_the_settings_narrow_it_still(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        there.place.guild.override(command(there), allow=[there.place.guild.id])
        assert "daily.managers" in await there.types("/daily on 9:00 Europe/Berlin", there.guest)

    in_channel("discord", tmp_path, scenario, config="daily: {managers: [U99]}")
