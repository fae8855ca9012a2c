"""A large library is kept as it was read and counted: never a wrong answer, never a reason to fail."""

import asyncio
import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters import cache, content
from bot.core.errors import ContentError
from bot.core.finding import search
from bot.core.finding.index import Index
from bot.core.reading.packing import pack, unpack
from bot.core.reading.parser import Limits, parse
from tests.documents import KEPT

QUERIES = ("compost", "mulhc", "what do we do with the peelings", "the", "vermicompost", "sharp tools")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three summaries, which count as a large library."""
    monkeypatch.setattr(content, "CACHED_FROM", 1)
    folder = tmp_path / "content"
    folder.mkdir()
    for name in ("beds", "garden", "hedge"):
        (folder / f"{name}.md").write_text(KEPT.replace("Clay keeps", f"Clay in the {name} keeps"), "utf-8")
    return folder


def start(folder: Path, limits: Limits | None = None, cached: Path | None = None) -> Index:
    return asyncio.run(content.read_index(folder, limits or Limits(), cached or folder.parent / "cache"))


def kept(folder: Path) -> Path:
    (file,) = (folder.parent / "cache").iterdir()
    return file


def answers(index: Index) -> list[object]:
    found: list[object] = [search.look_up(index, query, limit=20) for query in QUERIES]
    return [*found, search.alike(index, index.entries[0], 9), search.suggest(index, "mul", 9), index.library.summaries]


def as_read_anew(folder: Path) -> list[object]:
    return answers(Index(asyncio.run(content.read_library(folder, Limits()))))


def refuse(*_: object) -> NoReturn:
    raise AssertionError("this had been done before")


def test_the_second_start_parses_and_counts_nothing_and_answers_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(folder)
    expected = as_read_anew(folder)
    monkeypatch.setattr(content, "parse", refuse)
    monkeypatch.setattr(content, "count", refuse)
    monkeypatch.setattr(cache, "write", refuse)
    assert answers(start(folder)) == expected


def test_a_small_library_leaves_no_trace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert answers(start(folder)) == as_read_anew(folder)
    assert not (folder.parent / "cache").exists()


def rewrite(folder: Path) -> None:
    (folder / "hedge.md").write_text(KEPT.replace("Clay", "Loam"), "utf-8")


def rename(folder: Path) -> None:
    (folder / "hedge.md").rename(folder / "arbour.md")


def remove(folder: Path) -> None:
    (folder / "hedge.md").unlink()


def add(folder: Path) -> None:
    (folder / "trees.md").write_text(KEPT, "utf-8")


@pytest.mark.parametrize(
    ("change", "anew"), [(rewrite, ["hedge"]), (rename, ["arbour"]), (remove, []), (add, ["trees"])]
)
def test_what_has_changed_is_read_and_only_that(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], anew: list[str]
) -> None:
    start(folder)
    change(folder)
    expected = as_read_anew(folder)
    read: list[str] = []

    def parsed(text: str, name: str, most: int, *, pasted: bool) -> object:
        read.append(name)
        return parse(text, name, most, pasted=pasted)

    monkeypatch.setattr(content, "parse", parsed)
    assert answers(start(folder)) == expected
    assert read == anew
    assert answers(start(folder)) == expected


def test_what_is_refused_is_refused_with_a_cache_too(folder: Path) -> None:
    start(folder)
    with pytest.raises(ContentError, match="more than 3 entries"):
        start(folder, Limits(max_entries=3))
    (folder / "hedge.md").write_text("no summary", "utf-8")
    with pytest.raises(ContentError, match=r"hedge\.md:1: this has no front matter"):
        start(folder)


def test_another_version_s_cache_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MADE_BY", b"commonplace 0\n")
    start(folder)
    old = kept(folder).read_bytes()
    monkeypatch.undo()
    monkeypatch.setattr(content, "CACHED_FROM", 1)
    assert answers(start(folder)) == as_read_anew(folder)
    assert kept(folder).read_bytes() != old


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_cache_is_as_good_as_none(folder: Path, data: st.DataObject) -> None:
    start(folder)
    whole = kept(folder).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    cut, flipped = whole[:at], whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    for damaged in (cut, flipped):
        kept(folder).write_bytes(damaged)
        assert cache.read(kept(folder)) is None
    start(folder)
    assert cache.read(kept(folder))


def test_where_nothing_can_be_kept_the_bot_starts_and_says_so_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    no_folder = folder / "garden.md"
    assert answers(start(folder, cached=no_folder / "cache")) == as_read_anew(folder)
    assert len(caplog.messages) == 1

    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert answers(start(folder)) == as_read_anew(folder)
    assert list((folder.parent / "cache").iterdir()) == []
    assert len(caplog.messages) == 2
    assert "No space left on device" in caplog.messages[1]


def test_several_processes_that_start_at_once_all_answer_and_leave_one_whole_cache(folder: Path) -> None:
    code = """
import asyncio, sys
from pathlib import Path
from bot.adapters import content
from bot.core.finding import search
from bot.core.reading.parser import Limits
content.CACHED_FROM = 1
folder, limits = Path(sys.argv[1]), Limits(max_entries=int(sys.argv[2]))
for turn in range(20):
    index = asyncio.run(content.read_index(folder, limits, folder.parent / "cache"))
    assert search.look_up(index, "compost").hits
"""
    limits = ["1001", "1002", "1003"]  # so that each takes what another has left for damaged
    running = [subprocess.Popen([sys.executable, "-c", code, folder, each]) for each in limits]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert cache.read(kept(folder))
    assert answers(start(folder)) == as_read_anew(folder)


def test_a_summary_is_unpacked_as_it_was_packed() -> None:
    own = Path(__file__).parents[2] / "content/gpt-4.5.md"
    for text, name in ((KEPT, "garden"), (own.read_text("utf-8"), "gpt-4.5")):
        summary = parse(text, name).summary
        assert unpack(pack(summary)) == summary
