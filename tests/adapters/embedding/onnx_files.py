"""ONNX files of a few bytes, written field by field as onnx.proto numbers them; and BERT's reading of words as JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import BertWordPieceTokenizer

from bot.adapters.embedding.wordpiece import VOCABULARY

FLOAT, INT8, INT64 = 1, 3, 7
TABLE = np.random.default_rng(1).normal(size=(30_522, 4)).astype(np.float32)


def tokenizer(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    BertWordPieceTokenizer(str(VOCABULARY), lowercase=True).save(str(folder / "tokenizer.json"))


def model(
    arrays: Mapping[str, NDArray[np.float32] | NDArray[np.int8]],
    nodes: Sequence[bytes] = (),
    inputs: Sequence[bytes] = (),
    outputs: Sequence[bytes] = (),
) -> bytes:
    graph = b"".join(_part(1, node) for node in nodes) + _part(2, b"test")
    graph += b"".join(_part(5, _tensor(name, array)) for name, array in arrays.items())
    graph += b"".join(_part(11, one) for one in inputs) + b"".join(_part(12, one) for one in outputs)
    return _number(1, 8) + _part(8, _number(2, 13)) + _part(7, graph)


def words_as_vectors(*, outputs: Sequence[str], inputs: Sequence[str], length: int = 0) -> bytes:
    """A model that gives each piece of a word its row of TABLE: `tokens` as they are, `pooled` their sum."""
    nodes = [
        _part(1, b"table") + _part(1, b"input_ids") + _part(2, b"tokens") + _part(4, b"Gather"),
        _part(1, b"tokens") + _part(2, b"pooled") + _part(4, b"ReduceMean") + _ints(b"axes", 1) + _int(b"keepdims", 0),
    ]
    given = [_value(name, INT64, ("batch", length or "length")) for name in inputs]
    shapes: dict[str, tuple[str | int, ...]] = {"tokens": ("batch", length or "length", 4), "pooled": ("batch", 4)}
    return model({"table": TABLE}, nodes, given, [_value(name, FLOAT, shapes[name]) for name in outputs])


def _tensor(name: str, array: NDArray[np.float32] | NDArray[np.int8]) -> bytes:
    dims = b"".join(_number(1, size) for size in array.shape)
    kind = FLOAT if array.dtype == np.float32 else INT8
    return dims + _number(2, kind) + _part(8, name.encode()) + _part(9, array.tobytes())


def _value(name: str, kind: int, shape: Sequence[str | int]) -> bytes:
    dims = [_part(1, _number(1, one) if isinstance(one, int) else _part(2, one.encode())) for one in shape]
    return _part(1, name.encode()) + _part(2, _part(1, _number(1, kind) + _part(2, b"".join(dims))))


def _int(name: bytes, value: int) -> bytes:
    return _part(5, _part(1, name) + _number(3, value) + _number(20, 2))


def _ints(name: bytes, value: int) -> bytes:
    return _part(5, _part(1, name) + _number(8, value) + _number(20, 7))


def _part(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
