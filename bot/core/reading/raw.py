"""Reads the raw form of a summary, pasted from a summary service or a note app: headings by their names and places.

Nothing goes under the wrong heading without a word: what stands under none that is known is left out and told
(`Parsed.left_out`), and so is where a line was read in one of two ways (`Parsed.doubts`).
"""

import re
from dataclasses import replace

from bot.core.reading.drafting import Draft, Parsed, Reader
from bot.core.reading.lines import Line, read_lines, timed
from bot.core.reading.parts import CLICKBAIT, FOREIGN, Part, key, read_parts
from bot.core.summary import Entry, Kind, Section, Source, Topic

MAX_TITLE = 80  # characters within which a lesson's title ends
SHORT_HEADING = 80  # of a heading that only its place tells
_DASHES = ("–", "—")
_BARS = ("|", "<")  # what a line of a table or of HTML begins with
_DECORATION = re.compile(r"[^\w(\[{\"'“‘«]+")  # an emoji ahead of a heading's name
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:\w|(?:\w\.)+\w|e\.?g|i\.?e|etc|vs|cf|al|dr|mrs?|ms|prof|st|jr|sr|no|vol|fig|eq|ca|approx|inc|ltd|co)$",
    re.IGNORECASE,
)


def split_title(text: str) -> tuple[str | None, str]:
    """A lesson's title and body: parted at the first `: ` or `. ` outside abbreviations, if within 80 characters.

    URLs and times hold no blank after their colon, so nothing of them is ever parted.
    """
    for found in re.finditer(r"(?<![.:])[:.] ", text[: MAX_TITLE + 2]):
        title, body = text[: found.start()].rstrip(), text[found.end() :]
        if title and not (found[0] == ". " and _ABBREVIATION.search(title)):
            return title, body
    return None, text


