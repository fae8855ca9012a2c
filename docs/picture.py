"""Draws docs/console.svg, the picture of a session in the README: `make picture`."""

import asyncio
import io
import re
from pathlib import Path

from rich.console import Console

from bot.adapters.console.session import Conversation
from bot.app import Places, learn, open_desk
from bot.desk import Asker, Desk
from bot.settings import read_settings
from bot.terminal import LazyDaily

ROOT = Path(__file__).parent.parent
PLACES = Places(ROOT / "content")


async def _desk() -> Desk:
    desk = await open_desk(PLACES, read_settings("search: {results: 3}"))
    await learn(desk)
    return desk


def draw() -> str:
    """The session as SVG, with no font fetched from anywhere and no address named but that of SVG itself."""
    console = Console(record=True, width=90, file=io.StringIO(), highlight=False, force_terminal=True)
    desk = asyncio.run(_desk())
    talk = Conversation(desk, Asker("you", "UTC"), console, LazyDaily(desk, PLACES, "").daily)
    for line in ("how many people would it take to retrain gpt-4?", "1"):
        console.print(f"commonplace> {line}\n", style="bold", highlight=False)
        asyncio.run(talk.hear(line))
    svg = console.export_svg(title="Commonplace", unique_id="console")
    return re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    (ROOT / "docs" / "console.svg").write_text(draw(), "utf-8")
