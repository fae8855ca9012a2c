"""A local Slack for the tests, in which people act and an app answers over real sockets. Knows nothing of the bot.

async with LocalSlack() as slack:  # the app takes slack.api_url, bot_token and app_token, or signing_secret
    slack.http("http://127.0.0.1:3000")  # deliver there; without this line, down the app's socket
    ada = slack.person("Ada", tz="Europe/Berlin")
    general = slack.channel("general", ada)
    seen = await ada.types(general, "/lookup worms")
    seen = await ada.presses(seen, "Share", leads_to=2)  # the post, and the private answer replaced
    assert slack.refusals == slack.alive == []
"""

from tests.fakes.slack.hosting import served
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
    "served",
    "shown",
    "view_problems",
]
