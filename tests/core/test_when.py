"""Times, days and zones as people type them: what is understood, and what is said where it is not."""

import zoneinfo
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.answering.when import describe_days, parse_days, parse_time, parse_zone
from bot.core.errors import UsageError

ZONES = zoneinfo.available_timezones()
ABBREVIATIONS = "CET EET MET WET EST MST HST GMT EST5EDT CST6CDT MST7MDT PST8PDT".split()


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [
        ("9 | 9h | 9am | 09:00 | 9 a.m. | 0900 | 9.00", 9, 0),
        ("09:30 | 9.30 | 9:30am | 9:30 AM | 0930 | 930 | 9h30 | ９：３０", 9, 30),
        ("21h | 9 pm | 9p.m. | 21:00 | 2100", 21, 0),
        ("noon | midday | 12pm | 12", 12, 0),
        ("midnight | 0 | 0:00 | 12am | 12:00 am", 0, 0),
    ],
)
def test_times(written: str, hour: int, minute: int) -> None:
    for text in written.split("|"):
        assert parse_time(text) == time(hour, minute), text


@given(st.times())
def test_a_time_reads_back(when: time) -> None:
    wanted = time(when.hour, when.minute)
    assert {parse_time(f"{wanted:{form}}") for form in ("%H:%M", "%H%M", "%Hh%M", "%I:%M %p")} == {wanted}


@pytest.mark.parametrize(
    "text", ["25:00", "24:00", "9:75", "13pm", "0am", "9:5", "-1", "9:30:00", "12345", "lunch", ""]
)
def test_what_is_no_time_is_refused_and_named(text: str) -> None:
    with pytest.raises(UsageError, match=f"“{text}” is not a time of day; .*type hours and minutes, such as 9:30"):
        parse_time(text)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("daily | every day | everyday | all | All days | mon-sun | weekdays and weekends", "0123456"),
        (
            "weekdays | every weekday | all weekdays | mon-fri | Mo–Fr | monday to friday | from mon through fri",
            "01234",
        ),
        ("weekends | on weekends | sat/sun | Saturdays and Sundays", "56"),
        ("mon,wed fri | Mon., Weds & Fri. | mon; wednesday + friday | mon, wed, and fri", "024"),
        ("fri-mon | fri - mon | fri until monday", "0456"),
        ("monday to thursday | mon-tue,wed-thurs", "0123"),
        ("tues | every tuesday | tue-tue | tu", "1"),
    ],
)
def test_days(written: str, days: str) -> None:
    for text in written.split("|"):
        assert parse_days(text) == set(map(int, days)), text


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_days_read_back_as_they_are_described(days: frozenset[int]) -> None:
    assert parse_days(describe_days(days)) == days


def test_days_are_described_shortly() -> None:
    written = {
        (0, 1, 2, 3, 4): "weekdays",
        (6, 5): "weekends",
        tuple(range(7)): "every day",
        (2, 0): "Monday, Wednesday",
    }
    assert {days: describe_days(days) for days in written} == written


@pytest.mark.parametrize(
    ("text", "word", "near"),
    [
        ("munday", "munday", "monday"),
        ("mon, wendsday", "wendsday", "wednesday"),
        ("weekdys", "weekdys", "weekdays"),
        ("mon-fry", "fry", "friday"),
        ("every other day", "other", None),
        ("mon-fri except wed", "except", None),
        ("t", "t", None),
        ("1-5", "1", None),
        ("mon-wed-fri", "mon-wed-fri", None),
        ("weekdays-sun", "weekdays-sun", None),
        ("-mon", "-mon", None),
        (" , ", " , ", None),
    ],
)
def test_what_is_no_day_is_refused_with_the_word_and_the_nearest_one(text: str, word: str, near: str | None) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_days(text)
    problem = refusal.value.problems[0]
    assert f"“{word}”" in problem.reason
    assert "weekdays, weekends or daily" in problem.mend
    assert problem.mend.startswith(f"did you mean {near}? Else type" if near else "type days")


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("berlin | Europe/Berlin | EUROPE/BERLIN", "Europe/Berlin"),
        ("new york | New_York | america/new york", "America/New_York"),
        ("São Paulo | sao paulo", "America/Sao_Paulo"),
        ("argentina/buenos aires", "America/Argentina/Buenos_Aires"),
        ("singapore | asia/singapore", "Asia/Singapore"),
        ("utc | UTC", "UTC"),
        ("us/pacific", "US/Pacific"),
        ("etc/gmt+5", "Etc/GMT+5"),
        ("port-au-prince", "America/Port-au-Prince"),
    ],
)
def test_zones(written: str, zone: str) -> None:
    for text in written.split(" | "):
        assert parse_zone(text, ZONES) == zone, text


def test_every_full_name_of_a_zone_is_taken_as_it_is() -> None:
    full = [zone for zone in ZONES if "/" in zone]
    assert [parse_zone(zone.lower().replace("_", " "), ZONES) for zone in full] == full


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("EST", ["America/New_York"]),
        ("edt", ["America/New_York"]),
        ("PT", ["America/Los_Angeles"]),
        ("CEST", ["Europe/Berlin"]),
        ("IST", ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
        ("GMT", ["Europe/London", "UTC"]),
        *((text, []) for text in ("UTC+2", "gmt-5", "+02:00", "GMT0", "2")),
        *((text, ["/"]) for text in ABBREVIATIONS),
    ],
)
def test_abbreviations_and_offsets_are_never_taken_for_a_zone(text: str, meant: list[str]) -> None:
    with pytest.raises(UsageError, match=f"“{text.replace('+', '.')}” is an .* when clocks change") as refusal:
        parse_zone(text, ZONES)
    assert all(zone in refusal.value.problems[0].mend for zone in meant)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("lodon", "Europe/London"),
        ("los angelos", "America/Los_Angeles"),
        ("new york city", "America/New_York"),
        ("Paris, France", "Europe/Paris"),
        ("Port au Prince", "America/Port-au-Prince"),
        ("istanbul", "Asia/Istanbul or Europe/Istanbul"),
    ],
)
def test_unknown_and_ambiguous_zones_name_the_candidates(text: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"“{text}”.*; did you mean {near}. Else type the IANA name"):
        parse_zone(text, ZONES)


@pytest.mark.parametrize("text", ["", "/", "Munich", "Factory", "localtime", "x" * 5000])
def test_what_resembles_no_zone_says_what_is_allowed(text: str) -> None:
    with pytest.raises(UsageError, match=r"^There is no time zone “.{0,60}”; type the IANA name"):
        parse_zone(text, ZONES | {"Factory", "localtime"})
