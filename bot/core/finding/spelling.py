"""What a word that nobody wrote may stand for: a beginning, a slip of the keys, two words run together, a misheard one.

Knows the words of a vocabulary and how often each occurs; nothing of what they are about.

What is near a word is sought in two steps: letters that the one has and the other lacks tell which words may be near,
for a slip takes away and adds one letter at most; only these are compared. So a hundred thousand words are no burden.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.core.words import EMPTY

MOST = 6  # guesses at one word that are followed up
LONGEST = 40  # letters; nothing longer is mended
FOLLOWED = 200  # words with one beginning that are looked at
PREFIX_WEIGHT = 0.9
SURE_WEIGHT = 0.95  # the trust in the nearest word, and in two words run together
SLIP_COST = 0.1  # what each slip takes from the trust
SOUND_WEIGHT = 0.6

_PREFIXES = frozenset("down in off on out over under up".split())  # `overfit` is a word, and not two run together

_BLOCK = 4096  # words whose letters are counted at once, for the sake of memory


@dataclass(frozen=True, slots=True)
class Guess:
    """What a word may stand for: the words to look for instead, how far to trust that, and how many slips it takes."""

    instead: tuple[str, ...]
    weight: float
    slips: int = 0


class Speller:
    """Reads unknown words by the words that are known."""

    def __init__(self, words: Sequence[str], counts: Sequence[int], sounding: Sequence[str]) -> None:
        """The words that are known, sorted, how often each occurs, and `sounds(words)`."""
        self._frequency = dict(zip(words, counts, strict=True))
        self._sorted, self._sounds = _mendable(words), sounding
        self._lengths = np.fromiter(map(len, self._sorted), np.int64, len(self._sorted))
        self._letters = _letters(self._sorted)

    def __contains__(self, word: object) -> bool:
        return word in self._frequency

    def begun(self, beginning: str) -> list[Guess]:
        """Words that begin so, the most frequent first."""
        if len(beginning) < 2 or not beginning.isalpha():
            return []
        at = bisect_left(self._sorted, beginning)
        found = list(takewhile(lambda word: word.startswith(beginning), self._sorted[at : at + FOLLOWED]))
        found.sort(key=lambda word: (-self._frequency[word], len(word), word))
        return [Guess((word,), PREFIX_WEIGHT) for word in found[:MOST]]

    def read(self, word: str) -> list[Guess]:
        """What an unknown word may stand for, best first; nothing where all is far-fetched."""
        if not word.isalpha() or not 3 <= len(word) <= LONGEST:
            return []
        begun = self.begun(word) if len(word) > 3 else []
        return begun or self._slips(word) or self._parted(word) or self._begun_amiss(word) or self._sounding(word)

    def _slips(self, word: str) -> list[Guess]:
        most = 1 if len(word) < 6 else 2 if len(word) < 9 else 3
        close = extract(word, self.near(word, most), scorer=OSA.distance, score_cutoff=most, limit=40)
        ranked = sorted((self._far(word, other, far), other) for other, far, _ in close if _likely(word, other))
        ranked = [(far, other) for far, other in ranked if far <= most + 0.5]
        best = [(far, other) for far, other in ranked if far < ranked[0][0] + 0.6][:MOST]
        nearest = best[0][0] if best else 0.0
        return [Guess((o,), SURE_WEIGHT - 2 * SLIP_COST * (far - nearest), max(1, round(far))) for far, o in best]

    def near(self, word: str, most: int) -> list[str]:
        """All words that so many slips may lead to, and some others, the shortest first."""
        own = _letters([word])[0]
        places = np.flatnonzero(np.abs(self._lengths - len(word)) <= most)
        letters = self._letters[places]
        places = places[(np.bitwise_count(own & ~letters) <= most) & (np.bitwise_count(letters & ~own) <= most)]
        return [self._sorted[at] for at in places[np.argsort(self._lengths[places], kind="stable")].tolist()]

    def _far(self, word: str, other: str, distance: float) -> float:
        """The distance, but nearer where the words begin or sound alike or have the same letters, and where
        the other is frequent."""
        alike = sound(word) == sound(other)
        twisted = sorted(word) == sorted(other)
        return (
            distance
            - 0.5 * alike
            - 0.3 * twisted
            + 0.75 * (word[0] != other[0] and not twisted)
            - 0.1 * (word[-1] == other[-1])
            - 0.01 * min(self._frequency[other], 20)
        )

    def _parted(self, word: str) -> list[Guess]:
        cuts = ((word[:at], word[at:]) for at in range(2, len(word) - 1) if word[:at] not in _PREFIXES)
        known = [cut for cut in cuts if cut[0] in self._frequency and self._one_or_many(cut[1])]
        known.sort(key=lambda cut: (-min(len(part) for part in cut), cut))
        return [Guess(cut, SURE_WEIGHT, 1) for cut in known[:1] if min(map(len, cut)) > 2 or len(word) > 6]

    def _one_or_many(self, word: str) -> bool:
        return any(one in self._frequency for one in (word, word + "s", word.removesuffix("s")))

    def _begun_amiss(self, word: str) -> list[Guess]:
        """Words that begin nearly so, with the same letter."""
        most = 0 if len(word) < 5 else 1 if len(word) < 8 else 2
        at, end = bisect_left(self._sorted, word[0]), bisect_left(self._sorted, chr(ord(word[0]) + 1))
        own = _letters([word])[0]
        lacking = np.bitwise_count(own & ~self._letters[at:end])
        maybe = np.flatnonzero((lacking <= most) & (self._lengths[at:end] > len(word))) + at
        longer = [self._sorted[place] for place in maybe.tolist()]
        begun = {other: other[: len(word)] for other in longer} | {o + " ": o[: len(word) + 1] for o in longer}
        close = extract(word, begun, scorer=OSA.distance, score_cutoff=most, limit=40) if most else []
        ranked = sorted((far, -self._frequency[other.strip()], other.strip()) for _, far, other in close)
        best = dict.fromkeys(other for far, _, other in ranked if far == ranked[0][0])
        return [Guess((other,), PREFIX_WEIGHT - 2 * SLIP_COST, 1) for other in best][:MOST]

    def _sounding(self, word: str) -> list[Guess]:
        key = sound(word)
        pairs = zip(self._sorted, self._sounds, strict=True) if len(key) > 3 else ()
        found = [other for other, sounding in pairs if sounding == key]
        near = extract(word, found, scorer=OSA.distance, score_cutoff=len(word) // 2, limit=MOST)
        return [Guess((other,), SOUND_WEIGHT, 3) for other, _, _ in near]


_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"[cst]i(?=[ao])"), "s"),
    (re.compile(r"gh|h"), ""),
    (re.compile(r"ck|[cq]"), "k"),
    (re.compile(r"[zx]"), "s"),
    (re.compile(r"j"), "g"),
    (re.compile(r"w"), "v"),
    (re.compile(r"(?<=.)[aeiouy]+"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def sound(word: str) -> str:
    """A word as it roughly sounds: its consonants, those alike written alike."""
    for pattern, instead in _SOUNDS:
        word = pattern.sub(instead, word)
    return word


def sounds(words: Sequence[str]) -> list[str]:
    """How those of these words sound that a slip may stand for."""
    mendable = _mendable(words)
    return sound("\n".join(mendable)).split("\n") if mendable else []


def _likely(word: str, other: str) -> bool:
    """Whether a slip may be what makes the one of the other, beside a twist (`bgu`, `hte`), which always may.

    Hardly, that a short word has two letters too many or begins with another letter. A word of three, which may well
    be short for something (`HDD`, `AGI`), may only lack a letter of a word that says something (`dta`).
    """
    if sorted(word) == sorted(other):
        return True
    if len(word) < 5 and word[0] != other[0]:
        return False
    if len(word) == 3:
        return len(other) > 3 and other not in EMPTY
    return len(word) > 8 or len(word) - len(other) < 2


def _mendable(words: Sequence[str]) -> list[str]:
    return [word for word in words if len(word) > 2 and word.isalpha()]


def _letters(words: Sequence[str]) -> NDArray[np.uint64]:
    """Which letters each word has: a bit for having one, another for having it twice; rare letters share theirs."""
    blocks = (words[at : at + _BLOCK] for at in range(0, len(words), _BLOCK))
    return np.concatenate([np.zeros(0, np.uint64), *map(_letters_of, blocks)])


def _letters_of(words: Sequence[str]) -> NDArray[np.uint64]:
    points = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32) % 32
    cells = np.repeat(np.arange(len(words)) * 32, [len(word) for word in words]) + points
    times = np.bincount(cells, minlength=len(words) * 32).reshape(-1, 32)
    bits = np.packbits(np.hstack([times > 0, times > 1]), axis=1, bitorder="little")
    return bits.view(np.uint64).ravel()
