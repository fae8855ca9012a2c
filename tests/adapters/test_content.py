"""content/ on disk: nothing is lost on bad input, and every problem has its file."""

import asyncio
from pathlib import Path

import pytest

from bot.adapters.content import check_folder, import_file, read_library
from bot.core.errors import ContentError
from bot.core.reading.parser import Limits
from tests.documents import KEPT, RAW


def bring_in(source: Path, folder: Path, *, name: str | None = None, force: bool = False) -> list[str]:
    return asyncio.run(import_file(source, folder, name=name, title=None, force=force, limits=Limits()))


def refused(source: Path, folder: Path, *, name: str | None = None, force: bool = False) -> str:
    with pytest.raises(ContentError) as raised:
        bring_in(source, folder, name=name, force=force)
    return str(raised.value)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "Garden Talk-summary.txt"
    path.write_text(RAW, "utf-8")
    return path


def test_an_imported_summary_is_there_at_the_next_start(raw: Path, tmp_path: Path) -> None:
    bring_in(raw, tmp_path / "content")
    library = asyncio.run(read_library(tmp_path / "content", Limits()))
    assert list(library.summaries) == ["garden-talk"]
    assert len(library.entries) == 15


def test_a_summary_that_is_there_is_renewed_only_by_force_and_kept_as_bak(raw: Path, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    bring_in(raw, folder)
    target = folder / "garden-talk.md"
    old = target.read_text("utf-8")
    raw.write_text(RAW.replace("Clay holds water for weeks.", "Clay holds its water for weeks."), "utf-8")
    assert refused(raw, folder).endswith(
        "garden-talk.md: this summary is there already; choose another with --name, or renew it with --force"
    )
    assert target.read_text("utf-8") == old
    assert any(line.endswith("entries kept their ids; none is gone.") for line in bring_in(raw, folder, force=True))
    assert (folder / "garden-talk.md.bak").read_text("utf-8") == old
    assert "Clay holds its water" in target.read_text("utf-8")
    assert sorted(path.name for path in folder.iterdir()) == ["garden-talk.md", "garden-talk.md.bak"]


def test_bad_input_changes_nothing(raw: Path, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    bring_in(raw, folder, name="talk")
    before = (folder / "talk.md").read_bytes()
    raw.write_bytes(b"\xff\xfe\x00")
    assert "UTF-16" in refused(raw, folder, name="talk", force=True)
    raw.write_text("Dear all, lunch is at 12.", "utf-8")
    assert f"{raw}:1: no key idea and no lesson was found" in refused(raw, folder, name="talk", force=True)
    assert (folder / "talk.md").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["talk.md"]


def test_a_broken_file_is_not_renewed_over(raw: Path, tmp_path: Path) -> None:
    target = tmp_path / "talk.md"
    target.write_text("my notes", "utf-8")
    assert "talk.md:1: this has no front matter" in refused(raw, tmp_path, name="talk", force=True)
    assert target.read_text("utf-8") == "my notes"


@pytest.mark.parametrize("name", ["Talk", "a/b", "../x", "", "x" * 25])
def test_a_name_that_is_no_slug_is_refused(raw: Path, tmp_path: Path, name: str) -> None:
    assert "is no name for a summary; use up to 24" in refused(raw, tmp_path, name=name)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("x" * 101)
    with pytest.raises(ContentError, match=r"large\.txt:1: this is larger than 100 bytes; split the document"):
        asyncio.run(import_file(path, tmp_path, name="large", title=None, force=False, limits=Limits(max_bytes=100)))


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(KEPT.replace("{#clay}", ""), "utf-8")
    (tmp_path / "b.md").write_bytes(b"\xff")
    (tmp_path / "Not a Slug.md").write_text(KEPT, "utf-8")
    (tmp_path / "c.md").mkdir()
    (tmp_path / "README.md").write_text("about this folder")
    found = [str(problem) for problem in asyncio.run(check_folder(tmp_path, Limits()))]
    assert len(found) == 4
    for name, said in (("a.md:25", "no id"), ("b.md:1", "not UTF-8 at byte 0"), ("c.md", "cannot be read")):
        assert any(f"{name}: " in problem and said in problem for problem in found)
    assert any("Not a Slug.md: the file's name is no slug; rename it, for example to not-a-slug.md" in p for p in found)


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_a_folder_without_summaries_says_how_to_get_one(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    (problem,) = asyncio.run(check_folder(tmp_path / folder, Limits()))
    assert problem.mend == "import a summary: python -m bot import FILE"
