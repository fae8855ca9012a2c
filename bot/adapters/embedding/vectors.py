"""Vectors of texts kept on disk, so that a text is embedded once: by the hash of the text, a file for each model.

What cannot be read or written is made anew and never a fault: a cache may always be deleted.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.ports import Embedder

log = logging.getLogger(__name__)

CHUNK = 16  # texts at a time in a thread, which nothing can break off: a second at most
MANY = 64  # texts that take long enough for somebody to be told
SAVED_EVERY = 2_000  # texts; a first reading that is broken off goes on from there
SPARE = 100_000  # texts that are no longer used and are kept all the same: another library may be large
_HASH_BYTES = 16

Vectors = NDArray[np.float32]


async def embed(embedder: Embedder, texts: Sequence[str], folder: Path | None) -> dict[str, Vectors]:
    """The vector of each text, from the folder where it is known, else by the embedder and then kept there."""
    path = folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', embedder.name)}.npz" if folder else None
    known = await asyncio.to_thread(_read, path) if path else {}
    keys, missing = await asyncio.to_thread(_missing, texts, known)
    if len(missing) > MANY:
        log.info("learning what %s texts mean; once they are known the start is quick", len(missing))
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        found = await embedder.embed(chunk)
        known.update(zip((keys[text] for text in chunk), found.astype(np.float16), strict=True))
        if path and start // SAVED_EVERY < (start + CHUNK) // SAVED_EVERY:
            await asyncio.to_thread(_write, path, known, set(keys.values()))
    if path and missing:
        await asyncio.to_thread(_write, path, known, set(keys.values()))
    return await asyncio.to_thread(lambda: {text: known[key].astype(np.float32) for text, key in keys.items()})


def _missing(texts: Sequence[str], known: Collection[bytes]) -> tuple[dict[str, bytes], list[str]]:
    """The key of each text, and the texts that are not known, the short ones first: those of a length go together."""
    keys = {text: _key(text) for text in texts}
    return keys, sorted((text for text, key in keys.items() if key not in known), key=len)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_HASH_BYTES).digest()


def _read(path: Path) -> dict[bytes, NDArray[np.float16]]:
    try:
        # NumPy leaves a file open that it opened and cannot read.
        with path.open("rb") as whole, np.load(whole, allow_pickle=False) as file:
            keys, vectors = file["keys"], file["vectors"]
        lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
        if keys.shape[1:] == (_HASH_BYTES,) and np.all(np.isclose(lengths, 1, atol=0.01) | (lengths == 0)):
            return dict(zip((bytes(key) for key in keys), vectors, strict=True))
        reason = "these are no vectors of texts"
    except FileNotFoundError:
        return {}
    except Exception as error:  # whatever a damaged archive may raise
        reason = str(error)
    log.warning("the vectors in %s are made anew: %s", path, reason)
    return {}


def _write(path: Path, known: dict[bytes, NDArray[np.float16]], used: set[bytes]) -> None:
    """Keep what is used, and of the rest (another library, an earlier edit) the latest, SPARE or as many again."""
    unused = [key for key in known if key not in used]
    # In the order of their last use.
    kept = unused[max(len(unused) - max(len(used), SPARE), 0) :] + [key for key in known if key in used]
    keys = np.frombuffer(b"".join(kept), np.uint8).reshape(-1, _HASH_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, keys=keys, vectors=np.stack([known[key] for key in kept]))
            Path(beside).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
            raise
    except OSError as error:
        log.warning("the vectors cannot be kept, so the next start takes as long: %s", error)
