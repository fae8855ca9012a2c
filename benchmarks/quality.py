"""How well the right entry is found, over the queries of tests/quality/ours.yaml: `python -m benchmarks.quality`.

The classes: a keywords; b typos, beginnings, misheard forms; c questions; d messages of a discussion that an entry
fits; e messages that deserve no quote. Engines are tuned on the part marked `tuned` only; the part marked `reported`
is what to believe.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.core import quoting, search
from bot.core.library import Library
from bot.core.parser import parse

CONTENT = Path("content")
LABELLED = Path("tests/quality/ours.yaml")
LOOKUPS = "abc"
THRESHOLD = 0.5  # the default of quote.confidence in config/bot.yaml
QUOTED_WRONGLY = 0.05  # the share of e that may be quoted where "right at 5 %" is read off


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled query: what was typed, its class, the ids that are right, and the part of the set it belongs to."""

    query: str
    label: str
    want: tuple[str, ...]
    split: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1; None where there is no case to tell. `first` and `three` go by class, a to d."""

    number: dict[str, int]
    first: dict[str, float]
    three: dict[str, float]
    refused: float | None
    quoted_right: float | None
    auc: float | None
    right_at_5: float | None


def read_cases(path: Path = LABELLED) -> list[Case]:
    """The labelled queries of a file: a list of `{q, class, want, split}`."""
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return [Case(str(row["q"]), row["class"], tuple(row.get("want") or ()), row["split"]) for row in rows]


def read_library(folder: Path = CONTENT) -> Library:
    """Every summary of a content folder."""
    return Library(parse(path.read_text("utf-8"), path.stem).summary for path in sorted(folder.glob("*.md")))


def measure(library: Library, cases: Iterable[Case], threshold: float = THRESHOLD) -> Figures:
    """The figures over these cases. A rank counts as right where any wanted entry, or one of its family, is there."""
    index = search.Index(library)
    ranks: dict[str, list[int]] = {}
    sure_d: list[tuple[float, bool]] = []
    sure_e: list[float] = []
    for case in cases:
        hits = _answer(index, case)
        top = hits[0].score if hits else 0.0
        if case.label == "e":
            sure_e.append(top)
            continue
        rank = _rank(library, hits, case)
        ranks.setdefault(case.label, []).append(rank)
        if case.label == "d":
            sure_d.append((top, rank == 1))
    least = sorted(sure_e)[-1 - int(QUOTED_WRONGLY * len(sure_e))] if sure_e else 0.0
    return Figures(
        number={label: len(found) for label, found in sorted(ranks.items())} | ({"e": len(sure_e)} if sure_e else {}),
        first={label: _share(rank == 1 for rank in found) or 0.0 for label, found in sorted(ranks.items())},
        three={label: _share(rank <= 3 for rank in found) or 0.0 for label, found in sorted(ranks.items())},
        refused=_share(top < threshold for top in sure_e),
        quoted_right=_share(right and top >= threshold for top, right in sure_d),
        auc=auc([top for top, _ in sure_d], sure_e),
        right_at_5=_share(right and top > least for top, right in sure_d) if sure_e else None,
    )


def auc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """How often one of `higher` is above one of `lower`; ties count half."""
    pairs = [(one > other) + 0.5 * (one == other) for one in higher for other in lower]
    return sum(pairs) / len(pairs) if pairs else None


def _answer(index: search.Index, case: Case) -> list[search.Hit]:
    if case.label in LOOKUPS:
        return search.rank(index, case.query, limit=3)
    return quoting.candidates(index, case.query, 3)


def _rank(library: Library, hits: Sequence[search.Hit], case: Case) -> int:
    """Where the first right entry stands, counted from 1; one past the last where none does."""
    wanted = [entry for entry in (library.named(name) for name in case.want) if entry]
    right = {library.fullest(entry).key for entry in wanted}
    found = [library.fullest(hit.entry).key in right for hit in hits]
    return found.index(True) + 1 if True in found else max(len(found), 3) + 1


def _share(several: Iterable[bool]) -> float | None:
    counted = list(several)
    return sum(counted) / len(counted) if counted else None


def table(parts: dict[str, Figures]) -> str:
    """The figures of each part, side by side."""
    lines = [f"{'':24}" + "".join(f"{name:>12}" for name in parts)]
    labels = sorted({label for figures in parts.values() for label in figures.first})
    rows = [(f"{label} hit@1", [f.first.get(label) for f in parts.values()]) for label in labels]
    rows += [(f"{label} hit@3", [f.three.get(label) for f in parts.values()]) for label in labels]
    rows += [
        (f"e refused at {THRESHOLD}", [f.refused for f in parts.values()]),
        (f"d quoted right at {THRESHOLD}", [f.quoted_right for f in parts.values()]),
        ("AUC d/e", [f.auc for f in parts.values()]),
        ("d right at 5 % of e", [f.right_at_5 for f in parts.values()]),
    ]
    lines += [
        f"{name:24}" + "".join(f"{'-' if v is None else f'{v:.2f}':>12}" for v in values) for name, values in rows
    ]
    counts = [" ".join(f"{label} {n}" for label, n in f.number.items()) for f in parts.values()]
    return "\n".join([*lines, *(f"{name}: {count}" for name, count in zip(parts, counts, strict=True))])


def main() -> int:
    """Prints the table; 2 where there are no labelled queries."""
    if not LABELLED.exists():
        print(f"{LABELLED}: there are no labelled queries; write some", file=sys.stderr)
        return 2
    library, cases = read_library(), read_cases()
    splits = dict.fromkeys(case.split for case in cases)
    print(table({split: measure(library, [case for case in cases if case.split == split]) for split in splits}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
