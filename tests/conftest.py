"""What every test stands on: a cache folder of this run's own, which the bot fills once."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def cache() -> Iterator[Path]:
    """The folder that the bot keeps its vectors in, in this process and in those that it starts."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        yield Path(folder, "commonplace")
