"""Commonplace in Slack. Knows Slack and the desk; knows no other platform, and is known to `bot.app` alone."""
