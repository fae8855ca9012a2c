"""The use cases: look up, read a lesson, quote, see a summary, preview the daily lesson, find what can be typed.

Every adapter asks here and draws the Reply. Nothing here knows a platform; what goes wrong becomes a card.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import dataclass, replace
from itertools import islice
from zoneinfo import ZoneInfo

from bot import __version__
from bot.core.answering import cards, refusals, typed, values, when, wire, wording
from bot.core.answering.card import Action, Card, Reply, Verb
from bot.core.answering.commands import COMMANDS, Invocation, Value
from bot.core.errors import BotError, UsageError
from bot.core.finding import quoting, search
from bot.core.finding.vectors import Vectors
from bot.core.library import EVERYTHING, Library, Scope
from bot.core.scheduling import recurrence, rotation
from bot.core.scheduling.recurrence import Schedule
from bot.core.scheduling.rotation import Lessons
from bot.core.summary import Entry, Kind
from bot.ports import Clock
from bot.settings import Settings
from bot.shelf import Shelf

# Gives a context for a lookup to run in.
Watch = Callable[[], AbstractContextManager[None]]

MOST_ALIKE = 5
PREVIEWED = 7
CLEAR_LEAD = 0.15  # by how much a score must lead for a query to mean one entry alone


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the name that others know them by, and their IANA time zone, "" where the platform does not tell."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion: what is filled in, and what a person reads in the list."""

    value: str
    label: str


