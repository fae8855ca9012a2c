"""Which shards this process runs: those whose leases it holds, so that no interaction is answered twice.

Whoever is there first runs them all; the others stand by, and take over what is free when a process ends or dies. Knows
the leases alone, and no gateway.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

LEASE_S = 30.0
RENEWED_S = 8.0  # well within a lease, even where one renewal fails


class Leases(Protocol):
    """What only one process may have; the store's, where several share a database."""

    async def lease(self, name: str, seconds: float) -> bool:
        """Hold it, or hold it longer, for so long. False: another process has it."""

    async def unlease(self, name: str) -> None:
        """Let go of what this process holds."""


class Shards:
    """The shards of one bot, `count` in all."""

    def __init__(self, leases: Leases, count: int) -> None:
        self._leases, self._count = leases, count

    async def take(self) -> list[int]:
        """Take every shard that is free, and hold longer what is held. Gives all that are held now."""
        return [shard for shard in range(self._count) if await self._leases.lease(self._name(shard), LEASE_S)]

    async def changed(self, held: list[int], now: Callable[[], float]) -> None:
        """Renew the leases until the shards that are held are others than these.

        A database that cannot be asked costs the shards once their leases may have run out.
        """
        renewed = now()
        while now() - renewed < LEASE_S - RENEWED_S:
            await asyncio.sleep(RENEWED_S)
            asked = now()
            try:
                found = await self.take()
            except Exception:  # noqa: S112 - asked again, until the lease runs out
                continue
            if found != held:
                return
            renewed = asked

    async def release(self, held: list[int]) -> None:
        """Let go of shards, so that another process need not wait for their leases to run out."""
        for shard in held:
            await self._leases.unlease(self._name(shard))

    def _name(self, shard: int) -> str:
        """A bot that is resharded shares no lease with what it was."""
        return f"discord/{self._count}/{shard}"
