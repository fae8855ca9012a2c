"""Summary text -> Summary. One parser reads both forms of the format.

*Raw*, as pasted from a summary service: headings are recognised by their names. *Kept*, as in content/: front matter,
`## Section`, `### Topic {#id}`, `- **Title:** body {#id same=other-id}`, and below an entry its `~` and `=` lines.
Knows the format; gives out no ids and touches no files.
"""

import re
from collections.abc import Iterator
from datetime import date

from bot.core import fields
from bot.core.errors import ContentError, Problem
from bot.core.reading.drafting import Draft, Limits, Parsed, Reader
from bot.core.reading.lines import unescaped
from bot.core.reading.raw import RawReader
from bot.core.reading.slugs import is_slug
from bot.core.summary import Entry, Listing, Section, Source, Topic

__all__ = ["MAX_KEY", "Limits", "Parsed", "decode", "parse"]

MAX_KEY = 60  # characters of `summary/entry`: short enough to be typed and to fit every platform's button ids

FRONT_MATTER = {
    "title": fields.FieldSpec(fields.text, required=True),
    "kind": fields.FieldSpec(fields.text, required=True),
    "speakers": fields.FieldSpec(fields.texts, ()),
    "url": fields.FieldSpec(fields.text),
    "date": fields.FieldSpec(lambda value: fields.text(str(value) if isinstance(value, date | int) else value)),
    "licence": fields.FieldSpec(fields.text),
    "retired": fields.FieldSpec(fields.texts, ()),
}

_BULLET = re.compile(r"[-*•](?:\s+|$)")
_TITLE = re.compile(r"\*\*((?:\\.|[^\\*])+):\*\* (.+)")
_MARK = re.compile(r"\{#(\S+)((?: [^\s}]+)*) ?\}")


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


def parse(text: str, name: str = "", max_entries: int = Limits().max_entries, *, pasted: bool = False) -> Parsed:
    """A raw or kept summary. `name` is what its keys will begin with; raw entries and topics get no ids here.

    Kept is what begins with front matter; what is `pasted` must hold an id as well, since note apps write such, too.
    Raises ContentError with every problem found. Time grows in proportion to the length of the text.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = lines[0].rstrip() == "---" and not (pasted and "{#" not in text)
    return (_Kept if kept else RawReader)(lines, name, max_entries).read()


class _Kept(Reader):
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
        elif bullet := _BULLET.match(line):
            self._bullet(number, line[bullet.end() :])
        elif not line[0].isspace() or self.open is None:
            self.problem("this line belongs to no entry", "begin it with `- `, or indent it below its entry", number)
        elif text[0] in "~=":
            mark, said = text[0], unescaped(" ".join(text[1:].split()))
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
            self.problem(f"“{self.section.heading}” holds more than one entry", "make one bullet of them", number)
        self.begin(self.section, number, text)

    def _heading(self, number: int, name: str) -> None:
        section = {section.heading.casefold(): section for section in Section}.get(name.casefold())
        if section:
            self.enter(section, number)
            return
        names = ", ".join(f"`## {section.heading}`" for section in Section)
        self.problem(f"“{name}” is no section", f"sections are {names}, and topics begin with `### `", number)
        self.section = self.open = None

    def _topic(self, number: int, heading: str) -> None:
        title, identity, _ = self._marked(" ".join(heading.split()), number)
        if self.section is None or self.section.listing is not Listing.IN_DEPTH:
            mend = f"move it below `## {Section.ALL_IDEAS.heading}` or `## {Section.ALL_LESSONS.heading}`"
            self.problem("a topic stands outside the in-depth lists", mend, number)
        self.topic, self.open = Topic(unescaped(title), identity, number, self.name), None

    def _entry(self, draft: Draft) -> Iterator[Entry]:
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
                unescaped(body),
                title and unescaped(title),
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
