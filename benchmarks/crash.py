"""Kill the scheduler at every step, and count: `python -m benchmarks.crash [KILLS]`, 130 on each by default.

Both databases, both platforms; then four processes at once with 10,000 lessons due, one killed every second.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import astuple, fields
from pathlib import Path

from tests.daily.channels import PLATFORMS
from tests.daily.crashes import Count, Field, field
from tests.databases import KINDS

CHANNELS, REPLICATED = 100, 10_000


async def killed(there: Field) -> None:
    await there.kill(int(sys.argv[1]) if len(sys.argv) > 1 else 130)


async def replicated(there: Field) -> None:
    await there.replicas(4, 1.0)


async def main() -> None:
    print(f"{'':28}" + "".join(f"{one.name:>9}" for one in fields(Count)) + "        s", flush=True)
    runs = [(kind, platform, CHANNELS, killed) for kind in KINDS for platform in PLATFORMS]
    runs += [("postgresql", platform, REPLICATED, replicated) for platform in PLATFORMS]
    for kind, platform, channels, rounds in runs:
        start = time.time()
        with tempfile.TemporaryDirectory() as folder:
            count = await field((platform, kind), Path(folder), channels, 1, rounds)
        name = f"{rounds.__name__} {kind} {platform}"
        print(f"{name:32}" + "".join(f"{n:9,}" for n in astuple(count)) + f"{time.time() - start:9.0f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
