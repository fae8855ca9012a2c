"""What a careful attacker or an impatient person tries in Slack."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import text

from bot.adapters import logs
from bot.adapters.slack import oauth
from bot.adapters.slack.incoming import read
from bot.adapters.slack.manifest import manifest
from bot.adapters.store.engine import open_engine
from bot.settings import Slack
from tests.adapters.slack.running import converse, free_port, served
from tests.desks import garden_desk
from tests.fakes.slack import LocalSlack


def test_the_port_of_the_install_pages_takes_no_events_over_socket_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    monkeypatch.setattr(oauth, "_STATE_S", 0)
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        monkeypatch.setenv(name, "1")  # bolt reads them too, and would tell of files for tokens

    async def run() -> None:
        async with LocalSlack(manifest=manifest(address="https://a.example", many=True), installed=False) as slack:
            port = free_port()
            settings = Slack(
                slack.api_url,
                port,
                app_token=slack.app_token,
                client_id=slack.oauth.client_id,
                client_secret=slack.oauth.client_secret,
            )
            engine, connected = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"), asyncio.Event()
            task = asyncio.create_task(served(garden_desk(), settings, connected, engine=engine))
            await asyncio.wait_for(connected.wait(), 60)
            body = {"type": "event_callback", "team_id": "T1", "event": {"type": "app_uninstalled"}}
            async with ClientSession() as session:
                answer = await session.post(f"http://127.0.0.1:{port}/slack/events", json=body)
                install, kind = f"http://127.0.0.1:{port}/slack/install", {"Content-Type": "application/json"}
                pages = [await session.get(install, data=b"{", headers=kind) for _ in range(3)]
            assert (answer.status, *(page.status for page in pages)) == (404, 200, 200, 200)
            async with engine.connect() as connection:  # anybody may begin an installation, and never end it
                assert (await connection.execute(text("SELECT count(*) FROM slack_oauth_states"))).scalar() == 1
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await engine.dispose()

    asyncio.run(run())
    assert "slack_connected" in str(logged())
    assert "file-based" not in str(logged())


def test_a_message_of_any_shape_is_read_at_once_and_no_line_of_the_log_tells_a_ticket() -> None:
    for said in ("<" * 400_000, "<@" * 200_000, ":" * 400_000, f":{'a' * 400_000}", ":a:" * 100_000 + "b"):
        assert read(said) == said
    said = ":wave::skin-tone-2: <@U1> std::vector at 10:30:45 &amp; kind:lesson :+1: :100:"
    assert read(said).split() == "std::vector at 10:30:45 & kind:lesson".split()
    failed = "403, url='wss://wss.example/link/?ticket=s3cret&app_id=1'"
    assert logs.redacted(failed) == failed.replace("s3cret", "…")


def test_a_post_stands_and_is_not_told_as_failed_where_its_confirmation_fails() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        general = slack.channel("general", ada)
        found = await ada.types(general, "/lookup worms")
        slack.fail("response_url", status=500)
        await ada.presses(found, "Share", leads_to=1)
        assert len(general.messages) == 1
        assert not [one for one in ada.sees(general) if "try again" in one.text.casefold()]

    converse("socket", scenario)


def test_a_double_click_posts_once() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        general = slack.channel("general", ada)
        found = await ada.types(general, "/lookup worms")
        await asyncio.gather(ada.presses(found, "Share", leads_to=1), ada.presses(found, "Share", leads_to=1))
        assert len(general.messages) == 1

    converse("socket", scenario)


def test_the_longest_note_is_posted_in_full() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada, bob = slack.person("Ada"), slack.person("Bob")
        general = slack.channel("general", ada, bob)
        modal = await ada.uses("Quote an idea", await bob.says(general, "our bare soil dried out in the hot week"))
        note = " ".join(["word"] * 99) + " end"
        await ada.writes(modal, note)
        await ada.submits(modal, leads_to=0)
        await slack.until(lambda: len(general.everything) > 2)
        assert note in next(one for one in general.everything if "Quoted by" in one.text).text

    converse("socket", scenario)


def test_a_profile_that_slack_does_not_give_is_told_where_it_decides() -> None:
    async def scenario(slack: LocalSlack) -> None:
        ada = slack.person("Ada")
        slack.fail("users.info", status=500)
        told = (await ada.types(slack.channel("general", ada), "/daily pause")).text
        assert "a fault of its own" in told

    converse("socket", scenario)
