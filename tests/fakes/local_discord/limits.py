"""What Discord refuses in a message, a modal or autocomplete choices, as its reference states it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.local_discord import components as parts
from tests.fakes.local_discord.problems import Json, Problem, length, missing, not_among

V2, EPHEMERAL, LOADING = 1 << 15, 1 << 6, 1 << 7
LEGACY = ("content", "embeds", "sticker_ids", "poll")
EMPTY = Problem(("content",), "EMPTY", "Cannot send an empty message")
MENTIONS = ("users", "roles", "everyone")


def message_problems(payload: Mapping[str, Any]) -> list[str]:
    """Why Discord would refuse this message (the body of a POST, or the `data` of a callback), if it would."""
    found = list(in_message(payload))
    return [str(each) for each in found or ([EMPTY] if is_empty(payload) else [])]


def modal_problems(payload: Mapping[str, Any]) -> list[str]:
    """Why Discord would refuse this modal (the `data` of a callback), if it would."""
    return [str(each) for each in in_modal(payload)]


def choices_problems(payload: Mapping[str, Any]) -> list[str]:
    """Why Discord would show none of these autocomplete choices (the `data` of a callback)."""
    return [str(each) for each in in_choices(payload.get("choices"), "choices")]


def is_empty(payload: Mapping[str, Any]) -> bool:
    """Nothing to show: refused with code 50006."""
    shown = ("embeds", "sticker_ids", "components", "attachments", "poll")
    return not str(payload.get("content") or "").strip() and not any(payload.get(key) for key in shown)


def in_message(payload: Mapping[str, Any]) -> Iterator[Problem]:
    """The limits of a message, apart from being empty."""
    yield from length(payload.get("content"), 0, 2000, "content")
    yield from length(payload.get("nonce"), 0, 25, "nonce")
    yield from length(payload.get("attachments"), 0, 10, "attachments")
    yield from _embeds(payload.get("embeds") or [])
    yield from _allowed_mentions(payload.get("allowed_mentions") or {})
    components = payload.get("components") or []
    if (payload.get("flags") or 0) & V2:
        yield from _new_style(payload, components)
    else:
        yield from length(components, 0, parts.ROWS, "components")
        yield from parts.all_problems(components, (parts.ROW,), "components")
    yield from parts.duplicates(components, "components")


def _new_style(payload: Mapping[str, Any], components: list[Json]) -> Iterator[Problem]:
    for key in LEGACY:
        if payload.get(key):
            message = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            yield Problem((key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    yield from parts.all_problems(components, parts.IN_MESSAGE, "components")
    everything = list(parts.walk(components))
    if len(everything) > parts.TOTAL:
        message = f"The total number of components exceeds the maximum of {parts.TOTAL}: {len(everything)}"
        yield Problem(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    written = sum(len(each.get("content") or "") for each in everything if each.get("type") == parts.TEXT)
    if written > parts.ALL_TEXT:
        message = f"The total displayable text size exceeds the maximum size of {parts.ALL_TEXT}: {written}"
        yield Problem(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def _embeds(embeds: list[Json]) -> Iterator[Problem]:
    yield from length(embeds, 0, 10, "embeds")
    total = 0
    for at, embed in enumerate(embeds):
        fields = embed.get("fields") or []
        texts = [("title", 256), ("description", 4096)]
        for key, most in texts:
            yield from length(embed.get(key), 0, most, "embeds", at, key)
        yield from length((embed.get("footer") or {}).get("text"), 0, 2048, "embeds", at, "footer", "text")
        yield from length((embed.get("author") or {}).get("name"), 0, 256, "embeds", at, "author", "name")
        yield from length(fields, 0, 25, "embeds", at, "fields")
        for which, field in enumerate(fields):
            yield from length(field.get("name"), 1, 256, "embeds", at, "fields", which, "name")
            yield from length(field.get("value"), 1, 1024, "embeds", at, "fields", which, "value")
        total += sum(map(len, embed_texts(embed)))
    if total > 6000:
        message = f"Embed size exceeds maximum size of 6000: {total}"
        yield Problem(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message)


def embed_texts(embed: Json) -> list[str]:
    """The words of an embed, in the order in which they are shown."""
    found = [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
    for field in embed.get("fields") or []:
        found += [field.get("name"), field.get("value")]
    return [str(each) for each in [*found, (embed.get("footer") or {}).get("text")] if each]


def _allowed_mentions(allowed: Json) -> Iterator[Problem]:
    parse = allowed.get("parse") or []
    for at, each in enumerate(parse):
        if each not in MENTIONS:
            yield not_among(MENTIONS, "allowed_mentions", "parse", at)
    for key in ("users", "roles"):
        yield from length(allowed.get(key), 0, 100, "allowed_mentions", key)
        if key in parse and allowed.get(key):
            message = f"parse:[{key!r}] and {key}: [ids...] are mutually exclusive."
            yield Problem(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)


def in_modal(payload: Mapping[str, Any]) -> Iterator[Problem]:
    """The limits of a modal."""
    yield from length(payload.get("custom_id"), 1, 100, "custom_id")
    yield from length(payload.get("title"), 1, 45, "title")
    components = payload.get("components") or []
    yield from length(components, 1, 5, "components")
    for at, each in enumerate(components):
        if each.get("type") == parts.ROW:
            yield from _input_row(each, at)
        else:
            yield from parts.problems(each, parts.IN_MODAL, "components", at)
    yield from parts.duplicates(components, "components")


def _input_row(row: Json, at: int) -> Iterator[Problem]:
    """The older form: a row with one text input that carries its own label."""
    inside = row.get("components") or []
    yield from length(inside, 1, 1, "components", at, "components")
    yield from parts.all_problems(inside, (parts.TEXT_INPUT,), "components", at, "components")
    for each in inside:
        yield from length(each.get("label"), 1, 45, "components", at, "components", 0, "label")


def in_choices(choices: Any, *path: str | int) -> Iterator[Problem]:
    """The limits of choices, of autocomplete as of a command's option."""
    if not isinstance(choices, list):
        yield missing(*path)
        return
    yield from length(choices, 0, 25, *path)
    for at, choice in enumerate(choices):
        yield from length(choice.get("name"), 1, 100, *path, at, "name")
        if isinstance(choice.get("value"), str):
            yield from length(choice["value"], 1, 100, *path, at, "value")
        elif not isinstance(choice.get("value"), int | float):
            yield missing(*path, at, "value")
