"""What people fill in, as Discord's client sends it: the options of commands, the fields of modals. Pure.

The client lets nobody send what does not fit: that is Impossible here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.local_discord.command_limits import BOOLEAN, CHAT, GROUP, INTEGER, NUMBER, STRING, SUB
from tests.fakes.local_discord.components import LABEL, ROW, STRING_SELECT, TEXT_INPUT
from tests.fakes.local_discord.problems import Json

SOMEBODY, SOMEWHERE = 6, 7


class Impossible(AssertionError):  # noqa: N818
    """Discord's client offers no way to do this."""


def chosen(offered: list[Json], typed: str) -> tuple[Json, list[Json]]:
    """The command that somebody typed, and the path of sub-commands down to what has the options."""
    name, *rest = typed.removeprefix("/").split()
    commands = {each["name"]: each for each in offered if each["type"] == CHAT}
    if name not in commands:
        raise Impossible(f"/{name} is not offered; there is {sorted(commands)}")
    path: list[Json] = []
    holder = commands[name]
    for word in rest:
        inside = {each["name"]: each for each in holder["options"] if each["type"] in (SUB, GROUP)}
        if word not in inside:
            raise Impossible(f"/{name} has no {word!r}; there is {sorted(inside)}")
        holder = inside[word]
        path.append(holder)
    if any(each["type"] in (SUB, GROUP) for each in holder.get("options") or []):
        raise Impossible(f"{typed} needs a sub-command: {[each['name'] for each in holder['options']]}")
    return commands[name], path


def filled(
    command: Json, path: list[Json], given: Mapping[str, Any], focused: str = ""
) -> tuple[list[Json], dict[str, Any]]:
    """The options of an interaction, and the people and channels in them; `focused` is the one still being typed."""
    declared = {each["name"]: each for each in (path[-1] if path else command).get("options") or []}
    unknown = set(given) - set(declared)
    if unknown:
        raise Impossible(f"no such option: {sorted(unknown)}; there is {sorted(declared)}")
    absent = [name for name, each in declared.items() if each.get("required") and name not in given]
    if absent and not focused:
        raise Impossible(f"required: {absent}")
    values: list[Json] = []
    for name, option in declared.items():
        if name == focused:
            value = given[name]
            values.append({"name": name, "type": option["type"], "value": value, "focused": True})
        elif name in given:
            values.append({"name": name, "type": option["type"], "value": _value(option, given[name])})
    named = {each: given[each] for each in given if declared[each]["type"] in (SOMEBODY, SOMEWHERE)}
    for step in reversed(path):
        values = [{"name": step["name"], "type": step["type"], "options": values}]
    return values, named


def _value(option: Json, given: Any) -> Any:
    kind, name = option["type"], option["name"]
    if option.get("choices"):
        for each in option["choices"]:
            if given in (each["name"], each["value"]):
                return each["value"]
        raise Impossible(f"{name}: {given!r} is no choice of {[each['name'] for each in option['choices']]}")
    kinds: dict[int, type | tuple[type, ...]] = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}
    wanted = kinds.get(kind)
    if wanted is None:
        allowed = option.get("channel_types")
        if kind == SOMEWHERE and allowed and given.type not in allowed:
            raise Impossible(f"{name}: {given!r} is of a kind that is not offered")
        return str(given.id)
    if not isinstance(given, wanted) or (isinstance(given, bool) and kind != BOOLEAN):
        raise Impossible(f"{name}: {given!r} is of the wrong type")
    size = len(given) if isinstance(given, str) else given
    suffix = "length" if kind == STRING else "value"
    least, most = option.get(f"min_{suffix}"), option.get(f"max_{suffix}", 6000 if kind == STRING else None)
    if (least is not None and size < least) or (most is not None and size > most):
        raise Impossible(f"{name}: {given!r} is not between {least} and {most}")
    return given


def submitted(components: list[Json], given: Mapping[str, Any]) -> list[Json]:
    """The components of a modal's submission. A field is named by its custom_id or its label."""
    left = dict(given)
    found = [_holder(each, left) for each in components]
    if left:
        raise Impossible(f"no such field: {sorted(left)}; there is {sorted(_fields(components))}")
    return found


def _fields(components: list[Json]) -> Iterator[str]:
    for each in components:
        inside = each["component"] if each["type"] == LABEL else (each.get("components") or [None])[0]
        if inside:
            yield f"{inside['custom_id']} ({each.get('label') or inside.get('label')})"


def _holder(component: Json, given: dict[str, Any]) -> Json:
    kind = component["type"]
    if kind == LABEL:
        return {"type": LABEL, "id": 1, "component": _field(component["component"], component["label"], given)}
    if kind == ROW:
        inside = component["components"]
        return {"type": ROW, "id": 1, "components": [_field(each, each["label"], given) for each in inside]}
    return {"type": kind, "id": 1}


def _field(component: Json, label: str, given: dict[str, Any]) -> Json:
    kind, custom_id = component["type"], component["custom_id"]
    key = next((each for each in (custom_id, label, label.lower().replace(" ", "_")) if each in given), None)
    value = given.pop(key) if key is not None else None
    answer: Json = {"type": kind, "id": 1, "custom_id": custom_id}
    if kind == TEXT_INPUT:
        return answer | {"value": _written(component, label, value)}
    if kind == STRING_SELECT:
        return answer | {"values": _picked(component, label, value)}
    raise Impossible(f"{label}: the local Discord cannot fill in components of type {kind}")


def _written(component: Json, label: str, value: str | None) -> str:
    text = component.get("value") or "" if value is None else value
    if not text and component.get("required", True):
        raise Impossible(f"{label}: this field is required")
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if text and not least <= len(text) <= most:
        raise Impossible(f"{label}: must be between {least} and {most} characters")
    return text


def _picked(component: Json, label: str, value: str | list[str] | None) -> list[str]:
    if value is None:
        values = [each["value"] for each in component["options"] if each.get("default")]
    else:
        values = picked(component, [value] if isinstance(value, str) else value)
    if not values and component.get("required", True):
        raise Impossible(f"{label}: this field is required")
    return values


def picked(select: Json, wanted: list[str]) -> list[str]:
    """The values of the options with these labels (or values) in a select."""
    values = {each["value"]: each["value"] for each in select["options"]}
    values |= {each["label"]: each["value"] for each in select["options"]}
    strange = [each for each in wanted if each not in values]
    if strange:
        raise Impossible(f"no such option: {strange}; there is {[each['label'] for each in select['options']]}")
    if not select.get("min_values", 1) <= len(wanted) <= select.get("max_values", 1):
        raise Impossible(f"{len(wanted)} options are too few or too many")
    return [values[each] for each in wanted]
