"""Asks the bot, and other engines if wanted, every labelled query of a library. Knows no figures.

The bot is asked through its desk, as the platforms ask it.
"""

import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.quality.cases import LIBRARIES, LOOKUPS, Case, lay_out, read_cases
from benchmarks.quality.engines import engines
from benchmarks.quality.figures import Answer
from bot.adapters import embedding
from bot.app import Places, learn, open_desk
from bot.core.finding.ranking import Hit, collapsed
from bot.core.library import Library
from bot.desk import Desk
from bot.settings import read_settings
from bot.shelf import Shelf

BOT, BY_WORDS = "the bot", "the bot, semantic off"
SHOWN = 3
PATIENCE_S = 600.0  # a busy machine shall not make the bot answer by words alone

Ask = Callable[[Case], Awaitable[Sequence[Hit]]]


async def answers(library: str, cache: Path, split: str = "", *, others: bool = False) -> dict[str, list[Answer]]:
    """The answers by engine, to one part of the labelled set or to all of it.

    The vectors of the library's texts are kept in the folder `cache`.
    """
    cases = [case for case in read_cases(LIBRARIES[library]) if split in ("", case.split)]
    settings = read_settings(f"search: {{semantic: on, cache: {json.dumps(str(cache))}}}")
    with tempfile.TemporaryDirectory() as folder:
        desk = await open_desk(Places(await lay_out(library, Path(folder))), settings)
    by_words = await _asked(_bot(desk), desk.library, cases)
    found = {BOT: await _asked(_bot(await _learnt(desk)), desk.library, cases), BY_WORDS: by_words}
    if others:
        with engines(desk.library) as several:
            for name, engine in several.items():
                found[name] = await _asked(_other(desk, engine), desk.library, cases)
    return found


async def _learnt(desk: Desk) -> Desk:
    await learn(desk)
    model = await embedding.load_model(desk.settings.search.model)
    shelf = desk.shelf
    desk.take(Shelf(shelf.index, shelf.meaning, embedding.Asked(model, PATIENCE_S)))
    return desk


def _bot(desk: Desk) -> Ask:
    async def ask(case: Case) -> Sequence[Hit]:
        return await (desk.find if case.label in LOOKUPS else desk.match)(case.query, SHOWN)

    return ask


def _other(desk: Desk, engine: Callable[[str], dict[int, float]]) -> Ask:
    async def ask(case: Case) -> Sequence[Hit]:
        return collapsed(desk.index, engine(case.query))[:SHOWN]

    return ask


async def _asked(ask: Ask, library: Library, cases: Iterable[Case]) -> list[Answer]:
    await ask(Case("to be warm", "a", (), ""))
    told = []
    for case in cases:
        start = time.perf_counter()
        hits = await ask(case)
        taken = (time.perf_counter() - start) * 1000
        told.append(Answer(case, _rank(library, hits, case), hits[0].score if hits else None, taken))
    return told


def _rank(library: Library, hits: Sequence[Hit], case: Case) -> int:
    """Where the first right entry, or one of its family, stands, counted from 1; 0 where none does.

    Raises LookupError where the case wants what is not there.
    """
    right = set()
    for name in case.want:
        if not (entry := library.named(name)):
            raise LookupError(f"no entry has the id {name}, which {case.query!r} wants")
        right.add(library.fullest(entry).key)
    return next((at for at, hit in enumerate(hits, 1) if library.fullest(hit.entry).key in right), 0)
