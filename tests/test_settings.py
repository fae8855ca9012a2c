"""What the environment and config/bot.yaml may say, and that no secret is ever said again."""

from datetime import timedelta

import pytest

from bot.core.errors import SettingsError
from bot.settings import read_settings

BOT, APP, SIGNING = {"SLACK_BOT_TOKEN": "xoxb-1"}, {"SLACK_APP_TOKEN": "xapp-1"}, {"SLACK_SIGNING_SECRET": "s3cret"}
CLIENT = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c3cret"}


def test_no_token_no_platform() -> None:
    settings = read_settings("", {"SLACK_BOT_TOKEN": " ", "PATH": "/bin"})
    assert (settings.slack, settings.discord) == (None, None)


@pytest.mark.parametrize("environment", [BOT | APP, BOT | SIGNING, CLIENT | SIGNING, CLIENT | APP | SIGNING])
def test_slack_is_reached_in_any_of_its_ways(environment: dict[str, str]) -> None:
    slack = read_settings("slack: {api_url: 'http://127.0.0.1:8080/api/'}", environment | {"PORT": "80"}).slack
    assert slack is not None
    assert (slack.api_url, slack.port) == ("http://127.0.0.1:8080/api/", 80)
    assert slack.app_token == environment.get("SLACK_APP_TOKEN", "")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (BOT, "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set"),
        (BOT | APP | CLIENT, "SLACK_BOT_TOKEN is set beside a client id or secret"),
        ({"SLACK_CLIENT_ID": "1.2"} | SIGNING, "SLACK_CLIENT_ID is set without SLACK_CLIENT_SECRET"),
        (APP, "SLACK_APP_TOKEN is set without SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xapp-s3cret"} | APP, "SLACK_BOT_TOKEN does not begin with xoxb-"),
        (BOT | APP | {"PORT": "s3cret"}, "PORT is no number from 1 to 65535"),
        (BOT | APP | {"PORT": "0000800000"}, "PORT is no number from 1 to 65535"),
    ],
)
def test_what_does_not_go_together_is_named_without_its_value(environment: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings("", environment)
    assert said in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_problems_of_both_are_told_together() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings("slack: {api_url: here}\ndiscord: {guild: x}", {"PORT": "0"})
    assert len(raised.value.problems) == 3
    assert str(raised.value).startswith("config/bot.yaml:1: `slack.api_url` is not an address")


@pytest.mark.parametrize(
    "value", ["=", "!mine x", "!!int x", "!!timestamp x", "2024-13-45", "[[1]]", "&a [*a]", "9" * 5000]
)
@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("health.port", "a whole number from 0 to 65535"),
        ("discord.guild", "a server's id, a number"),
        ("daily.channels", 'a list of lines, such as ["slack T024BE7LD/C024BE91L 9:30 Europe/Berlin"]'),
    ],
)
def test_a_value_of_any_kind_at_all_is_told_with_its_line_and_what_is_wanted(key: str, wanted: str, value: str) -> None:
    group, _, name = key.partition(".")
    with pytest.raises(SettingsError) as raised:
        read_settings(f"# mine\n{group}:\n  {name}: {value}")
    assert str(raised.value) == f"config/bot.yaml:3: `{key}` is not {wanted}; correct the value"


def test_no_grace_at_all_still_lets_a_lesson_come_on_time() -> None:
    assert read_settings("daily: {grace: 0}").daily.grace == timedelta(minutes=10)


def test_secrets_are_never_shown() -> None:
    settings = read_settings("", BOT | APP | SIGNING | {"DISCORD_TOKEN": "d3cret"})
    assert settings.discord is not None
    for secret in ("xoxb-1", "xapp-1", "s3cret", "d3cret"):
        assert secret not in repr(settings)


def test_discord_keeps_to_one_server_where_asked() -> None:
    settings = read_settings("discord: {guild: 42, gateway_url: 'ws://127.0.0.1:1'}", {"DISCORD_TOKEN": "t"})
    assert settings.discord is not None
    assert (settings.discord.guild, settings.discord.gateway_url) == (42, "ws://127.0.0.1:1")
