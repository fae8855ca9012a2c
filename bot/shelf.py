"""A library with all that is needed to find something in it, from which the desk answers until it takes another."""

from copy import copy
from functools import cached_property, partial

from bot.core.answering import wire
from bot.core.finding import search
from bot.core.finding.meaning import Meaning
from bot.core.finding.vectors import Vectors
from bot.core.library import Scope
from bot.core.scheduling import rotation
from bot.core.scheduling.rotation import Lessons
from bot.core.summary import Entry, Kind
from bot.ports import Embedder


class Shelf:
    """A library with all that is needed to find something in it. `meaning` comes with the `embedder` that made it.

    `state` tells this state of the content from every other, for whoever looks for changes.
    """

    def __init__(
        self,
        index: search.Index,
        meaning: Meaning | None = None,
        embedder: Embedder | None = None,
        state: object = None,
    ) -> None:
        self.library, self.index, self.meaning, self.embedder = index.library, index, meaning, embedder
        self.state = state

    def prepare(self) -> None:
        """Work out what would else hold up the answer that needs it first: for a thread."""
        _ = self.digests, self.walk, self.index.places, self.index.ids, self.index.headings
        _ = [summary.kinds for summary in self.library.summaries.values()]

    def understood(self, meaning: Meaning, embedder: Embedder) -> "Shelf":
        """The same, found by its meaning too."""
        shelf = copy(self)
        shelf.meaning, shelf.embedder = meaning, embedder
        return shelf

    @cached_property
    def digests(self) -> dict[str, str]:
        """What the buttons' short names stand for."""
        return wire.digests(self.library)

    @cached_property
    def lessons(self) -> Lessons:
        """Every lesson, a family once."""
        return Lessons(self.library.heads(Scope(Kind.LESSON)))

    @cached_property
    def walk(self) -> tuple[Entry, ...]:
        """Every lesson in the order in which they are read one by one."""
        return rotation.walk(self.lessons, "")

    def meant(self, vectors: Vectors | None) -> search.Meant | None:
        """What a text of these vectors means here."""
        return partial(self.meaning.sense, vectors) if self.meaning and vectors is not None else None

    def meant_in_chat(self, vectors: Vectors | None) -> search.Meant | None:
        """What a message of these vectors means here."""
        return partial(self.meaning.sense_of_message, vectors) if self.meaning and vectors is not None else None
