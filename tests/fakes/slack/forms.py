"""What people enter in a modal's inputs, in the shapes of Slack's view state. Pure."""

from tests.fakes.slack.limits import interactive
from tests.fakes.slack.state import Json, Message, View

TEXTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
MOMENTS = {"timepicker": "selected_time", "datepicker": "selected_date"}
PLACES = {
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "users_select": "selected_user",
}
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


def placed(element: Json, place: str) -> Json:
    return {"type": element["type"], PLACES[element["type"]]: place}


def picked(element: Json, option: Json | None, before: Json | None) -> Json:
    """The value of an element in which somebody pressed or picked this; picking again takes one of several back.

    `before` is what had been entered there, if anything.
    """
    kind = element["type"]
    if option is None:
        found = {"type": kind, "text": element["text"]}
        return found | ({"value": element["value"]} if "value" in element else {})
    if kind not in SEVERAL:
        return {"type": kind, "selected_option": option}
    chosen = (before or _initial(element))["selected_options"]
    after = [each for each in chosen if each != option] if option in chosen else [*chosen, option]
    return {"type": kind, "selected_options": after}


def _initial(element: Json, here: str | None = None) -> Json:
    kind = element["type"]
    if kind in PLACES:
        given = element.get(f"initial_{PLACES[kind].removeprefix('selected_')}")
        return {"type": kind, PLACES[kind]: given or (here if element.get("default_to_current_conversation") else None)}
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
    here = view.here.id if view.here else None
    for block in view.blocks:
        for element in interactive(block):
            if element["type"] in (*TEXTS, *MOMENTS, *SEVERAL, *ONE, *PLACES):
                entered = view.values.get(block["block_id"], {}).get(element["action_id"])
                found.setdefault(block["block_id"], {})[element["action_id"]] = entered or _initial(element, here)
    return found


def named_places(view: View) -> list[tuple[str, str, str]]:
    """Block, action and conversation of every select that is to give a response_url."""
    entered, found = values(view), []
    for block in view.blocks:
        for element in interactive(block):
            value = entered.get(block["block_id"], {}).get(element["action_id"], {})
            place = value.get(PLACES.get(element["type"], ""))
            if element.get("response_url_enabled") and place:
                found.append((block["block_id"], element["action_id"], place))
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
