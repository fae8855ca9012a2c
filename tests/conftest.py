"""What every test stands on: a cache folder of this run's own, which the bot fills once; how property tests are run."""

import os
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
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the bot keeps its vectors in, in all processes of this run and in those that they start."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    os.environ["XDG_CACHE_HOME"] = str(folder)
    return folder / "commonplace"
