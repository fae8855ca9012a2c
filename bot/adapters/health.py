"""Tells over HTTP how the bot is: alive, ready, and in figures. Knows nothing of what is checked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from aiohttp import web

ANSWERED_S = 1.0  # a part that takes longer to say how it is, is not well

Check = Callable[[], Awaitable[str]]  # "" where all is well, else what is not


@contextlib.asynccontextmanager
async def served(
    host: str, port: int, checks: Mapping[str, Check], metrics: Callable[[], bytes], content_type: str
) -> AsyncIterator[int]:
    """Answer GET /healthz, /readyz and /metrics for the length of the block; gives the port, for where it was 0.

    /readyz is 200 where every check is "", else 503; either way it says in JSON how each is. Raises OSError where the
    port cannot be had.
    """

    async def live(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(_: web.Request) -> web.Response:
        told = dict(zip(checks, await asyncio.gather(*map(_asked, checks.values())), strict=True))
        well = not any(told.values())
        parts = {name: said or "ok" for name, said in told.items()}
        return web.json_response({"ready": well, "parts": parts}, status=200 if well else 503)

    async def figures(_: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={"Content-Type": content_type})

    server = web.Application()
    server.add_routes([web.get("/healthz", live), web.get("/readyz", ready), web.get("/metrics", figures)])
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _asked(check: Check) -> str:
    asked = asyncio.ensure_future(check())
    if not (await asyncio.wait({asked}, timeout=ANSWERED_S))[0]:
        asked.cancel()  # and not waited for: a database that stands still takes long to give up
        return f"no answer within {ANSWERED_S:g} s"
    try:
        return asked.result()
    except Exception as error:  # the reason may name an address with a password: the log has it
        return f"failed ({type(error).__name__})"
