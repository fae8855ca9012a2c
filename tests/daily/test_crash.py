"""Killed with SIGKILL at every step: nothing is lost, nothing comes twice, and what is unknown is reported."""

import asyncio
from pathlib import Path

import pytest

from tests.daily.crashes import Field, field


@pytest.mark.parametrize(("platform", "kind"), [("slack", "sqlite"), ("discord", "postgresql")])
def test_no_kill_loses_or_doubles_a_lesson(platform: str, kind: str, tmp_path: Path) -> None:
    async def rounds(there: Field) -> None:
        await there.kill(4)

    count = asyncio.run(field((platform, kind), tmp_path, 25, 3, rounds))
    assert (count.kills, count.lost, count.doubled, count.failed) == (4, 0, 0, 0)
    assert count.sent + count.unknown == count.due >= 25
    assert platform == "slack" or count.unknown == 0
