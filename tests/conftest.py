"""What every test stands on: a cache folder of this run's own, which the bot fills once; how property tests are run."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No limit of time, and in CI the same examples every time.
settings.register_profile(
    "commonplace",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    database=None if "CI" in os.environ else settings().database,
)
settings.load_profile("commonplace")


@pytest.fixture(scope="session", autouse=True)
def cache() -> Iterator[Path]:
    """The folder that the bot keeps its vectors in, in this process and in those that it starts."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        yield Path(folder, "commonplace")
