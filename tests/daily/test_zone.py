"""In whose local time a lesson comes where nobody has said so."""

from pathlib import Path

import pytest

from bot.core.errors import SettingsError
from tests.daily.channels import PLATFORMS, Channel, in_channel

both = pytest.mark.parametrize("platform", PLATFORMS)
ASKED = "09:30 in whose local time?"


@both
def test_where_nothing_tells_the_zone_it_is_asked_for_and_nothing_is_guessed(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        who = there.ada
        if not there.discord:
            who = there.fake.person("Zoe", tz="")
            there.place.members.add(who.id)
        for command in ("/daily on 9:30", "/daily preview 9:30"):
            told = await there.types(command, who)
            assert ASKED in told
            assert "timezone:" in told
        assert (there.posts, await there.store.every()) == ([], [])
        assert "09:30, weekdays, America/New_York" in await there.types("/daily on 9:30 America/New_York", who)
        assert "10:00, weekdays, America/New_York" in await there.types("/daily on 10:00", who)
        await there.types("/daily off", who)
        assert "11:00, weekdays, America/New_York" in await there.types("/daily on 11:00", who)

    in_channel(platform, tmp_path, scenario)


@both
def test_a_profile_goes_before_the_settings_and_these_before_a_question(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        zone = "America/New_York" if there.discord else "Europe/Berlin"
        assert f"09:30, weekdays, {zone}" in await there.types("/daily on 9:30")

    in_channel(platform, tmp_path, scenario, config="daily: {timezone: America/New_York}")


def test_declared_channels_name_their_zone_unless_the_settings_do(tmp_path: Path) -> None:
    async def refused(there: Channel) -> None:
        with pytest.raises(SettingsError, match="whose local time"):
            await there.daily.declare([line(there)])

    async def taken(there: Channel) -> None:
        await there.daily.declare([line(there)])
        (made,) = await there.store.every()
        assert made.schedule.zone == "Europe/Berlin"

    def line(there: Channel) -> str:
        return f"discord {there.place.guild.id}/{there.place.id} 9:30"

    in_channel("discord", tmp_path, refused)
    in_channel("discord", tmp_path, taken, config="daily: {timezone: Europe/Berlin}")
