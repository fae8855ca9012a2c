"""What people enter in a modal's inputs, in the shapes of Slack's view state. Pure."""

from tests.fakes.slack.limits import interactive
from tests.fakes.slack.state import Json, Message, View

TEXTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
MOMENTS = {"timepicker": "selected_time", "datepicker": "selected_date"}
WRITABLE = (*TEXTS, *MOMENTS)
SEVERAL = ("checkboxes", "multi_static_select", "multi_external_select")
ONE = ("static_select", "external_select", "radio_buttons")
REQUIRED = "Please complete this required field."


def field(surface: Message | View, kinds: tuple[str, ...], block_id: str) -> tuple[Json, Json]:
    """The block and element of the first field of these kinds, or of the one in that block."""
    for block in surface.blocks:
        for element in interactive(block):
            if element["type"] in kinds and block_id in ("", block["block_id"]):
                return block, element
    raise AssertionError(f"there is no {' or '.join(kinds)} {block_id}".rstrip())


def written(element: Json, text: str) -> Json:
    return {"type": element["type"], MOMENTS.get(element["type"], "value"): text}


def picked(element: Json, option: Json | None, surface: Message | View) -> Json:
    """The value of an element in which somebody pressed or picked this; picking again takes one of several back."""
    kind = element["type"]
    if option is None:
        found = {"type": kind, "text": element["text"]}
        return found | ({"value": element["value"]} if "value" in element else {})
    if kind not in SEVERAL:
        return {"type": kind, "selected_option": option}
    before = _entered(surface, element["action_id"]) if isinstance(surface, View) else None
    chosen = (before or _initial(element))["selected_options"]
    after = [each for each in chosen if each != option] if option in chosen else [*chosen, option]
    return {"type": kind, "selected_options": after}


def _entered(view: View, action_id: str) -> Json | None:
    return next((values[action_id] for values in view.values.values() if action_id in values), None)


def _initial(element: Json) -> Json:
    kind = element["type"]
    if kind in SEVERAL:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind in ONE:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in MOMENTS:
        return {"type": kind, MOMENTS[kind]: element.get(f"initial_{kind.removesuffix('picker')}")}
    return {"type": kind, "value": element.get("initial_value") or None}


def values(view: View) -> Json:
    """The state of a view: what was entered, and what stands there from the start."""
    found: Json = {}
    for block in view.blocks:
        for element in interactive(block):
            if element["type"] in (*TEXTS, *MOMENTS, *SEVERAL, *ONE):
                entered = view.values.get(block["block_id"], {}).get(element["action_id"])
                found.setdefault(block["block_id"], {})[element["action_id"]] = entered or _initial(element)
    return found


def missing(view: View) -> Json:
    """What Slack itself says beside the inputs before it lets a modal be submitted."""
    entered, errors = values(view), {}
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = entered.get(block["block_id"], {}).get(element["action_id"], {})
        content = next((each for key, each in value.items() if key != "type"), None)
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not content and not block.get("optional"):
            errors[block["block_id"]] = REQUIRED
        elif isinstance(content, str) and not least <= len(content) <= most:
            errors[block["block_id"]] = f"Must be from {least} to {most} characters."
    return errors
