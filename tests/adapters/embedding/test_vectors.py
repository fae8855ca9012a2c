"""What is kept of vectors on disk: what is embedded again, and what may happen to the files."""

import asyncio
import logging
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.adapters.embedding import vectors
from bot.core.finding.vectors import Vectors
from tests.embedders import Concepts, rows

TEXTS = [f"bed {number} holds clay" for number in range(40)]


def learn(texts: Sequence[str], folder: Path | None, name: str = "concepts", in_words: Sequence[str] = ()) -> list[str]:
    """The texts that had to be embedded; all are known afterwards, each with its own vectors."""
    embedder = Concepts(name)
    found = asyncio.run(vectors.embed(embedder, texts, folder, in_words))
    assert list(found) == list(dict.fromkeys(texts))
    for text, one in found.items():
        np.testing.assert_allclose(one, rows(text) if text in in_words else rows(text)[:1], atol=1e-3)
    return embedder.given


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    assert sorted(learn([*TEXTS, TEXTS[0]], tmp_path / "new" / "folder")) == sorted(TEXTS)
    assert learn(TEXTS, tmp_path / "new" / "folder") == []
    assert learn(["another", *TEXTS[1:]], tmp_path / "new" / "folder") == ["another"]
    assert learn(TEXTS, None) != []


def test_the_words_of_a_text_are_kept_where_they_are_needed(tmp_path: Path) -> None:
    learn(TEXTS, tmp_path)
    assert sorted(learn(TEXTS, tmp_path, in_words=TEXTS[:3])) == sorted(TEXTS[:3])
    assert learn(TEXTS, tmp_path, in_words=TEXTS[:3]) == learn(TEXTS, tmp_path) == []


def test_each_model_has_a_file_of_its_own(tmp_path: Path) -> None:
    learn(TEXTS, tmp_path)
    assert sorted(learn(TEXTS, tmp_path, "../other/model 2")) == sorted(TEXTS)
    assert learn(TEXTS, tmp_path) == learn(TEXTS, tmp_path, "../other/model 2") == []
    assert len(list(tmp_path.iterdir())) == 2


def test_a_large_library_outlasts_a_small_one(tmp_path: Path) -> None:
    learn(TEXTS, tmp_path)
    learn(["one bed"], tmp_path)
    assert learn(TEXTS, tmp_path) == []


def test_what_is_no_longer_used_does_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "SPARE", 0)
    for number in range(5):
        learn([f"{number}: {text}" for text in TEXTS], tmp_path)
    assert learn([f"3: {text}" for text in TEXTS], tmp_path) == []  # an edit that is taken back costs nothing
    assert len(learn([f"1: {text}" for text in TEXTS], tmp_path)) == len(TEXTS)
    learn(TEXTS, tmp_path, in_words=TEXTS)
    learn(TEXTS, tmp_path)
    with np.load(next(tmp_path.iterdir())) as file:  # words count, too
        assert len(file["vectors"]) <= 2 * len(TEXTS)


def test_a_first_run_that_is_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "SAVED_EVERY", 32)
    texts = [f"{number}" for number in range(100)]

    class Stopped(Concepts):
        async def embed(self, texts: Sequence[str]) -> list[Vectors]:
            if len(self.given) >= 64:
                raise asyncio.CancelledError
            return await super().embed(texts)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(vectors.embed(Stopped(), texts, tmp_path))
    assert len(learn(texts, tmp_path)) == 36


def _foreign(path: Path, **arrays: Any) -> None:
    with path.open("wb") as file:
        np.savez(file, **arrays)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], Any]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-700]),
    "cut to the head": lambda path: path.write_bytes(path.read_bytes()[:30]),
    "a byte turned": lambda path: path.write_bytes(path.read_bytes()[:2000] + b"?" + path.read_bytes()[2001:]),
    "no archive": lambda path: path.write_text("hello"),
    "other arrays": lambda path: _foreign(path, other=np.zeros(3)),
    "other shapes": lambda path: _foreign(path, keys=np.zeros((2, 3), np.uint8), vectors=np.eye(2), ends=[1, 2]),
    "one number": lambda path: _foreign(path, keys=np.uint8(1), vectors=np.float16(1), ends=np.int64(1)),
    "other lengths": lambda path: _foreign(
        path, keys=np.zeros((2, 16), np.uint8), vectors=np.ones((2, 64)), ends=[1, 2]
    ),
    "fewer keys": lambda path: _foreign(path, keys=np.zeros((1, 16), np.uint8), vectors=np.eye(2, 64), ends=[1, 2]),
    "other ends": lambda path: _foreign(path, keys=np.zeros((2, 16), np.uint8), vectors=np.eye(2, 64), ends=[2, 1]),
    "a text without a vector": lambda path: _foreign(
        path, keys=np.zeros((2, 16), np.uint8), vectors=np.eye(2, 64), ends=[2, 2]
    ),
    "objects": lambda path: _foreign(path, keys=np.array([{}]), vectors=np.array([{}])),
    "a folder": _folder,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_cannot_be_read_is_made_anew(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    learn(TEXTS, tmp_path)
    (file,) = tmp_path.iterdir()
    DAMAGES[damage](file)
    assert sorted(learn(TEXTS, tmp_path)) == sorted(TEXTS)
    assert re.fullmatch(rf"the vectors in {re.escape(str(file))} are made anew: .+", caplog.messages[0])
    assert damage == "a folder" or learn(TEXTS, tmp_path) == []
    assert list(tmp_path.iterdir()) == [file]  # nothing is left beside it


@contextmanager
def _full_disk() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_nothing_can_be_kept_all_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    assert sorted(learn(TEXTS, tmp_path / "file")) == sorted(TEXTS)
    with _full_disk():
        assert sorted(learn(TEXTS, tmp_path / "disk")) == sorted(TEXTS)
    assert len([line for line in caplog.messages if line.startswith("the vectors cannot be kept")]) == 2
    assert list((tmp_path / "disk").iterdir()) == []


def test_two_processes_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    code = "import sys, pathlib; from tests.adapters.embedding.test_vectors import *; "
    code += "[learn([*TEXTS, f'{sys.argv[1]} {n}'], pathlib.Path(sys.argv[2])) for n in range(15)]"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    several = [subprocess.Popen([sys.executable, "-c", code, one, tmp_path], env=environment) for one in "ab"]
    assert [process.wait(60) for process in several] == [0, 0]
    assert learn(TEXTS, tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 1


def test_whoever_waits_long_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    learn(TEXTS, tmp_path)
    learn([f"{number}" for number in range(100)], tmp_path)
    (line,) = caplog.messages
    assert "what 100 texts mean" in line
