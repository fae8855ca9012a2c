"""Ada in the console, in Slack and in Discord: she types, she presses, and reads what comes."""

import io
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.adapters.console.draw import Screen
from bot.adapters.console.session import Conversation
from bot.adapters.console.wording import OPENLY
from bot.adapters.slack.manifest import manifest
from bot.core.answering.typed import parse
from bot.daily import Daily
from tests.adapters.discord_.running import running as running_discord
from tests.adapters.slack.running import running as running_slack
from tests.desks import ASKER, garden_desk
from tests.fakes import local_discord, slack


@dataclass(frozen=True)
class Read:
    """What Ada reads: the answer with its buttons, and what everybody in the channel sees."""

    answer: str
    posted: tuple[str, ...]


class Talker(Protocol):
    async def types(self, line: str) -> Read: ...

    async def presses(self, label: str) -> Read: ...


class InConsole:
    def __init__(self, daily: Daily) -> None:
        async def opened() -> Daily:
            return daily

        self._talk = Conversation(garden_desk(), ASKER, Screen(file=io.StringIO(), width=200), opened)

    async def types(self, line: str) -> Read:
        self._talk.console.file = io.StringIO()
        await self._talk.hear(line)
        shown = self._talk.console.file.getvalue()
        posted = re.match(rf"── {OPENLY} .*?^─+$", shown, re.DOTALL | re.MULTILINE)
        return Read(shown[posted.end() :], (posted[0],)) if posted else Read(shown, ())

    async def presses(self, label: str) -> Read:
        number = next(n for n, action in enumerate(self._talk.offered, 1) if action.label == label)
        return await self.types(str(number))


class InSlack:
    def __init__(self, fake: slack.LocalSlack) -> None:
        self._ada = fake.person("Ada", tz="Europe/Berlin")
        self._channel = fake.channel("general", self._ada)
        self._seen: slack.Seen | None = None

    def _read(self, seen: slack.Seen) -> Read:
        self._seen = seen
        return Read(seen.shown, tuple(slack.shown(message.blocks) for message in self._channel.messages))

    async def types(self, line: str) -> Read:
        return self._read(await self._ada.types(self._channel, line))

    async def presses(self, label: str) -> Read:
        assert self._seen
        if label == "Open" and label not in self._seen.buttons():  # topics are named on their buttons
            label = next(name for name in self._seen.buttons() if name == "Soil and water")
        return self._read(await self._ada.presses(self._seen, label))


def _unmarked(text: str) -> str:
    """What is read of Discord's markdown: nothing of its escapes and of what makes it bold."""
    return re.sub(r"\\(.)|\*\*", r"\1", text)


class InDiscord:
    def __init__(self, fake: local_discord.LocalDiscord) -> None:
        guild = fake.guild("Garden")
        self._ada = fake.person("Ada", guild, permissions={"manage_channels"})
        self._channel = guild.channel("general")
        self._seen: local_discord.Seen | None = None

    def _read(self, seen: local_discord.Seen) -> Read:
        self._seen = seen
        answer = "\n".join([_unmarked(seen.text), *seen.buttons()])
        return Read(answer, tuple(_unmarked(message.text) for message in self._channel.messages))

    async def types(self, line: str) -> Read:
        invocation = parse(line)
        options = {name: value for name, value in invocation.options.items() if value}
        return self._read(await self._ada.types(self._channel, "/" + " ".join(invocation.path), **options))

    async def presses(self, label: str) -> Read:
        assert self._seen
        if label == "Open" and label not in self._seen.buttons():
            label = next(name for name in self._seen.buttons() if name == "Soil and water")
        return self._read(await self._ada.presses(self._seen, label))


@asynccontextmanager
async def in_console(daily: Daily) -> AsyncIterator[Talker]:
    yield InConsole(daily)


@asynccontextmanager
async def in_slack(mode: str, daily: Daily) -> AsyncIterator[Talker]:
    async with slack.LocalSlack(manifest=manifest()) as fake, running_slack(mode, garden_desk(), fake, daily=daily):
        yield InSlack(fake)


@asynccontextmanager
async def in_discord(daily: Daily) -> AsyncIterator[Talker]:
    async with (
        local_discord.LocalDiscord(rate_limits=False) as fake,
        running_discord(garden_desk(), fake, daily=daily),
    ):
        yield InDiscord(fake)


TALKERS: dict[str, Callable[[Daily], AbstractAsyncContextManager[Talker]]] = {
    "console": in_console,
    "slack over a socket": partial(in_slack, "socket"),
    "slack over http": partial(in_slack, "http"),
    "discord": in_discord,
}
