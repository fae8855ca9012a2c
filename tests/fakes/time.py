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


class Quiet:
    """Tells when a bot that runs in the test's own loop has done all that an act led to.

    `done` tells what has happened so far, `busy` how many requests are being answered.
    """

    def __init__(self, done: Callable[[], object], busy: Callable[[], int]) -> None:
        self._done, self._busy = done, busy
        self._standing: set[asyncio.Task[object]] = set()

    def mark(self) -> None:
        """An act is about to reach the bot: what runs now is not its work."""
        self._standing = asyncio.all_tasks()

    async def wait(self, quiet: float, timeout: float) -> None:
        """Waits until nothing has happened for `quiet` seconds and the act's tasks are done, at most `timeout` seconds.

        A task that goes on for 25 times that without anything happening is no work either (a connection kept open).
        """
        # In slices, so that a machine that stalls for a moment does not pass for a bot that does nothing.
        seen, calm, latest = object(), 0, time.monotonic() + timeout
        while time.monotonic() < latest:
            await asyncio.sleep(quiet / _SLICES)
            now, at_work = self._done(), asyncio.all_tasks() - self._standing - {asyncio.current_task()}
            calm = calm + 1 if now == seen and not self._busy() else 0
            seen = now
            if calm >= _SLICES * 25:
                self._standing |= at_work
            if calm >= _SLICES and not any(map(_works, at_work)):
                return


def _works(task: "asyncio.Task[object]") -> bool:
    """Not where it only serves a connection: aiohttp keeps one for every client."""
    return getattr(task.get_coro(), "__qualname__", "") != "RequestHandler.start"