class Desk:
    """Answers commands, plain words and pressed buttons out of one library at a time."""

    def __init__(self, shelf: Shelf, settings: Settings, clock: Clock, chance: random.Random) -> None:
        self.settings, self._clock, self._chance = settings, clock, chance
        self._shelves = [shelf]  # one: in a list, so that the desks that `watched` gives share it
        self._watch: Watch = nullcontext

    @property
    def shelf(self) -> Shelf:
        """What answers are taken from at the moment."""
        return self._shelves[0]

    def take(self, shelf: Shelf) -> None:
        """Answer out of another library from now on. What is being answered is finished out of the one before."""
        self._shelves[0] = shelf

    def watched(self, watch: Watch) -> "Desk":
        """The same desk, each of whose lookups and quotes runs within the context that `watch` gives."""
        desk = copy(self)
        desk._watch = watch
        return desk

    @property
    def library(self) -> Library:
        return self.shelf.library

    @property
    def index(self) -> search.Index:
        return self.shelf.index

    @property
    def prefix(self) -> str:
        """What stands before every command's name."""
        return self.settings.prefix

    # ---- what people say and press

    async def typed(self, line: str, asker: Asker) -> Reply:
        """A line as typed: `/command …`, or plain words, which are looked up."""
        if not line.lstrip().startswith("/"):
            return await self.plain(line, asker)
        try:
            invocation = self.parse(line)
        except BotError as error:
            return Reply(cards.problems(error.problems))
        return await self.answer(invocation, asker)

    async def plain(self, words: str, asker: Asker) -> Reply:
        """The reply to plain words: help to a mere greeting or a mere sign, else a lookup.

        A command that only reads is heeded in them too: `/lesson`, `lesson`, `lookup gpu`.
        """
        bare = words.strip(" ?!.").casefold()
        if bare in ("help", "hi", "hello") or not any(map(str.isalnum, bare)):
            return Reply(cards.help_(self.prefix))
        if line := typed.meant_as_command(words, self.prefix):
            return await self.typed(line, asker)
        try:
            return await self.answer(typed.plain(words, self.prefix), asker)
        except BotError as error:
            return Reply(cards.problems(error.problems))

    def parse(self, line: str) -> Invocation:
        """A typed command as an invocation. Raises UsageError."""
        return typed.parse(line, self.prefix, self._clock.zones)

    async def answer(self, invocation: Invocation, asker: Asker) -> Reply:  # noqa: PLR0911 - one case a command
        """The reply to a command. A value that is not understood is answered, never raised.

        Of `/daily` it is `preview` alone; the rest is for `bot.daily`.
        """
        options = invocation.options
        try:
            match invocation.path:
                case ("lookup",):
                    return Reply(await self.look_up(options["query"], self.scope(options)))
                case ("lesson",):
                    return Reply(self._lesson(self.scope(options)))
                case ("quote",):
                    with self._watch():
                        return await self._quote(options["query"], asker)
                case ("summary",):
                    return Reply(self._summary(options.get("summary")))
                case ("daily", "preview"):
                    return Reply(self._preview(options, asker))
                case ("commonplace", "about"):
                    return Reply(cards.about(self.library, __version__))
                case _:
                    return Reply(cards.help_(self.prefix))
        except BotError as error:
            return Reply(cards.problems(error.problems))

    def act(self, action: Action, asker: Asker) -> Reply:
        """The reply to a button or a choice. One that names what is gone, or is malformed, says so."""
        try:
            return self._act(action.verb, action.args, asker)
        except (KeyError, ValueError):
            return Reply(cards.note(wording.ONE_MOMENT))

    def greet(self, asker: Asker) -> Card:
        """Today's lesson, and what can be typed."""
        lessons = self.shelf.walk
        commands = wording.listed(f"/{self.prefix}{command.name}" for command in COMMANDS)
        hint = wording.HOW_TO_START.format(commands=commands, help=f"/{self.prefix}commonplace help")
        if not lessons:
            return Card(title=wording.BOT, body=(wording.TAGLINE, hint))
        today = self._clock.now().astimezone(ZoneInfo(asker.zone or self.settings.daily.timezone or "UTC")).date()
        lesson = lessons[today.toordinal() % len(lessons)]
        card = cards.lesson(self.library, lesson, "", today=True)
        return replace(card, body=(*card.body, hint))

    def action(self, value: str) -> Action:
        """What a button carries, as `wire` packed it. Raises ValueError for one forged or gone."""
        return wire.unpack(value, self.shelf.digests)

    # ---- finding, for those who want entries and no card

    async def find(self, query: str, limit: int, scope: Scope = EVERYTHING) -> list[search.Hit]:
        """The entries that fit a query, best first, a family once."""
        return (await self._ranked(query, limit, scope)).hits

    async def match(self, message: str, limit: int) -> list[search.Hit]:
        """The entries that fit a message of a discussion, best first; `score` is the confidence."""
        with self._watch():
            vectors = await self._vectors(message)
            return quoting.candidates(self.index, message, limit, self.shelf.meant_in_chat(vectors))

    async def _ranked(self, query: str, limit: int, scope: Scope = EVERYTHING) -> search.Ranking:
        ranking = search.look_up(self.index, query, scope, limit)
        if ranking.certain or not self.shelf.embedder:
            return ranking
        vectors = await self._vectors(ranking.repaired or query)
        return search.look_up(self.index, query, scope, limit, self.shelf.meant(vectors))

    async def _vectors(self, text: str) -> Vectors | None:
        """Where a text and its words lie; None while no model is there, and where it cannot read it or takes too long.

        After it the shelf may be another. Nothing else here waits, so that all of an answer comes from one library.
        """
        if not self.shelf.embedder or not text.strip():
            return None
        try:
            vectors: Vectors = (await self.shelf.embedder.embed([text]))[0]
        except OSError:  # TimeoutError is one
            return None
        return vectors if vectors.any() else None

    def fits(self, hits: Sequence[search.Hit]) -> bool:
        """Whether the first of these would be offered as a quote."""
        return quoting.fits(hits, self.settings.confidence)

    def offer(self, hits: Sequence[search.Hit]) -> Card:
        """What somebody who asks for a quote may choose from; half as sure as for a quote is near."""
        near = [hit.entry for hit in hits] if quoting.fits(hits, self.settings.confidence / 2) else []
        return cards.offer(self.library, near, fits=self.fits(hits))

    def lessons(self, number: int, scope: Scope) -> list[Entry]:
        """That many lessons to read now, at most all there are, none twice."""
        walk = self._walk(scope)
        start = self._chance.randrange(len(walk)) if walk else 0
        return list((*walk[start:], *walk[:start])[:number])

    def scope(self, options: Mapping[str, str | None]) -> Scope:
        """The limits that options name: kind, topic, summary. Raises UsageError with what is allowed and nearest."""
        return values.scope(self.index, *(options.get(name) for name in ("kind", "topic", "summary")))

    async def suggest(self, value: Value, text: str, limit: int = 25) -> list[Suggestion]:
        """Completions for an option that holds such a value, best first."""
        meant = None
        if value is Value.QUERY and " " in text.strip():
            ranking = search.look_up(self.index, text, limit=1)  # so that the list begins as the answer will
            vectors = None if ranking.certain else await self._vectors(ranking.repaired or text)
            meant = self.shelf.meant(vectors)
        pairs = values.suggest(self.index, value, text, self._clock.zones, limit, meant=meant)
        return [Suggestion(*pair) for pair in pairs]

    # ---- the use cases

    async def look_up(self, query: str, scope: Scope = EVERYTHING, limit: int | None = None) -> Card:
        """The best entries for a query, `limit` or as many as the settings say, or the nearest topics."""
        shown = limit or self.settings.search.results
        with self._watch():
            ranking = await self._ranked(query, shown + cards.FURTHER, scope)
            if not ranking.hits:
                return await self._nothing(query, scope)
        entries = [hit.entry for hit in ranking.hits]
        preface = wording.understood(ranking.repaired, ranking.unheld)
        return cards.results(self.library, entries, shown, preface, ranking.matched)

    async def _nothing(self, query: str, scope: Scope = EVERYTHING, verb: Verb = Verb.OPEN) -> Card:
        elsewhere = [hit.entry for hit in await self.find(query, 3)] if scope != EVERYTHING else []
        vectors = await self._vectors(query)
        ids = search.nearest_ids(self.index, query) if _like_an_id(query) else []
        topics = search.nearest_topics(self.index, query, meant=self.shelf.meant(vectors))
        near = [self._entry(key) for key in ids] or elsewhere
        hint = wording.ELSEWHERE if near is elsewhere else wording.DID_YOU_MEAN
        return cards.nothing(self.library, query, topics, near, verb, hint=hint)

    def open(self, entry: Entry) -> Card:
        """An entry in full."""
        return cards.entry(self.library, entry)

    def _lesson(self, scope: Scope) -> Card:
        lessons = self.lessons(1, scope)
        if not lessons:
            return cards.note(wording.NO_LESSON)
        return cards.lesson(self.library, lessons[0], scope.within)

    async def single(self, query: str) -> Entry | Card:
        """The one entry that a query means to quote; where that is not clear, a card to choose it from."""
        ranking = await self._ranked(query, 3)
        hits = ranking.hits
        if not hits:
            return await self._nothing(query, verb=Verb.QUOTE)
        clear = len(hits) == 1 or hits[0].score - hits[1].score >= CLEAR_LEAD
        if self.library.named(query) or (clear and not ranking.unheld):
            return hits[0].entry
        return cards.which_quote(self.library, [hit.entry for hit in hits])

    async def _quote(self, query: str, asker: Asker) -> Reply:
        found = await self.single(query)
        return Reply(found) if isinstance(found, Card) else self._quoted(found, asker)

    def _summary(self, name: str | None) -> Card:
        if name is None and len(self.library.summaries) != 1:
            return cards.summaries(self.library)
        only = next(iter(self.library.summaries.values()))
        return cards.summary(values.named_summary(self.library, name) if name is not None else only)

    def _preview(self, options: dict[str, str], asker: Asker) -> Card:
        schedule, scope = self.schedule(options, asker), self.scope(options)
        lessons = rotation.coming(self.heads(scope), (), scope.within, {}, PREVIEWED)
        if not lessons:
            return cards.note(wording.NO_LESSON)
        dates = islice(recurrence.occurrences(schedule, self._clock.now()), PREVIEWED)
        return cards.preview(list(zip(dates, lessons, strict=False)), schedule.zone)

    def _act(self, verb: Verb, args: tuple[str, ...], asker: Asker) -> Reply:  # noqa: PLR0911 - one case a verb
        library, shown = self.library, self.settings.search.results
        match verb, args:
            case Verb.UNDO, _:
                return Reply(cards.note(wording.TAKEN_BACK))
            case Verb.RESULTS, (_, *_):
                return Reply(cards.further(library, [self._entry(key) for key in args], shown))
            case Verb.TOPIC, (key, page):
                return Reply(cards.topic(library, library.topics[key], int(page)))
            case Verb.SUMMARY, (name,):
                return Reply(cards.summary(library.summaries[name]))
            case Verb.ANOTHER, (key, within):
                return Reply(self._another(self._entry(key), within))
            case Verb.OPEN, (key, *page) if len(page) < 2:
                return Reply(cards.entry(library, self._entry(key), page=int(page[0]) if page else 0))
            case Verb.SHARE, (key,):
                return self._posted(self._entry(key), wording.SHARED, wording.shared_by(asker.name))
            case Verb.QUOTE, (key, *_):
                return self._quoted(self._entry(key), asker)
            case Verb.ALIKE, (key,):
                hits = search.alike(self.index, self._entry(key), MOST_ALIKE, self.shelf.meaning)
                entries = [hit.entry for hit in hits]
                card = cards.further(library, entries, shown, wording.ALIKE)
                return Reply(card if hits else cards.note(wording.NOTHING_ALIKE))
        raise ValueError(verb)

    def _another(self, lesson: Entry, within: str) -> Card:
        """The lesson after this one on the same walk, so that all are seen before one comes again."""
        walk = self._walk(self.library.scope(within))
        at = next((at for at, one in enumerate(walk) if one is lesson), -1)
        return cards.lesson(self.library, walk[(at + 1) % len(walk)], within) if walk else cards.note(wording.NO_LESSON)

    def _quoted(self, entry: Entry, asker: Asker) -> Reply:
        return self._posted(entry, wording.QUOTED, wording.quoted_by(asker.name), quoted=True)

    def _posted(self, entry: Entry, confirmed: str, said: str, *, quoted: bool = False) -> Reply:
        undo = Action(wording.UNDO, Verb.UNDO)
        return Reply(cards.note(confirmed, (undo,)), cards.posted(self.library, entry, said, quoted=quoted))

    # ---- what the words name

    def _entry(self, key: str) -> Entry:
        entry = self.library.get(key)
        if entry is None:
            raise KeyError(key)
        return entry

    def schedule(self, options: dict[str, str], asker: Asker) -> Schedule:
        """The time, zone and days that options name, else the configured ones; the zone is first that of the asker.

        Raises UsageError for what is not understood, and where nothing tells the zone.
        """
        daily = self.settings.daily
        zone = asker.zone or daily.timezone
        if "timezone" in options:
            zone = when.parse_zone(options["timezone"], self._clock.zones())
        time = when.parse_time(options["time"]) if "time" in options else daily.time
        if not zone:
            raise UsageError(refusals.which_zone(time))
        return Schedule(time, zone, when.parse_days(options["days"]) if "days" in options else daily.days)

    def heads(self, scope: Scope) -> Lessons:
        """The lessons of a scope, a family once."""
        if scope == EVERYTHING:
            return self.shelf.lessons
        return Lessons(self.library.heads(Scope(Kind.LESSON, scope.topics, scope.summary)))

    def _walk(self, scope: Scope) -> tuple[Entry, ...]:
        return self.shelf.walk if scope == EVERYTHING else rotation.walk(self.heads(scope), "")


def _like_an_id(query: str) -> bool:
    """Whether a query may be a mistyped id: `[[…]]`, or one word with a hyphen or a slash in it."""
    return query.lstrip().startswith("[[") or (len(query.split()) == 1 and not {*"-/_"}.isdisjoint(query))
