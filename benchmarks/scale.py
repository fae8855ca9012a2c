"""How the bot bears a large library: `python -m benchmarks.scale [ENTRIES ...]`, by default 1,000, 10,000 and 100,000.

The libraries are made up, always the same ones: a hundred entries a summary, of words that are as frequent as Zipf's
law has it, a sixth of them of the summary's own subject. Each size starts in two fresh processes, which find no cache
and the cache of the first. Prints, and judges nothing. A hundred thousand entries take about a minute and 150 MB.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks.__main__ import resident
from bot.adapters.content import read_index
from bot.app import SystemClock
from bot.core.finding import quoting, search
from bot.core.finding.meaning import Meaning, texts
from bot.core.finding.talk import Idea, Talk
from bot.core.library import Library
from bot.core.reading.parser import Limits
from bot.core.words import EMPTY
from bot.desk import Asker, Desk
from bot.settings import read_settings
from bot.shelf import Shelf

SIZES = (1_000, 10_000, 100_000)
A_SUMMARY = 100  # entries
A_TOPIC = 10
VOCABULARY = 60_000
WIDTH = 384  # of a vector, as the bot's own model makes them
ASKED = 400  # queries of each sort
FREQUENT = "the of and to a in that is it for was on with as be by at this are from or but not have which".split()


class Tongue:
    """Made-up words, the frequent ones first, and texts of them."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        syllables = [a + b for a in "b br c ch d dr f g gr h j l m n p pl r s st t tr v w".split() for b in "aeiou"]
        made: dict[str, None] = {}
        while len(made) < VOCABULARY:
            made["".join(chance.choices(syllables, k=chance.choice((2, 2, 3, 3, 4)))) + chance.choice("lmnrst")] = None
        self.words = list(made)
        self._upto = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))

    def word(self, subject: Sequence[str] = ()) -> str:
        """A word by its frequency, or now and then one of the subject."""
        if subject and self._chance.random() < 1 / 3:
            return self._chance.choice(subject)
        return self.words[bisect_left(self._upto, self._chance.random() * self._upto[-1])]

    def several(self, number: int, subject: Sequence[str] = ()) -> list[str]:
        """Words of which about half say something."""
        empty = self._chance.choices(FREQUENT, [1 / (rank + 1) for rank in range(len(FREQUENT))], k=number)
        return [self.word(subject) if self._chance.random() < 0.5 else word for word in empty]

    def subject(self) -> list[str]:
        """The words of one subject."""
        return self._chance.sample(self.words, 60)


