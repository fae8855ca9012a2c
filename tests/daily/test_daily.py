"""The daily lesson in a channel: switched on and off from chat, posted when it is due, once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.messenger import SlackMessenger
from bot.core.errors import BotError, Problem, SettingsError
from bot.core.scheduling.subscription import Outcome, State, nonce
from tests.daily.channels import PLATFORMS, Channel, in_channel

both = pytest.mark.parametrize("platform", PLATFORMS)


async def switch_on(there: Channel, line: str = "/daily on 9:00 Europe/Berlin weekdays") -> None:
    assert "Next" in await there.types(line)


@both
def test_a_lesson_a_day_once_and_all_before_one_comes_again(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        told = await there.types("/daily on 9:00 Europe/Berlin weekdays")
        assert "Mon 23 Nov, 09:00 (Europe/Berlin)" in told
        assert "Ada switched on a daily lesson here" in there.posts[0]
        assert await there.ticks() == 0
        for day in range(4):
            there.time.now = there.time.now.replace(hour=8, minute=0, second=1) + timedelta(days=bool(day))
            assert await there.ticks() == 1
            assert await there.ticks() == 0
        assert len(there.lessons) == 4
        assert len({lesson.splitlines()[0] for lesson in there.lessons[:3]}) == 3  # three families of lessons
        status = await there.types("/daily status", there.guest)
        assert status.count("· sent ·") == 4
        assert "Fri 27 Nov, 09:00" in status
        preview = await there.types("/daily preview", there.guest)
        assert "Fri 27 Nov, 09:00" in preview
        assert "Mon 30 Nov, 09:00" in preview
        assert "Fri 27 Nov, 09:00" in await there.types("/daily preview days:friday", there.guest)
        later = await there.types("/daily preview 18:15", there.guest)  # and the channel's zone and days
        assert "Fri 27 Nov, 18:15" in later
        assert "Local time in Europe/Berlin" in later
        assert "Sat 28 Nov" not in later

    in_channel(platform, tmp_path, scenario)


@both
def test_what_is_changed_is_said_in_the_channel_and_only_by_those_who_may(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        assert "No daily lesson is on here" in await there.types("/daily status")
        refused = await there.types("/daily on 9:00", there.guest)
        assert "Guests" in refused or "Manage Channels" in refused
        await switch_on(there)
        done = {"skip": "skipped the next", "pause": "paused", "resume": "resumed", "off": "switched off"}
        for verb, said in done.items():
            await there.types(f"/daily {verb}")
            assert f"Ada {said}" in there.posts[-1]
            told = len(there.posts)
            await there.types(f"/daily {verb}")  # changes nothing more
            assert len(there.posts) == told
        assert "No daily lesson is on here" in await there.types("/daily status")
        there.time.passes(days=1)
        assert await there.ticks() == 0

    in_channel(platform, tmp_path, scenario)


@both
def test_only_those_named_in_the_settings_where_some_are(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        assert "daily.managers" in await there.types("/daily on 9:00")
        assert there.posts == []

    in_channel(platform, tmp_path, scenario, config="daily: {managers: [U99]}")


@both
def test_skip_pause_and_resume_owe_what_they_should(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        assert "Tue 24 Nov" in await there.types("/daily skip")
        await there.types("/daily pause")
        assert "Tue 24 Nov" in await there.types("/daily resume")
        assert "Tue 24 Nov" in await there.types("/daily on 9:15")
        there.time.passes(hours=2)
        assert await there.ticks() == 0
        await there.types("/daily pause")
        there.time.passes(days=1)
        await there.types("/daily resume")
        assert await there.ticks() == 0  # nothing from before it was resumed
        there.time.passes(days=1)
        assert await there.ticks() == 1
        assert "skipped" in await there.types("/daily status")

    in_channel(platform, tmp_path, scenario)


@both
def test_a_change_after_todays_lesson_tells_of_tomorrows(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(hours=2)
        assert await there.ticks() == 1
        assert "Tue 24 Nov, 17:00" in await there.types("/daily on 17:00")
        assert "Wed 25 Nov, 17:00" in await there.types("/daily skip")
        assert "Wed 25 Nov, 17:00" in (await there.types("/daily preview"))
        there.time.passes(days=1, hours=8)
        assert await there.ticks() == 0

    in_channel(platform, tmp_path, scenario)


@both
def test_where_the_bot_cannot_post_nothing_is_switched_on(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        if there.discord:
            there.place.permissions.discard("send_messages")
        else:
            there.place.bot = False
        told = await there.types("/daily on 9:00 Europe/Berlin")
        assert "then try again" in told
        assert await there.store.every() == []
        assert "did you mean" in (await there.types("/daily on 9:00 Europe/Berln"))

    in_channel(platform, tmp_path, scenario)


@both
def test_a_refusal_stops_it_tells_who_set_it_up_and_says_how_to_go_on(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(hours=1)
        there.fail(**({"status": 403, "code": 50013} if there.discord else {"error": "not_in_channel"}))
        await there.ticks()
        (stopped,) = await there.store.every()
        assert stopped.state is State.REFUSED
        direct = there.fake.dm(there.ada).messages[-1].text
        assert "I stopped the daily lesson" in direct
        assert "/daily resume" in direct
        status = await there.types("/daily status")
        assert "stopped, since I could not post" in status
        assert "not sent" in status
        await there.types("/daily resume")
        there.time.passes(days=1)
        await there.ticks()
        assert len(there.lessons) == 1

    in_channel(platform, tmp_path, scenario)


@both
def test_an_answer_that_never_came_is_unknown_in_slack_and_sent_again_in_discord(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(hours=1)
        there.fail(drop=True, after=True, times=3 if there.discord else 1)
        await there.goes_on(10)
        assert len(there.lessons) == 1
        (delivery,) = (await there.store.deliveries([1], 5))[1]
        assert delivery.outcome is (Outcome.SENT if there.discord else Outcome.UNKNOWN)
        if not there.discord:
            assert "never confirmed" in there.fake.dm(there.ada).messages[-1].text
            assert "perhaps sent" in await there.types("/daily status")
        there.time.passes(minutes=10)
        assert await there.ticks() == 0
        assert len(there.lessons) == 1

    in_channel(platform, tmp_path, scenario)


@pytest.mark.parametrize("how", [{"error": "internal_error"}, {"error": "fatal_error"}, {"cut": True}], ids=str)
def test_an_answer_of_slack_that_leaves_it_open_is_no_leave_to_send_again(how: dict[str, Any], tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(hours=1)
        there.fail(**how, after=True)
        await there.goes_on(5)
        assert len(there.lessons) == 1
        assert "perhaps sent" in await there.types("/daily status")

    in_channel("slack", tmp_path, scenario)


def test_discord_is_asked_again_for_two_minutes(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(hours=1)
        there.fail(status=503, times=8)
        await there.goes_on(75)
        assert len(there.lessons) == 1
        there.time.passes(days=1)
        there.fail(status=503, times=100)
        await there.goes_on(60)
        assert "on its way (HTTP 503)" in await there.types("/daily status")
        there.time.passes(seconds=61)
        await there.goes_on(1)
        assert "perhaps sent" in await there.types("/daily status")
        there.fake.rest.faults.clear()
        there.time.passes(days=1)
        there.fail(status=503)
        await there.ticks()
        await there.types("/daily off")
        await there.goes_on(60)
        assert len(there.lessons) == 1

    in_channel("discord", tmp_path, scenario)


@pytest.mark.parametrize("fault", [BotError(Problem("the app is not installed", "install it")), OSError()], ids=repr)
def test_a_workspace_without_the_app_stops_and_one_whose_token_is_not_found_waits(
    fault: Exception, tmp_path: Path
) -> None:
    async def client_of(_: str) -> AsyncWebClient:
        raise fault

    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(hours=1)
        there.messengers["slack"] = SlackMessenger(client_of)
        await there.ticks()
        status = await there.types("/daily status")
        assert ("stopped, since I could not post" if isinstance(fault, BotError) else "on its way (") in status

    in_channel("slack", tmp_path, scenario)


@both
def test_a_pause_that_the_platform_asks_for_is_kept(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(hours=1)
        there.fail(status=429, retry_after=50)
        await there.ticks()
        assert "Mon 23 Nov, 09:00" in await there.types("/daily preview")  # it is still to come
        there.time.passes(seconds=49)
        assert (await there.ticks(), there.lessons) == (0, [])
        there.time.passes(seconds=1)
        assert await there.ticks() == 1
        assert len(there.lessons) == 1

    in_channel(platform, tmp_path, scenario)


@both
def test_after_a_downtime_the_latest_comes_late_and_says_so(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(days=2, hours=4)
        assert await there.ticks() == 1
        assert "comes late" in there.lessons[0]
        status = await there.types("/daily status")
        assert status.count("missed, since I was down") == 2
        assert "Wed 25 Nov, 09:00 · sent late ·" in status

    in_channel(platform, tmp_path, scenario)


@both
@pytest.mark.parametrize("step", ["claim", "begin", "send", "confirm"])
def test_whoever_dies_at_any_step_loses_and_doubles_nothing(platform: str, step: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        there.time.passes(hours=1)
        (claim,) = await there.store.claim(10, [platform])
        if step != "claim":
            (found,) = (await there.daily.due([claim])).values()
            assert found
            assert await there.store.begin(claim.delivery, found[0].key)
            if step in ("send", "confirm"):
                await there.messengers[platform].post(claim.subscription.place, found[1], nonce(claim.delivery))
        there.time.passes(seconds=61)
        await there.ticks()
        (delivery,) = (await there.store.deliveries([1], 5))[1]
        unsure = step != "claim" and platform == "slack"
        assert delivery.outcome is (Outcome.UNKNOWN if unsure else Outcome.SENT)
        sent = step in ("send", "confirm") or not unsure
        assert len(there.lessons) == int(sent)
        await there.ticks()
        assert len(there.lessons) == int(sent)

    in_channel(platform, tmp_path, scenario)


def test_daily_lessons_are_managed_from_the_app_home(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await switch_on(there)
        home = await there.ada.opens_home()
        assert "Daily lesson: on" in home.shown
        assert "Daily lessons" not in (await there.guest.opens_home()).shown
        eve = there.fake.person("Eve")
        assert "Daily lessons" not in (await eve.opens_home()).shown  # another's channel is none of hers
        await there.ada.presses(home, "Pause", leads_to=3)
        assert "Ada paused" in there.posts[-1]
        again = await there.ada.opens_home()
        assert "Daily lesson: paused" in again.shown
        await there.ada.presses(again, "Resume", leads_to=3)
        assert "Daily lesson: on" in (await there.ada.opens_home()).shown

    in_channel("slack", tmp_path, scenario)


@both
def test_channels_declared_in_the_settings_are_managed_there(platform: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        guild = there.place.guild.id if there.discord else there.place.workspace.id
        line = f"{platform} {guild}/{there.place.id} 9:00 Europe/Berlin weekdays topic:spring"
        await there.daily.declare([line])
        made = await there.store.every()
        await there.daily.declare([line])
        assert await there.store.every() == made
        assert "daily.channels" in await there.types("/daily off")
        assert "Before spring" in await there.types("/daily status")
        there.time.passes(hours=1)
        assert await there.ticks() == 1
        assert len(there.lessons) == 1
        (found,) = await there.store.every()
        await there.store.put(replace(found, state=State.REFUSED, reason="I am not in this channel."))
        assert "/daily resume" in await there.types("/daily status")
        assert "Tue 24 Nov" in await there.types("/daily resume")
        (resumed,) = await there.store.every()
        await there.daily.declare([line])
        assert await there.store.every() == [resumed] == [replace(found, since=there.time())]
        with pytest.raises(SettingsError) as raised:
            await there.daily.declare(["slack C1 9:00", f"{platform} T1/C1 at dawn in Berln"])
        assert len(raised.value.problems) == 2
        await there.daily.declare([])
        assert await there.store.every() == []

    in_channel(platform, tmp_path, scenario)
