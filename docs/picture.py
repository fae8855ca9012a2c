"""Draws docs/console.svg, the picture of a session in the README: `make picture`."""

import asyncio
import io
import random
import re
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.adapters.console.session import Conversation
from bot.adapters.content import read_library
from bot.core.parser import Limits
from bot.desk import Asker, Desk
from bot.settings import read_settings

ROOT = Path(__file__).parent.parent


class _Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 24, 12, tzinfo=UTC)

    def zones(self) -> frozenset[str]:
        return frozenset({"UTC"})


def draw() -> str:
    """The session as SVG, with no font fetched from anywhere and no address named but that of SVG itself."""
    console = Console(record=True, width=90, file=io.StringIO(), highlight=False, force_terminal=True)
    library = asyncio.run(read_library(ROOT / "content", Limits()))
    desk = Desk(library, read_settings("search: {results: 3}"), _Noon(), random.Random(1))  # noqa: S311
    talk = Conversation(desk, Asker("you", "UTC"), console)
    for line in ("how many people would it take to retrain gpt-4?", "1"):
        console.print(f"commonplace> {line}\n", style="bold", highlight=False)
        asyncio.run(talk.hear(line))
    svg = console.export_svg(title="Commonplace", unique_id="console")
    return re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    (ROOT / "docs" / "console.svg").write_text(draw(), "utf-8")
