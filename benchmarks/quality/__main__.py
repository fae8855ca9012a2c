"""`make quality`: how well the right entry is found, by the bot and by other engines alone."""

import argparse
import asyncio
import json
from pathlib import Path

import platformdirs

from benchmarks.quality import report
from benchmarks.quality.asking import answers
from benchmarks.quality.cases import BARE, LIBRARIES


async def _measured() -> report.Answers:
    cache = Path(platformdirs.user_cache_dir("commonplace")) / "quality"
    return {library: await answers(library, cache, others=library != BARE) for library in LIBRARIES}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    parser.add_argument("--record", action="store_true", help=f"keep them in {report.REACHED} and {report.DOCS}")
    options = parser.parse_args()
    found = asyncio.run(_measured())
    for split in ("tuned", "reported"):
        print(f"# The {split} part\n\n{report.tables(report.part(found, split))}\n")
    print(f"How far the confidence can be believed:\n\n{report.calibration(report.part(found, 'reported'))}")
    if options.json:
        options.json.write_text(json.dumps(report.as_json(found), indent=1), "utf-8")
    if options.record:
        report.record(found)


if __name__ == "__main__":
    main()
