"""The bot in a terminal: a prompt with completion, cards drawn with rich, buttons as numbers. Needs no token."""

from bot.adapters.console.draw import Screen
from bot.adapters.console.session import PLACE, Conversation, run

__all__ = ["PLACE", "Conversation", "Screen", "run"]
