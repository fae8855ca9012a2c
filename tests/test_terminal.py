"""`python -m bot console` as a process: what it keeps, what it does without, and lessons that come by themselves."""

import asyncio
import fcntl
import os
import pty
import re
import select
import sqlite3
import struct
import subprocess
import sys
import termios
import time as clock
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.adapters.console import PLACE
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.subscription import Subscription
from bot.settings import read_settings
from bot.terminal import machine_zone
from bot.upkeep import open_store
from tests.documents import KEPT

ROOT = Path(__file__).parent.parent
PATIENCE_S = 60


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "garden.md").write_text(KEPT, "utf-8")
    return tmp_path


def environment(place: Path, url: str = "") -> dict[str, str]:
    return {
        "PYTHONPATH": str(ROOT),
        "PATH": "",
        "HOME": str(place),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        "TERM": "xterm",
        "TZ": "Europe/Berlin",
        "DATABASE_URL": url or f"sqlite:///{place / 'bot.db'}",
    }


def run(place: Path, *words: str, given: str = "", url: str = "") -> str:
    """What is written to standard output; nothing may go to standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=place,
        env=environment(place, url),
        input=given,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return " ".join(done.stdout.split())


@contextmanager
def at_a_terminal(place: Path) -> Iterator["Screen"]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "console"],
        cwd=place,
        env=environment(place),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Screen(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


class Screen:
    """A terminal that a test types into. `shown` is all that was written there, without what moves the cursor."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self._process, self._terminal, self._written = process, terminal, b""

    @property
    def shown(self) -> str:
        return " ".join(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self._written.decode("utf-8", "ignore")).split())

    def types(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def reads(self, said: str) -> None:
        """Wait until that is shown."""
        end = clock.monotonic() + PATIENCE_S
        while said not in self.shown:
            assert clock.monotonic() < end, self.shown
            self._read()

    def _read(self) -> None:
        if not select.select([self._terminal], [], [], 0.5)[0]:
            return
        try:
            new = os.read(self._terminal, 65536)
        except OSError:  # how Linux tells that nobody writes there any more
            return
        self._written += new
        if b"\x1b[6n" in new:  # where the cursor is
            self.types("\x1b[20;1R")

    def leaves(self) -> int:
        """The exit status after Ctrl-D, which is pressed until a prompt stands to take it."""
        end = clock.monotonic() + PATIENCE_S
        while self._process.poll() is None:
            assert clock.monotonic() < end, self.shown
            with suppress(OSError):  # it has just gone
                self.types("\x04")
            self._read()
        return self._process.returncode


def subscribed(place: Path, due: timedelta) -> None:
    """The terminal's lesson comes every day, next so long from now (or so long ago)."""

    async def put() -> None:
        now = datetime.now(UTC)
        at = now + due
        async with open_store(read_settings("", environment(place))) as store:
            schedule = Schedule(time(at.hour, at.minute), "UTC")
            await store.put(Subscription(PLACE, schedule, now - timedelta(days=2), by="you", by_name="You"))

    asyncio.run(put())


def test_over_a_pipe_it_is_switched_on_and_kept_and_other_verbs_see_it(place: Path) -> None:
    told = run(place, "console", given="/daily on 9:00\n/daily status\n")
    assert told.count("(Europe/Berlin)") == 3  # the machine's zone: announced, answered, and in the status
    assert "Set up by You" in run(place, "console", given="/daily status\n")
    assert "Console local, terminal: 09:00, weekdays, Europe/Berlin" in run(place, "schedule")
    assert "console channel terminal: on, nothing sent yet" in run(place, "doctor")


def test_a_lesson_that_was_missed_comes_late_into_a_half_typed_line(place: Path) -> None:
    subscribed(place, -timedelta(hours=1))
    with at_a_terminal(place) as screen:
        screen.reads("commonplace>")
        screen.types("[[cla")
        screen.reads("Lesson of the day")
        screen.reads("and comes late. [4] More like this commonplace> [[cla")
        screen.types("y]]\r")
        screen.reads("Clay keeps its moisture for weeks.")
        screen.types("/daily status\r")
        screen.reads("· sent late ·")
        assert "subscription=" not in screen.shown  # the scheduler's log
        assert screen.leaves() == 0
    with closing(sqlite3.connect(place / "bot.db")) as database:
        found = database.execute("SELECT outcome FROM deliveries ORDER BY date").fetchall()
    assert found[-1] == ("sent",)
    assert ("claimed",) not in found


def test_where_no_database_is_none_is_made_before_it_is_needed(place: Path) -> None:
    with at_a_terminal(place) as screen:
        screen.reads("commonplace>")
        screen.types("[[clay]]\r")
        screen.reads("Clay keeps its moisture for weeks.")
        clock.sleep(1.5)  # it would be opened by then
        assert not (place / "bot.db").exists()
        screen.types("/daily on\r")
        screen.reads("Daily lesson: on")
        assert (place / "bot.db").exists()
        assert screen.leaves() == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://ada:s3cret@127.0.0.1:1/bot", "Connection refused; check DATABASE_URL and its server"),
        ("mysql://ada:s3cret@127.0.0.1/bot", "DATABASE_URL is no address of a database; write postgresql://…"),
        ("sqlite:////dev/null/folder/bot.db", "the database cannot be used: [Errno 20] Not a directory"),
        ("sqlite:///content/garden.md", "file is not a database; see that the file can be written"),
    ],
)
def test_a_database_that_cannot_be_used_keeps_nobody_from_the_rest(place: Path, url: str, said: str) -> None:
    told = run(place, "console", given="/daily status\n[[clay]]\n", url=url)
    assert "The daily lesson is kept in a database that cannot be used now." in told
    assert said in told
    assert "s3cret" not in told
    assert "Clay keeps its moisture for weeks." in told


def test_a_newer_database_keeps_nobody_from_the_prompt(place: Path) -> None:
    subscribed(place, -timedelta(hours=1))
    with closing(sqlite3.connect(place / "bot.db")) as database, database:
        database.execute("UPDATE schema_version SET version_num = '9999'")
    with at_a_terminal(place) as screen:
        screen.reads("commonplace>")
        screen.types("/daily\r")
        screen.reads("newer version (9999)")
        screen.reads("install the newer version of the bot")
        assert screen.leaves() == 0


@pytest.mark.parametrize(
    ("told", "link", "zone"),
    [
        ("America/New_York", "/usr/share/zoneinfo/Europe/Berlin", "America/New_York"),
        (":Asia/Kolkata", "", "Asia/Kolkata"),
        ("/usr/share/zoneinfo/posix/Asia/Kolkata", "", "Asia/Kolkata"),
        ("", "/var/db/timezone/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        (":/etc/localtime", "../usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("", "/usr/share/zoneinfo/Etc/UTC", None),
        ("CET-1CEST", "/usr/share/zoneinfo/Europe/Berlin", None),
        ("../../etc/passwd", "", None),
        ("", "", None),
    ],
)
def test_the_zone_is_the_machines_where_it_can_be_told(tmp_path: Path, told: str, link: str, zone: str | None) -> None:
    localtime = tmp_path / "localtime"
    if link:
        localtime.symlink_to(link)
    assert asyncio.run(machine_zone({"TZ": told}, localtime)) == zone
