"""`doctor` names what is wrong and how to mend it: faults planted one at a time."""

import asyncio
import zoneinfo
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from sqlalchemy import text

from bot import doctor
from bot.adapters.finding import Finding, Level
from bot.adapters.slack.manifest import manifest
from bot.adapters.store import migrate
from bot.adapters.store.engine import open_engine
from bot.adapters.store.store import SqlStore
from bot.app import Places
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.subscription import Outcome, Place, State, Subscription
from tests.documents import KEPT
from tests.fakes.local_discord import LocalDiscord
from tests.fakes.slack import LocalSlack


@dataclass
class House:
    """A healthy installation; a fault is planted by changing it."""

    folder: Path
    slack: LocalSlack
    discord: LocalDiscord
    environment: dict[str, str]
    config: str

    async def store(self) -> SqlStore:
        engine = open_engine(f"sqlite+aiosqlite:///{self.folder / 'bot.db'}")
        await migrate.upgrade(engine)
        return SqlStore(engine, "x", timedelta(hours=6))

    async def examined(self) -> list[Finding]:
        (self.folder / "bot.yaml").write_text(self.config, "utf-8")
        return await doctor.examine(Places(self.folder / "content", self.folder / "bot.yaml"), self.environment)


def in_house(folder: Path, scenario: Callable[[House], Awaitable[None]], **slack_options: Any) -> None:
    async def run() -> None:
        async with (
            LocalSlack(manifest=manifest(), **slack_options) as slack,
            LocalDiscord(rate_limits=False) as discord,
        ):
            (folder / "content").mkdir()
            (folder / "content" / "garden.md").write_text(KEPT, "utf-8")
            environment = {
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "DISCORD_TOKEN": discord.token,
                "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
            }
            config = f"slack: {{api_url: '{slack.api_url}'}}\ndiscord: {{api_url: '{discord.api_url}'}}\n"
            await scenario(House(folder, slack, discord, environment, config))

    asyncio.run(run())


async def refused_channel(house: House, state: State, outcome: Outcome) -> None:
    store = await house.store()
    made = datetime.now(UTC) - timedelta(days=1)
    schedule = Schedule(made.time().replace(second=0, microsecond=0), "UTC")
    subscription = await store.put(
        Subscription(Place("slack", "T1", "C1"), schedule, made, state=State.ON, reason="I am not in this channel.")
    )
    for claim in await store.claim(10, ["slack"]):
        await store.settle(claim.delivery, outcome, reason="gone")
    if state is not State.ON:
        await store.put(replace(subscription, state=state))
    await store.close()


async def left_server(house: House) -> None:
    """One that the bot is in, and one that it is not."""
    store = await house.store()
    for guild in (house.discord.guild("Garden").id, 1):
        schedule = Schedule(time(9), "UTC")
        await store.put(Subscription(Place("discord", str(guild), f"{guild}7"), schedule, datetime.now(UTC)))
    await store.close()


async def newer(house: House) -> None:
    store = await house.store()
    async with store.engine.begin() as connection:  # no public way leads to a newer schema
        await connection.execute(text("UPDATE schema_version SET version_num = '9999'"))
    await store.close()


Plant = Callable[[House], Any]


def setting(line: str) -> Plant:
    return lambda house: setattr(house, "config", house.config + line + "\n")


def variable(**values: str) -> Plant:
    return lambda house: house.environment.update(values)


def address(platform: str) -> Plant:
    def plant(house: House) -> None:
        kept = [line for line in house.config.splitlines() if not line.startswith(platform)]
        house.config = "\n".join([*kept, f"{platform}: {{api_url: 'http://127.0.0.1:1/api'}}"])

    return plant


def content(text_: str | None) -> Plant:
    def plant(house: House) -> None:
        file = house.folder / "content" / "garden.md"
        file.unlink() if text_ is None else file.write_text(text_, "utf-8")

    return plant


def no_token(house: House) -> None:
    house.environment = {"DATABASE_URL": house.environment["DATABASE_URL"]}


def channel(state: State, outcome: Outcome) -> Plant:
    return lambda house: refused_channel(house, state, outcome)


