"""Blocks for the tests of the local Slack."""

from typing import Any


def button(label: str, action_id: str) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action_id}


def card(text: str, *buttons: dict[str, Any]) -> dict[str, Any]:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {"text": text, "blocks": [section, *([{"type": "actions", "elements": list(buttons)}] if buttons else [])]}
