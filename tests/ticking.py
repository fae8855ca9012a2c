"""A tick of the scheduler, and the wait for all that it leads to, which a bot that runs has no need of."""

import asyncio

from bot.scheduler import Scheduler


async def ticks(scheduler: Scheduler) -> int:
    """One tick, and everything that it leads to. Gives how many lessons were claimed."""
    claimed = await scheduler.tick()
    await finished(scheduler)
    return claimed


async def finished(scheduler: Scheduler) -> None:
    """Wait until everything that was claimed is settled."""
    while going_on := scheduler._sending | {task for task in scheduler._running.values() if not task.done()}:
        await asyncio.wait(going_on)
