"""What the bot answers with, as Cards: an entry, results, a topic, a summary, a preview, help, a problem.

Knows how an answer is made up. Finds and chooses nothing itself.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.core import excerpts
from bot.core.answering import wording
from bot.core.answering.card import Accent, Action, Card, Choice, Field, Verb
from bot.core.answering.commands import COMMANDS, Command, usage
from bot.core.errors import Problem
from bot.core.finding.marks import marks, pieces
from bot.core.library import Library
from bot.core.scheduling.recurrence import Occurrence
from bot.core.summary import Entry, Kind, Listing, Section, Summary, Topic

SNIPPET = 160  # characters of an entry's text in a list
TOPIC_PAGE = 10  # entries of a topic at once
READ_AT_ONCE = 2400  # characters of an entry's text in full: with all around it less than Discord's 4,000 a message
SAID_ELSEWHERE = 500  # characters that tell where else an entry is said
GLANCE = 600  # characters of a take in a summary at a glance, and of an entry that may be quoted
FURTHER = 10  # results that More results can still show

_ACCENTS = {Kind.IDEA: Accent.IDEA, Kind.LESSON: Accent.LESSON, Kind.QUOTE: Accent.QUOTE, Kind.TAKE: Accent.TAKE}


def entry(library: Library, entry: Entry, actions: tuple[Action, ...] | None = None, page: int = 0) -> Card:
    """An entry in full, a page at a time where it is long, where else it is said, and where it comes from."""
    others = [member for member in library.family(entry) if member is not entry]
    also = [f"{wording.SECTIONS[other.section]}: {wording.label(other)} ({other.id})" for other in others]
    pages = excerpts.pages(entry.text, READ_AT_ONCE)
    page = min(max(page, 0), len(pages) - 1)
    on = (Action(wording.READ_ON, Verb.OPEN, (entry.key, str(page + 1))),) if page + 1 < len(pages) else ()
    return Card(
        title=_title(entry),
        body=(pages[page],),
        fields=(Field(wording.ALSO_SAID, excerpts.shortened("\n".join(also), SAID_ELSEWHERE)),) if also else (),
        actions=(*on, *((share(entry), alike(entry)) if actions is None else actions)),
        footer=_footer(library, entry),
        accent=_ACCENTS[entry.kind],
        quoted=entry.kind is Kind.QUOTE,
    )


def posted(library: Library, entry: Entry, said: str, *, quoted: bool = False) -> Card:
    """An entry as the whole channel sees it; `said` tells who shared or quoted it."""
    return Card(
        title=_title(entry),
        body=(_read_on(entry, READ_AT_ONCE),),
        footer=f"{_footer(library, entry)}\n{said}",
        accent=_ACCENTS[entry.kind],
        quoted=quoted or entry.kind is Kind.QUOTE,
    )


def results(
    library: Library,
    found: Sequence[Entry],
    shown: int,
    preface: str = "",
    matched: frozenset[str] = frozenset(),
) -> Card:
    """The best entry in full and the next ones to open, `shown` in all; the rest waits behind More results.

    `preface` tells how the query was understood; `matched` are the stems of its words, which are marked.
    """
    best, rest = found[0], found[1:shown]
    card = entry(library, best)
    choices = tuple(choice(library, other, matched=matched) for other in rest)
    said = (card.title, *card.body, *(text for other in choices for text in (other.title, other.text)))
    return replace(
        card,
        choices=choices,
        actions=(*card.actions, *_more(found[shown:])),
        preface=preface,
        marks=marks(said, matched),
    )


def further(library: Library, entries: Sequence[Entry], shown: int, title: str = wording.FURTHER) -> Card:
    """Entries to open, `shown` of them at once."""
    choices = tuple(choice(library, other) for other in entries[:shown])
    return Card(title=title, choices=choices, actions=_more(entries[shown:]))


def which_quote(library: Library, entries: Sequence[Entry], title: str = wording.WHICH_QUOTE) -> Card:
    """The best entries to choose from before one is quoted, with nearly all that would be posted."""
    choices = tuple(
        replace(choice(library, other, Verb.QUOTE), text=excerpts.shortened(other.text, GLANCE)) for other in entries
    )
    return Card(title=title, choices=choices)


def offer(library: Library, entries: Sequence[Entry], *, fits: bool) -> Card:
    """What may answer a message: what fits; what only comes near, and is called so; or nothing."""
    card = which_quote(library, entries, wording.WHICH_FITS)
    if fits:
        return card
    return replace(card, title="", body=(wording.NEAREST if entries else wording.NOTHING_FITS,))


def nothing(
    library: Library, query: str, topics: Sequence[Topic], near: Sequence[Entry], verb: Verb, *, hint: str
) -> Card:
    """Nothing fits: the entries that come near, with a hint at how, else the topics that do."""
    choices = tuple(choice(library, other, verb) for other in near) or tuple(
        Choice(topic.title, Action(wording.OPEN, Verb.TOPIC, (topic.key, "0"))) for topic in topics
    )
    return Card(body=(wording.found_nothing(query), hint if near else wording.perhaps(query, topics)), choices=choices)


def lesson(library: Library, entry_: Entry, within: str, *, today: bool = False) -> Card:
    """A lesson to read now; `within` is the topic or summary that Another keeps to, or ""."""
    another = Action(wording.ANOTHER, Verb.ANOTHER, (entry_.key, within))
    card = entry(library, entry_, (another, share(entry_), alike(entry_)))
    title = f"{wording.TODAY}: {card.title}" if today else card.title
    return replace(card, title=title, fields=())


def summary(found: Summary) -> Card:
    """A summary at a glance: its takes, and its topics to open."""
    takes = {section: found.take(section) for section in Section if section.listing is Listing.TAKE}
    lead = takes.pop(Section.ONE_SENTENCE) or takes.get(Section.TLDR)
    fields = [
        Field(wording.SECTIONS[section], f"“{said}”" if section is Section.QUOTE else said)
        for section, take in sorted(takes.items(), key=lambda pair: _GLANCE.index(pair[0]))
        if take and take is not lead and (said := _read_on(take, GLANCE))
    ]
    counts = {topic: sum(1 for one in found.entries if one.topic == topic) for topic in found.topics}
    kinds = {one.topic: one.kind for one in found.entries}
    choices = tuple(
        Choice(
            topic.title,
            Action(wording.OPEN, Verb.TOPIC, (topic.key, "0")),
            note=wording.counted(number, wording.KINDS[kinds[topic]]),
        )
        for topic, number in counts.items()
    )
    return Card(
        title=found.title,
        body=(_read_on(lead, GLANCE),) if lead else (),
        fields=tuple(fields),
        choices=choices,
        footer=f"{wording.holds(found)} · {found.source.kind} · {found.name}",
        accent=Accent.TAKE,
    )


_GLANCE = (Section.TLDR, Section.QUOTE, Section.CONCLUSION, Section.CLICKBAIT)


def summaries(library: Library) -> Card:
    """Every summary, to open."""
    choices = tuple(
        Choice(one.title, Action(wording.OPEN, Verb.SUMMARY, (one.name,)), note=f"{wording.holds(one)} · {one.name}")
        for one in library.summaries.values()
    )
    return Card(title=wording.WHICH_SUMMARY, choices=choices)


def topic(library: Library, found: Topic, page: int) -> Card:
    """A page of a topic's entries."""
    entries = library.within(found)
    page = min(max(page, 0), (len(entries) - 1) // TOPIC_PAGE)
    here = entries[page * TOPIC_PAGE : (page + 1) * TOPIC_PAGE]
    more = Action(wording.MORE_ENTRIES, Verb.TOPIC, (found.key, str(page + 1)))
    back = Action(wording.OPEN_SUMMARY, Verb.SUMMARY, (found.summary,))
    return Card(
        title=found.title,
        body=(wording.counted(len(entries), wording.KINDS[here[0].kind]),),
        choices=tuple(choice(library, other) for other in here),
        actions=(more, back) if (page + 1) * TOPIC_PAGE < len(entries) else (back,),
        footer=f"{wording.source(library.summaries[found.summary])} · {found.key}",
        accent=_ACCENTS[here[0].kind],
    )


def preview(coming: Sequence[tuple[Occurrence, Entry]], zone: str) -> Card:
    """Which lesson would come when. The dates are those of the local day that each lesson is meant for."""
    fields = tuple(Field(wording.when(occurrence, zone), wording.label(lesson)) for occurrence, lesson in coming)
    return Card(title=wording.PREVIEW, fields=fields, footer=wording.in_zone(zone), accent=Accent.LESSON)


def help_(prefix: str) -> Card:
    """Every command of the table, with an example of each."""
    fields = []
    for outer in COMMANDS:
        for command, before in _spelled(outer, "/" + prefix):
            example = f"\n{command.example.replace('/', before.partition(' ')[0][: 1 + len(prefix)], 1)}"
            fields.append(Field(usage(command, before), command.description + (example if command.example else "")))
    return Card(title=wording.BOT, body=(wording.TAGLINE,), fields=tuple(fields), footer=wording.HELP_LINK)


def _spelled(outer: Command, slash: str) -> list[tuple[Command, str]]:
    """The commands that can be given, each with what stands before its own name."""
    return [(inner, f"{slash}{outer.name} ") for inner in outer.commands] or [(outer, slash)]


def about(library: Library, version: str) -> Card:
    """What the bot is and what it knows."""
    fields = tuple(Field(wording.source(one), wording.holds(one)) for one in library.summaries.values())
    return Card(title=f"{wording.BOT} {version}", body=(wording.TAGLINE, wording.ABOUT), fields=fields)


def problems(found: Sequence[Problem]) -> Card:
    """What went wrong and what to do."""
    return Card(body=tuple(f"{problem.reason}; {problem.mend}" for problem in found), accent=Accent.WARNING)


def note(text: str, actions: tuple[Action, ...] = ()) -> Card:
    """One sentence."""
    return Card(body=(text,), actions=actions)


def undoable(confirmation: Card, undo: tuple[str, ...]) -> Card:
    """A confirmation that knows where the post is: `undo` is what UNDO takes; () where the post carries its own."""
    actions = (Action(wording.UNDO, Verb.UNDO, undo),) if undo else ()
    card = confirmation.without(Verb.UNDO)
    return replace(card, actions=(*card.actions, *actions))


def choice(library: Library, entry: Entry, verb: Verb = Verb.OPEN, matched: frozenset[str] = frozenset()) -> Choice:
    """An entry in a list. Its text is the beginning, or that part of it which has the stems `matched`."""
    label = wording.QUOTE_THIS if verb is Verb.QUOTE else wording.OPEN
    return Choice(
        wording.label(entry),
        Action(label, verb, (entry.key,)),
        _snippet(entry.text, wording.label(entry), matched),
        wording.place(entry, library.topic_of(entry)),
    )


def _snippet(text: str, title: str, matched: frozenset[str]) -> str:
    """The beginning of a text; where only what follows tells more than the title of what matched, that."""
    short = excerpts.shortened(text, SNIPPET)
    if not matched or len(text) <= SNIPPET or marks((short,), matched):
        return short
    telling = frozenset(word for word in marks((text,), matched) if word.casefold() not in title.casefold())
    before, *after = (piece for piece, _ in pieces(text, telling))
    return excerpts.excerpt(text, len(before), SNIPPET) if after else short


def share(entry: Entry) -> Action:
    return Action(wording.SHARE, Verb.SHARE, (entry.key,))


def alike(entry: Entry) -> Action:
    return Action(wording.ALIKE, Verb.ALIKE, (entry.key,))


def _more(rest: Sequence[Entry]) -> tuple[Action, ...]:
    keys = tuple(entry.key for entry in rest[:FURTHER])
    return (Action(wording.MORE_RESULTS, Verb.RESULTS, keys),) if keys else ()


def _title(entry: Entry) -> str:
    return entry.title or (wording.SECTIONS[entry.section] if entry.listing is Listing.TAKE else "")


def _read_on(entry: Entry, longest: int) -> str:
    """An entry's text, or its beginning and the id under which the rest can be read."""
    return entry.text if len(entry.text) <= longest else wording.beginning(entry, longest)


def _footer(library: Library, entry: Entry) -> str:
    place = wording.place(entry, library.topic_of(entry))
    return f"{place}\n{wording.source(library.summaries[entry.summary])}"
