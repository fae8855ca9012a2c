"""What a person sees of an answer, and the controls in it. No socket."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.fakes.local_discord.components import BUTTON, STRING_SELECT, walk
from tests.fakes.local_discord.guilds import Channel, Message
from tests.fakes.local_discord.interactions import Interaction, Modal
from tests.fakes.local_discord.problems import Json
from tests.fakes.local_discord.state import Effect

THINKING = "is thinking…"


@dataclass(frozen=True)
class Control:
    """Something to press or pick: a component, and one of its options where it has some."""

    surface: Message | Modal
    component: Json
    label: str
    option: Json | None = None


def controls(surface: Message | Modal) -> Iterator[Control]:
    """All buttons and options of a message or modal, in order."""
    for each in walk(surface.components):
        if each["type"] == BUTTON:
            yield Control(surface, each, each.get("label") or (each.get("emoji") or {}).get("name") or "")
        if each["type"] == STRING_SELECT:
            for option in each["options"]:
                yield Control(surface, each, option["label"], option)


def labels(surface: Message | Modal) -> list[str]:
    """What is written on the buttons of a message."""
    return [each.label for each in controls(surface) if each.option is None]


def options(surface: Message | Modal) -> list[list[str]]:
    """What each select of a message or modal offers."""
    found = [each for each in walk(surface.components) if each["type"] == STRING_SELECT]
    return [[option["label"] for option in each["options"]] for each in found]


@dataclass(eq=False)
class Seen:
    """What an act led to, for the person who acted.

    `failed` is what Discord itself says where the bot did not answer. `before` is the message whose control was used.
    """

    effects: list[Effect]
    failed: str = ""
    before: Message | None = None
    interaction: Interaction | None = None

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
        """The message that answers: the last private one, else the last; the one acted on where none came."""
        for each in reversed(self.messages):
            if each.private:
                return each
        found = self.messages[-1] if self.messages else self.before
        assert found is not None, f"no message came; {self.failed or 'nothing did'}"
        return found

    @property
    def modal(self) -> Modal | None:
        """The modal that opened, if it is still open."""
        opened = [each.what for each in self.effects if isinstance(each.what, Modal)]
        return next((each for each in reversed(opened) if each.open), None)

    @property
    def surface(self) -> Message | Modal:
        return self.modal or self.message

    @property
    def text(self) -> str:
        """All text that is displayed, in order: of the message, or the modal's title; else what Discord itself says."""
        if self.modal:
            return self.modal.title
        return self.message.text if self.messages or self.before else self.failed

    @property
    def private(self) -> bool:
        return self.message.private

    @property
    def channel(self) -> Channel:
        return self.message.channel

    @property
    def reference(self) -> Message | None:
        """The message that the answer is a reply to."""
        return self.message.reference

    def buttons(self) -> list[str]:
        """What is written on the buttons."""
        return labels(self.surface)

    def selects(self) -> list[list[str]]:
        """What each select offers."""
        return options(self.surface)
