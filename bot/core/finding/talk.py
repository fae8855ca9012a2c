"""What people say where they work: whether it is a discussion, and what it would be called in writing.

Knows sentences and their vectors; nothing of a library's entries, nor of the model that makes vectors. NumPy is loaded
with it.

People say in a chat what is written in other words. `Talk` has ideas as they are written, each with messages about it.
A message sounds more or less like each of these; what is written about those it sounds like is added to what it means
(one step of attention over pairs that are kept; Vaswani et al., "Attention is all you need", 2017).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.core.finding.vectors import Floats, Vectors

# Chosen on messages about other ideas than those of this talk (docs/decisions/0002-messages.md).
SOUNDS = 0.7  # what the nearest message about an idea counts in how much a message sounds like it, against its text
SHARP = 25.0  # how much more than others the idea counts that a message sounds like most
IN_WRITING = 0.8  # what that adds to a message
USUAL = 0.8  # how much of what every discussion says is taken off
CHATTER = 3  # sentences of chatter, the nearest, whose mean is a message's nearness to it
RIDGE = 0.003  # what holds back the weights that tell a discussion from chatter


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea as it is written, and messages of people who talk about it."""

    text: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """What people say where they work: discussions, each of the idea that fits it, and everyday chatter."""

    ideas: Sequence[Idea]
    chatter: Sequence[str]

    @property
    def discussion(self) -> list[str]:
        """Every message that an idea fits."""
        return [message for idea in self.ideas for message in idea.messages]

    @property
    def texts(self) -> list[str]:
        """Every sentence whose vector is needed."""
        return [*(idea.text for idea in self.ideas), *self.discussion, *self.chatter]


class Heard:
    """Talk as vectors, built once a library and only read afterwards."""

    def __init__(self, talk: Talk, vector_of: Mapping[str, Floats]) -> None:
        """`vector_of` holds those of each of `talk.texts`, however precise."""

        def wholes(several: Sequence[str]) -> Vectors:
            return np.stack([vector_of[text][0] for text in several], dtype=np.float32)

        self._chatter = wholes(talk.chatter)
        self._said = wholes(talk.discussion)
        self._first = np.cumsum([0, *(len(idea.messages) for idea in talk.ideas[:-1])])  # message of each idea
        self._written = wholes([idea.text for idea in talk.ideas])
        self._told_apart, self._threshold = _told_apart(self._said, self._chatter)
        self._usual = USUAL * np.mean([self._written_too(message) for message in self._said], axis=0)

    def chatter(self, message: Vectors) -> float:
        """How near the nearest few sentences of everyday chatter come."""
        return float(np.sort(self._chatter @ message)[-CHATTER:].mean())

    def discussed(self, message: Vectors) -> float:
        """Above 0 for a discussion, below for chatter."""
        return float(message @ self._told_apart - self._threshold)

    def in_writing(self, message: Vectors) -> Vectors:
        """A message as what is written may be compared with; not of length 1."""
        return np.asarray(self._written_too(message) - self._usual)

    def _written_too(self, message: Vectors) -> Vectors:
        nearest = np.maximum.reduceat(self._said @ message, self._first)
        sounds = SOUNDS * nearest + (1 - SOUNDS) * (self._written @ message)
        counts = np.exp(SHARP * (sounds - sounds.max()))
        written = (counts / counts.sum()) @ self._written
        return np.asarray(message + IN_WRITING * written)


def _told_apart(discussion: Vectors, chatter: Vectors) -> tuple[Vectors, float]:
    """The direction, and the place on it, that tells the two apart best: ridge regression on +1 and -1, each side
    counting half (Hoerl and Kennard, 1970)."""
    vectors = np.concatenate([discussion, chatter])
    sides = np.repeat([1.0, -1.0], [len(discussion), len(chatter)])
    counts = np.repeat([0.5 / len(discussion), 0.5 / len(chatter)], [len(discussion), len(chatter)])
    middle = counts @ vectors
    centred = vectors - middle
    spread = (centred * counts[:, None]).T @ centred + RIDGE * np.eye(vectors.shape[1])
    weights = np.linalg.solve(spread, centred.T @ (counts * sides)).astype(np.float32)
    return weights, float(weights @ middle)
