"""The desk with a model: what it finds beyond words, and what it does while the model is late, fails or is away."""

import asyncio
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import run

import pytest

from bot.adapters.embedding import AT_ONCE, REMEMBERED, Asked
from bot.core.answering.commands import Invocation, Value
from bot.core.finding.index import Index
from bot.core.finding.meaning import Meaning, texts
from bot.core.finding.search import Hit
from bot.core.finding.talk import Idea, Talk
from bot.core.finding.vectors import Vectors
from bot.core.library import Library
from bot.core.reading.parser import parse
from bot.desk import Desk
from bot.ports import Embedder
from bot.settings import read_settings
from bot.shelf import Shelf
from tests.desks import ASKER, StoppedClock
from tests.documents import KEPT, garden
from tests.embedders import Concepts, rows

ROOT = Path(__file__).parents[2]
TALK = Talk(
    [
        Idea("Soil holds water for as long as it holds leaves.", ("the beds are dry again",)),
        Idea("An edge is worth a stroke of the file a day.", ("our shears are blunt",)),
    ],
    ["lunch?", "thanks all", "see you on Monday"],
)
LEFTOVERS = "where should leftovers go when cooking ends"  # no word in common with any entry
NOWHERE = "invoices reach accounting through their portal"


def shelf(embedder: Embedder, library: Library | None = None) -> Shelf:
    library = library or garden()
    known = {text: rows(text) for text in (*texts(library), *TALK.texts)}
    return Shelf(Index(library), Meaning(library, known, TALK), embedder)


def desk(embedder: Embedder) -> Desk:
    return Desk(shelf(embedder), read_settings(""), StoppedClock(), random.Random(1))


def find(desk: Desk, query: str) -> list[str]:
    return [hit.entry.id for hit in asyncio.run(desk.find(query, 5))]


def by_words(query: str) -> list[str]:
    return find(Desk(Shelf(Index(garden())), read_settings(""), StoppedClock(), random.Random(1)), query)


def test_an_entry_is_found_by_its_meaning_where_no_word_is_shared() -> None:
    assert by_words(LEFTOVERS) == []
    assert find(desk(Concepts()), LEFTOVERS)[0] == "worm-compost"
    assert find(desk(Concepts()), NOWHERE) == []


def test_what_the_model_cannot_read_is_found_by_words_alone() -> None:
    text = KEPT.replace("Clay keeps its moisture for weeks.", "Глина держит влагу неделями.")
    russian = Library([parse(text, "garden").summary])
    ours = Desk(shelf(Concepts(), russian), read_settings(""), StoppedClock(), random.Random(1))
    assert find(ours, "как долго держит глина") == ["clay"]
    assert find(ours, "где ближайшая пекарня") == []
    assert asyncio.run(ours.match("глина держит влагу неделями, вот увидите", 1))[0].entry.id == "clay"
    assert not ours.fits(asyncio.run(ours.match("где ближайшая пекарня", 3)))


def test_what_a_few_words_say_wholly_asks_no_model() -> None:
    embedder = Concepts()
    for query in ("[[clay]]", "garden/clay", "sharp tools", "", "   "):
        assert find(desk(embedder), query)[:1] == by_words(query)[:1]
    assert embedder.given == []


def test_the_meaning_of_a_misspelt_query_is_that_of_the_repaired_one() -> None:
    embedder = Concepts()
    find(desk(embedder), "sharpn the toools")
    assert embedder.given == ["sharpen the tools"]


@pytest.mark.parametrize(
    "embedder", [Concepts(wait_s=60), Concepts(fails=RuntimeError("no memory"))], ids=["late", "failing"]
)
def test_without_an_answer_of_the_model_words_alone_find(embedder: Concepts, caplog: pytest.LogCaptureFixture) -> None:
    without = desk(Asked(embedder, 0.01))
    query = "what holds the clay and the water"
    assert find(without, query) == by_words(query) != []
    assert asyncio.run(without.match(query, 3))
    assert asyncio.run(without.suggest(Value.QUERY, query))
    assert "found by words alone" in caplog.text


