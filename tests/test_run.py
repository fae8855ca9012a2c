"""`python -m bot run` as a process: both platforms at once, each failing on its own, and a graceful end."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from aiohttp import ClientConnectionError, ClientSession

from bot.adapters.slack.manifest import manifest
from tests.adapters.slack.running import free_port
from tests.documents import KEPT
from tests.fakes.local_discord import LocalDiscord
from tests.fakes.slack import LocalSlack

ROOT = Path(__file__).parent.parent


async def start(
    folder: Path, slack: LocalSlack, discord: LocalDiscord, tokens: dict[str, str], port: int = 0
) -> asyncio.subprocess.Process:
    (folder / "content").mkdir(exist_ok=True)
    (folder / "content" / "garden.md").write_text(KEPT, "utf-8")
    addresses = {"slack": {"api_url": slack.api_url.rstrip("/")}, "discord": {"api_url": discord.api_url}}
    (folder / "bot.yaml").write_text(json.dumps({**addresses, "health": {"port": port}}), "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DISCORD_"))}
    set_here = {"PYTHONPATH": str(ROOT), "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}"}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--content", "content", "--config", "bot.yaml",
        cwd=folder, env={**kept, **set_here, **tokens}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


def run(folder: Path, *, slack_token: str = "", discord_token: str = "") -> tuple[int, str, list[str]]:
    """The exit status, what was logged, and the answers of the platforms whose tokens are the right ones."""

    async def session() -> tuple[int, str, list[str]]:
        async with AsyncExitStack() as stack:
            slack = await stack.enter_async_context(LocalSlack(manifest=manifest(), timeout=15.0))
            discord = await stack.enter_async_context(LocalDiscord(timeout=15.0))
            tokens = {
                "SLACK_BOT_TOKEN": slack_token or slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "DISCORD_TOKEN": discord_token or discord.token,
            }
            process = await start(folder, slack, discord, tokens)
            answers = []
            if not slack_token:
                await slack.connected()
                ada = slack.person("Ada")
                answers.append((await ada.types(slack.channel("general", ada), "/lookup worms")).shown)
            if not discord_token:
                guild = discord.guild("Garden")
                await discord.connected(1)
                bob = discord.person("Bob", guild)
                answers.append((await bob.types(guild.channel("general"), "/lookup", query="worms")).text)
            if answers:
                process.send_signal(signal.SIGTERM)
            _, log = await asyncio.wait_for(process.communicate(), 60)
            return process.returncode or 0, log.decode(), answers

    return asyncio.run(session())


def test_both_platforms_answer_and_end_gracefully(tmp_path: Path) -> None:
    status, log, answers = run(tmp_path)
    assert (status, len(answers)) == (0, 2), log
    assert all("Worms" in answer for answer in answers)
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert {"slack_connected", "discord_connected"} <= set(events)
    assert "Traceback" not in log


def test_one_platform_refusing_its_token_does_not_stop_the_other(tmp_path: Path) -> None:
    status, log, answers = run(tmp_path, discord_token="a-s3cret")
    assert (status, len(answers)) == (0, 1), log
    assert "Discord refuses DISCORD_TOKEN" in log
    assert "s3cret" not in log


def test_when_all_refuse_it_says_so_and_ends(tmp_path: Path) -> None:
    status, log, _ = run(tmp_path, slack_token="xoxb-s3cret", discord_token="a-s3cret")
    assert status == 2
    assert "Slack refuses SLACK_BOT_TOKEN" in log
    assert "s3cret" not in log


def test_a_platform_is_imported_only_where_its_token_is_set() -> None:
    for module, others in (("slack", "discord"), ("discord", "slack_bolt slack_sdk")):
        imports = f"import sys, bot.service, bot.adapters.{module}.client"
        code = f"{imports}; print(set('{others} alembic'.split()) & set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "set()"


async def told(port: int, page: str, until: Callable[[str], object]) -> str:
    """What a page of the bot's health says, once it says that."""
    async with ClientSession() as client:
        while True:
            try:
                text = await (await client.get(f"http://127.0.0.1:{port}{page}")).text()
            except ClientConnectionError:
                text = ""
            if until(text):
                return text
            await asyncio.sleep(0.1)


def watched(folder: Path, scenario: Callable[[int, LocalSlack, LocalDiscord], Any], **tokens: str) -> None:
    async def session() -> None:
        async with AsyncExitStack() as stack:
            slack = await stack.enter_async_context(LocalSlack(manifest=manifest(), timeout=15.0))
            discord = await stack.enter_async_context(LocalDiscord(timeout=15.0))
            right = {
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "DISCORD_TOKEN": discord.token,
            }
            port = free_port()
            process = await start(folder, slack, discord, right | tokens, port)
            try:
                await asyncio.wait_for(scenario(port, slack, discord), 60)
            finally:
                process.send_signal(signal.SIGTERM)
                await asyncio.wait_for(process.communicate(), 60)

    asyncio.run(session())


def test_it_is_ready_once_both_are_connected_and_counts_what_happens(tmp_path: Path) -> None:
    async def scenario(port: int, slack: LocalSlack, discord: LocalDiscord) -> None:
        ready = await told(port, "/readyz", lambda text: '"ready": true' in text)
        assert json.loads(ready)["parts"] == dict.fromkeys(("slack", "discord", "database", "scheduler"), "ok")
        ada = slack.person("Ada")
        await ada.types(slack.channel("general", ada), "/lookup worms")
        figures = await told(port, "/metrics", lambda text: 'lookups_total{platform="slack"} 1.0' in text)
        assert 'reconnects_total{platform="slack"} 0.0' in figures
        slack.drops_connections()
        await discord.drops_connections()
        for name in ("slack", "discord"):
            counted = rf'reconnects_total{{platform="{name}"}} 1\.0'
            await told(port, "/metrics", re.compile(counted).search)
        await told(port, "/readyz", lambda text: '"ready": true' in text)

    watched(tmp_path, scenario)


def test_it_is_not_ready_while_a_platform_refuses_its_token(tmp_path: Path) -> None:
    async def scenario(port: int, *_: object) -> None:
        parts = await told(port, "/readyz", lambda text: '"slack": "ok"' in text and '"scheduler": "ok"' in text)
        assert json.loads(parts)["parts"]["discord"] == "not connected"

    watched(tmp_path, scenario, DISCORD_TOKEN="a-s3cret")
