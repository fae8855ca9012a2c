"""What is wrong with a payload, in Discord's own terms: where, which code, which words. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """One entry of the `errors` of an "Invalid Form Body"."""

    path: tuple[str | int, ...]
    code: str
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.message}"


def nested(problems: Iterable[Problem], *prefix: str) -> Json:
    """Problems as Discord nests them: a level a step of the path, `_errors` at its end."""
    errors: Json = {}
    for each in problems:
        level = errors
        for step in (*prefix, *each.path):
            level = level.setdefault(str(step), {})
        level.setdefault("_errors", []).append({"code": each.code, "message": each.message})
    return errors


def missing(*path: str | int) -> Problem:
    return Problem(path, "BASE_TYPE_REQUIRED", "This field is required")


def not_among(allowed: Iterable[Any], *path: str | int) -> Problem:
    words = ", ".join(map(repr, allowed))
    return Problem(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{words}}}.")


def length(value: Any, least: int, most: int, *path: str | int) -> Iterator[Problem]:
    """A text or list whose length must be between two numbers; absent counts as missing where `least` is above 0."""
    if value in (None, "", []):
        if least:
            yield missing(*path)
    elif not isinstance(value, str | list):
        yield Problem(path, "BASE_TYPE_BAD_TYPE", f"Is of the wrong type: {value!r}")
    elif not least <= len(value) <= most:
        code = "BASE_TYPE_BAD_LENGTH" if least else "BASE_TYPE_MAX_LENGTH"
        yield Problem(path, code, f"Must be between {least} and {most} in length, is {len(value)}.")


def number(value: Any, least: int, most: int, *path: str | int) -> Iterator[Problem]:
    """A whole number between two others, where there is one."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        yield Problem(path, "NUMBER_TYPE_COERCE", f"Value {value!r} is not int.")
    elif not least <= value <= most:
        yield Problem(path, "NUMBER_TYPE_RANGE", f"int value should be between {least} and {most}.")
