"""What Discord refuses in an application command, as its reference states it. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.local_discord.limits import in_choices
from tests.fakes.local_discord.problems import Json, Problem, length, not_among, number

CHAT, USER, MESSAGE = 1, 2, 3
SUB, GROUP, STRING, INTEGER, BOOLEAN, CHANNEL, NUMBER = 1, 2, 3, 4, 5, 7, 10
CHANNEL_TYPES = (0, 2, 4, 5, 10, 11, 12, 13, 15, 16)
MOST = {CHAT: 100, USER: 15, MESSAGE: 15}
IN_ALL = 8000
LOCALES = set(
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja "
    "zh-TW ko".split()
)


def command_problems(payload: Mapping[str, Any]) -> list[str]:
    """Why Discord would refuse this command (the body of a POST, or one of a PUT), if it would."""
    return [str(each) for each in in_command(payload)]


def is_name(name: str) -> bool:
    """`^[-_'\\p{L}\\p{N}\\p{sc=Deva}\\p{sc=Thai}]{1,32}$`, in lower case where there is one."""
    marks = re.sub(r"[\u0900-\u097f\u0e00-\u0e7f]", "a", name)
    letters = all(each in "-_'" or unicodedata.category(each)[0] in "LN" for each in marks)
    return 1 <= len(name) <= 32 and letters and name == name.lower()


def in_command(payload: Mapping[str, Any]) -> Iterator[Problem]:
    """The limits of a command."""
    kind, options = payload.get("type", CHAT), payload.get("options") or []
    if kind not in MOST:
        yield not_among(MOST, "type")
    elif kind == CHAT:
        yield from _named(payload)
        yield from _options(options, 0)
    else:
        yield from length(payload.get("name"), 1, 32, "name")
        for key in ("description", "options"):
            if payload.get(key):
                message = "Context menu commands cannot have this field"
                yield Problem((key,), "APPLICATION_COMMAND_CONTEXT_MENU_FIELD", message)
    yield from _availability(payload)
    size = _size(payload)
    if size > IN_ALL:
        message = f"Command exceeds maximum size ({IN_ALL}): {size}"
        yield Problem((), "APPLICATION_COMMAND_TOO_LARGE", message)


def _availability(payload: Mapping[str, Any]) -> Iterator[Problem]:
    for key, allowed in (("contexts", (0, 1, 2)), ("integration_types", (0, 1))):
        values = payload.get(key)
        if values is not None:
            yield from length(values, 1, len(allowed), key)
            yield from (not_among(allowed, key, at) for at, each in enumerate(values) if each not in allowed)
            if len(set(values)) < len(values):
                yield Problem((key,), "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
    permissions = payload.get("default_member_permissions")
    if permissions is not None and not str(permissions).isdecimal():
        message = f"Value {permissions!r} is not a permission set."
        yield Problem(("default_member_permissions",), "NUMBER_TYPE_COERCE", message)


def _named(holder: Mapping[str, Any], *path: str | int) -> Iterator[Problem]:
    names: dict[tuple[str, ...], Any] = {("name",): holder.get("name")}
    names |= {("name_localizations", key): each for key, each in (holder.get("name_localizations") or {}).items()}
    for where, name in names.items():
        if not is_name(str(name or "")):
            message = f"Command name is invalid: {name!r}"
            yield Problem((*path, *where), "APPLICATION_COMMAND_INVALID_NAME", message)
    yield from length(holder.get("description"), 1, 100, *path, "description")
    for key, each in (holder.get("description_localizations") or {}).items():
        yield from length(each, 1, 100, *path, "description_localizations", key)
    for field in ("name_localizations", "description_localizations"):
        for key in set(holder.get(field) or {}) - LOCALES:
            yield not_among(sorted(LOCALES), *path, field, key)


def _options(options: list[Json], depth: int, *path: str | int) -> Iterator[Problem]:
    here = (*path, "options")
    yield from length(options, 0, 25, *here)
    optional = False
    for at, option in enumerate(options):
        yield from _option(option, depth, *here, at)
        if option.get("required") and optional:
            message = "Required options must be placed before non-required options"
            yield Problem((*here, at), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional = optional or not option.get("required")
    names = [option.get("name") for option in options]
    for at, name in enumerate(names):
        if name in names[:at]:
            message = f"Option name must be unique: {name!r}"
            yield Problem((*here, at), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
    kinds = {option.get("type") in (SUB, GROUP) for option in options}
    if len(kinds) > 1:
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        yield Problem(here, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _option(option: Json, depth: int, *path: str | int) -> Iterator[Problem]:
    kind = option.get("type")
    yield from _named(option, *path)
    allowed = {0: range(1, 12), 1: range(1, 12), 2: range(3, 12)}[depth]
    if kind not in allowed or (kind == GROUP and depth):
        yield not_among(allowed, *path, "type")
    elif kind in (SUB, GROUP):
        inside = option.get("options") or []
        if kind == GROUP and any(each.get("type") != SUB for each in inside):
            yield not_among((SUB,), *path, "options")
        yield from _options(inside, depth + 1 if kind == GROUP else 2, *path)
    else:
        yield from _value(option, *path)


def _value(option: Json, *path: str | int) -> Iterator[Problem]:
    kind, choices = option["type"], option.get("choices")
    for at, value in enumerate(each.get("value") for each in choices or []):
        if isinstance(value, str) is not (kind == STRING):
            message = f"Could not convert {value!r} to the type of its option."
            yield Problem((*path, "choices", at, "value"), "BASE_TYPE_BAD_TYPE", message)
    if choices:
        yield from in_choices(choices, *path, "choices")
    if (choices or option.get("autocomplete")) and kind not in (STRING, INTEGER, NUMBER):
        message = "Choices and autocomplete are for texts and numbers only"
        yield Problem(path, "APPLICATION_COMMAND_OPTION_CHOICES_INVALID", message)
    if choices and option.get("autocomplete"):
        message = "Autocomplete cannot be combined with choices"
        yield Problem((*path, "autocomplete"), "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES", message)
    for at, each in enumerate(option.get("channel_types") or []):
        if kind != CHANNEL or each not in CHANNEL_TYPES:
            yield not_among(CHANNEL_TYPES if kind == CHANNEL else (), *path, "channel_types", at)
    names = [each.get("name") for each in choices or []]
    if len(set(names)) < len(names):
        message = "Choice names must be unique"
        yield Problem((*path, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", message)
    if kind == STRING:
        yield from number(option.get("min_length"), 0, 6000, *path, "min_length")
        yield from number(option.get("max_length"), 1, 6000, *path, "max_length")


def _size(holder: Mapping[str, Any]) -> int:
    """Names, descriptions and choices in all, the longest of their translations."""
    own = 0
    for key in ("name", "description"):
        texts = [holder.get(key) or "", *(holder.get(f"{key}_localizations") or {}).values()]
        own += max(map(len, texts))
    choices = sum(len(str(each["name"])) + len(str(each["value"])) for each in holder.get("choices") or [])
    return own + choices + sum(map(_size, holder.get("options") or []))
