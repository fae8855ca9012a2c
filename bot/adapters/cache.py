"""A library as it was read and counted the last time, in one file: taken up again only if nothing has changed since.

The file is a line that says what it was made by, a hash of all that follows, the length of a marshalled head, the
head, and arrays, which are mapped into memory and read from the disk as they are needed. In the head each summary is
marshalled by itself, so that no other thread waits for all of them. Whatever does not match is as good as not there: a
cache may always be deleted.
"""

import hashlib
import logging
import marshal
import mmap
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

import numpy as np

from bot import __version__
from bot.adapters.files import replacing
from bot.core.finding.counting import FORMAT, Tables
from bot.core.reading.packing import Packed

_log = logging.getLogger(__name__)

_MADE_BY = f"commonplace {__version__} {FORMAT} {sys.implementation.cache_tag} {sys.byteorder}\n".encode()
_HASH_BYTES = 32
_LENGTH = struct.Struct("<Q")
_ALIGNED = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """Each summary by the hash of its file, in order, and what was counted of all of them together."""

    summaries: Mapping[bytes, Packed]
    tables: Tables


def read(path: Path) -> Kept | None:
    """What lies in the file; None where there is none, it is damaged, or another version wrote it."""
    try:
        with path.open("rb") as file:
            if file.readline(len(_MADE_BY)) != _MADE_BY:
                return None
            told = file.read(_HASH_BYTES)
            start = file.tell()
            if hashlib.file_digest(file, _hash).digest() != told:
                return None
            file.seek(start)
            (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
            several, plain, arrays = marshal.loads(file.read(length))  # noqa: S302 - its hash was right
            summaries = {number: marshal.loads(one) for number, one in several.items()}  # noqa: S302
            return Kept(summaries, Tables(**plain, **_mapped(file, arrays)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, TypeError, struct.error) as error:
        _log.info("the cache is made anew: %s", error)
        return None


def write(path: Path, kept: Kept) -> None:
    """Put it there, whole or not at all. Where that cannot be done, one line of the log says so."""
    values = {field.name: getattr(kept.tables, field.name) for field in fields(Tables)}
    arrays = {name: np.ascontiguousarray(value) for name, value in values.items() if isinstance(value, np.ndarray)}
    plain = {name: value for name, value in values.items() if name not in arrays}
    try:
        with replacing(path) as file:
            several = {number: marshal.dumps(one) for number, one in kept.summaries.items()}
            _write(file, (several, plain), arrays)
    except OSError as error:
        _log.warning("the cache cannot be written, so the next start takes as long as this one: %s", error)


def _hash() -> Any:
    return hashlib.blake2b(digest_size=_HASH_BYTES)


def _write(file: IO[bytes], plain: tuple[Any, ...], arrays: dict[str, Any]) -> None:
    """The arrays are found by their type, shape and distance from the end of the file."""
    after, listed = 0, {}
    for name, array in reversed(arrays.items()):
        after += array.nbytes + _gap(array.nbytes)
        listed[name] = (array.dtype.str, array.shape, after)
    head = marshal.dumps((*plain, listed))
    before = len(_MADE_BY) + _HASH_BYTES + _LENGTH.size + len(head)
    pieces: list[bytes] = [_LENGTH.pack(len(head)), head, bytes(_gap(before))]
    for array in arrays.values():
        pieces += [array.tobytes(), bytes(_gap(array.nbytes))]
    digest = _hash()
    for piece in pieces:
        digest.update(piece)
    file.writelines([_MADE_BY, digest.digest(), *pieces])


def _gap(length: int) -> int:
    """The bytes up to where the next array may begin."""
    return -length % _ALIGNED


def _mapped(file: IO[bytes], arrays: Mapping[str, tuple[str, Sequence[int], int]]) -> dict[str, Any]:
    held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return {
        name: np.ndarray(shape, kind, held, len(held) - after if 0 not in shape else 0)
        for name, (kind, shape, after) in arrays.items()
    }
