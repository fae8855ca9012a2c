"""Embedders of the tests' own: small, quick, and told in advance what means the same."""

import asyncio
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from bot.core.finding.vectors import Vectors
from bot.core.words import EMPTY, words

WIDTH = 64
CONCEPTS = (
    "soil earth ground beds",
    "compost peelings scraps worms leftovers garbage kitchen",
    "water moisture clay dry thirsty",
    "sharp tools blunt shears spades",
    "label name forgot tray",
)
_AXIS = {word: axis for axis, several in enumerate(CONCEPTS) for word in several.split()}


class Concepts:
    """Words of one concept lie on one axis of their own; a text of none lies by itself. Notes what it is given.

    It reads nothing but ASCII.
    """

    def __init__(self, name: str = "concepts", wait_s: float = 0.0, fails: Exception | None = None) -> None:
        self.name, self.wait_s, self.fails = name, wait_s, fails
        self.given: list[str] = []

    async def embed(self, texts: Sequence[str]) -> list[Vectors]:
        await asyncio.sleep(self.wait_s)
        if self.fails:
            raise self.fails
        self.given += texts
        return [rows(text) if text.isascii() else np.zeros((1, WIDTH), np.float32) for text in texts]


def rows(text: str) -> Vectors:
    """A text and those of its words that say something."""
    return np.stack([vector(text), *(vector(word) for word in words(text) if word not in EMPTY)])


def vector(text: str) -> Vectors:
    found = np.full(WIDTH, 1e-3, np.float32)
    found[len(CONCEPTS) + crc32(text.encode()) % (WIDTH - len(CONCEPTS))] += 0.5
    for word in words(text):
        if word in _AXIS:
            found[_AXIS[word]] += 1
    return np.asarray(found / np.linalg.norm(found), np.float32)
