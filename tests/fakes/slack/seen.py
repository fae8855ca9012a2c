"""What a person sees of an answer, and the controls in it. No socket."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.limits import choices, interactive
from tests.fakes.slack.state import Channel, Effect, Json, Message, View


@dataclass(frozen=True)
class Control:
    """Something to press or pick: an element, and one of its options where it has some."""

    surface: Message | View
    block: Json
    element: Json
    label: str
    option: Json | None = None


def controls(surface: Message | View, offered: Mapping[tuple[str, str], list[Json]]) -> list[Control]:
    """All controls of a message or view; `offered` holds what external selects were answered, by block and action."""
    found = []
    for block in surface.blocks:
        for element in interactive(block):
            if element["type"] == "button":
                found.append(Control(surface, block, element, element["text"]["text"]))
            options = choices(element) or offered.get((block["block_id"], element["action_id"]), [])
            found += [Control(surface, block, element, each["text"]["text"], each) for each in options]
    return found


def shown(blocks: list[Json]) -> str:
    """All words that blocks show, a line each."""
    return "\n".join(_words(blocks))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, dict):
        for key in ("text", "title", "subtitle", "body", "label", "description", "hint", "placeholder", "alt_text"):
            if isinstance(value.get(key), str):
                yield value[key]
        for key, item in value.items():
            if isinstance(item, dict | list) and key not in ("initial_option", "confirm"):
                yield from _words(item)


@dataclass(eq=False)
class Seen:
    """What an act led to, for the person who acted.

    `failed` is what Slack itself says when the app did not answer; `errors` are those beside the inputs of a modal.
    """

    effects: list[Effect]
    failed: str = ""
    errors: Mapping[str, str] | None = None

    def _of(self, *kinds: str) -> list[Message]:
        found = [each.what for each in self.effects if each.kind in kinds]
        return list(dict.fromkeys(each for each in found if isinstance(each, Message)))

    @property
    def posted(self) -> list[Message]:
        return self._of("posted")

    @property
    def changed(self) -> list[Message]:
        return self._of("changed")

    @property
    def removed(self) -> list[Message]:
        return self._of("removed")

    @property
    def messages(self) -> list[Message]:
        """New and changed messages that are still there, in the order they came."""
        return [each for each in self._of("posted", "changed") if not each.deleted]

    @property
    def message(self) -> Message:
        """The message that answers: the last private one, else the last."""
        assert self.messages, f"no message came; {self.failed or self.errors or self.effects or 'nothing did'}"
        return next((each for each in reversed(self.messages) if each.private), self.messages[-1])

    @property
    def view(self) -> View | None:
        """The modal or Home that came or changed last, if it is still open."""
        views = [each.what for each in self.effects if isinstance(each.what, View)]
        return next((each for each in reversed(views) if not each.closed), None)

    @property
    def surface(self) -> Message | View:
        return self.view or self.message

    @property
    def title(self) -> str:
        view = self.surface
        return str(view.content["title"]["text"]) if isinstance(view, View) and "title" in view.content else ""

    @property
    def text(self) -> str:
        """The top-level text of the message: what a notification or a screen reader says."""
        return self.message.text

    @property
    def blocks(self) -> list[Json]:
        return self.surface.blocks

    @property
    def shown(self) -> str:
        """All words that the message, modal or Home shows, title and buttons included."""
        words = shown(self.surface.blocks) or ("" if isinstance(self.surface, View) else self.surface.text)
        return "\n".join(filter(None, [self.title, words]))

    @property
    def private(self) -> bool:
        return self.message.private

    @property
    def channel(self) -> Channel:
        return self.message.channel

    @property
    def thread(self) -> str | None:
        return self.message.thread

    def buttons(self) -> list[str]:
        """The labels of all buttons."""
        return [each.label for each in controls(self.surface, {}) if each.element["type"] == "button"]

    def options(self) -> list[str]:
        """The labels of all options of menus, radio buttons and checkboxes."""
        return [each.label for each in controls(self.surface, {}) if each.option]
