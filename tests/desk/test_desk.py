"""Conversations with the desk: somebody types or presses, the bot answers."""

import asyncio
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.adapters.slack.views import Quoting, quoting
from bot.core.answering import cards, wording
from bot.core.answering.card import Accent, Action, Card, Reply, Verb
from bot.core.answering.commands import COMMANDS, Value
from bot.core.answering.typed import nearest
from bot.core.finding.search import Hit, Index
from bot.core.library import Library
from bot.core.reading.parser import parse
from bot.desk import Desk
from bot.settings import read_settings
from bot.shelf import Shelf
from tests.desks import ASKER, StoppedClock, garden_desk
from tests.fakes.slack import view_problems


def type_(line: str, config: str = "") -> Reply:
    return asyncio.run(garden_desk(config).typed(line, ASKER))


def everything(card: Card) -> str:
    fields = [part for field in card.fields for part in (field.name, field.value)]
    choices = [part for choice in card.choices for part in (choice.title, choice.text, choice.note)]
    return "\n".join([card.title, *card.body, *fields, *choices, *(a.label for a in card.actions), card.footer])


def test_a_lookup_shows_the_fullest_member_and_where_else_it_is_said() -> None:
    card = type_("/lookup worms compost").card
    assert card.title == "Worms make compost"
    assert "Worms at work (worms)" in card.fields[0].value
    assert "garden/worm-compost" in card.footer
    assert [action.label for action in card.actions[:2]] == ["Share", "More like this"]


def test_plain_words_are_a_lookup_and_an_id_is_that_entry() -> None:
    assert type_("clay soil").card.title == "Clay holds water"
    assert type_("[[sharp-tools]]").card.title == "Sharp tools"
    assert type_("/lookup garden/mulch").card.title == "Mulch early"


def test_a_lookup_keeps_to_its_filters() -> None:
    card = type_("/lookup soil kind:lessons").card
    assert card.accent is Accent.LESSON
    assert all(choice.note.startswith("Lesson") for choice in card.choices)
    assert type_("soil kind:lessons").card == card


def test_when_nothing_fits_the_nearest_topics_are_offered() -> None:
    card = type_("/lookup quarterly tax filing").card
    assert card.body[0] == "Nothing fits “quarterly tax filing”."
    assert card.choices[0].action.verb is Verb.TOPIC


def test_what_a_filter_leaves_out_is_offered_where_nothing_else_fits() -> None:
    card = type_("/lookup clay kind:lesson").card
    assert card.body == ("Nothing fits “clay”.", "Without the filter this does:")
    assert card.choices[0].action == Action("Open", Verb.OPEN, ("garden/clay",))


def test_a_word_that_no_entry_holds_is_told_and_nothing_is_quoted_unasked() -> None:
    assert type_("/lookup clay football").card.preface == "No entry says “football”; this comes nearest."
    quote = type_("/quote clay football")
    assert (quote.post, quote.card.choices[0].action.args) == (None, ("garden/clay",))


@pytest.mark.parametrize("line", ["[[sharp-tolls]]", "[[garden/sharp-tolls]]", "[[shrap tools]]"])
def test_a_mistyped_id_offers_the_entries_that_it_may_mean(line: str) -> None:
    card = type_(f"/lookup {line}").card
    assert card.body == (f"Nothing fits “{line}”.", "Did you mean one of these?")
    assert [choice.action for choice in card.choices] == [Action("Open", Verb.OPEN, ("garden/sharp-tools",))]
    elsewhere = type_("/lookup sharp-tools kind:idea").card
    assert elsewhere.choices == card.choices
    quote = type_(f"/quote {line}").card
    assert [choice.action.verb for choice in quote.choices] == [Verb.QUOTE]


