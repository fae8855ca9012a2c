"""The links that install the app, with the least that it needs. Knows no network."""

import re
from typing import Any
from urllib.parse import urlencode

from discord import Permissions

from bot.adapters.discord.wording import FIND_APPLICATION_ID
from bot.core.answering import wording
from bot.core.errors import Problem, UsageError

# Each permission with the call that needs it.
PERMISSIONS = {
    "view_channel": "every other permission in a channel",
    "send_messages": "posting what is shared or quoted, and the daily lesson",
    "send_messages_in_threads": "the same in threads and forum posts",
    "read_message_history": "replies: quoting an idea, answering a mention",
}
_AUTHORISE = "https://discord.com/oauth2/authorize"
_PLACEHOLDER = "YOUR_APPLICATION_ID"


def manifest(application: str = "") -> dict[str, Any]:
    """The install links for servers and for users, and why each permission; `application` is the app's id.

    Raises UsageError where it is none.
    """
    if application and not re.fullmatch(r"\d{15,21}", application):
        raise UsageError(Problem(f"{application} is no application id", FIND_APPLICATION_ID))
    given = Permissions(**dict.fromkeys(PERMISSIONS, True)).value
    client = application or _PLACEHOLDER
    server = {"client_id": client, "scope": "bot applications.commands", "permissions": given, "integration_type": 0}
    user = {"client_id": client, "scope": "applications.commands", "integration_type": 1}
    return {
        "server_install": f"{_AUTHORISE}?{urlencode(server)}",
        "user_install": f"{_AUTHORISE}?{urlencode(user)}",
        "scopes": ["bot", "applications.commands"],
        "permissions": PERMISSIONS,
        "privileged_intents": [],
        **({} if application else {"next": wording.sentence(FIND_APPLICATION_ID)}),
    }