FAULT, WARNING = Level.FAULT, Level.WARNING
FAULTS: dict[str, tuple[Plant, Level, str]] = {
    "an unknown setting": (setting("colour: red"), FAULT, "`colour` is unknown"),
    "a misspelt setting": (setting("serach: {results: 3}"), FAULT, "did you mean"),
    "a wrong value": (setting("search: {results: 99}"), FAULT, "from 1 to 10"),
    "no YAML": (setting("a: ["), FAULT, "this is no YAML"),
    "a zone that is none": (setting("daily: {timezone: Berlin}"), FAULT, "an IANA time zone"),
    "a password in the settings": (setting("database: {url: 'postgresql://a:b@c/d'}"), FAULT, "without a password"),
    "a password behind it": (setting("database: {url: 'postgresql:///d?password=b'}"), FAULT, "without a password"),
    "tokens at odds": (variable(SLACK_CLIENT_ID="1"), FAULT, "beside a client id"),
    "a bad port": (variable(PORT="x"), FAULT, "PORT is no number"),
    "a strange token": (variable(SLACK_BOT_TOKEN="abc"), FAULT, "does not begin with xoxb-"),
    "a declared channel that is none": (setting("daily: {channels: [irc T1/C1 9:30]}"), FAULT, "it names no channel"),
    "no token": (no_token, WARNING, "no token"),
    "a dead Slack token": (variable(SLACK_BOT_TOKEN="xoxb-9"), FAULT, "SLACK_BOT_TOKEN: Slack"),
    "a dead app token": (variable(SLACK_APP_TOKEN="xapp-9"), FAULT, "SLACK_APP_TOKEN: Slack"),
    "a dead Discord token": (variable(DISCORD_TOKEN="9"), FAULT, "Discord refuses it"),
    "Slack out of reach": (address("slack"), FAULT, "SLACK_BOT_TOKEN: Slack cannot be reached"),
    "Discord out of reach": (address("discord"), FAULT, "Discord: it cannot be reached"),
    "commands not registered": (lambda _: None, WARNING, "Discord commands: not what this version has"),
    "no content": (content(None), FAULT, "import a summary"),
    "broken content": (content("---\ntitle: x\n---\n"), FAULT, "`kind` is missing"),
    "content twice": (content(KEPT.replace("{#clay}", "{#labels}")), FAULT, "is taken"),
    "a model that is not there": (setting("search: {model: /no/such/folder}"), FAULT, "no ONNX model in"),
    "a cache that cannot be kept": (setting("search: {cache: /dev/null/cache}"), WARNING, "nothing can be kept"),
    "a bad database address": (variable(DATABASE_URL="mysql://x"), FAULT, "DATABASE_URL"),
    "a database out of reach": (variable(DATABASE_URL="postgresql://a:s3cret@127.0.0.1:1/x"), FAULT, "cannot be used"),
    "a folder that cannot be made": (variable(DATABASE_URL="sqlite:////dev/null/x/bot.db"), FAULT, "Not a directory"),
    "a newer database": (newer, FAULT, "newer than this bot"),
    "a refused channel": (channel(State.REFUSED, Outcome.FAILED), FAULT, "/daily resume"),
    "a server that the bot has left": (left_server, FAULT, "channel 17: the bot is not in its server 1; install"),
    "a failed lesson": (channel(State.ON, Outcome.FAILED), WARNING, "not sent (gone)"),
    "an unknown lesson": (channel(State.ON, Outcome.UNKNOWN), WARNING, "never confirmed"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named_with_its_mend(name: str, tmp_path: Path) -> None:
    plant, level, said = FAULTS[name]

    async def scenario(house: House) -> None:
        planted = plant(house)
        if asyncio.iscoroutine(planted):
            await planted
        found = await house.examined()
        lines = doctor.told(found, as_json=False)
        mine = [one for one in found if said in doctor.told([one], as_json=False)]
        assert len(mine) == 1, lines
        assert mine[0].level is level
        assert mine[0].mend
        for secret in ("s3cret", house.slack.bot_token, house.slack.app_token, house.discord.token):
            assert secret not in lines

    in_house(tmp_path, scenario)


def test_a_scope_that_is_missing_is_named(tmp_path: Path) -> None:
    async def scenario(house: House) -> None:
        (fault,) = [one for one in await house.examined() if one.level is Level.FAULT]
        assert "users:read not granted" in fault.said

    in_house(tmp_path, scenario, scopes=["commands", "chat:write", "app_mentions:read", "im:history"])


def test_the_token_of_each_workspace_that_installed_the_app_is_tried(tmp_path: Path) -> None:
    async def scenario(house: House) -> None:
        house.environment = {
            "SLACK_CLIENT_ID": "1",
            "SLACK_CLIENT_SECRET": "2",
            "SLACK_SIGNING_SECRET": "3",
            "DATABASE_URL": house.environment["DATABASE_URL"],
        }
        store = await house.store()
        assert [one for one in await house.examined() if one.level is not Level.OK] == []  # nobody has installed it yet
        kept = AsyncSQLAlchemyInstallationStore(client_id="1", engine=store.engine)
        async with store.engine.begin() as connection:
            await connection.run_sync(kept.metadata.create_all)
        bot = partial(Bot, app_id="A1", bot_id="B1", bot_user_id="U1", installed_at=1.0)
        await kept.async_save_bot(bot(team_id="T1", bot_token=house.slack.bot_token))
        await kept.async_save_bot(bot(team_id="T2", enterprise_id="E1", bot_token="xoxb-s3cret"))
        await kept.async_save_bot(bot(team_id="T3", bot_token="xoxe.xoxb-1", bot_token_expires_at=1))
        await store.close()
        found = await house.examined()
        (fault,) = [one for one in found if one.level is not Level.OK]
        assert doctor.told([fault], as_json=False) == (
            "FAULT    Slack workspace T2: Slack refuses it (invalid_auth); install the app there anew"
        )
        assert {"Slack workspace T1", "Slack workspace T3"} <= {one.subject for one in found}

    in_house(tmp_path, scenario)


def test_a_clock_that_is_wrong_is_told_by_a_platform() -> None:
    async def answered(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 .\r\nDate: Mon, 23 Nov 2020 09:00:00 GMT\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(answered, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            (found,) = await doctor.clock("Slack", url)
            assert (found.level, found.mend) == (Level.WARNING, "set the clock by NTP")
        assert await doctor.clock("Slack", url) == []

    asyncio.run(run())


@pytest.mark.parametrize("whose", ["the system", "the package"])
def test_the_time_zones_that_are_used_are_the_ones_that_are_told_of(
    whose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tzdata.zi").write_text("# version 2019c\nR d", "utf-8")
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path),) if whose == "the system" else ())
    (found,) = doctor.time_zones()
    assert whose in found.said
    assert ("2019c" in found.said, found.level) == (whose == "the system", WARNING if found.mend else Level.OK)


def test_a_healthy_house_has_no_fault(tmp_path: Path) -> None:
    async def scenario(house: House) -> None:
        found = await house.examined()
        assert {one.subject for one in found if one.level is not Level.OK} == {"Discord commands"}
        assert len(doctor.told(found, as_json=True).splitlines()) == len(found) >= 9

    in_house(tmp_path, scenario)
