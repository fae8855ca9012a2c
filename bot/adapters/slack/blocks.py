"""stub"""

from typing import Any

from bot.core import wire
from bot.core.card import Action, Card

QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "link_names": False}


def legible(text: str) -> str:
    return text or "–"


def button(action: Action, ident: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": ident,
        "text": {"type": "plain_text", "text": action.label[:75]},
        "value": wire.pack(action),
    }


def parts(card: Card, room: int) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    if card.title:
        out.append({"type": "header", "text": {"type": "plain_text", "text": card.title[:150]}})
    for p in card.body:
        out.append({"type": "section", "text": {"type": "plain_text", "text": p[:3000] or "-"}})
    for f in card.fields:
        out.append({"type": "section", "text": {"type": "plain_text", "text": (f.name + "\n" + f.value)[:3000] or "-"}})
    for n, c in enumerate(card.choices):
        out.append(
            {
                "type": "section",
                "text": {"type": "plain_text", "text": (c.title + "\n" + c.text + "\n" + c.note)[:3000] or "-"},
                "accessory": button(c.action, f"choice:{n}"),
            }
        )
    if card.actions:
        out.append(
            {"type": "actions", "elements": [button(a, f"{a.verb}:{n}") for n, a in enumerate(card.actions[:25])]}
        )
    if card.footer:
        out.append({"type": "context", "elements": [{"type": "plain_text", "text": card.footer[:2000]}]})
    return out[:room]


def message(card: Card) -> dict[str, Any]:
    return {"text": "\n".join([card.title, *card.body])[:4000], "blocks": parts(card, 50)}
