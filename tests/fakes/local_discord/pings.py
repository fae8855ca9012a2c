"""Whom a message would notify. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.local_discord.components import TEXT, walk

SOMEBODY, ROLE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")
EVERYBODY = re.compile(r"@(?:everyone|here)\b")


def pings(payload: Mapping[str, Any]) -> list[str]:
    """Every mention in a message that would notify somebody, given its allowed_mentions; "reply" for its author's.

    Without allowed_mentions everything notifies. Escapes and code blocks are no excuse here.
    """
    allowed = payload.get("allowed_mentions")
    parse = ["users", "roles", "everyone"] if allowed is None else allowed.get("parse") or []
    listed = allowed or {}
    text = spoken(payload)
    found = [each.group() for each in SOMEBODY.finditer(text) if _may("users", each.group(1), parse, listed)]
    found += [each.group() for each in ROLE.finditer(text) if _may("roles", each.group(1), parse, listed)]
    found += EVERYBODY.findall(text) if "everyone" in parse else []
    answered = payload.get("message_reference")
    if answered and answered.get("type", 0) == 0 and (allowed is None or allowed.get("replied_user")):
        found.append("reply")
    return found


def spoken(payload: Mapping[str, Any]) -> str:
    """The parts of a message in which a mention counts: its content and its text displays."""
    texts = [each["content"] for each in walk(payload.get("components") or []) if each.get("type") == TEXT]
    return "\n".join([str(payload.get("content") or ""), *texts])


def _may(kind: str, who: str, parse: list[str], listed: Mapping[str, Any]) -> bool:
    return kind in parse or who in map(str, listed.get(kind) or [])
