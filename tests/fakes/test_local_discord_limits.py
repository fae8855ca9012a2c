"""What the local Discord refuses in messages, modals and commands, and whom it takes to be notified."""

from typing import Any

from tests.fakes.local_discord import command_problems, message_problems, modal_problems, pings


def text(content: str = "x") -> dict[str, Any]:
    return {"type": 10, "content": content}


def press(label: str = "x", custom_id: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": label, "custom_id": custom_id, **more}


def select(*labels: str, **more: Any) -> dict[str, Any]:
    options = [{"label": each, "value": str(at)} for at, each in enumerate(labels)]
    return {"type": 3, "custom_id": "s", "options": options, **more}


def row(*inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(inside)}


def new_style(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"flags": 1 << 15, "components": list(components), **more}


def old_style(*components: dict[str, Any]) -> dict[str, Any]:
    return {"content": "x", "components": list(components)}


def embed(**more: Any) -> dict[str, Any]:
    return {"embeds": [more]}


def section(*inside: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 9, "components": list(inside), **more}


def gallery(count: int, **more: Any) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": "https://example.org/x.png"}, **more}] * count}


def presses(count: int) -> list[dict[str, Any]]:
    return [press(custom_id=str(at)) for at in range(count)]


FITTING_MESSAGES = [
    {"content": "x" * 2000},
    embed(title="x" * 256, description="x" * 4096, footer={"text": "x" * 1648}),
    new_style(*[text("x" * 100)] * 40),
    new_style(section(text(), text(), text(), accessory=press("x" * 80, "x" * 100)), gallery(10)),
    new_style({"type": 17, "components": [row(*presses(5)), row(select("x" * 100, placeholder="x" * 150))]}),
    old_style(row({"type": 2, "style": 5, "label": "x", "url": "https://example.org"})),
]
REFUSED_MESSAGES = [
    ({"content": " "}, "content: Cannot send an empty message"),
    ({"content": "x" * 2001}, "content: Must be between 0 and 2000"),
    ({"content": "x", "nonce": "x" * 26}, "nonce"),
    (embed(title="x" * 257), "embeds.0.title"),
    (embed(description="x" * 4097), "embeds.0.description"),
    (embed(fields=[{"name": "x", "value": "x"}] * 26), "embeds.0.fields"),
    (embed(fields=[{"name": "x", "value": ""}]), "embeds.0.fields.0.value: This field is required"),
    (embed(description="x" * 4096, footer={"text": "x" * 1905}), "embeds: Embed size exceeds"),
    ({"embeds": [{"title": "x"}] * 11}, "embeds"),
    (new_style(text(), content="x"), "content: The 'content' field cannot be used"),
    (new_style(text(), embeds=[{"title": "x"}]), "embeds: The 'embeds' field cannot be used"),
    (new_style(*[text()] * 41), "components: The total number of components"),
    (new_style({"type": 17, "components": [text()] * 40}), "components: The total number of components"),
    (new_style(text("x" * 2001), {"type": 17, "components": [text("x" * 2000)]}), "components: The total displayable"),
    (new_style(text("")), "components.0.content: This field is required"),
    (new_style(section(text())), "components.0.accessory: This field is required"),
    (new_style(section(*[text()] * 4, accessory=press())), "components.0.components: Must be between 1 and 3"),
    (new_style(gallery(11)), "components.0.items"),
    (new_style(gallery(1, description="x" * 1025)), "components.0.items.0.description"),
    (new_style({"type": 17, "components": [{"type": 17, "components": [text()]}]}), "components.0.components.0.type"),
    (new_style({"type": 17, "components": [text()], "accent_color": 1 << 24}), "components.0.accent_color"),
    (new_style(press()), "components.0.type"),
    (old_style(text()), "components.0.type"),
    (old_style(*[row(press(custom_id=str(at))) for at in range(6)]), "components: Must be between 0 and 5"),
    (old_style(row(*presses(6))), "components.0.components: Must be between 1 and 5"),
    (old_style(row(press(), select("x"))), "components.0.components: The specified component exceeds"),
    (old_style(row(press("x" * 81))), "components.0.components.0.label"),
    (old_style(row(press(""))), "components.0.components.0: A button needs"),
    (old_style(row(press("x", "x" * 101))), "components.0.components.0.custom_id: Must be between 1 and 100"),
    (old_style(row(press("x", ""))), "components.0.components.0.custom_id: This field is required"),
    (old_style(row(press(), press())), "components: Component custom id cannot be duplicated"),
    (old_style(row({"type": 2, "style": 5, "label": "x", "url": "ftp://x"})), "components.0.components.0.url"),
    (old_style(row(press(style=5, url="https://x"))), "components.0.components.0: A custom id and url"),
    (old_style(row(select())), "components.0.components.0.options: This field is required"),
    (old_style(row(select(*"abcdefghijklmnopqrstuvwxyz"))), "components.0.components.0.options: Must be between 1"),
    (old_style(row(select("x" * 101))), "components.0.components.0.options.0.label"),
    (old_style(row(select("x", placeholder="x" * 151))), "components.0.components.0.placeholder"),
    ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions: parse:"),
]


def test_messages_are_held_to_every_limit() -> None:
    assert [message_problems(each) for each in FITTING_MESSAGES] == [[]] * len(FITTING_MESSAGES)
    for payload, where in REFUSED_MESSAGES:
        problems = message_problems(payload)
        assert len(problems) == 1, (where, problems)
        assert problems[0].startswith(where), problems


def field(component: dict[str, Any], label: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": 18, "label": label, "component": component, **more}


def modal(*components: dict[str, Any], title: str = "x") -> dict[str, Any]:
    return {"custom_id": "m", "title": title, "components": list(components)}


def test_modals_are_held_to_every_limit() -> None:
    words = {"type": 4, "style": 1, "custom_id": "w"}
    assert modal_problems(modal(field(words), field(select("x", required=False)), text(), title="x" * 45)) == []
    assert modal_problems(modal(row(words | {"label": "x"}))) == []
    for payload, where in [
        (modal(field(words), title="x" * 46), "title"),
        (modal(), "components: This field is required"),
        (modal(*[text()] * 6), "components: Must be between 1 and 5"),
        (modal(row(words)), "components.0.components.0.label"),
        (modal(row(press())), "components.0.components.0.type"),
        (modal(field(words, "x" * 46)), "components.0.label"),
        (modal(field(words, description="x" * 101)), "components.0.description"),
        (modal(field(words | {"label": "x"})), "components.0.component.label"),
        (modal(field(words | {"placeholder": "x" * 101})), "components.0.component.placeholder"),
        (modal(field(words | {"max_length": 4001})), "components.0.component.max_length"),
        (modal(field(words | {"max_length": 3, "value": "four"})), "components.0.component.value"),
        (modal(field(words), field(words)), "components: Component custom id cannot be duplicated"),
    ]:
        problems = modal_problems(payload)
        assert [each.startswith(where) for each in problems] == [True], (where, problems)


def command(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "lookup", "description": "x", "options": list(options), **more}


def option(name: str = "o", kind: int = 3, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "x", "type": kind, **more}


def test_commands_are_held_to_every_limit() -> None:
    many = [{"name": f"{at}" + "x" * 50, "value": f"{at}" + "x" * 60} for at in range(25)]
    crowd = [option(f"o{at}", choices=many) for at in range(3)]
    fine = command(option("a", 1, options=[option()]), option("g", 2, options=[option("s", 1)]))
    assert [command_problems(each) for each in (fine, command(name="søg"), {"name": "Quote it", "type": 3})] == [[]] * 3
    for payload, where in [
        (command(name="Lookup"), "name: Command name is invalid"),
        (command(name="look up"), "name"),
        (command(name="x" * 33), "name"),
        (command(description=""), "description: This field is required"),
        (command(description="x" * 101), "description"),
        (command(name_localizations={"xx": "such"}), "name_localizations.xx"),
        ({"name": "x" * 33, "type": 3}, "name"),
        ({"name": "x", "type": 3, "description": "x"}, "description"),
        (command(contexts=[3]), "contexts.0"),
        (command(integration_types=[]), "integration_types"),
        (command(default_member_permissions="much"), "default_member_permissions"),
        (command(*[option(f"o{at}") for at in range(26)]), "options: Must be between"),
        (command(option("a"), option("b", required=True)), "options.1: Required options must be placed before"),
        (command(option("a"), option("a")), "options.1: Option name must be unique"),
        (command(option("a"), option("b", 1)), "options: Sub-command"),
        (command(option("a", 1, options=[option("b", 1)])), "options.0.options.0.type"),
        (command(option(choices=[{"name": str(at), "value": str(at)} for at in range(26)])), "options.0.choices"),
        (command(option(choices=[{"name": "x", "value": 1}])), "options.0.choices.0.value"),
        (command(option(choices=[{"name": "x", "value": "1"}], autocomplete=True)), "options.0.autocomplete"),
        (command(option(kind=5, autocomplete=True)), "options.0: Choices and autocomplete"),
        (command(option(kind=7, channel_types=[0, 99])), "options.0.channel_types.1"),
        (command(option(channel_types=[0])), "options.0.channel_types.0"),
        (command(*crowd), ": Command exceeds maximum size (8000)"),
    ]:
        problems = command_problems(payload)
        assert any(each.startswith(where) for each in problems), (where, problems)


def test_pings_are_found_where_they_would_notify() -> None:
    words = new_style(text("<@1> <@&2> @everyone"))
    assert pings(words) == ["<@1>", "<@&2>", "@everyone"]
    assert pings(words | {"allowed_mentions": {"parse": []}}) == []
    assert pings(words | {"allowed_mentions": {"parse": ["roles"], "users": ["1"]}}) == ["<@1>", "<@&2>"]
    reply = {"content": "x", "message_reference": {"message_id": "1"}}
    assert pings(reply) == ["reply"]
    assert pings(reply | {"allowed_mentions": {"parse": [], "replied_user": False}}) == []
