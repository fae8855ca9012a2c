"""Cards of which any words are marked."""

from dataclasses import replace

from bot.core.answering.card import Card
from bot.core.words import TOKEN


def marked(card: Card, every: int) -> Card:
    """The card with the first, and then every so many-th, of its words marked; with none for 0."""
    texts = [card.title, *card.body, *(text for choice in card.choices for text in (choice.title, choice.text))]
    words = [word for text in texts for word in TOKEN.findall(text)]
    return replace(card, marks=frozenset(words[::every] if every else ()))
