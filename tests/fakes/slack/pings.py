"""What in a message or view is alive: what would ping somebody or lead somewhere. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

ANGLED = re.compile(r"<(?:[@#!]|[a-zA-Z][a-zA-Z0-9+.-]*:)[^>]*>")
IN_MARKDOWN = re.compile(r"!?\[[^\]]*\]\([^)]*\)|(?<!\w)@(?:here|channel|everyone)\b|<[^>@#!:]+@[^>]+>")
AT_ALL = re.compile(r"(?<!\w)@(?:here|channel|everyone)\b")
LIVE_PARTS = ("user", "usergroup", "channel", "broadcast", "link")


def pings(payload: Mapping[str, Any]) -> list[str]:
    """Every live mention and link of a message or view, as `where: what`.

    Looks at `<…>` in mrkdwn and in the top-level text, at these and `[x](y)` and `@here` in markdown blocks, at rich
    text's mentions and links, and at `@here` where `link_names` or `parse: full` bring it to life. Not at a button's
    `url`, which no content can bring about.
    """
    found = [f"text: {each}" for each in _in_text(payload.get("text"))]
    if payload.get("link_names") or payload.get("parse") == "full":
        found += [f"text: {each}" for each in AT_ALL.findall(str(payload.get("text") or ""))]
    for key in ("title", "blocks", "attachments"):
        found += _walk(payload.get(key), key)
    return found


def _in_text(text: Any) -> list[str]:
    return ANGLED.findall(text) if isinstance(text, str) else []


def _walk(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _walk(item, f"{where}/{at}")
    elif isinstance(value, dict):
        yield from (f"{where}: {each}" for each in _of(value))
        for key, item in value.items():
            yield from _walk(item, f"{where}/{key}")


def _of(value: Mapping[str, Any]) -> list[str]:
    kind, text = value.get("type"), value.get("text")
    if kind == "mrkdwn":
        return _in_text(text)
    if kind == "markdown" and isinstance(text, str):
        unescaped = re.sub(r"\\[\[\]()@<>!]", "", re.sub(r"`[^`\n]*`", "", text))
        return [*ANGLED.findall(unescaped), *IN_MARKDOWN.findall(unescaped)]
    if kind in LIVE_PARTS and any(key in value for key in ("user_id", "usergroup_id", "channel_id", "range", "url")):
        return [f"{kind} {value.get('url', '')}".strip()]
    return []
