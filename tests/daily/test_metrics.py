"""What is counted of the lessons is what became of them."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.daily.channels import PLATFORMS, Channel, in_channel
from tests.databases import KINDS


def counted(there: Channel) -> dict[str, float]:
    """The lessons by outcome, where there are any, and how many seconds late all that were sent are together."""
    families = text_string_to_metric_families(there.metrics.text().decode())
    samples = [sample for family in families for sample in family.samples]
    found = {one.labels["outcome"]: one.value for one in samples if one.name == "commonplace_lessons_total"}
    late = {one.name: one.value for one in samples if one.name == "commonplace_lesson_lateness_seconds_sum"}
    return {outcome: value for outcome, value in found.items() if value} | {"late": next(iter(late.values()))}


@pytest.mark.parametrize(("platform", "kind"), list(zip(PLATFORMS, KINDS, strict=True)))
def test_every_lesson_is_counted_once_by_what_became_of_it(platform: str, kind: str, tmp_path: Path) -> None:
    async def scenario(there: Channel) -> None:
        await there.types("/daily on 9:00 Europe/Berlin weekdays")
        assert counted(there) == {"late": 0}
        there.time.passes(hours=1, seconds=20)
        await there.ticks()
        assert counted(there) == {"sent": 1, "late": 20}
        there.time.passes(days=3, minutes=5)  # Tuesday and Wednesday were slept through
        await there.ticks()
        assert counted(there) == {"sent": 2, "missed": 2, "late": 20 + 320}
        await there.types("/daily skip")
        there.time.passes(days=1)
        await there.ticks()
        there.time.passes(days=3)
        there.fail(**({"status": 403, "code": 50013} if there.discord else {"error": "is_archived"}))
        await there.ticks()
        assert counted(there) == {"sent": 2, "missed": 2, "skipped": 1, "failed": 1, "late": 340}

    in_channel(platform, tmp_path, scenario, kind=kind)
