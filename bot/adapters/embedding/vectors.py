"""Vectors of texts, and of the words in some, kept on disk, so that a text is embedded once: a file for each model.

What cannot be read or written is made anew and never a fault: a cache may always be deleted.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.adapters.files import replacing
from bot.ports import Embedder

log = logging.getLogger(__name__)

CHUNK = 16  # texts at a time in a thread, which nothing can break off: a second at most
MANY = 64  # texts that take long enough for somebody to be told
SAVED_EVERY = 2_000  # texts; a first reading that is broken off goes on from there
SPARE = 200_000  # vectors (150 MB) that are no longer used and are kept all the same: another library may be large
_HASH_BYTES = 16

Halves = NDArray[np.float16]  # half the memory, and as good for comparing


async def embed(
    embedder: Embedder, texts: Sequence[str], folder: Path | None, in_words: Collection[str] = ()
) -> dict[str, Halves]:
    """The vector of each text, from the folder where it is known, else by the embedder and then kept there.

    For the texts `in_words` as the embedder gives them, rows for their words included, for the others one row.
    """
    in_words = frozenset(in_words)
    path = folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', embedder.name)}.npz" if folder else None
    known = await asyncio.to_thread(_read, path) if path else {}
    keys, missing = await asyncio.to_thread(_missing, texts, known, in_words)
    if len(missing) > MANY:
        log.info("learning what %s texts mean; once they are known the start is quick", len(missing))
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        for text, rows in zip(chunk, await embedder.embed(chunk), strict=True):
            known[keys[text]] = (rows if text in in_words else rows[:1]).astype(np.float16)
        if path and start // SAVED_EVERY < (start + CHUNK) // SAVED_EVERY:
            await asyncio.to_thread(_write, path, known, set(keys.values()))
    if path and missing:
        await asyncio.to_thread(_write, path, known, set(keys.values()))
    return {text: known[key] for text, key in keys.items()}


def _missing(
    texts: Sequence[str], known: Collection[bytes], in_words: Collection[str]
) -> tuple[dict[str, bytes], list[str]]:
    """The key of each text, and the texts that are not known, the short ones first: those of a length go together."""
    keys = {text: _key(text, text in in_words) for text in texts}
    return keys, sorted((text for text, key in keys.items() if key not in known), key=len)


def _key(text: str, in_words: bool) -> bytes:
    whose = b"words" if in_words else b""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_HASH_BYTES, person=whose).digest()


def _read(path: Path) -> dict[bytes, Halves]:
    try:
        # NumPy leaves a file open that it opened and cannot read.
        with path.open("rb") as whole, np.load(whole, allow_pickle=False) as file:
            keys, vectors, ends = file["keys"], file["vectors"], file["ends"]
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float32))  # without a copy of them all
        several = np.split(vectors, ends[:-1])
        sound = len(several) == len(keys) and ends[-1:] == len(vectors) and all(map(len, several))
        if sound and keys.shape[1:] == (_HASH_BYTES,) and np.all(np.isclose(lengths, 1, atol=0.01) | (lengths == 0)):
            return dict(zip((bytes(key) for key in keys), several, strict=True))
        reason = "these are no vectors of texts"
    except FileNotFoundError:
        return {}
    except KeyError:
        reason = "another version of the bot wrote them"
    except Exception:  # whatever a damaged archive may raise
        reason = "the file is damaged"
    log.warning("the vectors in %s are made anew: %s", path, reason)
    return {}


def _write(path: Path, known: dict[bytes, Halves], used: set[bytes]) -> None:
    """Keep what is used, and of the rest (another library, an earlier edit) the latest, SPARE or as many again."""
    unused, mine = [key for key in known if key not in used], [key for key in known if key in used]
    room = max(sum(len(known[key]) for key in mine), SPARE)
    latest = np.searchsorted(np.cumsum([len(known[key]) for key in reversed(unused)]), room, "right")
    kept = unused[len(unused) - latest :] + mine  # in the order of their last use
    keys = np.frombuffer(b"".join(kept), np.uint8).reshape(-1, _HASH_BYTES)
    try:
        with replacing(path) as file:
            several = [known[key] for key in kept]
            np.savez(file, keys=keys, vectors=np.concatenate(several), ends=np.cumsum(list(map(len, several))))
    except OSError as error:
        log.warning("the vectors cannot be kept, so the next start takes as long: %s", error)
