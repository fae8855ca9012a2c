"""What Discord refuses in a component, as its component reference states it. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.fakes.local_discord.problems import Json, Problem, length, missing, not_among, number

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
SELECTS = (STRING_SELECT, 5, 6, 7, 8)
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
IN_MESSAGE = (*IN_CONTAINER, CONTAINER)
IN_MODAL = (ROW, TEXT, LABEL)
IN_LABEL = (*SELECTS, TEXT_INPUT, UPLOAD, RADIO, CHECKBOXES, CHECKBOX)
LINK, PREMIUM = 5, 6
TOTAL, ALL_TEXT, ROWS = 40, 4000, 5

Path = tuple[str | int, ...]


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, the nested ones after what holds them, in the order in which they are shown."""
    for each in components:
        yield each
        yield from walk(each.get("components") or [])
        yield from walk([each[key] for key in ("accessory", "component") if each.get(key)])


def all_problems(components: Any, allowed: tuple[int, ...], *path: str | int) -> Iterator[Problem]:
    """What is wrong with a list of components of which only some kinds are `allowed`."""
    if not isinstance(components, list):
        yield Problem(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return
    for at, each in enumerate(components):
        yield from problems(each, allowed, *path, at)


def problems(component: Json, allowed: tuple[int, ...], *path: str | int) -> Iterator[Problem]:
    """What is wrong with a component and those in it."""
    kind = component.get("type")
    if kind not in allowed:
        message = f"Value of field type must be one of {allowed}, is {kind}."
        yield Problem((*path, "type"), "UNION_TYPE_CHOICES", message)
        return
    yield from number(component.get("id"), 0, 2**31 - 1, *path, "id")
    yield from CHECKS[kind](component, path)


def duplicates(components: list[Json], *path: str | int) -> Iterator[Problem]:
    """custom_ids that occur more than once."""
    ids = Counter(each["custom_id"] for each in walk(components) if each.get("custom_id"))
    for custom_id in (each for each, count in ids.items() if count > 1):
        message = f"Component custom id cannot be duplicated: {custom_id!r}"
        yield Problem(path, "COMPONENT_CUSTOM_ID_DUPLICATED", message)


def _row(row: Json, path: Path) -> Iterator[Problem]:
    inside = row.get("components") or []
    yield from length(inside, 1, 5, *path, "components")
    yield from all_problems(inside, (BUTTON, *SELECTS), *path, "components")
    if len(inside) > 1 and any(each.get("type") in SELECTS for each in inside):
        message = "The specified component exceeds the maximum width: a select takes a row of its own"
        yield Problem((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)


def _button(button: Json, path: Path) -> Iterator[Problem]:
    style = button.get("style")
    if style not in range(1, 7):
        yield not_among(range(1, 7), *path, "style")
    if style == PREMIUM:
        yield from length(button.get("sku_id"), 1, 20, *path, "sku_id")
        return
    yield from length(button.get("label"), 0, 80, *path, "label")
    if not button.get("label") and not button.get("emoji"):
        yield Problem(path, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji")
    if style != LINK:
        yield from length(button.get("custom_id"), 1, 100, *path, "custom_id")
        if button.get("url"):
            yield Problem(path, "BUTTON_COMPONENT_CUSTOM_ID_URL", "Only a link button has a url")
        return
    yield from length(button.get("url"), 1, 512, *path, "url")
    yield from _address(button.get("url"), ("http://", "https://", "discord://"), *path, "url")
    if button.get("custom_id"):
        yield Problem(path, "BUTTON_COMPONENT_CUSTOM_ID_URL", "A custom id and url cannot both be specified")


def _address(value: Any, schemes: tuple[str, ...], *path: str | int) -> Iterator[Problem]:
    if isinstance(value, str) and value and not value.startswith(schemes):
        yield Problem(path, "URL_TYPE_INVALID_SCHEME", f'Scheme of "{value}" must be one of {schemes}.')


def _select(select: Json, path: Path) -> Iterator[Problem]:
    yield from length(select.get("custom_id"), 1, 100, *path, "custom_id")
    yield from length(select.get("placeholder"), 0, 150, *path, "placeholder")
    yield from number(select.get("min_values"), 0, 25, *path, "min_values")
    yield from number(select.get("max_values"), 1, 25, *path, "max_values")
    if select.get("min_values", 1) > select.get("max_values", 1):
        yield Problem((*path, "min_values"), "COMPONENT_SELECT_MIN", "Minimum must not be above the maximum")
    if select["type"] == STRING_SELECT:
        yield from _options(select, 25, path)


def _options(holder: Json, most: int, path: Path) -> Iterator[Problem]:
    options = holder.get("options") or []
    yield from length(options, 1, most, *path, "options")
    for at, option in enumerate(options):
        yield from length(option.get("label"), 1, 100, *path, "options", at, "label")
        yield from length(option.get("value"), 1, 100, *path, "options", at, "value")
        yield from length(option.get("description"), 0, 100, *path, "options", at, "description")
    values = [option.get("value") for option in options]
    for at, value in enumerate(values):
        if value in values[:at]:
            message = "The specified option value is already used"
            yield Problem((*path, "options", at, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
    if sum(bool(option.get("default")) for option in options) > holder.get("max_values", 1):
        yield Problem((*path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "Too many default options")


def _section(section: Json, path: Path) -> Iterator[Problem]:
    inside = section.get("components") or []
    yield from length(inside, 1, 3, *path, "components")
    yield from all_problems(inside, (TEXT,), *path, "components")
    if not section.get("accessory"):
        yield missing(*path, "accessory")
    else:
        yield from problems(section["accessory"], (BUTTON, THUMBNAIL), *path, "accessory")


def _text(text: Json, path: Path) -> Iterator[Problem]:
    yield from length(str(text.get("content") or "").strip(), 1, ALL_TEXT, *path, "content")


def _media(item: Json, path: Path, key: str = "media") -> Iterator[Problem]:
    url = (item.get(key) or {}).get("url")
    yield from length(url, 1, 2048, *path, key, "url")
    yield from _address(url, ("http://", "https://", "attachment://"), *path, key, "url")
    yield from length(item.get("description"), 0, 1024, *path, "description")


def _gallery(gallery: Json, path: Path) -> Iterator[Problem]:
    yield from length(gallery.get("items"), 1, 10, *path, "items")
    for at, item in enumerate(gallery.get("items") or []):
        yield from _media(item, (*path, "items", at))


def _file(file: Json, path: Path) -> Iterator[Problem]:
    yield from length((file.get("file") or {}).get("url"), 1, 2048, *path, "file", "url")
    yield from _address((file.get("file") or {}).get("url"), ("attachment://",), *path, "file", "url")


def _separator(separator: Json, path: Path) -> Iterator[Problem]:
    if separator.get("spacing", 1) not in (1, 2):
        yield not_among((1, 2), *path, "spacing")


def _container(container: Json, path: Path) -> Iterator[Problem]:
    inside = container.get("components") or []
    yield from length(inside, 1, TOTAL, *path, "components")
    yield from all_problems(inside, IN_CONTAINER, *path, "components")
    yield from number(container.get("accent_color"), 0, 0xFFFFFF, *path, "accent_color")


def _label(label: Json, path: Path) -> Iterator[Problem]:
    yield from length(label.get("label"), 1, 45, *path, "label")
    yield from length(label.get("description"), 0, 100, *path, "description")
    component = label.get("component")
    if not component:
        yield missing(*path, "component")
        return
    yield from problems(component, IN_LABEL, *path, "component")
    if component.get("type") == TEXT_INPUT and component.get("label") is not None:
        message = "A text input in a label cannot have a label of its own"
        yield Problem((*path, "component", "label"), "COMPONENT_LABEL_IN_LABEL", message)
    if component.get("disabled"):
        message = "A disabled component cannot be in a modal"
        yield Problem((*path, "component", "disabled"), "COMPONENT_DISABLED_IN_MODAL", message)


def _input(text: Json, path: Path) -> Iterator[Problem]:
    yield from length(text.get("custom_id"), 1, 100, *path, "custom_id")
    if text.get("style") not in (1, 2):
        yield not_among((1, 2), *path, "style")
    yield from number(text.get("min_length"), 0, 4000, *path, "min_length")
    yield from number(text.get("max_length"), 1, 4000, *path, "max_length")
    yield from length(text.get("placeholder"), 0, 100, *path, "placeholder")
    least, most = text.get("min_length") or 0, text.get("max_length") or 4000
    if least > most:
        yield Problem((*path, "min_length"), "TEXT_INPUT_MIN", "Minimum must not be above the maximum")
    if text.get("value"):
        yield from length(text["value"], least, most, *path, "value")


def _upload(upload: Json, path: Path) -> Iterator[Problem]:
    yield from length(upload.get("custom_id"), 1, 100, *path, "custom_id")
    yield from number(upload.get("min_values"), 0, 10, *path, "min_values")
    yield from number(upload.get("max_values"), 1, 10, *path, "max_values")


def _group(group: Json, path: Path) -> Iterator[Problem]:
    yield from length(group.get("custom_id"), 1, 100, *path, "custom_id")
    yield from _options(group, 10, path)


def _checkbox(box: Json, path: Path) -> Iterator[Problem]:
    yield from length(box.get("custom_id"), 1, 100, *path, "custom_id")


CHECKS: dict[int, Callable[[Json, Path], Iterator[Problem]]] = {
    ROW: _row,
    BUTTON: _button,
    **dict.fromkeys(SELECTS, _select),
    TEXT_INPUT: _input,
    SECTION: _section,
    TEXT: _text,
    THUMBNAIL: _media,
    GALLERY: _gallery,
    FILE: _file,
    SEPARATOR: _separator,
    CONTAINER: _container,
    LABEL: _label,
    UPLOAD: _upload,
    RADIO: _group,
    CHECKBOXES: _group,
    CHECKBOX: _checkbox,
}
