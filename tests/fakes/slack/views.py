"""views.open, push, update and publish, and the stack of modals in front of a person. No socket."""

import secrets
from typing import Any

from tests.fakes.slack.limits import view_problems
from tests.fakes.slack.methods import Call, Method
from tests.fakes.slack.state import Json, Refused, State, Trigger, View, Workspace

STACK, TRIGGER_SECONDS = 3, 3.0


def _trigger(call: Call) -> Trigger:
    """What the trigger_id of a call stands for: good for three seconds, and once."""
    trigger = call.state.triggers.get(call["trigger_id"])
    if trigger is None:
        raise Refused("invalid_trigger")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if call.state.clock.now() - trigger.born > TRIGGER_SECONDS:
        raise Refused("expired_trigger_id")
    return trigger


def _checked(state: State, view: Any, kind: str) -> Json:
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", response_metadata={"messages": ["view: must be an object"]})
    problems = view_problems(view)
    if view.get("type") != kind:
        problems.append(f"view/type: must be {kind}")
    state.sent(view, problems, "invalid_arguments")
    return {**view, "blocks": state.stamped(view["blocks"])}


def put_on_top(state: State, workspace: Workspace, user: str, view: Any, cause: str | None) -> View:
    """A new view in front of a person, above those that are open."""
    stack = state.stacks.setdefault(user, [])
    if len(stack) >= STACK:
        raise Refused("push_limit_reached")
    content = _checked(state, view, "modal")
    made = View(state.new_id("V"), user, workspace, content)
    _take_on(made, content)
    address = state.addresses.get(cause or "")
    made.here = address.channel if address else None
    if stack:
        made.here = stack[-1].here
        made.root, made.previous = stack[0].id, stack[-1].id
    stack.append(made)
    state.views[made.id] = made
    state.happened("opened", made, cause)
    return made


def renew(state: State, view: View, content: Any, cause: str | None) -> None:
    """Replaces what a view shows; what was entered in blocks that are still there stays."""
    _take_on(view, _checked(state, content, view.content["type"]))
    state.happened("changed", view, cause)


def _take_on(view: View, content: Json) -> None:
    kept = {
        block["block_id"]: view.values[block["block_id"]]
        for block in content["blocks"]
        if block["block_id"] in view.values
    }
    view.content, view.values = content, kept
    view.hash = f"{secrets.randbelow(10**9)}.{secrets.token_hex(4)}"


def close(state: State, view: View, everything: bool = False) -> None:
    """Takes a view, or with `everything` the whole stack, from in front of its person."""
    stack = state.stacks.get(view.user, [])
    for each in list(stack) if everything else [view]:
        each.closed = True
        if each in stack:
            stack.remove(each)
    state.ring()


def views_open(call: Call) -> Json:
    trigger = _trigger(call)
    if trigger.view is None:
        for left in list(call.state.stacks.get(trigger.user, [])):
            close(call.state, left)
    made = put_on_top(call.state, call.workspace, trigger.user, call["view"], trigger.cause)
    trigger.used = True
    return {"view": made.raw()}


def views_push(call: Call) -> Json:
    trigger = _trigger(call)
    if trigger.view is None:
        raise Refused("invalid_trigger")
    made = put_on_top(call.state, call.workspace, trigger.user, call["view"], trigger.cause)
    trigger.used = True
    return {"view": made.raw()}


def views_update(call: Call) -> Json:
    by_name = (
        view for view in call.state.views.values() if view.content.get("external_id") == call.args.get("external_id")
    )
    view = call.state.views.get(call["view_id"]) if call.args.get("view_id") else next(by_name, None)
    if view is None or view.closed or view.workspace is not call.workspace:
        raise Refused("not_found")
    if call.args.get("hash") not in (None, "", view.hash):
        raise Refused("hash_conflict")
    renew(call.state, view, call["view"], None)
    return {"view": view.raw()}


def views_publish(call: Call) -> Json:
    user, state = call["user_id"], call.state
    if user not in call.workspace.users:
        raise Refused("user_not_found")
    content = _checked(state, call["view"], "home")
    if user not in state.homes:
        state.homes[user] = View(state.new_id("V"), user, call.workspace, content)
        state.views[state.homes[user].id] = state.homes[user]
    elif call.args.get("hash") not in (None, "", state.homes[user].hash):
        raise Refused("hash_conflict")
    _take_on(state.homes[user], content)
    state.happened("home", state.homes[user])
    return {"view": state.homes[user].raw()}


METHODS: dict[str, tuple[str, Method]] = {
    "views.open": ("", views_open),
    "views.push": ("", views_push),
    "views.update": ("", views_update),
    "views.publish": ("", views_publish),
}
