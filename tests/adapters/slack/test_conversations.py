"""What people do in Slack and what they see, over Socket Mode and over HTTP."""

import pytest

from tests.adapters.slack.running import MODES, converse
from tests.fakes.slack import LocalSlack, pings

both = pytest.mark.parametrize("mode", MODES)


@both
def test_a_lookup_is_private_until_it_is_shared_and_can_be_taken_back(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        general = slack.channel("general", ada, bob)
        found = await ada.types(general, '/lookup "worms compost" kind:idea topic:soil')
        assert "Worms make compost" in found.shown
        assert found.private
        assert general.messages == []
        shared = await ada.presses(found, "Share")
        assert "Shared by Ada" in general.messages[0].text
        assert general.messages[0] in bob.sees(general)
        await ada.presses(shared, "Undo")
        assert general.messages == []

    converse(mode, scenario)


@both
def test_wrong_input_is_answered_with_what_is_allowed_and_the_nearest_match(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        general = slack.channel("general", ada, bot=False)
        assert "did you mean lesson?" in (await ada.types(general, "/lookup worms kind:leson")).text
        assert "Soil and water" in (await ada.types(general, "/lookup worms topic:sail")).text
        assert "/lookup needs a query" in (await ada.types(general, "/lookup")).text
        assert "did you mean" in (await ada.types(general, "/daily preview 9:30 Europe/Berln")).text
        assert "Nothing fits" in (await ada.types(general, "/lookup zeppelin")).text

    converse(mode, scenario)


@both
def test_every_command_answers_with_a_prefix_too(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada", tz="America/New_York")
        general = slack.channel("general", ada)
        assert "Mulch early" in (await ada.types(general, "/cp-lookup mulch-early-typo mulch")).shown
        assert "Another" in (await ada.types(general, "/cp-lesson")).buttons()
        assert "A year in the garden" in (await ada.types(general, "/cp-summary")).shown
        assert "America/New_York" in (await ada.types(general, "/cp-daily preview 9:30")).shown
        assert "/cp-lookup" in (await ada.types(general, "/cp-commonplace")).shown
        assert "is not a valid command" in (await ada.types(general, "/lookup x")).failed

    converse(mode, scenario, config="commands: {prefix: cp-}")


@both
def test_a_card_turns_in_place(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        general = slack.channel("general", ada)
        lesson = await ada.types(general, "/lesson")
        another = await ada.presses(lesson, "Another")
        assert another.changed
        assert len(ada.sees(general)) == 1
        summary = await ada.types(general, "/summary")
        topic = (
            await ada.presses(summary, "Soil and water") if summary.options() else await ada.presses(summary, "Open")
        )
        assert "Clay holds water" in topic.shown
        assert len(ada.sees(general)) == 2

    converse(mode, scenario)


@both
def test_a_clear_quote_is_posted_and_an_ambiguous_one_asks_first(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        general = slack.channel("general", ada, bob)
        confirmed = await ada.types(general, "/quote [[garden/clay]]")
        assert confirmed.private
        assert "Quoted by Ada" in general.messages[0].text
        await ada.presses(confirmed, "Undo")
        asked = await ada.types(general, "/quote soil bare compost")
        assert "Which one do you mean?" in asked.shown
        await ada.presses(asked, "Quote this", which=1)
        assert len(general.messages) == 1

    converse(mode, scenario)


@both
@pytest.mark.parametrize("place", ["channel", "private", "dm", "thread", "uninvited", "uninvited thread"])
def test_an_idea_is_quoted_into_the_thread_of_any_message(mode: str, place: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        bot = "uninvited" not in place
        where = (
            slack.dm(ada, bob) if place == "dm" else slack.channel("x", ada, bob, bot=bot, private=place == "private")
        )
        message = await bob.says(where, "our bare soil dried out in the first hot week")
        if "thread" in place:
            message = await bob.says(where, "what do we do with all the peelings", thread=message)
        modal = await ada.uses("Quote an idea", message)
        assert "Which one fits?" in modal.shown
        for option in modal.options():
            assert option[3:] in modal.shown
        await ada.writes(modal, "as I said in <!channel> May")
        sent = await ada.submits(modal, leads_to=0)
        assert sent.errors is None
        await slack.until(lambda: any("Quoted into" in each.text for each in ada.sees(where)))
        posts = [each for each in where.everything if "Quoted by Ada" in each.text and not each.private_to]
        assert len(posts) == 1
        assert posts[0].thread == (message.thread or message.ts)
        assert "as I said" in posts[0].text
        assert pings(posts[0].payload) == []
        confirmation = ada.sees(where)[-1]
        assert "Quoted into the channel." in confirmation.text
        await ada.presses(posts[0] if not bot or place == "dm" else confirmation, "Undo")
        assert posts[0].deleted

    converse(mode, scenario)


@both
def test_another_entry_is_found_in_the_window_when_none_fits(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        general = slack.channel("general", ada, bob)
        message = await bob.says(general, "lunch at noon?")
        modal = await ada.uses("Quote an idea", message)
        assert "Nothing fits this message" in modal.shown
        refused = await ada.submits(modal)
        assert refused.errors
        assert await ada.looks_for(modal, "sharp tols") == ["Sharp tools"]
        await ada.picks(modal, "Sharp tools")
        await ada.submits(modal, leads_to=0)
        await slack.until(lambda: len(general.everything) > 1)
        assert "Sharpen spades" in next(each for each in general.everything if each.thread).text

    converse(mode, scenario)


@both
def test_only_whoever_quoted_takes_back_a_post_made_without_membership(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        there = slack.channel("there", ada, bob, bot=False)
        await ada.types(there, "/quote [[garden/clay]]")
        post = there.messages[0]
        refused = await bob.presses(post, "Undo")
        assert "Only whoever shared this" in refused.shown
        assert not post.deleted
        await ada.presses(post, "Undo")
        assert post.deleted

    converse(mode, scenario)


@both
def test_a_mention_and_a_direct_message_are_answered_once_in_the_thread(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, robot = slack.person("Ada"), slack.person("Robot", bot=True)
        general = slack.channel("general", ada, robot)
        asked = await ada.says(general, f"{slack.mention} how do I keep <https://x.example|soil> wet &amp; cool?")
        (answer,) = [each for each in general.messages if each.thread == asked.ts]
        assert "Cover the soil" in answer.text
        await slack.redelivers()
        assert len(general.messages) == 2
        below = await ada.says(general, f"{slack.mention} worms", thread=asked)
        assert general.messages[-1].thread == asked.ts != below.ts
        before = len(general.messages)
        await robot.says(general, f"{slack.mention} worms", leads_to=0)
        assert len(general.messages) == before + 1
        chat = slack.dm(ada)
        question = await ada.says(chat, "worms")
        assert chat.messages[-1].thread == question.ts
        await ada.says(chat, "help")
        assert "/lookup" in chat.messages[-1].text
        await ada.presses(chat.messages[1], "More like this")

    converse(mode, scenario)


@both
def test_what_is_pressed_under_an_open_answer_is_answered_privately(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        general = slack.channel("general", ada, bob)
        await ada.says(general, f"{slack.mention} soil water")
        answer = general.messages[-1]
        assert "Share" not in str(answer.blocks)
        seen = await bob.presses(answer, "Open")
        assert seen.private
        assert answer in ada.sees(general)
        assert not answer.edited

    converse(mode, scenario)


@both
def test_the_home_has_a_lesson_a_search_and_everything_to_browse(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        home = await ada.opens_home()
        assert "Today's lesson" in home.shown
        assert "A year in the garden" in home.shown
        opened = await ada.presses(home, "Soil and water")
        assert "Clay holds water" in opened.shown
        entry = await ada.presses(opened, "Open")
        assert "More like this" in entry.buttons()
        assert "Share" not in entry.buttons()
        assert await ada.looks_for(home, "vermicompost") == ["Worms make compost"]
        assert "Worms turn kitchen scraps" in (await ada.picks(home, "Worms make compost")).shown

    converse(mode, scenario)


@both
def test_an_idea_looked_up_from_anywhere_is_shared_where_one_likes(mode: str) -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        for where in (slack.channel("elsewhere", ada), slack.channel("uninvited", ada, bot=False)):
            window = await ada.uses("Look up an idea")
            await ada.looks_for(window, "vermicompost")
            shown = await ada.picks(window, "Worms make compost")
            assert "Share it in" in shown.shown
            await ada.picks(shown, where)
            await ada.submits(shown, leads_to=0)
            await slack.until(lambda where=where: len(ada.sees(where)) == 2)  # type: ignore[misc]
            assert "Shared by Ada" in where.messages[0].text
            undo = where.messages[0] if not where.bot else ada.sees(where)[1]
            await ada.presses(undo, "Undo")
            assert where.messages == []

    converse(mode, scenario)
