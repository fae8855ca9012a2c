"""What both local platforms know of time: their clock, and how a test waits for what happens in them."""

import asyncio
import time
from collections.abc import Callable

_SLICES = 8


class Clock:
    """The fake's time: the real one, and whatever a test adds to it; stopped, only that."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped: float | None = None

    def now(self) -> float:
        """Seconds since 1970."""
        return (time.time() if self._stopped is None else self._stopped) + self._ahead

    def stop(self) -> None:
        self._stopped = time.time()

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


class Bell:
    """Rings whenever something has happened."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        """Tells those who wait that something has happened."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Waits until the condition holds, looking whenever something happens; False when it never did."""
        deadline = time.monotonic() + timeout
        while not condition():
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            left = deadline - time.monotonic()
            if left <= 0 or not (await asyncio.wait([future], timeout=left))[0]:
                return condition()
        return True


async def settled(done: Callable[[], object], busy: Callable[[], int], quiet: float, timeout: float) -> None:
    """Waits until nothing was `busy` and what was `done` has stayed the same for `quiet` seconds."""
    # In slices, so that a machine that stalls for a moment does not pass for a bot that does nothing.
    seen, calm, latest = object(), 0, time.monotonic() + timeout
    while calm < _SLICES and time.monotonic() < latest:
        await asyncio.sleep(quiet / _SLICES)
        now = done()
        calm = calm + 1 if now == seen and not busy() else 0
        seen = now
