"""Summary text -> Summary. One parser reads both forms of the format.

*Raw*, as pasted from a summary service: headings are recognised by their names. *Kept*, as in content/: front matter,
`## Section`, `### Topic {#id}`, `- **Title:** body {#id same=other-id}`, and below an entry its `~` and `=` lines.
Knows the format; gives out no ids and touches no files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.core import fields
from bot.core.errors import ContentError, Problem
from bot.core.slugs import is_slug
from bot.core.summary import Entry, Kind, Listing, Section, Source, Summary, Topic

MAX_KEY = 60  # characters of `summary/entry`: short enough to be typed and to fit every platform's button ids
MAX_TITLE = 80  # characters within which a lesson's title ends

FRONT_MATTER = {
    "title": fields.FieldSpec(fields.text, required=True),
    "kind": fields.FieldSpec(fields.text, required=True),
    "speakers": fields.FieldSpec(fields.texts, ()),
    "url": fields.FieldSpec(fields.text),
    "date": fields.FieldSpec(lambda value: fields.text(str(value))),
    "licence": fields.FieldSpec(fields.text),
    "retired": fields.FieldSpec(fields.texts, ()),
}

HEADINGS = {
    Section.CLICKBAIT: "Clickbait verdict",
    Section.ONE_SENTENCE: "One sentence",
    Section.QUOTE: "Favourite quote",
    Section.TLDR: "tl;dr",
    Section.IDEAS: "Key ideas",
    Section.LESSONS: "Lessons learnt",
    Section.CONCLUSION: "Conclusion",
    Section.ALL_IDEAS: "All key ideas",
    Section.ALL_LESSONS: "All lessons learnt",
}
_RAW_NAMES = {
    **{name.casefold(): section for section, name in HEADINGS.items()},
    "1-sentence-summary": Section.ONE_SENTENCE,
    "one-sentence-summary": Section.ONE_SENTENCE,
    "one sentence summary": Section.ONE_SENTENCE,
    "favorite quote from the author": Section.QUOTE,
    "favourite quote from the author": Section.QUOTE,
    "favorite quote": Section.QUOTE,
    "tldr": Section.TLDR,
    "lessons learned": Section.LESSONS,
    "lessons": Section.LESSONS,
    "all lessons learned": Section.ALL_LESSONS,
    "all lessons": Section.ALL_LESSONS,
}
_CONTAINERS = {"quick takes", "in-depth", "in depth"}
_CLICKBAIT = re.compile(r"is this (?:(.{1,60}) )?clickbait\?", re.IGNORECASE)
_BOILERPLATE = re.compile(r"want to get your own summary\?|worried about missing something\?", re.IGNORECASE)
_RULE = re.compile(r"[-*_=]{3,}$")
_BULLET = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)])(?:\s+|$)")
_DECORATION = re.compile(r"[^\w(\[{\"'“‘«]+")  # an emoji, `##` or `**` ahead of a heading's name
_SENTENCE_END = re.compile(r"[.!?…。！？؟।։][\"'”’»)\]]*$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:\w|(?:\w\.)+\w|e\.?g|i\.?e|etc|vs|cf|al|dr|mrs?|ms|prof|st|jr|sr|no|vol|fig|eq|ca|approx|inc|ltd|co)$",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\*\*((?:\\.|[^\\*])+):\*\* (.+)")
_MARK = re.compile(r"\{#(\S+)((?: [^\s}]+)*) ?\}")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a summary may be: bytes of its file, entries in it."""

    max_bytes: int = 5_000_000
    max_entries: int = 20_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text holds: the summary, and the lines of a raw text that are no part of it (number, text)."""

    summary: Summary
    left_out: tuple[tuple[int, str], ...] = ()


def decode(data: bytes) -> str:
    """The text of a file. Raises ContentError for what is empty, binary or not UTF-8, saying at which byte."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ContentError(Problem("this is UTF-16, not UTF-8, at byte 0", "save it as UTF-8", 1))
    if (zero := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, zero) + 1
        raise ContentError(Problem(f"this is binary: a zero byte at byte {zero}", "give a text file", line))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # utf-8-sig counts from behind the mark
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, at) + 1
        raise ContentError(Problem(f"this is not UTF-8 at byte {at}", "save it as UTF-8", line)) from None
    if not text.strip():
        raise ContentError(Problem("this is empty", "give the text of a summary", 1))
    return text


