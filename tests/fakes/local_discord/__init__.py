"""A local Discord for the tests; see LocalDiscord. Knows nothing of the bot.

A bot is pointed there by `discord.http.Route.BASE = fake.api_url` and, where its shard_count is set, by
`discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(fake.gateway_url)`; tests/fakes/garden_bot.py shows how.
"""

from tests.fakes.local_discord.command_limits import command_problems
from tests.fakes.local_discord.forms import Impossible
from tests.fakes.local_discord.guilds import Channel, Guild, Message, User
from tests.fakes.local_discord.interactions import Modal
from tests.fakes.local_discord.limits import choices_problems, message_problems, modal_problems
from tests.fakes.local_discord.people import Person
from tests.fakes.local_discord.pings import pings
from tests.fakes.local_discord.rest import Fault
from tests.fakes.local_discord.seen import Seen, labels, options
from tests.fakes.local_discord.server import LocalDiscord

__all__ = [
    "Channel",
    "Fault",
    "Guild",
    "Impossible",
    "LocalDiscord",
    "Message",
    "Modal",
    "Person",
    "Seen",
    "User",
    "choices_problems",
    "command_problems",
    "labels",
    "message_problems",
    "modal_problems",
    "options",
    "pings",
]
