"""What answers to labelled queries are worth, as figures. Knows no engine and no library.

Hits are told by class, a to d; `AUC` is how well the score of the first candidate tells d from e (ties count half);
`right at 5 %` is the share of d quoted correctly where at most 5 % of e is quoted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from benchmarks.quality.cases import LOOKUPS, Case

QUOTED_WRONGLY = 0.05  # the share of e that may be quoted where "right at 5 %" is read off
BINS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine found for a case.

    `rank` is where the first right entry stands, from 1, and 0 where it is not among the first three. `score` is that
    of the first entry, right or not; None where nothing was found. `ms` is how long it took.
    """

    case: Case
    rank: int
    score: float | None
    ms: float


@dataclass(frozen=True, slots=True)
class Bin:
    """First candidates of about the same confidence: how many, their mean confidence, and the share that is right."""

    number: int
    confidence: float
    right: float


def figures(answers: Sequence[Answer], threshold: float | None = None) -> dict[str, float]:
    """The figures by name, shares from 0 to 1 with four places.

    With a threshold, the quote.confidence, also what is quoted at it.
    """
    d, e = _of(answers, "d"), _of(answers, "e")
    told = {label: _share(one.rank == 1 for one in _of(answers, label)) for label in "abcd"}
    told["d hit@3"] = _share(one.rank > 0 for one in d)
    told["AUC"] = auc([one.score or 0.0 for one in d], [one.score or 0.0 for one in e])
    least = sorted(one.score or 0.0 for one in e)[-1 - int(QUOTED_WRONGLY * len(e))]
    told["right at 5 %"] = _share(one.rank == 1 and (one.score or 0.0) > least for one in d)
    if threshold is not None:
        told["e refused"] = _share((one.score or 0.0) < threshold for one in e)
        told["d quoted right"] = _share(one.rank == 1 and (one.score or 0.0) >= threshold for one in d)
    return {name: round(share, 4) for name, share in told.items()}


def times(answers: Sequence[Answer]) -> dict[str, float]:
    """How long a lookup and a message took, in milliseconds."""
    told: dict[str, float] = {}
    for name, labels in (("lookup", LOOKUPS), ("message", "de")):
        taken = [one.ms for one in answers if one.case.label in labels]
        told |= {f"{name} p50 ms": median(taken), f"{name} p99 ms": quantiles(taken, n=100, method="inclusive")[-1]}
    return told


def auc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often one of `higher` is above one of `lower`; ties count half."""
    return _mean([(one > other) + 0.5 * (one == other) for one in higher for other in lower])


def claims(answers: Iterable[Answer]) -> list[tuple[float, bool]]:
    """The confidence of each message's first candidate, and whether it is borne out: one of the three is right."""
    return [(a.score, 1 <= a.rank <= 3) for a in answers if a.case.label in "de" and a.score is not None]


def reliability(claimed: Sequence[tuple[float, bool]]) -> list[Bin]:
    """The claims in ten bins of equal width, those that are empty left out."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in claimed:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    return [Bin(len(b), _mean([c for c, _ in b]), _share(right for _, right in b)) for _, b in sorted(bins.items())]


def calibration_error(claimed: Sequence[tuple[float, bool]]) -> float:
    """The expected calibration error (Naeini et al., 2015): how far confidence and truth lie apart, bin by bin."""
    return sum(b.number * abs(b.confidence - b.right) for b in reliability(claimed)) / len(claimed)


def brier(claimed: Sequence[tuple[float, bool]]) -> float:
    """The mean square of what a confidence was wrong by (Brier, 1950)."""
    return _mean([(confidence - right) ** 2 for confidence, right in claimed])


def _of(answers: Iterable[Answer], label: str) -> list[Answer]:
    return [one for one in answers if one.case.label == label]


def _share(several: Iterable[bool]) -> float:
    return _mean([float(one) for one in several])


def _mean(several: Sequence[float]) -> float:
    return sum(several) / len(several)
