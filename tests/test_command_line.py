"""The verbs as another program uses them."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.reading.parser import parse
from tests.documents import KEPT, RAW

ROOT = Path(__file__).parent.parent


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "garden.md").write_text(KEPT, "utf-8")
    (tmp_path / "talk.txt").write_text(RAW, "utf-8")
    return tmp_path


def run(place: Path, *words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=place,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"], **environment},
        input=given,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_lookup_prints_json_in_the_shape_that_programs_rely_on(place: Path) -> None:
    done = run(place, "lookup", "clay", "water", "--json", "--limit", "1")
    (result,) = json.loads(done.stdout)["results"]
    assert result.pop("score") > 0
    assert result == {
        "id": "garden/clay",
        "kind": "idea",
        "summary": "garden",
        "topic": "Soil and water",
        "title": "Clay holds water",
        "text": "Clay keeps its moisture for weeks.",
    }


def test_a_dash_answers_every_line_in_order_blank_ones_included(place: Path) -> None:
    done = run(place, "lookup", "-", given="clay\n\nquarterly tax\r\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["query"] for answer in answers] == ["clay", "", "quarterly tax"]
    assert [bool(answer["results"]) for answer in answers] == [True, False, False]
    assert done.returncode == 0


def test_quote_says_whether_anything_fits_and_prints_nothing_when_nothing_does(place: Path) -> None:
    assert run(place, "quote", "lunch at 12?").stdout == ""
    answer = json.loads(run(place, "quote", "lunch at 12?", "--json").stdout)
    assert answer["fits"] is False
    fitting = json.loads(run(place, "quote", "our clay bed kept its moisture for weeks", "--json").stdout)
    assert (fitting["fits"], fitting["results"][0]["id"]) == (True, "garden/clay")


def test_lesson_prints_as_many_as_asked_for(place: Path) -> None:
    results = json.loads(run(place, "lesson", "--json", "--limit", "9").stdout)["results"]
    assert len({result["id"] for result in results}) == 3
    assert run(place, "lesson", "--topic", "soil and water").stdout.startswith("There is no lesson in what you chose.")


def test_import_then_check_then_export_gives_the_raw_parse(place: Path) -> None:
    assert run(place, "import", "talk.txt", "--content", "new").returncode == 0
    assert run(place, "check", "--content", "new").returncode == 0
    (summary,) = json.loads(run(place, "export", "--content", "new").stdout)["summaries"]
    fields = [(e["kind"], e["list"], e["topic"], e["title"], e["text"]) for e in summary["entries"]]
    assert fields == [
        (e.kind, e.listing, e.topic.title if e.topic else None, e.title, e.text) for e in parse(RAW).summary.entries
    ]
    assert (summary["name"], summary["title"]) == ("talk", "Talk")


def test_export_as_csv_has_a_row_an_entry(place: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(place, "export", "--format", "csv").stdout)))
    families = {row["id"]: row["family"] for row in rows}
    assert families["garden/worms"] == families["garden/worm-compost"] == "garden/worm-compost"
    assert families["garden/clay"] == ""


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("lokup", "x"), 2, "did you mean lookup?"),
        (("lookup", "x", "--limit", "0"), 2, "'0' is not a whole number from 1 on"),
        (("lookup", "x", "--kind", "leson"), 2, "There is no kind “leson”; did you mean lesson?"),
        (("lookup", "x", "--content", "nowhere"), 2, "import a summary: python -m bot import FILE"),
        (("lookup", "x", "--config", "nowhere.yaml"), 2, "nowhere.yaml: there is no such file; name one that exists"),
        (("import", "nowhere.txt"), 2, "nowhere.txt: this cannot be read (No such file or directory)"),
        (("db", "import"), 2, "a FILE goes with import"),
        (("schedule", "--days", "400"), 2, "'400' is more than a year of days (366)"),
        ((), 2, "required: VERB"),
    ],
)
def test_errors_go_to_standard_error_with_their_mend(
    place: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    done = run(place, *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_document_says_steers_no_terminal_and_needs_no_letter_that_it_lacks(place: Path) -> None:
    (place / "talk.txt").write_text(f"{RAW}\n\nÜber \x1b]0;mine\x07\n", "utf-8")
    ascii_ = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run(place, "import", "talk.txt", "--title", "Über Gärten", **ascii_)
    refused = run(place, "check", "--content", "Über \x1b[2J", **ascii_)
    assert (done.returncode, refused.returncode) == (0, 1), done.stderr
    assert done.stdout.startswith("Uber Garten")
    assert "\x1b" not in done.stdout + refused.stderr


def test_check_reports_content_and_configuration_together(place: Path) -> None:
    (place / "config").mkdir()
    (place / "config" / "bot.yaml").write_text("search:\n  resluts: 3\ndaily:\n  time: 9:75\nquote: no\n")
    (place / "content" / "garden.md").write_text(KEPT.replace("{#clay}", "{#Clay}"))
    done = run(place, "check")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].endswith(
        "bot.yaml:2: `search.resluts` is unknown; did you mean `search.results`?"
    )
    assert "`Clay` is no id" in done.stderr
    assert "bot.yaml:4: `daily.time`" in done.stderr


def test_check_reports_declared_channels_that_run_would_refuse(place: Path) -> None:
    (place / "config").mkdir()
    lines = (
        "slack T1/C1 9:30 Europe/Berlin",
        "irc T1/C1 9:30 Europe/Berlin",
        "slack T1/C2 9:30",
        "slack T1/C1 9:30 Asia/Tokyo",
    )
    (place / "config" / "bot.yaml").write_text(f"daily:\n  channels: {json.dumps(lines)}\n")
    done = run(place, "check")
    assert done.returncode == 1
    assert [line.partition("”: ")[2][:20] for line in done.stderr.splitlines()] == [
        "it names no channel;",
        "09:30 in whose local",
        "this channel stands ",
    ]


def test_a_piped_console_answers_line_by_line_without_colour(place: Path) -> None:
    done = run(place, "console", given="/lookup clay\n1\n")
    assert "Clay holds water" in done.stdout
    assert "Shared by you" in done.stdout
    assert "\x1b" not in done.stdout