def parse(text: str, name: str = "", max_entries: int = Limits().max_entries) -> Parsed:
    """A raw or kept summary. `name` is what its keys will begin with; raw entries and topics get no ids here.

    Raises ContentError with every problem found. Time grows in proportion to the length of the text.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = _Kept(lines, name, max_entries) if lines[0].rstrip() == "---" else _Raw(lines, name, max_entries)
    return reader.read()


def split_title(text: str) -> tuple[str | None, str]:
    """A lesson's title and body: parted at the first `: ` or `. ` outside abbreviations, if within 80 characters.

    URLs and times hold no blank after their colon, so nothing of them is ever parted.
    """
    for found in re.finditer(r"(?<![.:])[:.] ", text[: MAX_TITLE + 2]):
        title, body = text[: found.start()], text[found.end() :]
        if title and not (found[0] == ". " and _ABBREVIATION.search(title)):
            return title, body
    return None, text


def unescape(text: str) -> str:
    """Kept text as it reads: a backslash ahead of punctuation says that the punctuation is meant literally."""
    return _ESCAPED.sub(r"\1", text)


@dataclass(slots=True)
class _Draft:
    """An entry while its lines are being read."""

    section: Section
    line: int
    parts: list[str]
    topic: Topic | None = None
    phrasings: list[str] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.parts).split())

    @property
    def ended(self) -> bool:
        """Whether the text so far ends a sentence."""
        return bool(self.parts) and bool(_SENTENCE_END.search(self.parts[-1].rstrip()[-9:]))


class _Reader:
    """What reading both forms has in common: the place in the document, the drafts and the problems."""

    def __init__(self, lines: list[str], name: str, max_entries: int) -> None:
        self.lines, self.name, self.max_entries = lines, name, max_entries
        self.section: Section | None = None
        self.topic: Topic | None = None
        self.open: _Draft | None = None
        self.drafts: list[_Draft] = []
        self.seen: dict[Section, int] = {}
        self.problems: list[Problem] = []
        self.left_out: list[tuple[int, str]] = []

    def problem(self, reason: str, mend: str, line: int) -> None:
        self.problems.append(Problem(reason, mend, line))

    def enter(self, section: Section, line: int) -> None:
        if section in self.seen:
            first = self.seen[section]
            self.problem(f"“{HEADINGS[section]}” stands here again (first in line {first})", "keep one of them", line)
        self.seen.setdefault(section, line)
        self.section, self.topic, self.open = section, None, None

    def begin(self, section: Section, line: int, text: str) -> None:
        self.open = _Draft(section, line, [text] if text else [], self.topic)
        self.drafts.append(self.open)
        if len(self.drafts) > self.max_entries:
            reason = f"more than {self.max_entries:,} entries"
            raise ContentError(Problem(reason, "split the document, or raise content.max_entries", line))

    def finish(self, source: Source, retired: tuple[str, ...], entries: list[Entry]) -> Parsed:
        if not any(entry.kind in (Kind.IDEA, Kind.LESSON) for entry in entries):
            self.problem(
                "no key idea and no lesson was found",
                "give a summary with a section headed “Key Ideas” or “Lessons Learnt” and bullets below it",
                1,
            )
        if self.problems:
            raise ContentError(sorted(self.problems, key=lambda problem: problem.line or 0))
        entries = [replace(entry, summary=self.name) for entry in entries]
        return Parsed(Summary(self.name, source, tuple(entries), retired), tuple(self.left_out))


class _Raw(_Reader):
    """Reads what a summary service shows: headings by their names, in-depth headings by their place."""

    title = ""
    kind = ""

    def read(self) -> Parsed:
        following = self._following()
        for number, line in enumerate(self.lines, 1):
            if line.strip() and not _RULE.match(line.strip()) and not _BOILERPLATE.match(line.strip()):
                self._line(number, line, following[number])
        source = Source(self.title or self.kind or "Summary", self.kind.lower() or "document")
        return self.finish(source, (), [self._entry(draft) for draft in self.drafts if draft.text])

    def _following(self) -> list[bool]:
        """For each line, counted from 1, whether the next line that is not blank is a bullet."""
        bullets = [False] * (len(self.lines) + 1)
        for at in range(len(self.lines) - 1, 0, -1):
            line = self.lines[at]
            bullets[at] = bool(_BULLET.match(line)) if line.strip() else bullets[at + 1]
        return bullets

    def _line(self, number: int, line: str, before_bullet: bool) -> None:
        bullet = _BULLET.match(line)
        if not bullet and self._heading(number, line.strip(), before_bullet):
            return
        text = line[bullet.end() :].strip() if bullet else line.strip()
        if self.section is None:
            self._front(number, text, bool(bullet))
        elif self.section.listing is Listing.TAKE:
            if self.open is None:
                self.begin(self.section, number, text)
            else:
                self.open.parts.append(text)
        elif bullet:
            self.begin(self.section, number, text)
        elif self.open and not self.open.parts:  # a `-` alone, with its text on this line
            self.open.parts, self.open.line = [text], number
        elif self.section.listing is Listing.IN_DEPTH and before_bullet and (self.open is None or self.open.ended):
            self.topic, self.open = Topic(_bare(text) or text, line=number, summary=self.name), None
        elif self.open:
            self.open.parts.append(text)
        else:
            self.left_out.append((number, text))

    def _heading(self, number: int, line: str, before_bullet: bool) -> bool:
        """Enter the section that a line is the heading of; False where it is none."""
        if len(line) > 100:
            return False
        name = _bare(line)
        if name.casefold() in _CONTAINERS:
            self.section = self.topic = self.open = None
            return True
        clickbait = _CLICKBAIT.fullmatch(name)
        section = Section.CLICKBAIT if clickbait else _RAW_NAMES.get(name.casefold())
        if section is None:
            return False
        in_depth = self.section is not None and self.section.listing is Listing.IN_DEPTH
        if in_depth and before_bullet and (section.listing is Listing.TAKE or section in self.seen):
            return False  # a topic that happens to be called so
        if clickbait:
            self.kind = clickbait[1] or ""
        self.enter(section, number)
        return True

    def _front(self, number: int, text: str, bullet: bool) -> None:
        """A line outside every section: the title if it is the first, else nothing that is understood."""
        if self.title or self.seen or bullet or self.left_out:
            self.left_out.append((number, text))
        else:
            title = " ".join(_bare(text).split())
            self.title = re.sub(r"\s*\bSummary$", "", title, flags=re.IGNORECASE) or title

    def _entry(self, draft: _Draft) -> Entry:
        title, text = split_title(draft.text) if draft.section.kind is Kind.LESSON else (None, draft.text)
        return Entry(draft.section, text, title, topic=draft.topic, line=draft.line)


class _Kept(_Reader):
    """Reads content/NAME.md, where everything is marked, and says what is not."""

    def read(self) -> Parsed:
        end = next((at for at, line in enumerate(self.lines[1:], 1) if line.rstrip() == "---"), None)
        if end is None:
            raise ContentError(Problem("the front matter has no end", "close it with a line `---`", 1))
        values, self.problems = fields.read_fields("\n".join(self.lines[1:end]), FRONT_MATTER, 2)
        retired = values.pop("retired", ())
        self.ids: dict[str, int] = {}
        for number, line in enumerate(self.lines[end + 1 :], end + 2):
            if line.strip():
                self._line(number, line)
        entries = [entry for draft in self.drafts for entry in self._entry(draft)]
        self._check(entries, retired)
        source = Source(**values) if not self.problems else Source("", "")
        return self.finish(source, retired, entries)

    def _line(self, number: int, line: str) -> None:
        text = line.strip()
        if line.startswith("### "):
            self._topic(number, text[4:])
        elif line.startswith("#"):
            self._heading(number, text.lstrip("#").strip())
        elif line[0] in "-*•" and (bullet := _BULLET.match(line)):
            self._bullet(number, line[bullet.end() :])
        elif not line[0].isspace() or self.open is None:
            self.problem("this line belongs to no entry", "begin it with `- `, or indent it below its entry", number)
        elif text[0] in "~=":
            mark, said = text[0], unescape(" ".join(text[1:].split()))
            (self.open.phrasings if mark == "~" else self.open.spellings).append(said)
            if not said:
                self.problem(f"nothing follows the `{mark}`", "write the words, or delete the line", number)
        else:
            self.open.parts.append(text)

    def _bullet(self, number: int, text: str) -> None:
        if self.section is None:
            self.problem("this entry is under no section", "move it below a heading such as `## Key ideas`", number)
            return
        if self.section.listing is Listing.TAKE and self.open:
            self.problem(f"“{HEADINGS[self.section]}” holds more than one entry", "make one bullet of them", number)
        self.begin(self.section, number, text)

    def _heading(self, number: int, name: str) -> None:
        section = {heading.casefold(): section for section, heading in HEADINGS.items()}.get(name.casefold())
        if section:
            self.enter(section, number)
            return
        names = ", ".join(f"`## {heading}`" for heading in HEADINGS.values())
        self.problem(f"“{name}” is no section", f"sections are {names}, and topics begin with `### `", number)
        self.section = self.open = None

    def _topic(self, number: int, heading: str) -> None:
        title, identity, _ = self._marked(" ".join(heading.split()), number)
        if self.section is None or self.section.listing is not Listing.IN_DEPTH:
            mend = f"move it below `## {HEADINGS[Section.ALL_IDEAS]}` or `## {HEADINGS[Section.ALL_LESSONS]}`"
            self.problem("a topic stands outside the in-depth lists", mend, number)
        self.topic, self.open = Topic(unescape(title), identity, number, self.name), None

    def _entry(self, draft: _Draft) -> Iterator[Entry]:
        text, identity, same = self._marked(draft.text, draft.line)
        titled = _TITLE.fullmatch(text)
        title, body = (titled[1], titled[2]) if titled else (None, text)
        if not body:
            self.problem("an entry without text", "write it, or delete the line", draft.line)
        elif titled is None and body.startswith("**"):
            mend = "write `**Title:** text`, or `\\**` where stars are meant"
            self.problem("a bold beginning that is no title", mend, draft.line)
        else:
            yield Entry(
                draft.section,
                unescape(body),
                title and unescape(title),
                identity,
                draft.topic,
                draft.line,
                same,
                tuple(draft.phrasings),
                tuple(draft.spellings),
            )

    def _marked(self, text: str, line: int) -> tuple[str, str, str | None]:
        """Text without its mark, the id and the family that the mark gives. Reports what is wrong with the mark."""
        at = text.rfind("{#")
        mark = _MARK.fullmatch(text, at) if at >= 0 and text[at - 1 : at] in ("", " ") else None
        if mark is None:
            self.problem("no id", "end the line with an id of its own, such as `{#short-name}`", line)
            return text, "", None
        identity, rest = mark[1], mark[2].split()
        same = next((word.removeprefix("same=") for word in rest if word.startswith("same=")), None)
        if len(rest) > (same is not None):
            mend = "write `{#id}` or `{#id same=other-id}`"
            self.problem(f"`{{#{identity}{mark[2]}}}` is not understood", mend, line)
        self._claim(identity, line)
        before = text[:at].rstrip()
        if re.search(r"(?<!\\)(?:\\\\)*\{#", before):
            self.problem("a second `{#`", "write a literal one as `\\{#`", line)
        return before, identity, same

    def _claim(self, identity: str, line: int) -> None:
        if not is_slug(identity):
            mend = "use lower-case letters, digits, `-` and `.`, such as `short-name`"
            self.problem(f"`{identity}` is no id", mend, line)
        elif len(f"{self.name}/{identity}") > MAX_KEY:
            mend = f"keep `{self.name}/{identity}` within {MAX_KEY} characters"
            self.problem(f"the id `{identity}` is too long", mend, line)
        elif identity in self.ids:
            mend = "give one of them another id"
            self.problem(f"the id `{identity}` is taken (line {self.ids[identity]})", mend, line)
        self.ids.setdefault(identity, line)

    def _check(self, entries: list[Entry], retired: tuple[str, ...]) -> None:
        """What only the whole document shows: families, and ids that were retired."""
        by_id = {entry.id: entry for entry in entries}
        for identity in set(retired) & self.ids.keys():
            mend = "give the entry another id: a retired one is never used again"
            self.problem(f"the id `{identity}` is retired", mend, self.ids[identity])
        for entry in entries:
            head = by_id.get(entry.same or entry.id)
            if head is None:
                self.problem(f"`same={entry.same}` names no entry", "name the fullest member of the family", entry.line)
            elif entry.same and head.same:
                mend = f"name the fullest member itself: `same={head.same}`"
                self.problem(f"`{entry.same}` is a member of a family, not its fullest", mend, entry.line)
            elif entry.same and head.kind is not entry.kind:
                mend = "only entries of one kind make a family"
                self.problem(f"`{entry.same}` is of another kind ({head.kind})", mend, entry.line)


def _bare(line: str) -> str:
    """A heading without emoji, Markdown and trailing colon."""
    start = _DECORATION.match(line)
    return line[start.end() if start else 0 :].rstrip(" \t*_:")
