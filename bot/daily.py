"""The use cases of the daily lesson: switch it on and off, see what came and what comes, choose the lesson that is due.

Needs a Store; knows no platform. Who may change it is for the platform to say.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice, takewhile

from bot.core.answering import cards, wording
from bot.core.answering.card import Accent, Card, Field
from bot.core.answering.commands import Access, Invocation, find
from bot.core.answering.when import describe_days
from bot.core.errors import BotError, StoreError
from bot.core.library import EVERYTHING
from bot.core.scheduling import rotation
from bot.core.scheduling.recurrence import Occurrence, latest_occurrence, occurrences
from bot.core.scheduling.rotation import Lessons
from bot.core.scheduling.subscription import FINAL, Delivery, Outcome, Place, State, Subscription
from bot.core.summary import Entry
from bot.desk import PREVIEWED, Asker, Desk
from bot.ports import Claim, Store
from bot.subscribing import declared, made, placed

REMEMBERED = 7  # deliveries that `status` tells of
_BATCH = 500  # subscriptions that are asked about at once


@dataclass(frozen=True, slots=True)
class Manager:
    """Who asks: their id on the platform, and whether the platform lets them change a channel's daily lesson."""

    id: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`card` answers whoever asked. `post` is said in the channel first; where `proof`, that must succeed before
    `change` is kept, since it shows that the bot can post there. A change to THREAD in a forum that has no thread yet
    gets the one that `post` opens.
    """

    card: Card
    post: Card | None = None
    change: Subscription | None = None
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """What a channel will be sent: nothing where its subscription is not on. The first may be overdue."""

    subscription: Subscription
    lessons: tuple[tuple[Occurrence, Entry], ...]


class Daily:
    """Channels' daily lessons, kept in a store."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk, self._store = desk, store

    async def answer(  # noqa: PLR0911 - one case a command
        self, invocation: Invocation, asker: Asker, place: Place, manager: Manager, *, forum: bool = False
    ) -> Answer:
        """The answer to `/daily …`; `forum` says that the place is one. Nothing is changed before `keep`."""
        verb, options = invocation.path[1], invocation.options
        command = find(invocation.path)
        if command.access is Access.MANAGERS and (refusal := self._refusal(place, manager)):
            return Answer(cards.note(refusal))
        here = await self._store.here(place)
        found = here[0] if here else None
        if found and not asker.zone:
            asker = replace(asker, zone=found.schedule.zone)
        known = found if found and found.state is not State.OFF else None
        now = await self._store.now()
        goes_on = known and (verb, known.state) == ("resume", State.REFUSED)  # which changes nothing that is declared
        if known and known.declared and command.access is Access.MANAGERS and not goes_on:
            return Answer(cards.note(wording.DECLARED))
        try:
            if verb == "on":
                wanted = made(self._desk, self._typed(known, options), asker, place, now=now, by=manager.id)
                return await self._on(placed(wanted, here, options.get("forum", ""), forum), known)
            if verb == "preview":
                return Answer(await self._preview(options, asker, known, now))
        except BotError as error:
            return Answer(cards.problems(error.problems))
        if known is None:
            return Answer(cards.note(wording.NOT_ON.format(prefix=self._desk.prefix)))
        if verb == "status":
            return Answer(await self._status(known, now))
        return await self._changed(verb, known, asker, now)

    async def declare(self, lines: Sequence[str]) -> None:
        """Make the subscriptions that the settings declare, and switch off those that they declare no more.

        Raises SettingsError for each line that is not understood; then nothing is changed.
        """
        wanted = declared(self._desk, lines, await self._store.now())
        places = {one.place for one in wanted}
        for one in await self._store.every():
            if one.declared and one.place not in places:
                await self._store.put(replace(one, state=State.OFF, declared=False))
        for new in await self.new(wanted):
            await self.keep(new)

    async def new(self, wanted: Sequence[Subscription]) -> list[Subscription]:
        """Those of what the settings declare that the store has not, or not so."""
        found = [(new, await self._store.find(new.place)) for new in wanted]
        return [
            new
            for new, known in found
            if known is None or replace(new, id=known.id, since=known.since) != replace(known, state=new.state)
        ]

    async def keep(self, change: Subscription) -> None:
        """Keep a change that `answer` proposed. A forum has one daily lesson: one that came there otherwise ends."""
        if change.forum:
            for one in await self._store.every(change.place.platform, change.place.workspace):
                if one.place.channel == change.place.channel and one.place != change.place:
                    await self._store.put(replace(one, state=State.OFF, reason=""))
        await self._store.put(change)

    async def managed(self, platform: str, workspace: str, manager: Manager) -> list[tuple[Subscription, Card]]:
        """The subscriptions of a workspace that somebody set up and may change, each with its state and terms."""
        named = self._desk.settings.daily.managers
        if not manager.allowed or (named and manager.id not in named):
            return []
        now = await self._store.now()
        every = await self._store.every(platform, workspace)
        return [(one, self._told(one, await self._next(one, now))) for one in every if one.by == manager.id]

    async def first_time(self, event: str) -> bool:
        """Whether no process has had this event. While the database cannot be asked, every event counts as new."""
        try:
            return await self._store.first_time(event)
        except StoreError:
            return True

    async def forget(self, platform: str, workspace: str) -> None:
        """Forget all of a workspace that removed the bot."""
        await self._store.forget(platform, workspace)

    def _refusal(self, place: Place, manager: Manager) -> str | None:
        named = self._desk.settings.daily.managers
        if named and manager.id not in named:
            return wording.NAMED_MANAGERS
        return None if manager.allowed else wording.MANAGERS_ONLY[place.platform]

    # ---- changes

    async def _on(self, made: Subscription, known: Subscription | None) -> Answer:
        if not self._desk.heads(self._desk.library.scope(made.within)):
            return Answer(cards.note(wording.NO_LESSON))
        upcoming = await self._next(made, made.since)
        # In a forum it is posted all the same: its thread may be gone.
        if known and not made.forum and replace(known, since=made.since) == made:
            return self._already("on", made, upcoming)
        said = wording.daily_changed("change" if known and known.state is State.ON else "on", made.by_name)
        return Answer(self._told(made, upcoming), self._announced(said, made, upcoming), made, proof=True)

    async def _changed(self, verb: str, found: Subscription, asker: Asker, now: datetime) -> Answer:
        if verb == "skip" and found.state is not State.ON:
            return Answer(cards.note(self._none_comes()))
        upcoming = await self._next(found, now)
        skipped = await self._next(replace(found, skip=None), now)
        changed = {
            "off": replace(found, state=State.OFF, reason=""),
            "pause": replace(found, state=State.PAUSED, reason=""),
            "resume": replace(found, state=State.ON, reason="", since=now),
            "skip": replace(found, skip=skipped.date),
        }[verb]
        if replace(changed, since=found.since) == found:
            return self._already(verb, found, upcoming, wording.when(skipped, found.schedule.zone))
        upcoming = await self._next(changed, now)
        said = wording.daily_changed(verb, asker.name)
        post = self._announced(said, changed, upcoming)
        if changed.state is not State.ON:
            post = replace(post, fields=(), accent=Accent.PLAIN)
        return Answer(self._told(changed, upcoming), post, changed, proof=verb == "resume")

    def _already(self, verb: str, found: Subscription, upcoming: Occurrence, when: str = "") -> Answer:
        return Answer(replace(self._told(found, upcoming), body=(wording.ALREADY[verb].format(when=when),)))

    def _none_comes(self) -> str:
        return wording.NONE_COMES.format(prefix=self._desk.prefix)

    async def _next(self, subscription: Subscription, now: datetime) -> Occurrence:
        return next(await self._upcoming(subscription, now))

    async def _upcoming(self, subscription: Subscription, now: datetime) -> Iterator[Occurrence]:
        """What is to come, but for a local date that was owed already, before a change perhaps, and one left out."""
        latest = (await self._store.deliveries([subscription.id], 1))[subscription.id]
        last = latest[0].date if latest else date.min
        dates = occurrences(subscription.schedule, now)
        return (one for one in dates if one.date > last and one.date != subscription.skip)

    def _announced(self, said: str, subscription: Subscription, upcoming: Occurrence) -> Card:
        title = wording.DAILY if subscription.forum else ""  # of the post that it may open
        return Card(title, (said,), self._terms(subscription, upcoming), accent=Accent.LESSON)

    def _told(self, subscription: Subscription, upcoming: Occurrence) -> Card:
        state = wording.STATES[subscription.state]
        return Card(title=f"{wording.DAILY}: {state}", fields=self._terms(subscription, upcoming), accent=Accent.LESSON)

    def _terms(self, subscription: Subscription, upcoming: Occurrence) -> tuple[Field, ...]:
        schedule = subscription.schedule
        when = f"{schedule.time:%H:%M}, {describe_days(schedule.days)}, {schedule.zone}"
        fields = [Field(wording.DAILY, when), Field(wording.FROM, self._source(subscription.within))]
        if subscription.forum:
            fields.append(Field(wording.IN_THE_FORUM, wording.FORUMS[subscription.forum]))
        if subscription.state is State.ON:
            fields.append(Field(wording.NEXT_LESSON, f"{wording.when(upcoming, schedule.zone)} ({schedule.zone})"))
        return tuple(fields)

    def _source(self, within: str) -> str:
        library = self._desk.library
        if within in library.topics:
            return library.topics[within].title
        return library.summaries[within].title if within in library.summaries else wording.EVERYTHING

    # ---- what came and what comes

    async def _status(self, found: Subscription, now: datetime) -> Card:
        past = (await self._store.deliveries([found.id], REMEMBERED))[found.id]
        told = self._told(found, await self._next(found, now))
        fields = [*told.fields, Field(wording.SET_UP_BY, found.by_name)]
        if past:
            fields.append(Field(wording.LAST_LESSONS, "\n".join(self._line(found, one) for one in past)))
        body = () if found.state is State.ON else (found.reason, self._none_comes())
        return replace(told, body=tuple(filter(None, body)), fields=tuple(fields))

    def _line(self, subscription: Subscription, delivery: Delivery) -> str:
        day = wording.when(Occurrence(delivery.due, delivery.date), subscription.schedule.zone)
        entry = self._desk.library.get(delivery.entry)
        late = delivery.outcome is Outcome.SENT and delivery.late
        word = "late" if late else delivery.outcome
        outcome = wording.outcome(word, subscription.place.platform, delivery.reason)
        return " · ".join(part for part in (day, outcome, wording.label(entry) if entry else delivery.entry) if part)

    async def _preview(self, options: dict[str, str], asker: Asker, found: Subscription | None, now: datetime) -> Card:
        if options or found is None:
            return (await self._desk.answer(Invocation(("daily", "preview"), self._typed(found, options)), asker)).card
        sent = (await self._store.seen([found.id]))[found.id]
        lessons = rotation.coming(self._lessons(found), sent, str(found.id), self._desk.library.head_of, PREVIEWED)
        if not lessons:
            return cards.note(wording.NO_LESSON)
        latest = (await self._store.deliveries([found.id], 1))[found.id]
        dates = chain(_under_way(latest), await self._upcoming(found, now))
        card = cards.preview(list(zip(dates, lessons, strict=False)), found.schedule.zone)
        return card if found.state is State.ON else replace(card, body=(self._none_comes(),))

    def _typed(self, found: Subscription | None, options: dict[str, str]) -> dict[str, str]:
        """The options, and what the channel's lesson has instead of those that are missing.

        A topic or summary named `everything` is no limit.
        """
        limits, told = {"topic", "summary"}, dict[str, str]()
        if found:
            schedule, library, within = found.schedule, self._desk.library, found.within
            told = {"time": f"{schedule.time:%H:%M}", "timezone": schedule.zone, "days": describe_days(schedule.days)}
            if not limits & options.keys():
                told |= {"topic": within} if within in library.topics else {}
                told |= {"summary": within} if within in library.summaries else {}
        typed = told | options
        unlimited = {name for name in limits & typed.keys() if typed[name].strip().casefold() == wording.EVERYTHING}
        return {name: value for name, value in typed.items() if name not in unlimited}

    async def coming(self, within: timedelta) -> AsyncGenerator[Coming, None]:
        """What every channel will be sent from now on, for so long; nothing in the store is changed."""
        now, heads = await self._store.now(), self._desk.library.head_of
        every = iter(await self._store.every())
        while batch := list(islice(every, _BATCH)):
            ids = [one.id for one in batch]
            sent, latest = await self._store.seen(ids), await self._store.deliveries(ids, 1)
            for one in batch:
                last = latest[one.id][0].date if latest[one.id] else date.min
                dates = [found for found in self._dates(one, now, now + within) if found.date > last]
                if one.state is State.ON:
                    dates = [*_under_way(latest[one.id]), *dates]
                lessons = rotation.coming(self._lessons(one), sent[one.id], str(one.id), heads, len(dates))
                yield Coming(one, tuple(zip(dates, lessons, strict=False)))

    def _dates(self, subscription: Subscription, now: datetime, until: datetime) -> Iterator[Occurrence]:
        if subscription.state is not State.ON:
            return
        schedule = subscription.schedule
        overdue = latest_occurrence(schedule, now)
        owing = overdue.at > subscription.since and now - overdue.at <= self._desk.settings.daily.grace
        upcoming = takewhile(lambda one: one.at <= until, occurrences(schedule, now))
        for one in chain([overdue] if owing else [], upcoming):
            if one.date != subscription.skip:
                yield one

    # ---- the lesson that is due

    async def due(self, claims: Sequence[Claim]) -> Mapping[int, tuple[Entry, Card] | None]:
        """The lesson for each claim and its card, by subscription; None where there is none to send."""
        sent = await self._store.seen([claim.subscription.id for claim in claims])
        now, heads = await self._store.now(), self._desk.library.head_of
        found: dict[int, tuple[Entry, Card] | None] = {}
        for claim in claims:
            subscription = claim.subscription
            chosen = self._desk.library.get(claim.delivery.entry) if claim.delivery.entry else None
            lesson = chosen or rotation.next_lesson(
                self._lessons(subscription), sent[subscription.id], str(subscription.id), heads
            )
            found[subscription.id] = (lesson, self._card(claim, lesson, now)) if lesson else None
        return found

    def _card(self, claim: Claim, lesson: Entry, now: datetime) -> Card:
        card = cards.posted(self._desk.library, lesson, "")
        title = f"{wording.DAILY_LESSON}: {card.title}" if card.title else wording.DAILY_LESSON
        if claim.subscription.place.opens:
            title = wording.label(lesson)  # names the post of a forum
        late = replace(claim.delivery, settled=now).late
        due = wording.when(Occurrence(claim.delivery.due, claim.delivery.date), claim.subscription.schedule.zone)
        said = wording.LATE_LESSON.format(when=due) if late else ""
        footer = "\n".join(part for part in (card.footer.rstrip(), said) if part)
        return replace(card, title=title, footer=footer, actions=(cards.alike(lesson),))

    def _lessons(self, subscription: Subscription) -> Lessons:
        """Those within its limit; all, where that is gone."""
        return self._desk.heads(self._desk.library.scope(subscription.within)) or self._desk.heads(EVERYTHING)


def _under_way(latest: Sequence[Delivery]) -> list[Occurrence]:
    """What is claimed and not sent yet, as its platform is out of reach perhaps: it gets the lesson that comes next."""
    return [Occurrence(one.due, one.date) for one in latest if one.outcome not in FINAL]
