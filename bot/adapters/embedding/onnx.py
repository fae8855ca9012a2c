"""A model of one's own: a folder with a sentence-transformers model that was exported to ONNX.

Needs what `pip install 'commonplace-bot[onnx]'` brings. The folder holds `model.onnx` (or `onnx/model.onnx`) and
`tokenizer.json`, as the hubs of models offer them.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.errors import Problem, SettingsError
from bot.core.finding.vectors import Vectors

LONGEST = 256  # pieces of words
BATCH = 16  # texts at a time


class OnnxModel:
    """An Embedder: the mean of the last layer, or what the model itself makes of a sentence, at length 1."""

    def __init__(self, folder: Path) -> None:
        """Raises SettingsError where the packages or the files are missing, or cannot be used."""
        try:
            import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra, wanted only here
            import tokenizers  # noqa: PLC0415
        except ImportError:
            mend = "install them: pip install 'commonplace-bot[onnx]'"
            raise SettingsError(Problem("search.model needs packages that are not installed", mend)) from None
        file = next((path for path in (folder / "model.onnx", folder / "onnx" / "model.onnx") if path.exists()), None)
        if file is None or not (folder / "tokenizer.json").exists():
            mend = "name a folder that holds model.onnx (or onnx/model.onnx) and tokenizer.json"
            raise SettingsError(Problem(f"search.model: there is no ONNX model in {folder}", mend))
        try:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1  # the other cores have the bot to run
            self._session: Any = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
            own = self._tokenizer.truncation or {}
            self._tokenizer.enable_truncation(min(LONGEST, own.get("max_length", LONGEST)))
            self._tokenizer.enable_padding()
            self._inputs = {one.name for one in self._session.get_inputs()}
            self.name = f"{folder.resolve().name}-{_hash(file, folder / 'tokenizer.json')}"
            self.embedded(["word " * LONGEST, "word"])  # what it cannot do shows at once
        except Exception as error:
            mend = "export it anew, or leave search.model empty"
            raise SettingsError(Problem(f"search.model: {folder} cannot be used: {error}", mend)) from None

    async def embed(self, texts: Sequence[str]) -> list[Vectors]:
        """Each text as a whole, in a thread; what words such a model means is not known."""
        return list((await asyncio.to_thread(self.embedded, texts))[:, None])

    def embedded(self, texts: Sequence[str]) -> Vectors:
        """One row a text, of length 1, or of noughts where it has no pieces; here and now.

        Raises OSError where the model fails.
        """
        return np.concatenate([self._batch(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])

    def _batch(self, texts: Sequence[str]) -> Vectors:
        read = self._tokenizer.encode_batch(list(texts))
        given = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
        arrays = {name: np.array([getattr(one, part) for one in read], np.int64) for name, part in given.items()}
        try:
            found = self._session.run(None, {name: array for name, array in arrays.items() if name in self._inputs})
        except Exception as error:  # the runtime's own kinds of errors have nothing in common
            raise OSError(f"the model failed: {' '.join(str(error).split())}") from error
        pooled = next((one for one in found if one.ndim == 2), None)
        if pooled is None:
            real = arrays["attention_mask"][:, :, None].astype(np.float32)
            pooled = (found[0] * real).sum(1) / np.maximum(real.sum(1), 1)
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.asarray(pooled / np.where(lengths > 0, lengths, 1), np.float32)


def _hash(*files: Path) -> str:
    """What changes with any of the files."""
    found = hashlib.blake2b(digest_size=4)
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()
