"""Content that is edited while the bot runs: what is taken up, what is refused, and what is learnt of it."""

import asyncio
import pwd
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.adapters import content, embedding
from bot.app import Places, keep_up, open_desk
from bot.core.errors import BotError, ContentError, Problem, SettingsError
from bot.desk import Desk
from bot.settings import read_settings
from tests.documents import KEPT
from tests.embedders import Concepts

PATIENCE_S = 30.0
OTHER = KEPT.replace("A year in the garden", "A year in the yard").replace("Sharpen spades", "Grind blades")


@dataclass
class Running:
    """A desk over a real folder that is kept up, and what was said about it."""

    desk: Desk
    folder: Path
    model: Concepts
    told: "asyncio.Queue[BotError | None]" = field(default_factory=asyncio.Queue)

    def write(self, text: str, name: str = "garden") -> None:
        (self.folder / f"{name}.md").write_text(text, "utf-8")

    async def hears(self) -> BotError | None:
        return await asyncio.wait_for(self.told.get(), PATIENCE_S)

    async def finds(self, query: str) -> list[str]:
        return [hit.entry.key for hit in await self.desk.find(query, 3)]


@pytest.fixture
def kept_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Plays a scenario over a folder with the garden in it; `before` comes between reading and keeping up."""
    model = Concepts()

    async def load(folder: str) -> Concepts:
        if folder:
            raise SettingsError(Problem("search.model: no such folder", "name another"))
        return model

    monkeypatch.setattr(embedding, "load_model", load)
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "garden.md").write_text(KEPT, "utf-8")

    async def play(scenario: Callable[[Running], Awaitable[None]], config: str, before: Callable[..., Any]) -> None:
        places = Places(folder)
        settings = read_settings(f"search: {{{config}}}")
        one = Running(await open_desk(places, settings), folder, model)
        before(one)
        task = asyncio.create_task(keep_up(one.desk, places, one.told.put, look_s=0.01))
        try:
            await scenario(one)
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def played(
        scenario: Callable[[Running], Awaitable[None]], config: str = "", before: Callable[..., Any] = lambda _: None
    ) -> None:
        asyncio.run(play(scenario, config or f"cache: {tmp_path / 'cache'}", before))

    return played


async def _learnt(one: Running) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not one.desk.shelf.meaning:
            await asyncio.sleep(0.01)


def test_an_edit_is_taken_up_and_nothing_but_it_is_learnt_anew(kept_up: Callable[..., None]) -> None:
    async def scenario(one: Running) -> None:
        await _learnt(one)
        one.model.given.clear()
        for body in ("Grind blades and shears in winter.", "Oil blades and shears in autumn."):
            one.write(KEPT.replace("Sharpen spades and shears in winter.", body))
            assert await one.hears() is None
            entry = one.desk.library.get("garden/sharp-tools")
            assert entry
            assert entry.text == body
            assert one.desk.shelf.meaning
            assert sorted(one.model.given) == sorted([body, f"Sharp tools: {body}"])
            one.model.given.clear()

    kept_up(scenario)


def test_learning_what_is_new_takes_the_time_that_it_takes(
    kept_up: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second of patience is for people who ask."""
    monkeypatch.setattr(embedding.Asked.__init__, "__defaults__", (0.0,))

    async def scenario(one: Running) -> None:
        await _learnt(one)
        one.model.wait_s = 0.02
        one.write(OTHER)
        assert await one.hears() is None
        assert one.desk.shelf.meaning

    kept_up(scenario)


def test_an_edit_from_before_the_first_look_is_taken_up(kept_up: Callable[..., None]) -> None:
    async def scenario(one: Running) -> None:
        assert await one.hears() is None
        assert "A year in the yard" in [summary.title for summary in one.desk.library.summaries.values()]

    kept_up(scenario, before=lambda one: one.write(OTHER))


def test_a_broken_edit_leaves_the_last_good_library_and_says_where(kept_up: Callable[..., None]) -> None:
    async def scenario(one: Running) -> None:
        await _learnt(one)
        before = one.desk.shelf
        one.write(KEPT.replace("{#clay}", "{#worm-compost}"))
        error = await one.hears()
        assert isinstance(error, ContentError)
        line = 1 + KEPT[: KEPT.index("{#clay}")].count("\n")
        assert f"{one.folder / 'garden.md'}:{line}: " in str(error)
        assert one.desk.shelf is before
        await asyncio.sleep(0.1)
        assert one.told.empty()  # it is said once
        one.write(OTHER)
        assert await one.hears() is None
        assert one.desk.shelf is not before

    kept_up(scenario)


