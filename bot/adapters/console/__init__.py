"""The bot in a terminal: a prompt with completion, cards drawn with rich, buttons as numbers. Needs no token."""

from bot.adapters.console.session import run

__all__ = ["run"]
