"""The labelled queries of tests/quality, and the libraries that are asked. Knows nothing of engines or figures.

The classes: a keywords; b typos, beginnings, misheard forms; c questions; d messages of a discussion that an entry
fits; e messages that deserve no quote. Engines are tuned on the part marked `tuned` alone; the part marked `reported`
is what to believe.
"""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bot.adapters.content import import_file, read_library
from bot.core.reading import kept
from bot.core.reading.parser import Limits
from bot.core.summary import Summary

LABELLED = Path("tests/quality")
CONTENT = Path("content")
LOOKUPS = "abc"  # the classes that are looked up; the others are messages
OURS, BARE, RAW = "our content", "our content without phrasings", "a summary imported raw"
LIBRARIES = {OURS: "ours", BARE: "ours", RAW: "harbour-talk"}  # and the queries that each is asked


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled query: what was typed, its class, the ids that are right, and the part of the set it belongs to."""

    query: str
    label: str
    want: tuple[str, ...]
    split: str


def read_cases(subject: str) -> list[Case]:
    """The labelled queries of a subject, `ours` or `harbour-talk`: lists of `{q, class, want, split}`."""
    files = sorted(LABELLED.glob(f"{subject}*.yaml"))
    rows: list[dict[str, Any]] = [row for file in files for row in yaml.safe_load(file.read_text("utf-8"))]
    return [Case(str(row["q"]), row["class"], tuple(row.get("want", ())), row["split"]) for row in rows]


async def lay_out(library: str, folder: Path) -> Path:
    """The content folder of one of LIBRARIES, made within `folder` where there is none."""
    if library == OURS:
        return CONTENT
    if library == RAW:
        source = LABELLED / "harbour-talk.txt"
        await import_file(source, folder, name="harbour-talk", title=None, force=False, limits=Limits())
        return folder
    for summary in (await read_library(CONTENT, Limits())).summaries.values():
        await asyncio.to_thread((folder / f"{summary.name}.md").write_text, kept.write(_bare(summary)), "utf-8")
    return folder


def _bare(summary: Summary) -> Summary:
    return replace(summary, entries=tuple(replace(entry, phrasings=()) for entry in summary.entries))
