"""content/ on disk: reads every summary, imports raw ones, and replaces a file only by a whole one.

Knows where files lie; what is in them the parser knows.
"""

import asyncio
import contextlib
import gc
import hashlib
import os
import re
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from bot.adapters import cache
from bot.adapters.files import replacing
from bot.core.errors import ContentError, Problem
from bot.core.finding.counting import count
from bot.core.finding.everyday import EVERYDAY
from bot.core.finding.index import Index
from bot.core.library import Library
from bot.core.reading import importing, kept
from bot.core.reading.packing import Packed, pack, unpack
from bot.core.reading.parser import Limits, Parsed, decode, parse
from bot.core.reading.slugs import is_slug, slug
from bot.core.summary import Summary

CACHED_FROM = 250_000  # bytes of content; less is read and counted within a fifth of a second


async def read_library(folder: Path, limits: Limits) -> Library:
    """Every NAME.md of a folder. Raises ContentError with every problem of every file, each in its file."""
    return await asyncio.to_thread(_library, folder, limits)


async def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells that a file of the folder was changed: the name, the time and the size of each."""
    return await asyncio.to_thread(_stamp, folder)


async def read_index(folder: Path, limits: Limits, cached: Path | None, english: Collection[str] = EVERYDAY) -> Index:
    """The same, with all that is counted of it; a large library is kept in the folder `cached` for the next time.

    What is a word of `english` is taken as it is typed.
    """
    gc.disable()  # what is read stays: to look through it again and again takes time, and holds up every answer
    try:
        return await asyncio.to_thread(_index, folder, limits, cached, english)
    finally:
        gc.enable()


async def check_folder(folder: Path, limits: Limits) -> list[Problem]:
    """Every problem of every file; none where the folder can be read as a library."""
    try:
        await read_library(folder, limits)
    except ContentError as error:
        return list(error.problems)
    return []


async def import_file(
    source: Path, folder: Path, *, name: str | None, title: str | None, force: bool, limits: Limits
) -> list[str]:
    """Bring a raw summary into the folder, and return the report for whoever did.

    Raises ContentError and leaves everything as it was, where the summary cannot be used or its file is there and
    `force` is not given. With `force` the ids of entries that are still there are kept, and the old file as `.bak`.
    """
    return await asyncio.to_thread(_import, source, folder, name, title, force=force, limits=limits)


def _index(folder: Path, limits: Limits, cached: Path | None, english: Collection[str]) -> Index:
    if cached is None or _size(folder) < CACHED_FROM:
        return Index(_library(folder, limits), english=english)
    known = hashlib.blake2b(bytes(folder.resolve()), digest_size=8).hexdigest()
    place = cached / f"library-{known}.cache"
    before = cache.read(place)
    packed: dict[bytes, Packed] = {}
    library = _library(folder, limits, before.summaries if before else {}, packed)
    if before and list(before.summaries) == list(packed):
        return Index(library, before.tables, english)
    tables = count(library)
    cache.write(place, cache.Kept(packed, tables))
    return Index(library, tables, english)


def _size(folder: Path) -> int:
    """The bytes of all summaries; 0 where that cannot be told, which reading them will explain."""
    try:
        return sum(path.stat().st_size for path in folder.glob("*.md"))
    except OSError:
        return 0


def _library(
    folder: Path, limits: Limits, known: Mapping[bytes, Packed] | None = None, packed: dict[bytes, Packed] | None = None
) -> Library:
    """What is `known` by the hash of its file is not parsed; what is read is noted in `packed` by the same."""
    problems: list[Problem] = []
    summaries = []
    for path in _files(folder):
        try:
            summaries.append(_summary(path, limits, known or {}, packed))
        except ContentError as error:
            problems += error.in_file(str(path)).problems
        if not is_slug(path.stem):
            mend = f"rename it, for example to {slug(path.stem) or 'my-summary'}.md"
            problems.append(Problem("the file's name is no slug", mend, file=str(path)))
    if problems:
        raise ContentError(problems)
    return Library(summaries)


def _files(folder: Path) -> list[Path]:
    """The summaries of a folder in the order of their names; hidden files and a README are none."""
    mend = "import a summary: python -m bot import FILE"
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".md" and path.name[0] != ".")
    except OSError as error:
        raise ContentError(Problem(f"the folder cannot be read ({error.strerror})", mend, file=str(folder))) from None
    found = [path for path in found if path.stem.lower() != "readme"]
    if not found:
        raise ContentError(Problem("there is no summary here", mend, file=str(folder)))
    return found


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    found = []
    with contextlib.suppress(OSError, ContentError):
        for path in _files(folder):
            status = path.stat()
            found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def _summary(path: Path, limits: Limits, known: Mapping[bytes, Packed], packed: dict[bytes, Packed] | None) -> Summary:
    data = _bytes(path, limits)
    if packed is None:
        return _parsed(data, path.stem, limits, kept_only=True).summary
    told = f"{path.stem}\0{limits.max_entries}\0".encode("utf-8", "surrogateescape")
    number = hashlib.blake2b(told + data, digest_size=16).digest()
    if number in known:
        packed[number] = known[number]
        return unpack(known[number])
    summary = _parsed(data, path.stem, limits, kept_only=True).summary
    packed[number] = pack(summary)
    return summary


def _read(path: Path, name: str, limits: Limits, *, kept_only: bool = False) -> Parsed:
    return _parsed(_bytes(path, limits), name, limits, kept_only=kept_only)


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except OSError as error:
        raise ContentError(Problem(f"this cannot be read ({error.strerror})", "name a readable file")) from None
    if len(data) > limits.max_bytes:
        mend = "split the document, or raise content.max_bytes"
        raise ContentError(Problem(f"this is larger than {limits.max_bytes:,} bytes", mend, 1))
    return data


def _parsed(data: bytes, name: str, limits: Limits, *, kept_only: bool) -> Parsed:
    text = decode(data)
    if kept_only and text.split("\n", 1)[0].rstrip() != "---":
        mend = "bring it in with python -m bot import FILE, or begin it with front matter"
        raise ContentError(Problem("this has no front matter", mend, 1))
    return parse(text, name, limits.max_entries, pasted=not kept_only)


def _import(
    source: Path, folder: Path, name: str | None, title: str | None, *, force: bool, limits: Limits
) -> list[str]:
    name = _name(source) if name is None else name
    if not is_slug(name) or len(name) > importing.MAX_NAME:
        mend = (
            f"use up to {importing.MAX_NAME} lower-case letters, digits, `-` and `.`, for example {_name(Path(name))}"
        )
        raise ContentError(Problem(f"`{name}` is no name for a summary", mend))
    target = folder / f"{name}.md"
    before = None
    if target.exists():
        if not force:
            mend = "choose another with --name, or renew it with --force"
            raise ContentError(Problem("this summary is there already", mend, file=str(target)))
        try:
            before = _read(target, name, limits, kept_only=True).summary
        except ContentError as error:
            raise error.in_file(str(target)) from None
    try:
        parsed = _read(source, name, limits)
    except ContentError as error:
        raise error.in_file(str(source)) from None
    made = importing.bring_in(parsed.summary, name, title, before)
    text = kept.write(made.summary)
    # What was written must read back; a summary that could not would be lost on the next start.
    parse(text, name, limits.max_entries)
    try:
        if before:
            shutil.copy2(target, target.with_suffix(".md.bak"))
        with replacing(target, target.stat().st_mode & 0o777 if before else 0o644) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        mend = "make the folder writable, or name another with --content"
        raise ContentError(Problem(f"this cannot be written ({error.strerror})", mend, file=str(target))) from None
    return importing.report(made, parsed, str(target))


def _name(source: Path) -> str:
    """A name from a file's: `GPT-4.5 talk-summary.txt` -> `gpt-4.5-talk`."""
    stem = source.stem if source.suffix.lower() in (".txt", ".md") else source.name
    return slug(re.sub(r"[-_ ]summary$", "", stem, flags=re.IGNORECASE), importing.MAX_NAME) or "summary"
