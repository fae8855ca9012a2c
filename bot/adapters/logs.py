"""What the bot writes to standard error: one line an event, for people in a terminal, as JSON elsewhere.

Every other library's log goes through the same lines. Whatever looks like a token is taken out of all of them.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

# Slack's tokens and addresses that act as one; a bot token of Discord; passwords and Slack's tickets in addresses.
_SECRET = re.compile(
    r"xox[a-z]?(?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|(?<=/commands/)[\w/]+|(?<=/actions/)[\w/]+"
    r"|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(?<=[?&]password=)[^&\s'\"]+|(?<=[?&]ticket=)[^&\s'\"]+"
)


def redacted(text: str) -> str:
    """Text without anything that looks like a secret."""
    return _SECRET.sub("…", text)


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redacted(value)
    return event


def configure(*, human: bool, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Write every log line in one form to `stream`, or to standard error.

    `human` is for a terminal; else each line is one JSON object.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    colours = (stream or sys.stderr).isatty()
    renderer = structlog.dev.ConsoleRenderer(colors=colours) if human else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Their lines at INFO tell of every request; what matters of them comes as a warning.
    for name in ("slack_bolt", "slack_sdk", "aiohttp.access", "apscheduler", "discord"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def to_terminal() -> None:
    """For what answers and is done: somebody who watches hears what takes a while, and a program what goes wrong."""
    configure(human=True, level=logging.INFO if sys.stderr.isatty() else logging.WARNING)
