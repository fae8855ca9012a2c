"""Makes every string of a card harmless and legible on a terminal of any encoding. Draws nothing."""

import unicodedata
from dataclasses import replace

from bot.core.answering.card import Action, Card, Choice, Field
from bot.core.cleaning import cleaned

_STAND_INS = {
    **dict.fromkeys("“”„«»❝❞", '"'),
    **dict.fromkeys("‘’‚", "'"),
    **dict.fromkeys("‐‑‒–—−─·", "-"),
    **dict.fromkeys("•◆", "*"),
    **dict.fromkeys("\u00a0\u2009\u202f", " "),
    "…": "...",
    "│": "|",
    "●": "+",
    "■": "=",
    "→": "->",
    "×": "x",
}


def legible(text: str, encoding: str) -> str:
    """Cleaned text in characters that `encoding` has: others are spelt out, lose their accent or become `?`.

    Lines break only where a line feed says so.
    """
    text = cleaned(text, " ")
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_nearest(char, encoding) for char in text)
    return text


def _nearest(char: str, encoding: str) -> str:
    for candidate in (char, _STAND_INS.get(char, ""), unicodedata.normalize("NFKD", char)[0], "?"):
        if candidate and candidate.encode(encoding, "ignore").decode(encoding) == candidate:
            return candidate
    return ""


def legible_card(card: Card, encoding: str) -> Card:
    """The card with every string legible; what its actions do is untouched."""

    def say(text: str) -> str:
        return legible(text, encoding)

    def button(action: Action) -> Action:
        return replace(action, label=say(action.label))

    return replace(
        card,
        title=say(card.title),
        body=tuple(say(paragraph) for paragraph in card.body),
        fields=tuple(Field(say(field.name), say(field.value)) for field in card.fields),
        choices=tuple(Choice(say(c.title), c.action, say(c.text), say(c.note)) for c in card.choices),
        actions=tuple(button(action) for action in card.actions),
        footer=say(card.footer),
        preface=say(card.preface),
        marks=frozenset(map(say, card.marks)),
    )