def test_what_matched_is_marked_in_the_answer_and_nowhere_in_the_channel() -> None:
    desk = garden_desk()
    found = asyncio.run(desk.typed("/lookup kitchn composting", ASKER)).card
    assert found.preface == "Showing what fits “kitchen composting”."
    assert len(type_("/lookup kitchn composting" + " and more of it" * 300).card.preface) < 200
    assert found.marks == {"kitchen", "compost"}
    shared = desk.act(found.actions[0], ASKER)
    assert shared.post
    assert not shared.post.marks | shared.card.marks
    assert not type_("/lookup [[clay]]").card.marks | type_("/lookup clay").card.marks  # an id
    assert not type_("/quote kitchen composting").card.marks


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/lokup clay", "There is no command /lokup; did you mean /lookup?"),
        ("/skip", "There is no command /skip; did you mean /daily skip?"),
        ("/lookup", "/lookup needs a query; for example /lookup data efficiency kind:lesson"),
        ("clay kind:leson", "There is no kind “leson”; did you mean lesson?"),
        ("kind:lesson", "/lookup needs a query"),
        ("/lookup clay kind:leson", "There is no kind “leson”; did you mean lesson?"),
        ("/lesson topic:watr", "There is no topic “watr”; did you mean Soil and water?"),
        ("/summary rocketry", "There is no summary “rocketry”; choose from garden"),
        ("/daily of", "/daily has no “of”; did you mean /daily off?"),
        ("/daily preview 25:00", "25:00"),
        ("/lookup clay kidn:idea", "There is no option kidn:; did you mean kind:?"),
        ("/lookup clay kind:idea kind:idea", "kind: is given twice; keep one of them"),
        ("/commonplace help now", "says nothing to /commonplace help; /commonplace help takes nothing more"),
    ],
)
def test_what_is_not_understood_is_answered_with_what_is_allowed(line: str, said: str) -> None:
    card = type_(line).card
    assert said in everything(card)
    assert card.accent is Accent.WARNING


@pytest.mark.parametrize("line", ["help", " Help ", "?", "hello!", "👍", "…"])
def test_whoever_asks_for_help_in_plain_words_is_shown_the_commands(line: str) -> None:
    assert everything(type_(line).card) == everything(type_("/commonplace help").card)


@pytest.mark.parametrize("prefix", ["", "cp-"])
def test_a_command_that_only_reads_is_heeded_in_plain_words(prefix: str) -> None:
    def said(line: str) -> str:
        desk = garden_desk(f"commands: {{prefix: '{prefix}'}}")
        return everything(asyncio.run(desk.plain(line, ASKER)).card)

    assert said("lookup worms") == said(f"/{prefix}lookup worms") == said("worms")
    assert said("Lesson").startswith(said(f"/{prefix}lesson")[:3])
    assert "A year in the garden" in said("summary")
    assert "Clay" in said("lesson on clay") + said("summary clay")
    assert "Label" in said("/daily off label everything")  # whoever changes something gives the command itself


def test_a_mistyped_word_is_nearest_to_the_name_that_has_it() -> None:
    assert nearest("livng", ["Why scaling keeps paying", "Living with bugs"]) == "Living with bugs"


def test_another_walks_through_every_lesson_before_one_comes_again() -> None:
    desk = garden_desk()
    card = asyncio.run(desk.typed("/lesson", ASKER)).card
    seen = [card.title]
    for _ in range(2):
        card = desk.act(card.actions[0], ASKER).card
        seen.append(card.title)
    assert sorted(seen) == ["Cover the soil", "Label everything", "Sharp tools"]
    assert desk.act(card.actions[0], ASKER).card.title == seen[0]


def test_sharing_posts_for_everybody_and_says_who() -> None:
    reply = garden_desk().act(Action("Share", Verb.SHARE, ("garden/clay",)), ASKER)
    assert reply.post
    assert reply.post.footer.endswith("Shared by Ada")
    assert reply.card.actions[0].verb is Verb.UNDO


def test_what_only_comes_near_a_message_is_called_so_and_is_not_chosen_beforehand() -> None:
    desk = garden_desk()

    def offered(sure: float) -> Card:
        return desk.offer([Hit(entry, sure) for entry in desk.library.entries[2:5]])

    assert [len(offered(sure).choices) for sure in (0.6, 0.3, 0.2)] == [3, 3, 0]
    assert "Which one fits?" in everything(offered(0.6))
    assert "These come nearest" in everything(offered(0.3))
    assert "Nothing fits" in everything(offered(0.2))
    views = [quoting(Quoting("C", "1", ""), offered(sure)) for sure in (0.6, 0.3)]
    assert ["initial_option" in str(view) for view in views] == [True, False]
    assert [problem for view in views for problem in view_problems(view)] == []


