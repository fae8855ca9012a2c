"""How to say what a JSON value may be: small checks that are put together. Knows nothing of Slack.

A check takes a value and where it stands, and yields one sentence a problem.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def string(most: int = 3000, least: int = 1) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{where}: must be a string"
        elif len(value) > most:
            yield f"{where}: must be at most {most} characters, has {len(value)}"
        elif len(value) < least:
            yield f"{where}: must be at least {least} characters"

    return check


def flag(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{where}: must be true or false"


def number(least: int, most: int) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            yield f"{where}: must be a number from {least} to {most}"

    return check


def anything(_value: Any, _where: str) -> Iterator[str]:
    yield from ()


def one_of(*allowed: str) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if value not in allowed:
            yield f"{where}: must be one of {', '.join(allowed)}"

    return check


def items(each: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where}: must be a list"
            return
        if len(value) > most:
            yield f"{where}: must have at most {most} items, has {len(value)}"
        if len(value) < least:
            yield f"{where}: must have at least {least} items"
        for at, item in enumerate(value):
            yield from each(item, f"{where}/{at}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys, and no other but `type`, which `kind_of` has seen to."""
    known = {**required, **(optional or {})}

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: must be an object"
            return
        for key in required:
            if key not in value:
                yield f"{where}/{key}: is missing"
        for key, part in value.items():
            if key in known:
                yield from known[key](part, f"{where}/{key}")
            elif key != "type":
                yield f"{where}/{key}: is no key of a {value.get('type', 'value')}"

    return check


def kind_of(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of these checks holds for it."""

    def check(value: Any, where: str) -> Iterator[str]:
        kind = str(value.get("type")) if isinstance(value, dict) else ""
        if kind not in kinds:
            yield f"{where}: unsupported type {kind!r}, must be one of {', '.join(kinds)}"
        else:
            yield from kinds[kind](value, where)

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        for one in checks:
            yield from one(value, where)

    return check


def needs_any(*keys: str) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if isinstance(value, dict) and not any(value.get(key) for key in keys):
            yield f"{where}: needs one of {', '.join(keys)}"

    return check
