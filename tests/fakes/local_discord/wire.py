"""How Discord writes its objects in JSON: users, members, guilds, channels, messages. Pure."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.fakes.local_discord.problems import Json
from tests.fakes.local_discord.state import EPOCH

if TYPE_CHECKING:
    from tests.fakes.local_discord.guilds import Channel, Guild, Message, User

BITS = {
    "administrator": 3,
    "manage_channels": 4,
    "manage_guild": 5,
    "view_channel": 10,
    "send_messages": 11,
    "manage_messages": 13,
    "embed_links": 14,
    "attach_files": 15,
    "read_message_history": 16,
    "mention_everyone": 17,
    "use_application_commands": 31,
    "manage_threads": 34,
    "send_messages_in_threads": 38,
    "use_external_apps": 50,
}
EVERYONE = tuple(
    "view_channel send_messages send_messages_in_threads read_message_history use_application_commands "
    "use_external_apps embed_links attach_files".split()
)


REQUIRE_TAG = 1 << 4  # a flag of forums


def bits(names: Iterable[str]) -> int:
    """A permission set as Discord's number. KeyError for a permission that it does not know."""
    return sum(1 << BITS[name] for name in set(names))


def seconds_of(snowflake: int) -> float:
    """When an id was made, in seconds since 1970."""
    return ((snowflake >> 22) + EPOCH) / 1000


def time_of(snowflake: int) -> str:
    return iso(seconds_of(snowflake))


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def user(one: "User") -> Json:
    return {
        "id": str(one.id),
        "username": one.name.lower(),
        "discriminator": "0000" if one.bot else "0",
        "global_name": None if one.bot else one.name,
        "avatar": None,
        "bot": one.bot,
        "public_flags": 0,
    }


def may(one: "User", guild: "Guild", channel: "Channel | None" = None) -> int:
    """What a member may do in a channel, or in the guild at large."""
    place = channel.parent or channel if channel else None
    if place and one.id in place.people:
        return bits(place.people[one.id])
    return bits([*EVERYONE, *one.permissions.get(guild.id, ())])


def member(one: "User", guild: "Guild", channel: "Channel | None" = None) -> Json:
    """A member without its user; in an interaction its permissions are those in the channel."""
    return {
        "roles": [str(each) for each in one.roles.get(guild.id, ())],
        "joined_at": time_of(guild.id),
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "communication_disabled_until": None,
        "permissions": str(may(one, guild, channel)),
    }


def guild(one: "Guild") -> Json:
    """What a GUILD_CREATE carries."""
    threads = [each for each in one.channels if each.type == 11 and not each.deleted]
    channels = [each for each in one.channels if each not in threads and not each.deleted]
    bot = one.state.bot
    role = {"id": str(one.id), "name": "@everyone", "color": 0, "colors": {"primary_color": 0}, "position": 0}
    role |= {"hoist": False, "managed": False, "mentionable": False, "permissions": "0", "flags": 0}
    empty = ("features", "emojis", "stickers", "presences", "voice_states", "stage_instances")
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "owner_id": str(one.owner.id),
        "preferred_locale": one.locale,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "afk_timeout": 300,
        "large": False,
        "unavailable": False,
        "joined_at": time_of(one.id),
        "member_count": len(one.members) + 1,
        "roles": [role],
        "channels": [channel(each) for each in channels],
        "threads": [channel(each) for each in threads],
        "members": [member(bot, one) | {"user": user(bot)}],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        **{key: [] for key in empty},
    }


def channel(one: "Channel") -> Json:
    found: Json = {"id": str(one.id), "type": one.type, "flags": 0, "last_message_id": None}
    if one.everything:
        found["last_message_id"] = str(one.everything[-1].id)
    if one.guild is None:
        found["recipients"] = [user(each) for each in one.recipients if each is not one.state.bot]
        return found | ({"name": None, "icon": None, "owner_id": str(one.recipients[0].id)} if one.type == 3 else {})
    found |= {"name": one.name, "guild_id": str(one.guild.id), "rate_limit_per_user": 0}
    if one.parent is not None:
        return found | _thread(one, one.parent)
    overwrite = {"id": str(one.state.bot.id), "type": 1, "allow": str(bits(one.permissions)), "deny": "0"}
    overwrite["deny"] = str(bits(set(EVERYONE) - one.permissions))
    found |= {"position": 0, "nsfw": False, "topic": None, "parent_id": None, "permission_overwrites": [overwrite]}
    if one.type == 2:
        found |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    if one.type in (15, 16):
        found |= {"available_tags": one.tags, "default_reaction_emoji": None, "default_forum_layout": 0}
        found["flags"] = REQUIRE_TAG if one.requires_tag else 0
    return found


def resolved(one: "Channel", asker: "User") -> Json:
    """A channel that somebody named in a command: a part of it, with their own permissions there."""
    keys = ("id", "name", "type", "thread_metadata", "parent_id") if one.parent else ("id", "name", "type")
    whole = channel(one)
    found = {key: whole[key] for key in keys}
    return found | {"permissions": str(may(asker, one.guild, one)) if one.guild else "0"}


def _thread(one: "Channel", parent: "Channel") -> Json:
    metadata: Json = {"archived": one.archived, "locked": one.locked, "auto_archive_duration": 1440, "invitable": True}
    metadata |= {"archive_timestamp": time_of(one.id), "create_timestamp": time_of(one.id)}
    return {
        "parent_id": str(parent.id),
        "owner_id": str(one.state.bot.id),
        "message_count": len(one.messages),
        "total_message_sent": len(one.messages),
        "member_count": 1,
        "applied_tags": one.applied,
        "thread_metadata": metadata,
    }


def message(one: "Message", *, whole: bool = True, nested: bool = True) -> Json:
    """A message; not `whole`: as the bot gets it, without what it may not read. `nested`: with what it answers."""
    payload = deepcopy(one.payload) if whole or one.open_to_bot() else {"flags": one.flags}
    found: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "type": one.type,
        "author": user(one.author),
        "content": payload.get("content") or "",
        "embeds": payload.get("embeds") or [],
        "components": payload.get("components") or [],
        "attachments": payload.get("attachments") or [],
        "flags": payload.get("flags") or 0,
        "timestamp": time_of(one.id),
        "edited_timestamp": iso(one.edited) if one.edited else None,
        "mentions": [user(each) for each in one.mentions],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
    }
    if payload.get("nonce"):
        found["nonce"] = payload["nonce"]
    if one.interaction is not None:
        found |= {"webhook_id": str(one.state.application), "application_id": str(one.state.application)}
    if one.reference is not None:
        origin = one.reference
        found["message_reference"] = {"type": 0, "message_id": str(origin.id), "channel_id": str(origin.channel.id)}
        if nested:
            shown = None if origin.deleted else message(origin, whole=whole, nested=False)
            found["referenced_message"] = shown
    return found


def message_event(one: "Message") -> Json:
    """What a MESSAGE_CREATE or MESSAGE_UPDATE carries."""
    found = message(one, whole=False)
    guild = one.channel.guild
    if guild is None:
        return found
    return found | {"guild_id": str(guild.id), "member": member(one.author, guild)}
