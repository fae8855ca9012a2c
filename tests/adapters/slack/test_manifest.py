"""The manifest holds what the code needs and nothing more, within Slack's limits."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from bot.adapters import slack
from bot.adapters.slack.manifest import EVENTS, SCOPES, manifest
from bot.core.answering.commands import COMMANDS

SOURCES = {path.name: path.read_text("utf-8") for path in Path(slack.__path__[0]).glob("*.py")}
CODE = "\n".join(source for name, source in SOURCES.items() if name != "manifest.py")
# What a method of the Web API that the code calls needs (Slack's reference of each method).
NEEDS = {
    "auth_test": None,
    "chat_postMessage": "chat:write",
    "chat_postEphemeral": "chat:write",
    "chat_delete": "chat:write",
    "users_info": "users:read",
    "views_open": None,
    "views_update": None,
    "views_publish": None,
}


HTTP = {"address": "https://a.example"}


@pytest.mark.parametrize("variant", [{}, HTTP, {**HTTP, "many": True}])
def test_it_keeps_the_limits(variant: dict[str, Any]) -> None:
    made = manifest("a-prefix-of-20-char-", **variant)
    shown, features = made["display_information"], made["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(features["slash_commands"]) == len(COMMANDS) <= 50
    for command in features["slash_commands"]:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert 1 <= len(command["description"]) <= 2000
        assert 1 <= len(command["usage_hint"]) <= 1000
        assert ("url" in command) == bool(variant)
    assert len(features["shortcuts"]) <= 10
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in features["shortcuts"])
    assert made["settings"]["socket_mode_enabled"] != bool(variant)
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_every_scope_is_one_the_code_needs() -> None:
    called = {
        node.attr
        for source in SOURCES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and re.fullmatch(r"(auth|chat|users|views|conversations)_\w+", node.attr)
    }
    assert called <= set(NEEDS), called
    needed = {scope for method in called if (scope := NEEDS[method])}
    assert needed | {"commands", "app_mentions:read", "im:history"} == set(SCOPES)


def test_every_event_has_a_listener() -> None:
    heard = set(re.findall(r'app\.event\("(\w+)"\)', CODE))
    assert heard == {event.partition(".")[0] for event in EVENTS}
    assert 'channel_type") == "im"' in CODE
