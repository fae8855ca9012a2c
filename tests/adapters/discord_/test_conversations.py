"""What people do in Discord and what they see."""

import asyncio

import pytest

from bot.adapters.discord import commands
from bot.core.commands import COMMANDS
from bot.core.errors import SettingsError
from tests.adapters.discord_.running import converse, running
from tests.desks import garden_desk
from tests.fakes.local_discord import LocalDiscord, command_problems, pings


def test_completion_gives_what_the_answer_gives_and_exactly_the_entry_chosen() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada = fake.person("Ada", guild)
        general = guild.channel("general")
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
        guild = fake.guild("Garden")
        ada = fake.person("Ada", guild)
        general = guild.channel("general")
        assert "Worms make compost" in (await ada.types(general, "/cp-lookup", query="worms")).text
        assert await ada.completes(general, "/cp-lookup", "query", "vermi") != []
        assert "cp-lesson" in str(ada.offered(general))

    converse(scenario, config="commands: {prefix: cp-}")


PLACES = ("channel", "thread", "forum", "voice", "dm", "unable", "mute", "installed")


@pytest.mark.parametrize("place", PLACES)
def test_an_idea_is_quoted_as_a_reply_to_any_message(place: str) -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden", bot=place != "installed")
        ada, bob = fake.person("Ada", guild, installed=place == "installed"), fake.person("Bob", guild)
        channel = guild.channel("general")
        where = {
            "thread": lambda: guild.thread(channel, "mulch"),
            "forum": lambda: guild.thread(guild.forum("questions"), "mulch?"),
            "voice": lambda: guild.voice("stage"),
            "dm": lambda: fake.dm(ada),
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
        assert "garden/mulch-first" in offered.text
        modal = await ada.presses(offered, "Search")
        await ada.submits(modal, query="vermicompost", note="as @here said")
        post = next(each for each in where.messages if each.by_bot and "Quoted by Ada" in each.text)
        assert "Worms make compost" in post.text
        assert "here said" in post.text
        assert pings(post.payload) == []
        direct = place not in ("unable", "mute", "installed")
        assert (post.reference is message) == direct
        if not direct:
            assert f"/{message.id}" in str(post.components)
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


def test_small_talk_is_told_to_fit_nothing_and_the_search_asks_again_where_it_is_unclear() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada, bob = fake.person("Ada", guild), fake.person("Bob", guild)
        general = guild.channel("general")
        message = await bob.says(general, "lunch at noon?")
        offered = await ada.uses("Quote an idea", message)
        assert "Nothing fits this message" in offered.text
        unclear = await ada.submits(await ada.presses(offered, "Search"), query="soil bare compost", note="my note")
        assert "Which one do you mean" in unclear.text
        assert "my note" in unclear.text
        await ada.presses(unclear, "Quote this")
        assert next(each for each in general.messages if each.by_bot).reference is message
        nothing = await ada.submits(await ada.presses(offered, "Search"), query="zeppelin", note="my note")
        assert "my note" in nothing.text

    converse(scenario)


def test_a_mention_and_a_direct_message_are_answered_once_openly() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada = fake.person("Ada", guild)
        general = guild.channel("general")
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
        opened = await ada.presses(answer, "More like this")
        assert opened.private

    converse(scenario)


def test_buttons_outlive_a_restart_and_commands_are_registered_once() -> None:
    async def run() -> None:
        async with LocalDiscord(rate_limits=False) as fake:
            guild = fake.guild("Garden")
            ada = fake.person("Ada", guild)
            general = guild.channel("general")
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


def test_an_old_forged_or_gone_button_says_so() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada = fake.person("Ada", guild)
        found = await ada.types(guild.channel("general"), "/lookup", query="worms compost")
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


def test_a_lost_connection_is_resumed_and_a_refused_token_is_named() -> None:
    async def scenario(fake: LocalDiscord) -> None:
        guild = fake.guild("Garden")
        ada = fake.person("Ada", guild)
        general = guild.channel("general")
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


@pytest.mark.parametrize("prefix", ["", "a-prefix-of-20-char-"])
def test_declared_commands_keep_the_limits(prefix: str) -> None:
    declared = commands.declared(prefix)
    assert len(declared) == len(COMMANDS) + 1
    assert [problem for command in declared for problem in command_problems(command)] == []
    added = {"id": "1", "version": "2", "dm_permission": None, "nsfw": False}
    registered = [{**command, **added} for command in reversed(declared)]
    assert commands.same(declared, registered)
    registered[-1]["description"] = "another"
    assert not commands.same(declared, registered)
