"""What Slack refuses in a message or a view, as its reference states it. Pure: no server, no state.

The figures are those of Slack's Block Kit reference and of slack_sdk's models.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from tests.fakes.slack.shapes import (
    Check,
    anything,
    both,
    flag,
    items,
    kind_of,
    needs_any,
    number,
    one_of,
    shape,
    string,
)

MESSAGE_BLOCKS, VIEW_BLOCKS, MARKDOWN, TEXT = 50, 100, 12_000, 40_000


def plain(most: int) -> Check:
    return kind_of({"plain_text": shape({"text": string(most)}, {"emoji": flag})})


def words(most: int) -> Check:
    marked = shape({"text": string(most)}, {"verbatim": flag})
    return kind_of({"plain_text": shape({"text": string(most)}, {"emoji": flag}), "mrkdwn": marked})


CONFIRM = shape(
    {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(text: Check, **more: Check) -> Check:
    return shape({"text": text, "value": string(150)}, {"description": text, **more})


ID = {"action_id": string(255)}
PLACEHOLDER = {"placeholder": plain(150)}
ASKS = ID | {"confirm": CONFIRM, "focus_on_load": flag}
PLAIN_OPTION, MARKED_OPTION = option(plain(75)), option(words(75))
GROUPS = items(shape({"label": plain(75), "options": items(PLAIN_OPTION, 100)}), 100)
STATIC = {"options": items(PLAIN_OPTION, 100), "option_groups": GROUPS}
SEVERAL = {"max_selected_items": number(1, 100), "initial_options": items(PLAIN_OPTION, 100)}
PICTURE = shape({"alt_text": string(2000)}, {"image_url": string(3000), "slack_file": anything})
BUTTON = shape(
    {"text": plain(75)},
    ID
    | {
        "url": string(3000),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)


def chooser(**more: Check) -> Check:
    return shape({}, ASKS | PLACEHOLDER | more)


def typed(**more: Check) -> Check:
    common = ID | PLACEHOLDER | {"focus_on_load": flag, "dispatch_action_config": anything}
    return shape({}, common | {"initial_value": string(3000, 0)} | more)


SELECTS: dict[str, Check] = {
    "static_select": both(chooser(initial_option=PLAIN_OPTION, **STATIC), needs_any("options", "option_groups")),
    "multi_static_select": both(chooser(**STATIC, **SEVERAL), needs_any("options", "option_groups")),
    "external_select": chooser(initial_option=PLAIN_OPTION, min_query_length=number(0, 3000)),
    "multi_external_select": chooser(min_query_length=number(0, 3000), **SEVERAL),
    "users_select": chooser(initial_user=string()),
    "conversations_select": chooser(
        initial_conversation=string(),
        default_to_current_conversation=flag,
        response_url_enabled=flag,
        filter=anything,
    ),
    "channels_select": chooser(initial_channel=string(), response_url_enabled=flag),
}
CHOICES: dict[str, Check] = {
    "radio_buttons": shape({"options": items(MARKED_OPTION, 10)}, ASKS | {"initial_option": MARKED_OPTION}),
    "checkboxes": shape({"options": items(MARKED_OPTION, 10)}, ASKS | {"initial_options": items(MARKED_OPTION, 10)}),
    "datepicker": chooser(initial_date=string(10)),
    "timepicker": chooser(initial_time=string(5), timezone=string()),
    "datetimepicker": chooser(initial_date_time=number(0, 10**10)),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": typed(multiline=flag, min_length=number(0, 3000), max_length=number(1, 3000)),
    "number_input": typed(is_decimal_allowed=flag, min_value=anything, max_value=anything),
    "email_text_input": typed(),
    "url_text_input": typed(),
}
OVERFLOW: dict[str, Check] = {
    "overflow": shape({"options": items(option(plain(75), url=string()), 5)}, ID | {"confirm": CONFIRM}),
}
ELEMENTS = {"button": BUTTON, **SELECTS, **CHOICES, **OVERFLOW}
IN_ACTIONS = {kind: check for kind, check in ELEMENTS.items() if not kind.startswith("multi_")}

STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))
INLINE = kind_of(
    {
        "text": shape({"text": string(TEXT)}, {"style": STYLE}),
        "link": shape({"url": string(3000)}, {"text": string(3000), "style": STYLE, "unsafe": flag}),
        "emoji": shape({"name": string(255)}, {"unicode": string(), "skin_tone": anything}),
        "user": shape({"user_id": string(255)}, {"style": STYLE}),
        "channel": shape({"channel_id": string(255)}, {"style": STYLE}),
        "usergroup": shape({"usergroup_id": string(255)}, {"style": STYLE}),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}),
        "date": shape({"timestamp": anything, "format": string()}, {"url": string(), "fallback": string()}),
        "color": shape({"value": string()}),
    }
)
SECTION = shape({"elements": items(INLINE, 1000)}, {"border": number(0, 1)})
RICH_PARTS: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_quote": SECTION,
    "rich_text_preformatted": shape({"elements": items(INLINE, 1000)}, {"border": number(0, 1), "language": string()}),
    "rich_text_list": shape(
        {"style": one_of("bullet", "ordered"), "elements": items(kind_of({"rich_text_section": SECTION}), 1000)},
        {"indent": number(0, 8), "offset": number(0, 1000), "border": number(0, 1)},
    ),
}
BLOCK = {"block_id": string(255)}
RICH = shape({"elements": items(kind_of(RICH_PARTS), 1000)}, BLOCK)
CELL = kind_of({"raw_text": shape({"text": string(3000)}), "rich_text": RICH})
CARD = both(
    shape(
        {},
        BLOCK
        | {"title": words(150), "subtitle": words(150), "body": words(200)}
        | {"icon": anything, "hero_image": anything, "actions": items(kind_of({"button": BUTTON}), 3)},
    ),
    needs_any("title", "body", "hero_image", "actions"),
)
SMALL_PRINT = {"plain_text": words(3000), "mrkdwn": words(3000), "image": PICTURE}
SHARED: dict[str, Check] = {
    "section": both(
        shape(
            {},
            BLOCK
            | {"text": words(3000), "fields": items(words(2000), 10), "expand": flag}
            | {"accessory": kind_of(ELEMENTS | {"image": PICTURE})},
        ),
        needs_any("text", "fields"),
    ),
    "header": shape({"text": plain(150)}, BLOCK),
    "divider": shape({}, BLOCK),
    "image": shape(
        {"alt_text": string(2000)},
        BLOCK | {"image_url": string(3000), "slack_file": anything, "title": plain(2000)},
    ),
    "context": shape({"elements": items(kind_of(SMALL_PRINT), 10)}, BLOCK),
    "actions": shape({"elements": items(kind_of(IN_ACTIONS), 25)}, BLOCK),
    "input": shape(
        {"label": plain(2000), "element": kind_of(SELECTS | CHOICES | INPUTS)},
        BLOCK | {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": RICH,
}
IN_MESSAGES = SHARED | {
    "markdown": shape({"text": string(MARKDOWN)}, BLOCK),
    "table": shape({"rows": items(items(CELL, 20), 100)}, BLOCK | {"column_settings": items(anything, 20)}),
    "card": CARD,
    "carousel": shape({"elements": items(kind_of({"card": CARD}), 10)}, BLOCK),
}
MODAL = shape(
    {"title": plain(24), "blocks": items(kind_of(SHARED), VIEW_BLOCKS, 0)},
    {
        "submit": plain(24),
        "close": plain(24),
        "private_metadata": string(3000, 0),
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)
HOME = shape(
    {"blocks": items(kind_of(SHARED), VIEW_BLOCKS, 0)},
    {"private_metadata": string(3000, 0), "callback_id": string(255, 0), "external_id": string(255, 0)},
)


def message_problems(payload: Mapping[str, Any]) -> list[str]:
    """Why Slack would refuse this message (arguments of chat.postMessage or a body for a response_url), if it would."""
    blocks = payload.get("blocks") or []
    found = list(items(kind_of(IN_MESSAGES), MESSAGE_BLOCKS, 0)(blocks, "blocks"))
    found += string(TEXT, 0)(payload.get("text") or "", "text")
    return found or list(_together(blocks))


def view_problems(view: Mapping[str, Any]) -> list[str]:
    """Why Slack would refuse this modal or Home, if it would."""
    found = list(kind_of({"modal": MODAL, "home": HOME})(view, "view"))
    if found:
        return found
    asks = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and asks and "submit" not in view:
        found.append("view/submit: is missing, and there are inputs")
    return found + list(_together(view["blocks"]))


def options_problems(answer: Mapping[str, Any]) -> list[str]:
    """Why Slack would show no options for this answer to a block_suggestion."""
    most = {"options": items(PLAIN_OPTION, 100, 0), "option_groups": GROUPS}
    return list(shape({}, most)(answer, "answer")) if answer else ["answer: needs options or option_groups"]


def _together(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """What only the whole shows: ids that occur twice, markdown in all, choices that contradict themselves.

    An action_id need only be unique in its block.
    """
    yield from _twice("block_id", [block.get("block_id") for block in blocks])
    for block in blocks:
        yield from _twice("action_id", [element.get("action_id") for element in interactive(block)])
    elements = list(chain.from_iterable(map(interactive, blocks)))
    if sum(element.get("focus_on_load", False) for element in elements) > 1:
        yield "blocks: focus_on_load is allowed once"
    written = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if written > MARKDOWN:
        yield f"blocks: the markdown blocks together must be at most {MARKDOWN} characters, have {written}"
    if sum(block["type"] == "table" for block in blocks) > 1:
        yield "blocks: only one table is allowed"
    for element in elements:
        yield from _contradictions(element)


def _twice(name: str, ids: list[str | None]) -> Iterator[str]:
    for at, one in enumerate(ids):
        if one and one in ids[:at]:
            yield f"blocks: {name} {one!r} occurs twice"


def _contradictions(element: Mapping[str, Any]) -> Iterator[str]:
    where = f"blocks: {element['type']} {element.get('action_id', '')}".rstrip()
    if "options" in element and "option_groups" in element:
        yield f"{where}: has both options and option_groups"
    offered = choices(element)
    values = [each["value"] for each in offered]
    if len(set(values)) < len(values) and element["type"] != "overflow":
        yield f"{where}: two options have the same value"
    initial = element.get("initial_options", []) + [each for each in [element.get("initial_option")] if each]
    if offered and any(each not in offered for each in initial):
        yield f"{where}: the initial option is none of the options"
    if element.get("min_length", 0) > element.get("max_length", 3000):
        yield f"{where}: min_length is above max_length"


def choices(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options of an element, those in groups included."""
    grouped = chain.from_iterable(group["options"] for group in element.get("option_groups") or [])
    return [*(element.get("options") or []), *grouped]


def interactive(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block that people can press, pick in or write in."""
    if block["type"] == "carousel":
        return list(chain.from_iterable(map(interactive, block["elements"])))
    found = [*block.get("actions", []), block.get("accessory"), block.get("element")]
    if block["type"] == "actions":
        found += block["elements"]
    return [each for each in found if each and each["type"] != "image"]
