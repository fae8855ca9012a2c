"""The figures as tables, as JSON, and as a record that a later run is held against."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.quality.asking import BOT, BY_WORDS
from benchmarks.quality.cases import OURS
from benchmarks.quality.figures import Answer, brier, calibration_error, claims, figures, reliability, times
from bot.settings import read_settings

REACHED = Path("tests/quality/reached.yaml")
DOCS = Path("docs/search.md")
TOLERATED = 0.03  # how far a figure may fall behind what was reached
POOLED = "all three libraries"
TIMES = ("lookup", "message")

# By library, then by engine.
Answers = Mapping[str, Mapping[str, Sequence[Answer]]]
Figures = dict[str, dict[str, dict[str, float]]]

_HEAD = """# What the bot has reached on the reported part: no figure may fall more than 0.03 behind.
# Written by `python -m benchmarks.quality --record`, together with the tables of docs/search.md.
"""
_BLOCK = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


def part(answers: Answers, split: str) -> Answers:
    """The answers to the cases of one part of the labelled set."""
    return {
        library: {engine: [one for one in several if one.case.split == split] for engine, several in found.items()}
        for library, found in answers.items()
    }


def told(answers: Answers) -> Figures:
    """The figures by library and engine; what is quoted at quote.confidence for the bot alone."""
    threshold = read_settings("").confidence
    return {
        library: {e: figures(several, threshold if e in (BOT, BY_WORDS) else None) for e, several in found.items()}
        for library, found in answers.items()
    }


def behind(now: Figures, reached: Figures) -> list[str]:
    """What has fallen more than TOLERATED behind, or is not recorded."""
    faults = []
    for library, found in now.items():
        for engine in (BOT, BY_WORDS):
            for name, figure in found[engine].items():
                was = reached.get(library, {}).get(engine, {}).get(name)
                if was is None or round(was - figure, 4) > TOLERATED:
                    faults.append(f"{library}, {engine}, {name}: {figure}, and {was} was reached")
    return faults


def tables(answers: Answers) -> str:
    """A table for each library, as Markdown."""
    told_now = told(answers)
    return "\n\n".join(
        f"**{library[0].upper()}{library[1:]}**: {_counts(found[BOT])}.\n\n"
        + _table([[engine, *cells(told_now[library][engine]), *_times(several)] for engine, several in found.items()])
        for library, found in answers.items()
    )


def cells(one: Mapping[str, float]) -> list[str]:
    """An engine's figures as they stand in its row."""
    names = ("a", "b", "c", "d", "d hit@3", "AUC", "right at 5 %", "e refused", "d quoted right")
    return [f"{one[name]:.2f}" if name in one else "-" for name in names]


def calibration(answers: Answers) -> str:
    """How far the confidence of first candidates can be believed, as Markdown."""
    pools = {(POOLED, BOT): pooled(answers, BOT), (OURS, BOT): claims(answers[OURS][BOT])}
    pools |= {(POOLED, BY_WORDS): pooled(answers, BY_WORDS), (OURS, BY_WORDS): claims(answers[OURS][BY_WORDS])}
    errors = [
        [f"{library}, {engine}", str(len(several)), f"{calibration_error(several):.3f}", f"{brier(several):.3f}"]
        for (library, engine), several in pools.items()
    ]
    bins = [[f"{b.confidence:.2f}", str(b.number), f"{b.right:.2f}"] for b in reliability(pools[POOLED, BOT])]
    return "\n\n".join(
        [
            _markdown(["", "first candidates", "calibration error", "Brier score"], errors),
            _markdown(["mean confidence", "first candidates", "right"], bins),
        ]
    )


def pooled(answers: Answers, engine: str) -> list[tuple[float, bool]]:
    """The claims of an engine over every library."""
    return [claim for found in answers.values() for claim in claims(found[engine])]


def as_json(answers: Answers) -> dict[str, Any]:
    """Every figure by part, library and engine, and the calibration of the bot over all libraries."""
    parts = {split: part(answers, split) for split in ("reported", "tuned")}
    made: dict[str, Any] = {
        split: {
            library: {engine: figures_of | times(one[library][engine]) for engine, figures_of in found.items()}
            for library, found in told(one).items()
        }
        for split, one in parts.items()
    }
    claimed = pooled(parts["reported"], BOT)
    return made | {"calibration": {"error": calibration_error(claimed), "brier": brier(claimed)}}


def read_reached() -> Figures:
    """What was recorded last."""
    reached: Figures = yaml.safe_load(REACHED.read_text("utf-8"))
    return reached


def record(answers: Answers) -> None:
    """Keep the figures of the reported part, as what later runs are held against and in the documentation."""
    reported = part(answers, "reported")
    kept = {library: {e: found[e] for e in (BOT, BY_WORDS)} for library, found in told(reported).items()}
    REACHED.write_text(_HEAD + yaml.safe_dump(kept, sort_keys=False), "utf-8")
    block = f"{tables(reported)}\n\nHow far the confidence can be believed:\n\n{calibration(reported)}\n"
    DOCS.write_text(_BLOCK.sub(lambda _: block, DOCS.read_text("utf-8")), "utf-8")


def _counts(answers: Sequence[Answer]) -> str:
    labels = [one.case.label for one in answers]
    return ", ".join(f"{labels.count(label)} {label}" for label in "abcde")


def _times(answers: Sequence[Answer]) -> list[str]:
    taken = times(answers)
    return [f"{taken[f'{name} p50 ms']:.1f} / {taken[f'{name} p99 ms']:.1f}" for name in TIMES]


def _table(rows: Sequence[Sequence[str]]) -> str:
    head = ["", "a", "b", "c", "d", "d hit@3", "AUC", "right at 5 %", "e refused", "d quoted right"]
    return _markdown([*head, *(f"{name} ms" for name in TIMES)], rows)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
