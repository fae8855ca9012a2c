"""A pasted document by its sections: headings are known by their names, and what the layout of the rest tells.

Knows names and places; makes no entries.
"""

import re
from functools import cached_property
from itertools import pairwise

from bot.core.reading.lines import Line
from bot.core.summary import Listing, Section

MAX_HEADING = 100  # characters of a heading that is known by its name


def key(text: str) -> str:
    """A heading's words, by which it is known whatever its emoji, case and punctuation."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


_SECTIONS = {
    **{key(section.heading): section for section in Section},
    "1 sentence summary": Section.ONE_SENTENCE,
    "one sentence summary": Section.ONE_SENTENCE,
    "favorite quote from the author": Section.QUOTE,
    "favourite quote from the author": Section.QUOTE,
    "favorite quote": Section.QUOTE,
    "favorite quotes": Section.QUOTE,
    "favourite quotes": Section.QUOTE,
    "tldr": Section.TLDR,
    "key takeaways": Section.IDEAS,
    "lessons learned": Section.LESSONS,
    "lessons": Section.LESSONS,
    "all lessons learned": Section.ALL_LESSONS,
    "all lessons": Section.ALL_LESSONS,
}
_CONTAINERS = {"quick takes", "in depth"}
# What follows a summary on a page and would be taken for one more topic of its in-depth lists.
FOREIGN = {"sources", "references", "bibliography", "footnotes", "further reading", "related summaries", "transcript"}
CLICKBAIT = re.compile(r"is this (?:(.{1,60}) )?clickbait\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:\d+ )+(?!sentence)")  # ahead of a heading's name: `3.1 Soil`, `[00:00] Soil`


class Part:
    """The lines below one heading, and what their layout tells. Those under no section's have no `section`."""

    def __init__(self, section: Section | None, heading: Line) -> None:
        self.section, self.heading = section, heading
        self.in_depth = section is not None and section.listing is Listing.IN_DEPTH
        self.take = section is not None and section.listing is Listing.TAKE
        self.lines: list[Line] = []

    def after(self, at: int) -> Line | None:
        """The line after the one at this place."""
        return self.lines[at + 1] if at + 1 < len(self.lines) else None

    @cached_property
    def bare(self) -> bool:
        """Whether nothing here has a bullet."""
        return not any(line.mark for line in self.lines)

    @cached_property
    def leading(self) -> list[bool]:
        """For each line, whether all that stands between it and the next bullet could be headings."""
        leading = [False] * len(self.lines)
        for at in range(len(self.lines) - 2, -1, -1):
            leading[at] = bool(self.lines[at + 1].mark) or (not self.lines[at + 1].stated and leading[at + 1])
        return leading

    @cached_property
    def unstopped(self) -> bool:
        """Whether bullets end without a full stop here, so that it does not tell where an entry ends."""
        several = [one.stated for one, other in pairwise(self.lines) if one.mark and (other.mark or other.spaced)]
        return bool(several) and not any(several)

    @cached_property
    def apart(self) -> bool:
        """Whether blank lines part what has no bullets."""
        return any(line.spaced for line in self.lines[1:])

    def begins(self, at: int) -> bool:
        """Whether a paragraph begins here; where no blank lines part them, each line is one."""
        return at == 0 or (self.lines[at].spaced if self.apart else not self.lines[at].text[:1].islower())

    def outlines(self, at: int) -> bool:
        """Whether a bullet is the heading of bullets that are indented below it, or of another kind."""
        if len(self.lines) < 2 or not all(line.mark for line in (*self.lines[:2], self.lines[at])):
            return False
        first, second, line, after = *self.lines[:2], self.lines[at], self.after(at)
        numbered = first.mark == "1" != second.mark
        if line.indent != first.indent or not (second.indent > first.indent + 1 or numbered) or line.stated:
            return False
        return after is not None and (after.mark != "1" == line.mark if numbered else after.indent > line.indent + 1)


def read_parts(lines: list[Line]) -> tuple[list[Part], Line | None]:
    """The document by its sections, the first part being what stands before them; and where a second summary begins."""
    parts, held = [Part(None, Line(0, ""))], set[Section]()
    for line, after in zip(lines, [*lines[1:], None], strict=False):
        section, is_heading = _named(line, after)
        taken = section is not None and (section.listing is Listing.TAKE or section in held)
        if is_heading and not (taken and parts[-1].in_depth and after and after.mark):  # else a topic called so
            parts.append(Part(section, line))
        elif after and key(line.text).endswith("summary") and _named(after, None)[0] in held:
            return parts, line
        else:
            parts[-1].lines.append(line)
            held |= {parts[-1].section} if parts[-1].section else set()
    return parts, None


def _named(line: Line, after: Line | None) -> tuple[Section | None, bool]:
    """The section whose name a line is, and whether it is a heading: Quick Takes and In-Depth only hold sections."""
    deeper = after is not None and after.indent > line.indent + 1
    if len(line.text) > MAX_HEADING or (line.mark not in ("", "1") and not deeper):
        return None, False
    name = key(line.text)
    name = name if name in _SECTIONS else _NUMBERED.sub("", name)
    section = Section.CLICKBAIT if CLICKBAIT.fullmatch(name) else _SECTIONS.get(name)
    return section, section is not None or name in _CONTAINERS
