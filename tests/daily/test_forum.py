"""The daily lesson in the forums of Discord, and in channels that are named and not stood in."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.discord import commands
from bot.adapters.slack.manifest import manifest
from bot.core.answering.card import Card
from bot.core.scheduling.subscription import POST, Outcome, Place, State
from tests.daily.channels import Channel, in_channel
from tests.desks import ASKER, garden_desk
from tests.fakes.local_discord import Impossible, pings

WHEN = {"time": "9:00", "timezone": "Europe/Berlin", "days": "every day"}


async def on(there: Channel, place: Any, who: Any = None, **options: str) -> str:
    """The answer to `/daily on` that names a channel, given in another one."""
    return await said(there, "on", who, channel=place, **WHEN, **options)


async def said(there: Channel, verb: str, who: Any = None, where: Any = None, **options: Any) -> str:
    seen = await (who or there.ada).types(where or there.place, f"/daily {verb}", **options)
    return str(seen.text).replace("\\", "")


def posts(there: Channel, forum: Any) -> list[Any]:
    return [each for each in there.place.guild.channels if each.parent is forum and not each.deleted]


async def next_lesson(there: Channel) -> None:
    at = there.time.now.replace(hour=8, minute=0, second=1)
    there.time.now = at if at > there.time.now else at + timedelta(days=1)
    await there.ticks()


@pytest.mark.parametrize("media", [False, True])
def test_a_post_a_day_is_named_like_its_lesson(media: bool, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        forum = there.place.guild.forum("lessons", media=media)
        assert "A post a day" in await on(there, forum)
        (announced,) = posts(there, forum)
        assert (announced.name, "Ada switched on" in announced.messages[0].text) == ("Daily lesson", True)
        await next_lesson(there)
        await next_lesson(there)
        first, second = posts(there, forum)[1:]
        assert first.name != second.name
        assert "Lesson of the day" not in first.name + second.name
        assert all(
            post.name in post.messages[0].text and pings(post.messages[0].payload) == [] for post in (first, second)
        )
        (subscription,) = await there.store.every()
        latest, before = (await there.store.deliveries([subscription.id], 2))[subscription.id]
        assert [latest.outcome, before.outcome] == [Outcome.SENT] * 2
        assert (before.message, latest.message) == (str(first.id), str(second.id))
        assert first.find(int(before.message)) is first.messages[0]
        assert there.posts == []
        assert "A post a day" in await said(there, "status", there.guest, channel=forum)

    in_channel("discord", tmp_path, scenario)


def test_one_thread_holds_all_lessons_and_is_managed_in_it_or_from_elsewhere(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        forum = there.place.guild.forum("lessons")
        await on(there, forum, forum="One thread")
        (post,) = posts(there, forum)
        await next_lesson(there)
        assert [("Lesson of the day" in each.text) for each in post.messages] == [False, True]
        assert "One thread" in await said(there, "status", channel=forum)
        assert "One thread" in await said(there, "status", where=post)
        await said(there, "pause", channel=forum)
        assert "Ada paused" in post.messages[-1].text
        await said(there, "resume", where=post)
        assert "Daily lesson: on" in await said(there, "on", where=post, time="10:00")
        assert "10:00" in await said(there, "status", channel=forum)
        assert await there.store.every() == [
            one for one in await there.store.every() if one.place.thread == str(post.id)
        ]
        assert posts(there, forum) == [post]
        await said(there, "off", channel=forum)
        await next_lesson(there)
        assert len([each for each in post.messages if "Lesson of the day" in each.text]) == 1
        await on(there, forum)
        assert (post.messages[-1].text.count("Ada switched on"), posts(there, forum)) == (1, [post])
        await on(there, forum, forum="A post a day")
        there.time.passes(minutes=1)
        await on(there, forum, forum="One thread")
        assert ("Ada changed" in post.messages[-1].text, len(posts(there, forum))) == (True, 2)
        await said(there, "off", channel=forum)
        post.locked = True
        assert "One thread" in await on(there, forum)  # as it came last
        assert len(posts(there, forum)) == 3  # nobody can write in the one it had

    in_channel("discord", tmp_path, scenario)


def test_a_forum_has_one_daily_lesson_whichever_way_it_comes(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        forum = there.place.guild.forum("lessons")
        await on(there, forum)
        await on(there, forum, forum="One thread")
        await next_lesson(there)
        assert len([each for post in posts(there, forum) for each in post.messages if "Lesson" in each.text]) == 1
        assert "One thread" in await on(there, forum)  # a change of the time alone keeps the way
        post = posts(there, forum)[-1]
        post.delete()
        await on(there, forum)
        assert len(posts(there, forum)) == 2  # the first announcement, and the one in place of what was deleted
        await on(there, forum, forum="A post a day")
        (left,) = await there.store.every()
        assert (left.forum, left.state) == ("post", State.ON)

    in_channel("discord", tmp_path, scenario)


UNSURE = [
    ({"drop": True, "after": True}, 1, Outcome.UNKNOWN),
    ({"drop": True}, 0, Outcome.UNKNOWN),
    ({"status": 500, "after": True}, 1, Outcome.UNKNOWN),  # which discord.py would send again by itself
    ({"status": 502}, 0, Outcome.UNKNOWN),
    ({"status": 503}, 0, Outcome.UNKNOWN),
    ({"status": 429, "retry_after": 0.05}, 1, Outcome.SENT),
    ({"status": 429, "retry_after": 50}, 1, Outcome.SENT),
]


@pytest.mark.parametrize(("how", "posted", "outcome"), UNSURE, ids=str)
def test_a_post_whose_answer_never_came_is_never_opened_again(
    how: dict[str, Any], posted: int, outcome: Outcome, tmp_path: Path
) -> None:
    async def scenario(there: Channel) -> None:
        forum = there.place.guild.forum("lessons")
        await on(there, forum)
        there.fake.fail("POST", "/channels/{id}/threads", **how)
        await next_lesson(there)
        there.time.passes(seconds=50)
        await there.ticks()
        assert len(posts(there, forum)) == 1 + posted
        assert len(there.fake.calls("POST", "/channels/{id}/threads")) == 2 + (outcome is Outcome.SENT)
        ((delivery,),) = (await there.store.deliveries([1], 5)).values()
        assert delivery.outcome is outcome
        assert ("HTTP 50" in delivery.reason) == (how.get("status", 0) >= 500)
        if outcome is Outcome.UNKNOWN:
            assert "never confirmed" in there.fake.dm(there.ada).messages[-1].text

    in_channel("discord", tmp_path, scenario)


def test_whoever_dies_while_a_post_is_opened_leaves_it_unknown(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        forum = there.place.guild.forum("lessons")
        await on(there, forum)
        there.time.passes(hours=1)
        (claim,) = await there.store.claim(10, ["discord"])
        (found,) = (await there.daily.due([claim])).values()
        assert found
        assert await there.store.begin(claim.delivery, found[0].key)
        there.time.passes(seconds=61)
        await there.ticks()
        ((delivery,),) = (await there.store.deliveries([1], 5)).values()
        assert (delivery.outcome, len(posts(there, forum))) == (Outcome.UNKNOWN, 1)

    in_channel("discord", tmp_path, scenario)


def test_a_title_too_long_for_a_post_is_shortened(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        forum = there.place.guild.forum("lessons")
        place = Place("discord", str(there.place.guild.id), str(forum.id), POST)
        for title in ("to water the garden " * 20, "\U0001f331" * 150, "@everyone **look**", "\n"):
            await there.messengers["discord"].post(place, Card(title, ("Soil.",)), "")
        assert [1 <= len(post.name) <= 100 for post in posts(there, forum)] == [True] * 4
        assert posts(there, forum)[0].name.startswith("to water the garden to")

    in_channel("discord", tmp_path, scenario)


def test_a_forum_that_wants_tags_gets_the_one_for_lessons_or_says_what_to_do(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        guild = there.place.guild
        strict = guild.forum("strict", tags=["Talk", "!Lessons of old"])
        fitting = guild.forum("fitting", tags=["Talk", "Daily lessons"])
        strict.requires_tag = fitting.requires_tag = True
        assert "#strict: This forum wants a tag on every post" in await on(there, strict)
        assert await there.store.every() == []
        await on(there, fitting)
        await next_lesson(there)
        assert [each.applied for each in posts(there, fitting)] == [[fitting.tags[1]["id"]]] * 2

    in_channel("discord", tmp_path, scenario)


def test_where_the_bot_cannot_post_it_says_why_and_nothing_is_switched_on(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        guild = there.place.guild
        see = {"view_channel", "read_message_history"}
        locked = guild.thread(there.place, "old", locked=True, archived=True)
        closed = guild.thread(there.place, "held", locked=True)
        cases = [
            (guild.forum("mute", see), "#mute: I may not open posts in this forum. Give me Create Posts"),
            (guild.forum("hidden", ()), "#hidden: I cannot see this channel"),
            (guild.channel("silent", see), "#silent: I may not post here"),
            (locked, "#old: This thread is archived. Open it again"),
            (closed, "#held: This thread is locked. Unlock it"),
        ]
        for place, why in cases:
            assert why in await on(there, place)
        assert await there.store.every() == []
        sleeping = guild.thread(there.place, "asleep", archived=True)
        assert "Next" in await on(there, sleeping)
        assert "Ada switched on" in sleeping.messages[-1].text

    in_channel("discord", tmp_path, scenario)


def test_a_forum_that_refuses_later_stops_and_goes_on_once_it_is_named(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        forum = there.place.guild.forum("lessons")
        await on(there, forum)
        forum.permissions.discard("send_messages")
        await next_lesson(there)
        (stopped,) = await there.store.every()
        assert (stopped.state, "Create Posts" in stopped.reason) == (State.REFUSED, True)
        assert "/daily resume with channel: naming the forum" in there.fake.dm(there.ada).messages[-1].text
        assert "Create Posts" in await said(there, "resume", channel=forum)
        forum.permissions.add("send_messages")
        assert "#lessons" in await said(there, "resume", channel=forum)
        await next_lesson(there)
        assert len(posts(there, forum)) == 3  # two announcements and a lesson

    in_channel("discord", tmp_path, scenario)


def test_who_manages_one_channel_manages_no_other_and_sees_nothing_of_what_is_hidden(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        guild, eve = there.place.guild, there.fake.person("Eve", there.place.guild)
        there.place.people[eve.id] = {"view_channel", "manage_channels"}
        theirs, secret = guild.forum("theirs"), guild.forum("secret")
        secret.people[eve.id] = {"manage_channels"}
        assert "Manage Channels" in await on(there, theirs, eve)
        assert "You cannot see #secret" in await on(there, secret, eve)
        assert "You cannot see #secret" in await said(there, "status", eve, channel=secret)
        assert await there.store.every() == []
        await on(there, theirs)
        assert "Manage Channels" in await said(there, "off", eve, channel=theirs)
        assert "Daily lesson: on" in await said(there, "status", eve, channel=theirs)
        assert "Mon 23 Nov" in await said(there, "preview", eve, channel=theirs)
        theirs.people[eve.id] = {"view_channel", "manage_channels"}
        assert "Tue 24 Nov" in await said(there, "skip", eve, channel=theirs)

    in_channel("discord", tmp_path, scenario)


def test_what_is_no_place_for_lessons_is_not_offered_and_forum_is_for_forums(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        guild = there.place.guild
        for place in (guild.category("Rooms"), guild.voice("stage")):
            with pytest.raises(Impossible):
                await on(there, place)
        assert "#plain is no forum" in await on(there, guild.channel("plain"), forum="One thread")
        forum = guild.forum("lessons")
        with pytest.raises(Impossible):
            await there.ada.types(forum, "/daily status")  # only its posts have a line to type in
        post = guild.thread(forum, "a question")
        alone = await said(there, "on", where=post, **WHEN)
        assert "a forum as a whole" in alone
        await next_lesson(there)
        assert "Lesson of the day" in post.messages[-1].text
        assert "No daily lesson is on here" in await said(there, "status", channel=forum)

    in_channel("discord", tmp_path, scenario)


def test_the_options_for_channels_are_discords_alone() -> None:
    declared = {one["name"]: one for one in commands.declared("")}
    told = {sub["name"]: [option["name"] for option in sub["options"]] for sub in declared["daily"]["options"]}
    assert all("channel" in options for options in told.values())
    assert [name for name, options in told.items() if "forum" in options] == ["on"]
    elsewhere = str(manifest()) + str(asyncio.run(garden_desk().typed("/commonplace help", ASKER)))
    assert "[time:]" in elsewhere
    assert "channel:" not in elsewhere
    assert "forum:" not in elsewhere


def test_a_forum_can_be_declared_in_the_settings(tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        forum = there.place.guild.forum("lessons")
        await on(there, forum, forum="One thread")  # until the settings say otherwise
        line = f"discord {there.place.guild.id}/{forum.id} 9:00 Europe/Berlin forum:post weekdays"
        await there.daily.declare([line])
        made = await there.store.every()
        await there.daily.declare([line])
        assert await there.store.every() == made
        there.time.passes(hours=1)
        await there.ticks()
        assert [len(post.messages) for post in posts(there, forum)] == [1, 1]
        assert "daily.channels" in await said(there, "off", channel=forum)

    in_channel("discord", tmp_path, scenario)
