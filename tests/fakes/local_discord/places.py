"""The rest of the REST methods: who the bot is, where the gateway is, guilds, users, direct messages. No socket."""

from tests.fakes.local_discord import wire
from tests.fakes.local_discord.call import Call, Method, Reply, guild_of, needed
from tests.fakes.local_discord.guilds import User, direct
from tests.fakes.local_discord.problems import Json
from tests.fakes.local_discord.state import Refused


def _user(call: Call, user_id: str) -> User:
    found = call.state.people.get(int(user_id)) if user_id.isdecimal() else None
    if found is None:
        raise Refused(404, 10013, "Unknown User")
    return found


def _me(call: Call) -> Reply:
    return Reply(wire.user(call.state.bot) | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0})


def _someone(call: Call) -> Reply:
    return Reply(wire.user(_user(call, call.ids["user"])))


def application(call: Call) -> Json:
    state = call.state
    team = next((each for each in state.people.values() if not each.bot), state.bot)
    return {
        "id": str(state.application),
        "name": state.bot.name,
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": wire.user(team),
        "team": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "rpc_origins": [],
        "approximate_guild_count": sum(each.bot for each in state.guilds.values()),
        "approximate_user_install_count": sum(each.installed for each in state.people.values()),
        "integration_types_config": {"0": {}, "1": {}},
        "bot": wire.user(state.bot),
    }


def _application(call: Call) -> Reply:
    return Reply(application(call))


def _guild(call: Call) -> Reply:
    return Reply(wire.guild(guild_of(call)))


def _guilds(call: Call) -> Reply:
    mine = [each for each in call.state.guilds.values() if each.bot]
    keys = ("id", "name", "icon", "features")
    whole = [wire.guild(each) for each in mine]
    return Reply([{key: each[key] for key in keys} | {"owner": False, "permissions": "0"} for each in whole])


def _open_dm(call: Call) -> Reply:
    needed(call.body, "recipient_id")
    person = _user(call, str(call.body["recipient_id"]))
    if person.bot:
        raise Refused(400, 50007, "Cannot send messages to this user")
    return Reply(wire.channel(direct(call.state, person, call.state.bot)))


METHODS: dict[tuple[str, str], Method] = {
    ("GET", "/users/@me"): _me,
    ("GET", "/users/@me/guilds"): _guilds,
    ("POST", "/users/@me/channels"): _open_dm,
    ("GET", "/users/{user}"): _someone,
    ("GET", "/oauth2/applications/@me"): _application,
    ("GET", "/applications/@me"): _application,
    ("GET", "/guilds/{guild}"): _guild,
}
