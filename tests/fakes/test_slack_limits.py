"""What the local Slack refuses in a message or a view, and what it finds alive in one."""

from typing import Any

import pytest

from tests.fakes.slack import message_problems, pings, view_problems
from tests.fakes.slack_blocks import button, card

LONG = "a" * 3001
PLAIN = {"type": "plain_text", "text": "A"}
OPTION = {"text": PLAIN, "value": "a"}
TITLED = {"type": "modal", "title": PLAIN}
SECTION = card("a")["blocks"][0]
ASKED = {"type": "input", "label": PLAIN, "element": {"type": "plain_text_input"}}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"blocks": [{"type": "actions", "elements": list(elements)}]}


def select(count: int, **more: Any) -> dict[str, Any]:
    options = [{"text": PLAIN, "value": str(each)} for each in range(count)]
    return {"type": "static_select", "action_id": "a", "options": options, **more}


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (card(LONG), "blocks/0/text/text: must be at most 3000 characters, has 3001"),
        (card(""), "blocks/0/text/text: must be at least 1 characters"),
        ({"blocks": [SECTION] * 51}, "at most 50 items, has 51"),
        ({"blocks": [{"type": "section"}]}, "blocks/0: needs one of text, fields"),
        ({"blocks": [{"type": "section", "fields": [PLAIN] * 11}]}, "fields: must have at most 10 items"),
        ({"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "A"}}]}, "unsupported type 'mrkdwn'"),
        ({"blocks": [{"type": "header", "text": PLAIN | {"text": "a" * 151}}]}, "at most 150"),
        ({"blocks": [{"type": "sectoin"}]}, "blocks/0: unsupported type 'sectoin'"),
        ({"blocks": [{**SECTION, "colour": "red"}]}, "blocks/0/colour: is no key of a section"),
        ({"blocks": [{**SECTION, "block_id": "a"}] * 2}, "block_id 'a' occurs twice"),
        ({"blocks": [{"type": "context", "elements": [PLAIN] * 11}]}, "at most 10 items"),
        ({"blocks": [{"type": "markdown", "text": "a" * 6001}] * 2}, "together must be at most 12000"),
        ({"blocks": [{"type": "rich_text", "elements": [{"type": "text", "text": "a"}]}]}, "unsupported type 'text'"),
        (actions(*[button("A", str(each)) for each in range(26)]), "at most 25 items"),
        (actions(button("A", "a"), button("B", "a")), "action_id 'a' occurs twice"),
        (actions(button("a" * 76, "a")), "at most 75"),
        (actions(button("A", "a") | {"value": "a" * 2001}), "at most 2000"),
        (actions({"type": "plain_text_input", "action_id": "a"}), "unsupported type 'plain_text_input'"),
        (actions(select(101)), "at most 100 items"),
        (actions(select(0)), "at least 1 items"),
        (actions(select(2, initial_option=OPTION)), "the initial option is none of the options"),
        (actions({"type": "overflow", "options": [OPTION] * 6}), "at most 5 items"),
        (actions({"type": "radio_buttons", "options": [OPTION | {"text": PLAIN | {"text": "a" * 76}}]}), "at most 75"),
        (actions({"type": "radio_buttons", "options": [OPTION, OPTION]}), "two options have the same value"),
        ({"text": "a" * 40_001}, "text: must be at most 40000"),
    ],
)
def test_a_message_past_a_limit(payload: dict[str, Any], problem: str) -> None:
    found = message_problems(payload)
    assert any(problem in each for each in found), found


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (TITLED | {"blocks": [SECTION] * 101}, "at most 100 items"),
        (TITLED | {"title": PLAIN | {"text": "a" * 25}, "blocks": []}, "at most 24"),
        (TITLED | {"blocks": [], "private_metadata": LONG}, "private_metadata: must be at most 3000"),
        (TITLED | {"blocks": [], "callback_id": "a" * 256}, "at most 255"),
        (TITLED | {"blocks": [ASKED]}, "view/submit: is missing"),
        (TITLED, "view/blocks: is missing"),
        ({"type": "home", "title": PLAIN, "blocks": []}, "view/title: is no key of a home"),
        ({"type": "home", "blocks": [{"type": "markdown", "text": "a"}]}, "unsupported type 'markdown'"),
    ],
)
def test_a_view_past_a_limit(view: dict[str, Any], problem: str) -> None:
    found = view_problems(view)
    assert any(problem in each for each in found), found


def test_what_is_within_the_limits() -> None:
    at_the_edge = actions(select(100), button("a" * 75, "b") | {"value": "a" * 2000})
    modal = TITLED | {"title": PLAIN | {"text": "a" * 24}, "submit": PLAIN, "blocks": [ASKED, *[SECTION] * 99]}
    same = message_problems({"blocks": actions(button("A", "a"))["blocks"] * 2})
    assert same == [], "an action_id may occur in several blocks"
    assert message_problems(card("a" * 3000)) + message_problems(at_the_edge) + view_problems(modal) == []


@pytest.mark.parametrize(
    ("payload", "alive"),
    [
        (card("<!channel>"), True),
        (card("<@U1> &lt;!here&gt;"), True),
        (card("<https://x.org|x>"), True),
        (card("&lt;!channel&gt; @here 3 < 4 > 2"), False),
        ({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "<!channel>"}}]}, False),
        ({"blocks": [{"type": "markdown", "text": "[x](https://x.org)"}]}, True),
        ({"blocks": [{"type": "markdown", "text": "\\[x\\](y)"}]}, False),
        ({"text": "@channel", "link_names": True}, True),
        ({"blocks": [{"type": "rich_text", "elements": [{"type": "broadcast", "range": "here"}]}]}, True),
    ],
)
def test_what_pings(payload: dict[str, Any], alive: bool) -> None:
    assert bool(pings(payload)) is alive
