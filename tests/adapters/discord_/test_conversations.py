"""What people do in Discord and what they see."""

import asyncio

import pytest

from tests.adapters.discord_.running import converse, met
from tests.fakes.local_discord import LocalDiscord, pings


def test_completion_gives_what_the_answer_gives_and_exactly_the_entry_chosen() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, _ = met(fake)
        choices = await ada.completes(general, "/lookup", "query", "soil bare")
        assert choices[0] == ("Cover the soil", "[[garden/mulch-first]]")
        found = await ada.types(general, "/lookup", query=choices[0][1])
        assert "Cover the soil" in found.text
        assert await ada.completes(general, "/lookup", "topic", "spr") == [("Before spring", "garden/before-spring")]
        assert ("Europe/Berlin", "Europe/Berlin") in await ada.completes(general, "/daily preview", "timezone", "berl")
        assert ("09:30", "09:30") in await ada.completes(general, "/daily preview", "time", "9:3")
        assert await ada.completes(general, "/summary", "summary", "gard") == [("A year in the garden", "garden")]
        assert await ada.completes(general, "/lookup", "query", "zzzz" * 400) == []

    converse(scenario)


def test_a_prefix_stands_before_every_command() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, _ = met(fake)
        assert "Worms make compost" in (await ada.types(general, "/cp-lookup", query="worms")).text
        assert await ada.completes(general, "/cp-lookup", "query", "vermi") != []
        assert "cp-lesson" in str(ada.offered(general))

    converse(scenario, config="commands: {prefix: cp-}")


def test_wrong_input_is_answered_with_what_is_allowed_and_the_nearest_match() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, _ = met(fake)
        assert "Soil and water" in (await ada.types(general, "/lookup", query="worms", topic="sail")).text
        assert "Europe/Berlin" in (await ada.types(general, "/daily preview", timezone="Europe/Berln")).text
        assert "Nothing fits" in (await ada.types(general, "/lookup", query="zeppelin")).text
        assert "empty query" in (await ada.types(general, "/lookup", query=" ")).text

    converse(scenario)


def test_a_card_turns_in_place_and_what_all_see_already_is_answered_beside_it() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, _ = met(fake)
        lesson = await ada.types(general, "/lesson")
        another = await ada.presses(lesson, "Another")
        assert another.changed == [lesson.message]
        topic = await ada.presses(await ada.types(general, "/summary"), "Open")
        assert "Clay holds water" in topic.text
        assert len(ada.sees(general)) == 2
        await ada.says(general, "worms compost", mention=True)
        answer = general.messages[-1]
        beside = await ada.presses(answer, "More like this")
        assert beside.private
        assert "Share" not in beside.buttons()
        chat = fake.dm(ada)
        lesson = await ada.types(chat, "/lesson")
        assert (await ada.presses(lesson, "Another")).changed == [lesson.message]

    converse(scenario)


def test_a_double_click_posts_once() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, bob = met(fake)
        found = await ada.types(general, "/lookup", query="worms compost")
        await asyncio.gather(ada.presses(found, "Share"), ada.presses(found, "Share"))
        assert len(general.messages) == 1
        assert "answered already" in "".join(each.text for each in ada.sees(general))
        fake.clock.advance(10)
        await ada.presses(found, "Share")
        assert len(general.messages) == 2
        assert general.messages[-1] in bob.sees(general)

    converse(scenario)


PLACES = ("channel", "thread", "forum", "voice", "dm", "unable", "mute", "installed", "chat")


@pytest.mark.parametrize("place", PLACES)
def test_an_idea_is_quoted_as_a_reply_to_any_message(place: str) -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden", bot=place != "installed")
        ada = fake.person("Ada", guild, installed=place in ("installed", "chat"))
        bob = fake.person("Bob", guild)
        channel = guild.channel("general")
        where = {
            "thread": lambda: guild.thread(channel, "mulch"),
            "forum": lambda: guild.thread(guild.forum("questions"), "mulch?"),
            "voice": lambda: guild.voice("stage"),
            "dm": lambda: fake.dm(ada),
            "chat": lambda: fake.dm(ada, bob),
        }.get(place, lambda: channel)()
        if place == "unable":
            where.permissions.discard("send_messages")
        if place == "mute":
            where.permissions.discard("read_message_history")
        author = ada if place == "dm" else bob
        message = await author.says(
            where, "@everyone our bare soil dried out in the first hot week", silent=place == "dm"
        )
        offered = await ada.uses("Quote an idea", message)
        assert offered.private
        assert "Which one fits?" in offered.text
        assert "garden/mulch-first" in offered.text
        modal = await ada.presses(offered, "Search")
        await ada.submits(modal, query="vermicompost", note="as @here said")
        post = next(each for each in where.messages if each.by_bot and "Quoted by Ada" in each.text)
        assert "Worms make compost" in post.text
        assert "here said" in post.text
        assert pings(post.payload) == []
        direct = place not in ("unable", "mute", "installed", "chat")
        assert (post.reference is message) == direct
        if not direct:
            assert f"/{'@me' if place == 'chat' else guild.id}/{where.id}/{message.id}" in str(post.components)
        confirmation = next(each for each in ada.sees(where) if "Quoted into" in each.text)
        await ada.presses(confirmation if direct else post, "Undo")
        assert post.deleted

    converse(scenario)


