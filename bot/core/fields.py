"""YAML mappings read by a table of fields, every problem with its line: front matter and config/bot.yaml.

Knows what a field may hold; knows nothing of where the text came from or what the values are for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from bot.core.errors import Problem

_DEEPEST = 10  # groups and lists within one another; two are in use


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One key of a mapping. `read` turns its YAML value into ours, or raises ValueError saying what is expected."""

    read: Callable[[Any], Any]
    default: Any = None
    required: bool = False


def text(value: Any) -> str:
    """Some text on one line."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("some text")
    return " ".join(value.split())


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError("a list of texts, such as [one, two]")
    return tuple(" ".join(item.split()) for item in value)


def whole(low: int, high: int) -> Callable[[Any], int]:
    """A whole number within two bounds, both allowed."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return read


def switch(value: Any) -> bool:
    """Reads on or off, as YAML understands them. Raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError("on or off")
    return value


def fraction(value: Any) -> float:
    """A number from 0 to 1."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return float(value)


def read_fields(
    source: str, specs: Mapping[str, FieldSpec], first_line: int = 1
) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a YAML mapping by dotted name, defaults filled in, and every problem found.

    `first_line` is the line of the file on which `source` begins.
    """
    try:
        node = _composed(source)
    except yaml.YAMLError as error:
        return {}, [_not_yaml(error, first_line)]
    values = {name: spec.default for name, spec in specs.items()}
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    if node is not None and not isinstance(node, yaml.MappingNode):
        return values, [Problem("this is no YAML mapping", "write lines such as `title: …`", first_line)]
    for name, line, leaf in _leaves(node, specs, first_line) if node else ():
        if name in seen:
            problems.append(Problem(f"`{name}` is given twice (first in line {seen[name]})", "keep one", line))
        elif name not in specs:
            problems.append(_unknown(name, specs, line))
        else:
            try:
                values[name] = specs[name].read(_value(leaf))
            except ValueError as error:
                problems.append(Problem(f"`{name}` is not {error}", "correct the value", line))
        seen.setdefault(name, line)
    for name, spec in specs.items():
        if spec.required and name not in seen:
            problems.append(Problem(f"`{name}` is missing", f"add a line `{name}: …`", first_line))
    return values, problems


def _composed(source: str) -> yaml.Node | None:
    """The text as YAML nodes. Raises YAMLError, also where it is nested so deeply that the loader would crash."""
    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    depth = 0
    for event in yaml.parse(source, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise yaml.MarkedYAMLError(problem="it is nested too deeply", problem_mark=event.start_mark)  # type: ignore[arg-type]
    return yaml.compose(source, Loader=loader)


def _leaves(
    node: yaml.MappingNode, specs: Iterable[str], first_line: int, before: str = ""
) -> Iterable[tuple[str, int, yaml.Node]]:
    """Every dotted name with its line and value; only groups that `specs` knows are gone into."""
    for key, value in node.value:
        name = before + str(key.value if isinstance(key, yaml.ScalarNode) else "?")
        line = key.start_mark.line + first_line
        if any(spec.startswith(f"{name}.") for spec in specs):
            if isinstance(value, yaml.MappingNode):
                yield from _leaves(value, specs, first_line, f"{name}.")
            elif value.value:  # a group without any value is a group of defaults
                yield f"{name}.{value.value}", line, value
        else:
            yield name, line, value


def _value(node: yaml.Node) -> Any:
    """A scalar or a flat list of scalars; anything deeper is never built, whatever its anchors would unfold to."""
    if isinstance(node, yaml.ScalarNode):
        try:
            return yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError, AttributeError):  # a date that is none, a tag of one's own
            return node.value
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return [_value(item) for item in node.value]
    return node


def _unknown(name: str, known: Iterable[str], line: int) -> Problem:
    groups = {key.partition(".")[0] for key in known if "." in key}
    near = process.extractOne(name, [*known, *sorted(groups)], scorer=fuzz.ratio, score_cutoff=65)
    mend = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(f'`{key}`' for key in known)}"
    return Problem(f"`{name}` is unknown", mend, line)


def _not_yaml(error: yaml.YAMLError, first_line: int) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or "it cannot be read"
    line = first_line + (mark.line if mark else 0)
    return Problem(
        f"this is no YAML: {reason}", "indent with spaces, and put text with special characters in single quotes", line
    )
