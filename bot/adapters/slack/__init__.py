"""Commonplace in Slack."""
