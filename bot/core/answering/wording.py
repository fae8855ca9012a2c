"""What the bot says in a chat or a terminal, and the small print around an entry. Plain words, no markup.

What was not understood is told in `refusals.py`; what one platform alone says, in the `wording.py` of its adapter.
"""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from bot.core.excerpts import shortened
from bot.core.scheduling.recurrence import Occurrence
from bot.core.summary import Entry, Kind, Section, Summary, Topic

BOT = "Commonplace"
TAGLINE = "The ideas and lessons of what your team has read and heard, where you work."
HOW_TO_START = "Type a few words or a question, or a command: {commands}. {help} tells more."
ABOUT = (
    "A talk, a paper, a long conversation is summarised once, read once and forgotten. I keep the summary's ideas and "
    "lessons at hand: look one up, read one a day, or quote one into a discussion when it matters."
)
HELP_LINK = "[[some-id]] or an id, where a query is expected, means that very entry."
TODAY = "Today's lesson"
ONE_MOMENT = "That is not there any more. Look it up again."

SHARE = "Share"
QUOTE_THIS = "Quote this"
ANOTHER = "Another"
ALIKE = "More like this"
READ_ON = "Read on"
MORE_RESULTS = "More results"
MORE_ENTRIES = "More of this topic"
OPEN_SUMMARY = "Open the summary"
UNDO = "Undo"
OPEN = "Open"

SHARED = "Shared with the channel."
QUOTED = "Quoted into the channel."
TAKEN_BACK = "Taken back."
NO_LESSON = "There is no lesson in what you chose. Try another topic or summary."
NOTHING_ALIKE = "Nothing else comes close to this one."
WHICH_QUOTE = "Which one do you mean?"
DID_YOU_MEAN = "Did you mean one of these?"
ELSEWHERE = "Without the filter this does:"
WHICH_SUMMARY = "What the bot knows"
FURTHER = "Further results"
ALSO_SAID = "Also said in"
PREVIEW = "The next lessons"

