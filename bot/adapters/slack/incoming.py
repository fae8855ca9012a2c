"""What somebody typed or said in Slack, out of Slack's own markup. Sends nothing."""

import re
from typing import Any

_MENTION = re.compile(r"<[@!#][^<>]*>")
_EMOJI = re.compile(r"(?<![\w:])(?::[\w+'-]{1,100}:)+(?![\w:])")  # 🚀 comes as `:rocket:`
_LINK = re.compile(r"<([^|<>]+)(?:\|([^<>]*))?>")


def said(message: dict[str, Any]) -> str:
    """The text of a message, or what its attachments say instead."""
    parts = [message.get("text") or "", *(one.get("fallback") or "" for one in message.get("attachments") or ())]
    return "\n".join(part for part in parts if part)


def read(text: str) -> str:
    """What somebody typed, out of Slack's own markup: no mentions, no emoji, links as they read, `&amp;` as `&`."""
    return typed(_LINK.sub(lambda link: link[2] or link[1], _MENTION.sub(" ", text))).strip()


def typed(text: str) -> str:
    """Text as it was typed, without emoji: Slack escapes these three."""
    return _EMOJI.sub(" ", text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