def write_library(folder: Path, entries: int, chance: random.Random) -> None:
    """Summaries of a hundred entries each in the kept form."""
    folder.mkdir(parents=True)
    tongue = Tongue(chance)
    for number in range(max(entries // A_SUMMARY, 1)):
        subject = tongue.subject()
        lines = [
            "---",
            f"title: {' '.join(tongue.several(4, subject))} talk",
            "kind: talk",
            "---",
            "",
            "## All key ideas",
        ]
        for entry in range(min(entries, A_SUMMARY)):
            if entry == A_SUMMARY // 2:
                lines += ["", "## All lessons learnt"]
            if entry % A_TOPIC == 0:
                lines += ["", f"### {' '.join(tongue.several(3, subject))} {{#topic-{entry // A_TOPIC}}}"]
            title = " ".join([tongue.word(subject), *tongue.several(3, subject)]).capitalize()
            text = " ".join(tongue.several(chance.randint(12, 28), subject)).capitalize()
            lines.append(f"- **{title}:** {text}. {{#{tongue.word(subject)}-{entry}}}")
            lines.append(f"  ~ {' '.join(tongue.several(8, subject))}")
        (folder / f"talk-{number}.md").write_text("\n".join(lines) + "\n", "utf-8")


def queries(library: Library, chance: random.Random) -> dict[str, list[str]]:
    """What people may ask of these entries, by its sort."""
    found: dict[str, list[str]] = {sort: [] for sort in ("keywords", "misspelt", "question", "typing", "message")}
    for entry in chance.choices(library.entries, k=ASKED):
        telling = [word for word in entry.full_text.lower().rstrip(".").split() if word.strip(":") not in EMPTY]
        few = [word.strip(":") for word in chance.sample(telling, min(3, len(telling)))]
        at = chance.randrange(1, max(len(few[0]) - 1, 2))
        slip = few[0][:at] + few[0][at + 1 : at + 2] + few[0][at : at + 1] + few[0][at + 2 :]
        found["keywords"].append(" ".join(few))
        found["misspelt"].append(" ".join([slip, *few[1:2]]))
        found["question"].append(f"how do we get the {few[0]} of a {few[-1]} to be {' and '.join(few[1:2])}?")
        found["typing"].append((entry.title or "")[: chance.randint(2, 12)])
        found["message"].append(f"our {entry.text[: chance.randint(30, 100)]} again, and what about lunch tomorrow")
    return found


def milliseconds(call: Callable[[str], object], said: Sequence[str]) -> tuple[float, float]:
    """p50 and p99 of one call, in milliseconds."""
    taken = []
    for one in said:
        start = time.perf_counter()
        call(one)
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken), quantiles(taken, n=100)[-1]


def measure(folder: Path, cache: Path) -> dict[str, float]:
    """In this very process: how long the start takes, what it costs, and how long answers take."""
    before = resident()
    start = time.perf_counter()
    index = asyncio.run(read_index(folder, Limits(), cache))
    figures = {"start s": time.perf_counter() - start, "memory MB": resident() - before}
    asked = queries(index.library, random.Random(2))  # noqa: S311
    calls: dict[str, Callable[[str], object]] = {
        "typing": lambda said: search.suggest(index, said, 25),
        "message": lambda said: quoting.candidates(index, said),
    }
    for sort, several in asked.items():
        call = calls.get(sort, lambda said: search.look_up(index, said))
        figures[f"{sort} p50 ms"], figures[f"{sort} p99 ms"] = milliseconds(call, several)
    figures |= desk_answers(index)
    figures["memory MB then"] = resident() - before
    return figures | meanings(index, asked["question"])


def desk_answers(index: search.Index) -> dict[str, float]:
    """What commands take that walk through the library or look at all of it, p50 in milliseconds."""
    shelf = Shelf(index)
    shelf.prepare()
    desk = Desk(shelf, read_settings(""), SystemClock(), random.Random(4))  # noqa: S311
    topic = next(iter(index.library.topics.values()))
    lines = {"/lesson": "/lesson", "/lesson topic:": f'/lesson topic:"{topic.title}"', "/summary": "/summary"}
    loop, asker = asyncio.new_event_loop(), Asker("Ada", "UTC")

    def call(said: str) -> object:
        return loop.run_until_complete(desk.typed(said, asker))

    figures = {f"{name} ms": milliseconds(call, [line] * 50)[0] for name, line in lines.items()}
    loop.close()
    return figures


def meanings(index: search.Index, asked: Sequence[str]) -> dict[str, float]:
    """What finding by meaning costs beside it, but for the model: made-up vectors about some hundred centres."""
    threadpool_limits(1, "blas")  # as the model sets it
    chance = np.random.default_rng(3)
    told, talk = texts(index.library), Talk([Idea("written", ("discussed",))], ["chatted"])
    centres = chance.standard_normal((500, WIDTH), np.float32)
    made = centres[chance.integers(500, size=len(told) + len(talk.texts))]
    made += 0.9 * chance.standard_normal(made.shape, np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    before, start = resident(), time.perf_counter()
    meaning = Meaning(index.library, dict(zip([*told, *talk.texts], made[:, None], strict=True)), talk)
    figures = {"meaning built s": time.perf_counter() - start, "meaning MB": resident() - before}
    about = iter([partial(meaning.sense, made[at, None]) for at in chance.integers(len(told), size=len(asked))])
    took = milliseconds(lambda said: search.look_up(index, said, meant=next(about)), asked)
    figures["question by meaning p50 ms"], figures["question by meaning p99 ms"] = took
    return figures


def main(sizes: Sequence[int]) -> None:
    """Prints a table, a column a size."""
    columns = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            folder, cache = Path(place, "content"), Path(place, "cache")
            write_library(folder, size, random.Random(1))  # noqa: S311
            first, second = (_apart(folder, cache) for _ in range(2))
            kept = sum(file.stat().st_size for file in cache.glob("*")) / 1e6 if cache.exists() else 0.0
        columns.append({"start without cache s": first["start s"], "memory without MB": first["memory MB"]} | second)
        columns[-1]["cache file MB"] = kept
    print(f"{'entries':28}" + "".join(f"{size:>12,}" for size in sizes))
    for name in columns[0]:
        print(f"{name:28}" + "".join(f"{column[name]:12.2f}" for column in columns))


def _apart(folder: Path, cache: Path) -> dict[str, float]:
    code = [sys.executable, "-m", "benchmarks.scale", "--measure", str(folder), str(cache)]
    figures: dict[str, float] = json.loads(subprocess.run(code, check=True, capture_output=True).stdout)
    return figures


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main([int(size.replace("_", "").replace(",", "")) for size in sys.argv[1:]] or SIZES)