def test_the_pick_of_three_is_posted_and_only_its_poster_takes_it_back() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden", bot=False)
        ada, bob = fake.person("Ada", guild, installed=True), fake.person("Bob", guild, installed=True)
        general = guild.channel("general")
        message = await bob.says(general, "our bare soil dried out in the first hot week")
        await ada.presses(await ada.uses("Quote an idea", message), "Quote this")
        post = next(each for each in general.messages if each.by_bot)
        assert "Cover the soil" in post.text
        refused = await bob.presses(post, "Undo")
        assert "Only whoever shared this" in refused.text
        await ada.presses(post, "Undo")
        assert post.deleted

    converse(scenario)


def test_where_a_server_keeps_what_others_apps_say_to_who_asked_they_are_told() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden", bot=False)
        guild.external_apps = False
        ada = fake.person("Ada", guild, installed=True)
        general = guild.channel("general")
        await ada.types(general, "/quote", query="[[garden/clay]]")
        assert general.messages == []
        assert "Only you see that" in ada.sees(general)[-1].text

    converse(scenario)


def test_small_talk_is_told_to_fit_nothing_and_the_search_asks_again_where_it_is_unclear() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, bob = met(fake)
        message = await bob.says(general, "lunch at noon?")
        offered = await ada.uses("Quote an idea", message)
        assert "Nothing fits this message" in offered.text
        unclear = await ada.submits(await ada.presses(offered, "Search"), query="soil bare compost", note="my note")
        assert "Which one do you mean" in unclear.text
        assert "my note" in unclear.text
        await ada.presses(unclear, "Quote this")
        assert next(each for each in general.messages if each.by_bot).reference is message
        for query in ("zeppelin", " "):
            nothing = await ada.submits(await ada.presses(offered, "Search"), query=query, note="my note")
            assert "my note" in nothing.text

    converse(scenario)


def test_a_mention_and_a_direct_message_are_answered_once_openly() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, robot = met(fake)
        asked = await ada.says(general, "how do I keep soil wet & cool?", mention=True)
        (answer,) = [each for each in general.messages if each.by_bot]
        assert answer.reference is asked
        assert not answer.private
        assert "Cover the soil" in answer.text
        assert "Share" not in str(answer.components)
        await ada.says(general, "thanks", reply=answer, silent=True)
        assert len([each for each in general.messages if each.by_bot]) == 1
        chat = fake.dm(ada)
        await ada.says(chat, "worms")
        assert "Worms make compost" in chat.messages[-1].text
        await ada.says(chat, "help")
        assert "/lookup" in chat.messages[-1].text
        await ada.says(general, "", mention=True)
        assert "/lookup" in general.messages[-1].text
        robot.user.bot = True
        before = len(general.messages)
        await robot.says(general, "worms", mention=True, silent=True)
        await ada.says(general, "worms", silent=True)
        assert len(general.messages) == before + 2

    converse(scenario)


def test_an_old_forged_or_gone_button_says_so() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, _ = met(fake)
        found = await ada.types(general, "/lookup", query="worms compost")
        text = str(found.message.components)
        assert "1:share:" in text
        for component in _buttons(found.message.components):
            component["custom_id"] = "0:open:nonsense"
        assert "not there any more" in (await ada.presses(found, "More like this")).text

    converse(scenario)


def _buttons(components: list[dict[str, object]]) -> list[dict[str, object]]:
    found = []
    for one in components:
        inner = one.get("components")
        found += _buttons(inner) if isinstance(inner, list) else []
        found += [one] if one["type"] == 2 else []
    return found


def test_a_forged_undo_takes_nothing_back_and_the_longest_note_is_posted_in_full() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        general, ada, bob = met(fake)
        message = await bob.says(general, "our bare soil dried out in the first hot week")
        note = "*" * 499 + "!"
        modal = await ada.presses(await ada.uses("Quote an idea", message), "Search")
        await ada.submits(modal, query="vermicompost", note=note)
        post = next(one for one in general.messages if one.by_bot)
        assert post.text.replace("\\", "").count("*") >= 499
        found = await bob.types(general, "/lookup", query="worms")
        for forged in (f"1:undo:{general.id}:{post.id}", f"1:undo:{'9' * 26}:{'9' * 26}:{bob.user.id}"):
            for component in _buttons(found.message.components):
                component["custom_id"] = forged
            await bob.presses(found, "More like this")
            assert not post.deleted

    converse(scenario)
