"""Commonplace: a team's commonplace book, kept in Slack and Discord."""

__version__ = "0.1.0"
