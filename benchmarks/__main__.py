"""`make bench`: the time that answers take and the memory the bot holds. Prints, and judges nothing."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median, quantiles

from bot.adapters.content import read_library
from bot.app import SystemClock
from bot.core.parser import Limits, parse
from bot.core.search import Index
from bot.desk import Asker, Desk, Shelf
from bot.settings import read_settings

QUERIES = (
    "scaling laws",
    "perplexty",
    "how many people to retrain gpt-4?",
    "fault tolerance",
    "generaliz",
    "data efficiency",
)
MESSAGES = ("our test set leaked into training again", "lunch at 12?", "the loss curve looks wrong since the fix")


async def milliseconds(call: Callable[[str], Awaitable[object]], said: Sequence[str], times: int = 100) -> str:
    """p50 and p99 of one call, in milliseconds."""
    taken = []
    for one in [*said] * times:
        start = time.perf_counter()
        await call(one)
        taken.append((time.perf_counter() - start) * 1000)
    return f"p50 {median(taken):.2f} ms, p99 {quantiles(taken, n=100)[-1]:.2f} ms"


def process(code: Sequence[str]) -> str:
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


async def main() -> None:
    library = await read_library(Path("content"), Limits())
    desk = Desk(Shelf(Index(library)), read_settings(""), SystemClock(), random.Random(1))  # noqa: S311
    print("idle memory, library and index loaded:", memory())
    print("lookup:", await milliseconds(lambda said: desk.find(said, 5), QUERIES))
    print("lookup, drawn as a card:", await milliseconds(lambda said: desk.typed(said, Asker("you", "UTC")), QUERIES))
    print("message matched:", await milliseconds(lambda said: desk.match(said, 3), MESSAGES))
    large = "Key Ideas\n" + "".join(f"- Idea number {number} on one more thing.\n" for number in range(5000))
    start = time.perf_counter()
    parse(large)
    print(f"5,000 entries parsed: {(time.perf_counter() - start) * 1000:.0f} ms")
    print("python -c pass:", process([sys.executable, "-c", "pass"]))
    print("python -m bot lookup, whole process:", process([sys.executable, "-m", "bot", "lookup", "scaling", "--json"]))


if __name__ == "__main__":
    asyncio.run(main())
