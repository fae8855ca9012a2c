"""The install links ask for what the code needs and nothing more; the commands keep within the limits."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.__main__ import main
from bot.adapters.discord import commands
from bot.adapters.discord.client import INTENTS
from bot.adapters.discord.manifest import PERMISSIONS, manifest
from bot.core.answering.commands import COMMANDS
from tests.fakes.local_discord import command_problems
from tests.fakes.local_discord.guilds import BOT_PERMISSIONS


def asked(link: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}


def test_a_server_gives_four_permissions_and_a_user_none() -> None:
    made = manifest("123456789012345")
    server, user = asked(made["server_install"]), asked(made["user_install"])
    assert (server["client_id"], server["scope"]) == ("123456789012345", "bot applications.commands")
    assert int(server["permissions"]) == 1 << 10 | 1 << 11 | 1 << 16 | 1 << 38  # Discord's numbers of these four
    assert set(PERMISSIONS) == set(BOT_PERMISSIONS)  # with which every conversation is tested
    assert user == {"client_id": "123456789012345", "scope": "applications.commands", "integration_type": "1"}
    assert "next" not in made


def test_no_privileged_intent_is_asked_for() -> None:
    assert [name for name in ("members", "presences", "message_content") if getattr(INTENTS, name)] == []
    assert manifest("123456789012345")["privileged_intents"] == []


def test_without_an_id_it_says_where_to_find_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", "discord"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert "YOUR_APPLICATION_ID" in made["server_install"]
    assert "General Information" in made["next"]
    assert main(["manifest", "discord", "--application", "x"]) == 2
    assert "x is no application id; for links that work give" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["discord --http https://example.org --many", "slack --application 123"])
def test_what_only_the_other_platform_knows_is_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", *words.split()]) == 2
    assert "knows no --" in capsys.readouterr().err


@pytest.mark.parametrize("prefix", ["", "a-prefix-of-20-char-"])
def test_declared_commands_keep_the_limits(prefix: str) -> None:
    declared = commands.declared(prefix)
    assert len(declared) == len(COMMANDS) + 1
    assert [problem for command in declared for problem in command_problems(command)] == []
    added = {"id": "1", "version": "2", "dm_permission": None, "nsfw": False}
    registered = [{**command, **added} for command in reversed(declared)]
    assert commands.same(declared, registered)
    registered[-1]["description"] = "another"
    assert not commands.same(declared, registered)
