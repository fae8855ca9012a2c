"""A local Slack for the tests; see LocalSlack. Knows nothing of the bot."""

from tests.fakes.slack.limits import message_problems, options_problems, view_problems
from tests.fakes.slack.people import Person
from tests.fakes.slack.pings import pings
from tests.fakes.slack.seen import Seen, shown
from tests.fakes.slack.server import LocalSlack
from tests.fakes.slack.state import Channel, Message, View, Workspace

__all__ = [
    "Channel",
    "LocalSlack",
    "Message",
    "Person",
    "Seen",
    "View",
    "Workspace",
    "message_problems",
    "options_problems",
    "pings",
    "shown",
    "view_problems",
]