def test_a_folder_that_goes_away_and_comes_again(kept_up: Callable[..., None]) -> None:
    async def scenario(one: Running) -> None:
        await _learnt(one)
        shutil.rmtree(one.folder)
        assert "the folder cannot be read" in str(await one.hears())
        assert (await one.finds("sharp tools"))[0] == "garden/sharp-tools"
        one.folder.mkdir()
        one.write(KEPT)
        assert await one.hears() is None

    kept_up(scenario)


def test_a_summary_comes_and_goes_while_questions_are_asked(kept_up: Callable[..., None]) -> None:
    async def scenario(one: Running) -> None:
        await _learnt(one)
        stop = asyncio.Event()

        async def asking() -> int:
            number = 0
            while not stop.is_set():
                number += bool(await one.finds("where do kitchen leftovers go at the end of the day"))
                card = await one.desk.look_up("where do the leftovers of the kitchen go")
                assert card.actions
                await asyncio.sleep(0)
            return number

        asked = asyncio.create_task(asking())
        one.write(OTHER, "yard")
        assert await one.hears() is None
        assert {"garden", "yard"} == set(one.desk.library.summaries)
        (one.folder / "garden.md").unlink()
        assert await one.hears() is None
        assert set(await one.finds("sharp tools")) <= {"yard/sharp-tools", "yard/labels"}
        stop.set()
        assert await asked

    kept_up(scenario)


def test_a_file_that_is_still_being_written_is_left_alone(
    kept_up: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp, looks = content.stamp, iter(range(6))

    async def changing(folder: Path) -> Any:
        return (await stamp(folder), next(looks, 6))

    async def scenario(one: Running) -> None:
        assert await one.hears() is None
        assert next(looks, None) is None

    kept_up(scenario, before=lambda _: monkeypatch.setattr(content, "stamp", changing))


def test_without_a_usable_model_content_is_kept_up_all_the_same(kept_up: Callable[..., None]) -> None:
    async def scenario(one: Running) -> None:
        assert isinstance(await one.hears(), SettingsError)
        one.write(OTHER)
        assert await one.hears() is None
        assert (await one.finds("grind blades"))[0] == "garden/sharp-tools"

    kept_up(scenario, config="model: /nowhere")


def test_a_model_that_fails_later_leaves_the_new_content_to_words(kept_up: Callable[..., None]) -> None:
    async def scenario(one: Running) -> None:
        await _learnt(one)
        one.model.fails = OSError("out of memory")
        one.write(OTHER)
        assert "out of memory" in str(await one.hears())
        assert (await one.finds("grind blades"))[0] == "garden/sharp-tools"
        one.model.fails = None
        one.write(KEPT)
        assert await one.hears() is None
        assert one.desk.shelf.meaning

    kept_up(scenario)


def test_where_nothing_can_be_kept_that_is_said_once_and_one_answer_waits_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "garden.md").write_text(KEPT, "utf-8")

    async def learnt(*, at_length: bool) -> Desk:
        desk = await open_desk(Places(tmp_path), read_settings("search: {cache: /dev/null/x}"))
        await app.learn(desk, at_length=at_length)
        return desk

    async def load(_: str) -> Concepts:
        return Concepts()

    monkeypatch.setattr(embedding, "load_model", load)
    start = "nothing can be kept in /dev/null/x, so "
    assert asyncio.run(learnt(at_length=False)).shelf.meaning is None
    assert asyncio.run(learnt(at_length=True)).shelf.meaning
    assert caplog.messages == [
        start + "entries are found by words alone; make it writable, or set search.cache",
        start + "every start takes a while; make it writable, or set search.cache",
    ]


def test_check_names_a_model_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "garden.md").write_text(KEPT, "utf-8")
    config = tmp_path / "bot.yaml"
    config.write_text("search: {model: /no/such/folder}", "utf-8")
    (problem,) = asyncio.run(app.check(Places(tmp_path, config)))
    assert str(problem).startswith(f"{config}: search.model: there is no ONNX model in /no/such/folder; name a folder")


def test_a_user_without_a_home_does_without_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> None:
        raise KeyError

    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert app.cache_folder(read_settings("")) is None
    assert app.cache_folder(read_settings("search: {cache: /kept}")) == Path("/kept")
