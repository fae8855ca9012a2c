"""`make bench`: the time that answers take and the memory the bot holds. Prints, and judges nothing."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from statistics import median, quantiles

from benchmarks.quality.cases import read_cases
from bot.app import Places, learn, open_desk
from bot.core.answering.commands import Value
from bot.core.reading.parser import parse
from bot.desk import Asker, Desk
from bot.settings import read_settings

ASKED = {label: [case.query for case in read_cases("ours") if case.label == label] for label in "abcde"}


async def milliseconds(call: Callable[[str], Awaitable[object]], said: Iterable[str]) -> str:
    """p50 and p99 of one call, in milliseconds. Nothing is said twice, since what was asked is remembered."""
    taken = []
    for one in said:
        start = time.perf_counter()
        await call(one)
        taken.append((time.perf_counter() - start) * 1000)
    return f"p50 {median(taken):.2f} ms, p99 {quantiles(taken, n=100)[-1]:.2f} ms"


def process(*code: str) -> str:
    """The median of five whole runs of a program, in milliseconds."""
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(code, check=True, capture_output=True)
        taken.append((time.perf_counter() - start) * 1000)
    return f"{median(taken):.0f} ms (median of 5)"


def resident() -> float:
    """What this process holds now, in MB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS"))) / 1024


def memory() -> str:
    """The same, to be read."""
    return f"{resident():.0f} MB" if resident() else "unknown on this system"


async def answers(desk: Desk) -> None:
    """How long the labelled queries and messages of tests/quality take."""
    you = Asker("you", "UTC")
    for label, said in (("keywords", ASKED["a"]), ("slips", ASKED["b"]), ("questions", ASKED["c"])):
        print(f"  {label} looked up, to a card:", await milliseconds(lambda one: desk.typed(one, you), said))
    typing = [query[:-2] for query in (*ASKED["a"], *ASKED["b"], *ASKED["c"])]
    print("  completed while typing:", await milliseconds(lambda one: desk.suggest(Value.QUERY, one), typing))
    print("  messages matched:", await milliseconds(lambda one: desk.match(one, 3), [*ASKED["d"], *ASKED["e"]]))


async def main() -> None:
    print("by words alone:")
    before = await open_desk(Places())
    print("  memory of the process:", memory())
    await answers(before)
    print("and by meaning:")
    with tempfile.TemporaryDirectory() as empty:
        settings = read_settings(f"search: {{cache: {empty}}}")
        for cache in ("an empty cache", "a full one"):
            desk = await open_desk(Places(), settings)
            start = time.perf_counter()
            await learn(desk)
            print(f"  learnt with {cache}: {time.perf_counter() - start:.2f} s, memory {memory()}")
    await answers(desk)
    large = "Key Ideas\n" + "".join(f"- Idea number {number} on one more thing.\n" for number in range(5000))
    start = time.perf_counter()
    parse(large)
    print(f"5,000 entries parsed: {(time.perf_counter() - start) * 1000:.0f} ms")
    print("python -c pass:", process(sys.executable, "-c", "pass"))
    print("python -m bot lookup, whole process:", process(sys.executable, "-m", "bot", "lookup", "scaling", "--json"))


if __name__ == "__main__":
    asyncio.run(main())