def test_of_many_who_ask_at_once_each_is_answered_and_few_at_a_time() -> None:
    class Busy(Concepts):
        at_once, most = 0, 0

        async def embed(self, texts: Sequence[str]) -> list[Vectors]:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            try:
                return await super().embed(texts)
            finally:
                self.at_once -= 1

    async def asked(ours: Desk) -> list[list[Hit]]:
        return await asyncio.gather(*(ours.find(f"{LEFTOVERS} {number}", 1) for number in range(20)))

    busy = Busy(wait_s=0.001)
    answers = asyncio.run(asked(desk(Asked(busy, 60))))
    assert {hits[0].entry.id for hits in answers} == {"worm-compost"}
    assert busy.most == AT_ONCE


async def _asked_again(embedder: Concepts) -> None:
    asked = Asked(embedder)
    for number in range(2 * REMEMBERED):
        await asked.embed([f"{number}"])
    await asked.embed([f"{2 * REMEMBERED - 1}"])


def test_what_was_asked_last_is_remembered_and_no_more() -> None:
    embedder = Concepts()
    asyncio.run(_asked_again(embedder))
    assert len(embedder.given) == 2 * REMEMBERED


@pytest.mark.parametrize(
    "query",
    [
        LEFTOVERS,
        "how do we keep the ground moist",
        "which of the shears is not sharp",
        "sharpn the toools",
        "dry clay",
        "soil",
    ],
)
def test_the_list_while_typing_and_the_answer_begin_with_the_same(query: str) -> None:
    typing, answering = Concepts(), Concepts()
    offered = asyncio.run(desk(typing).suggest(Value.QUERY, query))
    assert [one.value for one in offered][:1] == [f"[[garden/{one}]]" for one in find(desk(answering), query)[:1]]
    assert typing.given == (answering.given if " " in query else [])  # a word alone may be half a word


def test_an_answer_comes_out_of_one_library_while_another_is_taken() -> None:
    """The model is asked under the old library; the new one has lost what the old one would have answered with."""
    other = KEPT.replace("A year in the garden", "Another").replace("worm-compost", "heap").replace("mulch", "straw")
    library = Library([parse(other, "yard").summary])

    async def swapped(query: str) -> tuple[list[Hit], str]:
        ours = desk(Concepts(wait_s=0.01))
        answers = asyncio.gather(
            ours.match(query, 3),
            ours.answer(Invocation(("lookup",), {"query": query}), ASKER),
            ours.answer(Invocation(("quote",), {"query": query}), ASKER),
            ours.suggest(Value.QUERY, query),
        )
        await asyncio.sleep(0)
        ours.take(shelf(Concepts(), library))
        hits, found, _, _ = await answers
        return hits, str(found.card)

    hits, card = asyncio.run(swapped("where should the worms and leftovers go in summer"))
    assert {hit.entry.summary for hit in hits} == {"yard"}
    assert "yard/heap" in card


def test_without_meaning_no_model_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "garden.md").write_text(KEPT, "utf-8")
    (tmp_path / "bot.yaml").write_text("search: {semantic: off}", "utf-8")
    code = "import sys; from bot.__main__ import main; main(sys.argv[1:]); "
    code += "print([one for one in sys.modules if 'minilm' in one or one == 'onnxruntime'])"
    words = ["--content", "content", "--config", "bot.yaml"]
    done = run(
        [sys.executable, "-c", code, "lookup", *words, "what do worms eat in winter"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("\n[]\n")
    assert "Worms" in done.stdout


def test_the_loop_goes_on_while_a_text_is_embedded() -> None:
    from bot.adapters.embedding.minilm import MiniLM

    async def ticks() -> int:
        counted, model = 0, MiniLM()
        work = asyncio.ensure_future(model.embed(["a word and another " * 100] * 4))
        while not work.done():
            counted += 1
            await asyncio.sleep(0.001)
        return counted

    assert asyncio.run(ticks()) > 10
