"""What a reply is before a platform draws it. Knows nothing of blocks, embeds, components or terminals."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Accent(StrEnum):
    """What a card is about; each platform gives it a colour or a sign of its own."""

    IDEA = "idea"
    LESSON = "lesson"
    QUOTE = "quote"
    TAKE = "take"
    PLAIN = "plain"
    WARNING = "warning"


class Verb(StrEnum):
    """What pressing a button or picking a choice does. The arguments that each takes stand beside it."""

    OPEN = "open"  # entry key, then perhaps a page counted from 0: the entry in full
    SHARE = "share"  # entry key: the entry, posted in the channel
    QUOTE = "quote"  # entry key, then perhaps the message it answers: the entry, quoted into the discussion
    ALIKE = "alike"  # entry key: more like this
    RESULTS = "results"  # entry keys, best first: the rest of a ranking
    ANOTHER = "another"  # entry key, then "" or a summary's name or a topic key: the lesson after that one
    TOPIC = "topic"  # topic key, page counted from 0: the entries of a topic
    SUMMARY = "summary"  # summary name: the summary at a glance
    UNDO = "undo"  # where the message is, in the platform's own words: take back what was just shared


@dataclass(frozen=True, slots=True)
class Action:
    """A button. `args` name entries, topics and summaries by key, never a query: they fit a platform's id."""

    label: str
    verb: Verb
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick from a list: a title, a text below it, a note in small print, and what picking it does."""

    title: str
    action: Action
    text: str = ""
    note: str = ""

    @property
    def heading(self) -> str:
        """What stands above the text: the title, unless that is only how the text begins."""
        beginning = self.title.removesuffix("…")
        return "" if self.text.startswith(beginning) and self.title in (self.text, f"{beginning}…") else self.title


@dataclass(frozen=True, slots=True)
class Field:
    """A named value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """One reply. Every string is data in plain words: renderers neutralise whatever their platform would interpret.

    `body` holds paragraphs; `quoted` says that they are somebody's words, to be drawn as a quotation. `preface` is
    what the bot itself says before them. `marks` are words to be made conspicuous wherever they stand in the title,
    the body and the choices (`marks.pieces`). `footer` is small print.
    """

    title: str = ""
    body: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    choices: tuple[Choice, ...] = ()
    actions: tuple[Action, ...] = ()
    footer: str = ""
    accent: Accent = Accent.PLAIN
    quoted: bool = False
    preface: str = ""
    marks: frozenset[str] = frozenset()

    def without(self, *verbs: Verb) -> "Card":
        """The same card without the buttons of these verbs, where they would make no sense."""
        return replace(self, actions=tuple(action for action in self.actions if action.verb not in verbs))


@dataclass(frozen=True, slots=True)
class Reply:
    """`card` answers whoever asked; `post`, where there is one, goes to the channel for everybody to read."""

    card: Card
    post: Card | None = None
