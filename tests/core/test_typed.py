"""Commands as people type them: what a schedule's parts are taken for without quotation marks, and in any order."""

import zoneinfo

import pytest

from bot.core.answering.typed import nearest, parse
from bot.core.answering.when import describe_days, parse_days, parse_time, parse_zone
from bot.core.errors import UsageError

ZONES = zoneinfo.available_timezones()


def read(line: str) -> str:
    """Time, zone, days and topic of what is typed after /daily on."""
    options = parse(f"/daily on {line}", "", lambda: ZONES).options
    parts = [f"{parse_time(options['time']):%H:%M}"] if "time" in options else []
    parts += [parse_zone(options["timezone"], ZONES)] if "timezone" in options else []
    parts += [describe_days(parse_days(options["days"]))] if "days" in options else []
    return " | ".join([*parts, *([options["topic"]] if "topic" in options else [])])


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("every day", "every day"),
        ("9:30 every day", "09:30 | every day"),
        ('9:30 "every day"', "09:30 | every day"),
        ("'every day' 9:30", "09:30 | every day"),
        ("monday to friday at 9 am", "09:00 | weekdays"),
        ("9:30 Mo-Fr", "09:30 | weekdays"),
        ("9.30pm mon, wed and fri", "21:30 | Monday, Wednesday, Friday"),
        ("weekdays and saturday 9 o'clock", "09:00 | Monday, Tuesday, Wednesday, Thursday, Friday, Saturday"),
        ("sat 9:30 sun", "09:30 | weekends"),
        ("weekdays at noon in new york", "12:00 | America/New_York | weekdays"),
        ("9:30, Europe/Berlin, on mondays", "09:30 | Europe/Berlin | Monday"),
        ("berlin time every weekday 9", "09:00 | Europe/Berlin | weekdays"),
        ("days:sat and sun time:9 pm timezone:los angeles", "21:00 | America/Los_Angeles | weekends"),
        ("timezone:new york weekdays team spirit", "America/New_York | weekdays | team spirit"),
        ("topic:team spirit 9:30 paris", "09:30 | Europe/Paris | team spirit"),
        ("the hunt for the bug at 9:30", "09:30 | the hunt for the bug"),
        ("on watch, and the sunk 4.5 monitors", "on watch, and the sunk 4.5 monitors"),
        ('"9:30 to ten"', "9:30 to ten"),
    ],
)
def test_a_schedule_is_understood_as_it_is_written(line: str, meant: str) -> None:
    assert read(line) == meant


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("9:30 every other day", "“other” is not a day"),
        ("9:30 except friday", "“except” is not a day"),
        ("9:30 mon-fry", "“fry” is not a day; did you mean friday"),
        ("9:30 munday", "“munday” is not a day; did you mean monday"),
        ("24:00 weekdays", "“24:00” is not a time"),
        ("9:30 EST weekdays", "“EST” is an abbreviation"),
        ("9:30 UTC+2", "“UTC.2” is an offset"),
        ("9:30 Europe/Berln", "no time zone “Europe/Berln”; did you mean Europe/Berlin"),
        ("9:30 noon", "time: is given twice"),
        ("9:30 time:10", "time: is given twice"),
    ],
)
def test_what_is_wrong_in_it_is_named(line: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read(line)


def test_a_schedule_without_its_command_is_shown_the_way_and_other_commands_keep_their_words() -> None:
    for line in ("9:30", "at 9", "every day", "mon-fri"):
        with pytest.raises(UsageError, match="did you mean /daily on"):
            parse(f"/daily {line}")
    asked = parse("/lookup why every day at 9 kind:lesson topic:scaling up").options
    assert asked == {"query": "why every day at 9 up", "kind": "lesson", "topic": "scaling"}
    assert parse("/lesson topic:team spirit").options == {"topic": "team spirit"}


@pytest.mark.parametrize("line", ["mon-" * 200 + "!", "mo-" * 200 + "!", '"a" ' * 50_000])
def test_a_line_of_any_shape_is_read_at_once(line: str) -> None:
    """Were its parts tried in every way, or every part with every zone, this would not end."""
    assert read(line).startswith(line[:3].strip('"'))


def test_a_few_letters_are_taken_for_what_begins_alike_and_for_nothing_else() -> None:
    commands = ("lookup", "lesson", "summary", "daily")
    assert [nearest(word, commands) for word in ("lok", "sum", "foo", "bar", "all")] == [
        "lookup",
        "summary",
        *[None] * 3,
    ]
    assert nearest("dayly", commands) == "daily"