def test_a_quote_by_id_is_posted_and_an_ambiguous_one_asks_first() -> None:
    clear = type_("/quote [[clay]]")
    assert clear.post
    assert clear.post.quoted
    assert "Quoted by Ada" in clear.post.footer
    unsure = type_("/quote garden bed")
    assert unsure.post is None
    assert unsure.card.choices[0].action.verb is Verb.QUOTE


def test_a_summary_opens_its_topics_and_a_topic_its_entries() -> None:
    desk = garden_desk()
    card = asyncio.run(desk.typed("/summary", ASKER)).card
    assert [choice.title for choice in card.choices] == ["Soil and water", "Before spring"]
    topic = desk.act(card.choices[0].action, ASKER).card
    assert [choice.title for choice in topic.choices] == ["Worms make compost", "Clay holds water"]
    assert desk.act(topic.choices[1].action, ASKER).card.title == "Clay holds water"


def test_the_daily_lesson_is_previewed_in_local_time() -> None:
    card = type_("/daily preview 9:30 America/New_York mon,thu").card
    assert [field.name for field in card.fields][:2] == ["Thu 26 Nov, 09:30", "Mon 30 Nov, 09:30"]
    assert len(card.fields) == 7
    assert len({field.value for field in card.fields[:3]}) == 3
    assert type_("/daily preview").card.fields[0].name == "Wed 25 Nov, 09:00"


def test_a_prefix_is_part_of_every_command() -> None:
    config = "commands:\n  prefix: cp-\n"
    assert type_("/cp-lookup clay", config).card.title == "Clay holds water"
    assert type_("/lookup clay", config).card.accent is Accent.WARNING
    assert "/cp-lesson topic:scaling" in everything(type_("/cp-commonplace help", config).card)


def test_help_names_every_command() -> None:
    text = everything(type_("/commonplace").card)
    assert all(f"/{command.name}" in text for command in COMMANDS)


def test_a_button_that_names_what_is_gone_says_so() -> None:
    for action in (Action("", Verb.OPEN, ("x/y",)), Action("", Verb.TOPIC, ("x/y", "0")), Action("", Verb.ANOTHER)):
        assert "not there any more" in garden_desk().act(action, ASKER).card.body[0]


def test_today_has_one_lesson_all_day() -> None:
    assert garden_desk(seed=1).greet(ASKER) == garden_desk(seed=2).greet(ASKER)


@example("1፩ million")  # a digit that stands for no decimal
@given(st.text(max_size=80))
def test_any_line_is_answered(line: str) -> None:
    desk = garden_desk()
    for said in (line, f"/lookup {line}", f"/daily {line}", f"/lesson topic:{line}", f"/quote {line}", f"/{line}"):
        assert isinstance(asyncio.run(desk.typed(said, ASKER)), Reply)
    for value in Value:
        assert len(asyncio.run(desk.suggest(value, line, 5))) <= 5


def test_an_entry_too_long_for_one_message_is_read_page_by_page() -> None:
    words = " ".join(f"word{n}{'.' * (n % 10 == 9)}" for n in range(1500))
    text = f"---\ntitle: T\nkind: talk\n---\n\n## Key ideas\n- **Long:** {words} {{#long}}\n"
    desk = Desk(Shelf(Index(Library([parse(text, "n").summary]))), read_settings(""), StoppedClock(), random.Random(1))
    card, read = asyncio.run(desk.typed("[[n/long]]", ASKER)).card, []
    while True:
        read.append(card.body[0])
        assert len(card.body[0]) <= cards.READ_AT_ONCE
        on = [action for action in card.actions if action.label == wording.READ_ON]
        if not on:
            break
        card = desk.act(on[0], ASKER).card
    assert " ".join(read) == words
    assert all(page.endswith(".") for page in read)
    posted = asyncio.run(desk.typed("/quote [[n/long]]", ASKER)).post
    assert posted is not None
    assert posted.body[0].endswith("… (Read on: [[n/long]])")
