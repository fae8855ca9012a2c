"""The arrays of an ONNX file, without a runtime: just the fields of its protocol buffer that hold them.

Source: onnx.proto of ONNX 1.19 (ModelProto.graph = 7, GraphProto.initializer = 5, TensorProto.dims = 1, data_type = 2,
name = 8, raw_data = 9).
"""

import mmap
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_GRAPH, _INITIALIZER = 7, 5
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9
_LONGEST_VARINT = 64  # bits
_VARINT, _BYTES, _FIXED = 0, 2, {1: 8, 5: 4}
_TYPES: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 3: np.dtype("i1")}

Array = NDArray[Any]


def read_arrays(path: Path) -> dict[str, Array]:
    """Every array of 32-bit floats or of bytes by its name, in the file's order, mapped and not copied.

    Raises OSError where the file cannot be read, ValueError where it is no ONNX file.
    """
    with path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    try:
        tensors = [tensor for graph in _read(whole).parts[_GRAPH] for tensor in _read(graph).parts[_INITIALIZER]]
        return {name: array for name, array in map(_array, tensors) if array is not None}
    except (IndexError, ValueError, OverflowError) as error:
        raise ValueError(f"{path} is no ONNX file: {error}") from None


class _Message:
    """The fields of a message, by their numbers: what is a number, and what is made up of bytes."""

    def __init__(self) -> None:
        self.numbers: dict[int, list[int]] = defaultdict(list)
        self.parts: dict[int, list[memoryview]] = defaultdict(list)


def _array(tensor: memoryview) -> tuple[str, Array | None]:
    read = _read(tensor)
    name = bytes(read.parts[_NAME][0]).decode() if read.parts[_NAME] else ""
    kind = read.numbers[_TYPE][0]
    if kind not in _TYPES or not read.parts[_RAW]:
        return name, None
    shape = read.numbers[_DIMS] or [number for part in read.parts[_DIMS] for number in _packed(part)]
    found: Array = np.frombuffer(read.parts[_RAW][0], _TYPES[kind])
    return name, found.reshape(shape)


def _read(part: memoryview) -> _Message:
    message, at = _Message(), 0
    while at < len(part):
        key, at = _varint(part, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(part, at)
            message.numbers[number].append(value)
        elif wire == _BYTES:
            length, at = _varint(part, at)
            message.parts[number].append(part[at : at + length])
            at += length
        elif wire in _FIXED:
            at += _FIXED[wire]
        else:
            raise ValueError(f"wire type {wire} is none that ONNX uses")
    return message


def _varint(part: memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = part[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if shift > _LONGEST_VARINT + 7:
            raise ValueError("a number is longer than 64 bits")
        if byte < 0x80:
            return number, at


def _packed(part: memoryview) -> list[int]:
    found, at = [], 0
    while at < len(part):
        number, at = _varint(part, at)
        found.append(number)
    return found