SECTIONS = {
    Section.CLICKBAIT: "Is it clickbait?",
    Section.ONE_SENTENCE: "In one sentence",
    Section.QUOTE: "Favourite quote",
    Section.TLDR: "tl;dr",
    Section.IDEAS: "Key ideas",
    Section.LESSONS: "Lessons",
    Section.CONCLUSION: "Conclusion",
    Section.ALL_IDEAS: "All ideas",
    Section.ALL_LESSONS: "All lessons",
}
KINDS = {Kind.IDEA: "idea", Kind.LESSON: "lesson", Kind.QUOTE: "quote", Kind.TAKE: "take"}


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    words = list(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def counted(number: int, noun: str) -> str:
    """`1 idea`, `1,200 ideas`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def beginning(entry: Entry, longest: int) -> str:
    """As much of an entry's text as fits, and how to read on."""
    return f"{shortened(entry.text, longest)} ({READ_ON}: [[{entry.key}]])"


def label(entry: Entry) -> str:
    """What an entry is called in a list: its title, what kind of take it is, or its beginning."""
    if entry.title:
        return entry.title
    if entry.kind in (Kind.TAKE, Kind.QUOTE):
        return SECTIONS[entry.section]
    return shortened(entry.text, 70)


def place(entry: Entry, topic: Topic | None) -> str:
    """`Lesson · Scaling up · gpt-4.5/rare-failures`."""
    kind = KINDS[entry.kind].capitalize()
    return " · ".join(part for part in (kind, topic.title if topic else "", entry.key) if part)


def source(summary: Summary) -> str:
    """`Pre-training GPT-4.5 (conversation, Ada and Bob)`; neither a kind that is the whole title nor nobody."""
    kind = summary.source.kind if summary.source.kind.casefold() != summary.title.casefold() else ""
    said = ", ".join(filter(None, (kind, listed(summary.source.speakers))))
    return f"{summary.title} ({said})" if said else summary.title


def shared_by(name: str) -> str:
    return f"Shared by {name}"


def quoted_by(name: str) -> str:
    return f"Quoted by {name}"


def understood(repaired: str | None, unheld: Sequence[str]) -> str:
    """How a query was read, where that is not as it was typed; `unheld` are words of it that no entry holds."""
    shown = f"Showing what fits “{shortened(repaired, 160)}”." if repaired else ""
    missing = listed([f"“{shortened(word, 40)}”" for word in unheld], "or")
    return f"{shown} No entry says {missing}; this comes nearest.".strip() if unheld else shown


def found_nothing(query: str) -> str:
    return (
        f"Nothing fits “{shortened(query, 80)}”."
        if query.strip()
        else "That is an empty query. Type what to look for, or browse."
    )


def perhaps(query: str, topics: Sequence[Topic]) -> str:
    way = "open one of these topics:" if topics else "open a summary and browse its topics."
    return f"Try other words, or {way}" if query.strip() else way[0].upper() + way[1:]


def when(occurrence: Occurrence, zone: str) -> str:
    """`Sun 8 Mar, 03:00`: the local date that a lesson is meant for and the local time at which it comes."""
    local = occurrence.at.astimezone(ZoneInfo(zone))
    later = f" on {_DAYS[local.weekday()]}" if local.date() != occurrence.date else ""
    day = f"{_DAYS[occurrence.date.weekday()]} {occurrence.date.day} {_MONTHS[occurrence.date.month - 1]}"
    return f"{day}, {local:%H:%M}{later}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_zone(zone: str) -> str:
    return f"Local time in {zone}."


def holds(summary: Summary) -> str:
    """How much of what a summary holds: `77 ideas, 64 lessons, 5 takes in 20 topics`."""
    kinds = summary.kinds
    takes = kinds[Kind.TAKE] + kinds[Kind.QUOTE]
    numbers = ((kinds[Kind.IDEA], "idea"), (kinds[Kind.LESSON], "lesson"), (takes, "take"))
    parts = [counted(number, noun) for number, noun in numbers if number]
    return listed(parts) + (f" in {counted(len(summary.topics), 'topic')}" if summary.topics else "")


TOKENS_TO_SET = (
    "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN (.env.example lists them all); "
    "`python -m bot console` needs none"
)

# What every chat platform says around an answer, and where a call fails.
SEARCHED = "Find an idea"
SEARCH_HINT = "Type a few words"
WHICH_FITS = "Which one fits?"
NOTHING_FITS = "Nothing fits this message well enough to quote. Look for an idea yourself:"
NEAREST = "Nothing fits this message well enough to be sure. These come nearest:"
YOUR_NOTE = "A note of yours"
BROWSE = "Summaries"
TOPICS = "Topics"
QUOTE_AN_IDEA = "Quote an idea"
ALREADY_GONE = "That message is gone already."
NOT_YOURS = "Only whoever shared this can take it back."

UNSURE = "{platform} did not answer in time. Look whether it was done before you try again."
PLATFORM_FAULT = "{platform} has a fault of its own at the moment. Try again in a minute."
PAUSE = "{platform} asks for a pause. Try again in {seconds} s."
OWN_FAULT = "That went wrong, and it is my fault. Whoever runs this bot finds it in the log; try again meanwhile."
NOT_KEPT = "What you wrote: {text}"


def sentence(text: str) -> str:
    """Text that begins with a capital and ends with a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


# The daily lesson
NOT_ON = "No daily lesson is on here. /{prefix}daily on switches it on."
ALREADY = {
    "on": "It is so already.",
    "pause": "It is paused already.",
    "resume": "It is on already.",
    "skip": "The lesson of {when} is left out already.",
}
NONE_COMES = "No lesson comes until /{prefix}daily resume."
MANAGERS_ONLY = {
    "slack": "Guests and people of other workspaces cannot change the daily lesson. Ask a member of this workspace.",
    "discord": "That takes Manage Channels there, or the server's own leave for /daily (Integrations). Ask an admin.",
}
NAMED_MANAGERS = "Only the people named in the bot's settings (daily.managers) may change the daily lesson."
DAILY = "Daily lesson"
DECLARED = "This channel's daily lesson is declared in the bot's settings (daily.channels), and is changed there."
THE_SETTINGS = "The settings"
DAILY_LESSON = "Lesson of the day"
LATE_LESSON = "It was due {when} and comes late."
STATES = {"on": "on", "paused": "paused", "refused": "stopped, since I could not post", "off": "off"}
OUTCOMES = {
    "claimed": "on its way",
    "sending": "on its way",
    "sent": "sent",
    "late": "sent late",
    "failed": "not sent",
    "unknown": "perhaps sent: {platform} never confirmed it",
    "missed": "missed, since I was down",
    "skipped": "skipped",
}
NEXT_LESSON = "Next"
LAST_LESSONS = "Last"
SET_UP_BY = "Set up by"
FROM = "From"
EVERYTHING = "everything"
IN_THE_FORUM = "In the forum"
FORUMS = {"post": "A post a day", "thread": "One thread"}
STORE_DOWN = (
    "I cannot reach my database at the moment. Try again in a minute; whoever runs this bot finds it in the log."
)


def daily_changed(verb: str, name: str) -> str:
    """What somebody did to a channel's daily lesson, for all to read."""
    did = {
        "on": "switched on a daily lesson here",
        "change": "changed the daily lesson here",
        "off": "switched off the daily lesson here",
        "pause": "paused the daily lesson here",
        "resume": "resumed the daily lesson here",
        "skip": "skipped the next lesson here",
    }
    return f"{name} {did[verb]}."


def stopped(reason: str, prefix: str, forum: str) -> str:
    """To whoever set a daily lesson up that cannot be posted any more."""
    resume = f"/{prefix}daily resume{' with channel: naming the forum' if forum else ''}"
    return f"I stopped the daily lesson that you set up: {reason} Then {resume} goes on with it."


def outcome(word: str, platform: str, reason: str) -> str:
    told = OUTCOMES[word].format(platform=platform.capitalize())
    return f"{told} ({reason.rstrip('.')})" if reason else told


UNREACHED = "{platform} could not be reached"


def unconfirmed(platform: str) -> str:
    name = platform.capitalize()
    return f"{name} never confirmed today's lesson, so I do not know whether it was posted. I do not send it twice."


def upgraded(before: str, after: str) -> str:
    return f"The database has schema {after} already." if before == after else f"The database now has schema {after}."


def brought_in(number: int) -> str:
    return f"The database now holds what the backup held: {counted(number, 'row')}."


NOWHERE_ON = "No daily lesson is on anywhere."
WITH_THE_NEXT_RUN = "declared in the settings (daily.channels): begins when the bot starts next"
NOT_IN_THESE_DAYS = "nothing in these days"
OVERDUE = "overdue: comes as soon as the bot runs and the platform takes it"