class RawReader(Reader):
    """Reads what a summary service shows: headings by their names, in-depth headings by their place."""

    title = ""
    kind = ""
    bullet = Line(0, "")  # that of the open entry

    def read(self) -> Parsed:
        self.topics: list[Topic] = []
        parts, second = read_parts(read_lines(self._without_front_matter()))
        if second:
            self.problem("a second summary begins here", "give each a file of its own", second.number)
        for part in parts:
            if part.section is None:
                self._front(part.lines)
            else:
                self._part(part, part.section)
        held = {draft.topic for draft in self.drafts}
        self.left_out += [(topic.line, topic.title) for topic in self.topics if topic not in held]
        source = Source(self.title or self.kind or "Summary", self.kind.lower() or "document")
        return self.finish(source, (), [self._entry(draft) for draft in self.drafts if draft.text])

    def _part(self, part: Part, section: Section) -> None:
        if clickbait := CLICKBAIT.search(part.heading.text):
            self.kind = clickbait[1] or ""
        before = len(self.drafts)
        self.enter(section, part.heading.number)
        (self._take if part.take else self._list)(part, section)
        if len(self.drafts) == before:
            del self.seen[section]  # a table of contents names it, too
        elif part.bare and not part.take:
            said = f"“{section.heading}” has no bullets: each paragraph was taken for an entry"
            self.doubts.append((part.heading.number, said))

    def _front(self, lines: list[Line]) -> None:
        """Lines outside every section: the title if it is the first, else nothing that is understood."""
        for line in lines:
            if self.title or self.seen or line.mark or line is not lines[0]:
                self.left_out.append((line.number, line.text))
            else:
                title = " ".join(_bare(line.text).split())
                self.title = re.sub(r"[\s:|–—-]*\bSummary$", "", title, flags=re.IGNORECASE) or title

    def _without_front_matter(self) -> list[str]:
        """The lines, those of a note app's front matter left out."""
        if self.lines[0].rstrip() != "---" or "---" not in (rest := [line.rstrip() for line in self.lines[1:]]):
            return self.lines
        end = rest.index("---") + 2
        self._leave_out([Line(number, line.strip()) for number, line in enumerate(self.lines[1 : end - 1], 2) if line])
        return [""] * end + self.lines[end:]

    def _take(self, part: Part, section: Section) -> None:
        """One entry of all lines, up to a heading that is none of a summary's."""
        for at, line in enumerate(part.lines):
            if self.open is None:
                self.begin(section, line.number, line.text)
                self.bullet = line
            elif self._is_foreign(part, at):
                self._leave_out(part.lines[at:])
                return
            else:
                self._join(self.open, line)

    def _list(self, part: Part, section: Section) -> None:
        if part.bare and part.in_depth and not any(line.stated for line in part.lines):
            self._leave_out(part.lines)  # nothing tells its entries from its headings
            return
        for at, line in enumerate(part.lines):
            if self.open and not self.open.parts and not line.mark and not line.level:  # a `-` alone, its text here
                self._join(self.open, line)
            elif self._is_foreign(part, at):
                self._leave_out(part.lines[at:])
                return
            elif part.in_depth and self._is_topic(part, at):
                title = timed(line.text)
                self.topic, self.open = Topic(_bare(title) or title, line=line.number, summary=self.name), None
                self.topics.append(self.topic)
            elif line.level or line.text.startswith(_BARS) or (self.open is None and not line.mark and not part.bare):
                self._leave_out([line])
            elif self.open is None or self._begins_entry(self.open, part, at):
                self.begin(section, line.number, line.text)
                self.bullet = line
            else:
                self._join(self.open, line)
                if not line.mark and part.leading[at] and _could_be_heading(line) and not line.indent:
                    said = (
                        f"“{line.text}” was read as the end of the entry above; a blank line ahead makes it a heading"
                    )
                    self.doubts.append((line.number, said))

    def _leave_out(self, lines: list[Line]) -> None:
        self.left_out += [(line.number, line.text) for line in lines]

    def _begins_entry(self, draft: Draft, part: Part, at: int) -> bool:
        """Whether a line begins an entry; what is indented below one, or goes on after a dash, belongs to it."""
        line = part.lines[at]
        if not line.mark or line.indent > self.bullet.indent + 1:
            return part.bare and part.begins(at)
        return line.mark not in _DASHES or self.bullet.mark in _DASHES or draft.ended

    def _join(self, draft: Draft, line: Line) -> None:
        """A line goes on with an entry; a bullet within it is told apart by a semicolon."""
        parts, dash = draft.parts, line.mark in _DASHES
        if not parts:
            draft.line, self.bullet = line.number, replace(line, indent=self.bullet.indent, mark=self.bullet.mark)
        elif line.mark and not dash and parts[-1][-1:].isalnum():
            parts[-1] += ";"
        elif self.bullet.bold and len(parts) == 1:
            parts[0] = f"{parts[0].rstrip('.:')}:"
        parts.append(f"{line.mark} {line.text}" if dash else line.text)

    def _is_foreign(self, part: Part, at: int) -> bool:
        """Whether a line is the heading of something that is no part of a summary."""
        line, after = part.lines[at], part.after(at)
        if line.level:
            above = line.level < part.heading.level or (line.level == part.heading.level and not part.in_depth)
            return above or key(line.text) in FOREIGN
        if line.mark or line.indent or not _could_be_heading(line) or self.open is None:
            return False
        if key(line.text) in FOREIGN:
            return line.spaced or self.open.ended
        if not part.take:
            return line.spaced and part.leading[at] and not part.in_depth
        alone = line.spaced and (after is None or after.spaced or not after.text[:1].islower())
        return (line.spaced or self.open.ended) and (
            part.leading[at] or (alone and self.open.ended and part.section is not Section.QUOTE)
        )

    def _is_topic(self, part: Part, at: int) -> bool:
        """Whether a line of an in-depth list is a heading: by its mark, or as it states nothing and bullets follow."""
        line = part.lines[at]
        if line.level or line.mark:
            return line.level > 0 or part.outlines(at)
        if part.bare:
            alone = at + 1 < len(part.lines) and part.begins(at) and part.begins(at + 1)
            return alone and _could_be_heading(line) and not line.text.endswith("?")
        if line.stated or (self.open and line.indent > self.bullet.indent + 1):
            return False
        if self.open is None or (part.leading[at] and (self.open.ended or line.spaced)):
            return True
        return part.leading[at] and part.unstopped and _could_be_heading(line)

    def _entry(self, draft: Draft) -> Entry:
        said = timed(draft.text)
        title, text = split_title(said) if draft.section.kind is Kind.LESSON else (None, said)
        return Entry(draft.section, text, title, topic=draft.topic, line=draft.line)


def _could_be_heading(line: Line) -> bool:
    return not line.stated and len(line.text) <= SHORT_HEADING and not line.text[:1].islower()


def _bare(line: str) -> str:
    """A heading without emoji, Markdown and trailing colon."""
    start = _DECORATION.match(line)
    return line[start.end() if start else 0 :].rstrip(" \t*_:")
