"""Reads the raw form of a summary, as pasted from a summary service: headings by their names and places."""

import re

from bot.core.drafting import BULLET, HEADINGS, Draft, Parsed, Reader
from bot.core.summary import Entry, Kind, Listing, Section, Source, Topic

MAX_TITLE = 80  # characters within which a lesson's title ends

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
_DECORATION = re.compile(r"[^\w(\[{\"'“‘«]+")  # an emoji, `##` or `**` ahead of a heading's name
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:\w|(?:\w\.)+\w|e\.?g|i\.?e|etc|vs|cf|al|dr|mrs?|ms|prof|st|jr|sr|no|vol|fig|eq|ca|approx|inc|ltd|co)$",
    re.IGNORECASE,
)


def split_title(text: str) -> tuple[str | None, str]:
    """A lesson's title and body: parted at the first `: ` or `. ` outside abbreviations, if within 80 characters.

    URLs and times hold no blank after their colon, so nothing of them is ever parted.
    """
    for found in re.finditer(r"(?<![.:])[:.] ", text[: MAX_TITLE + 2]):
        title, body = text[: found.start()], text[found.end() :]
        if title and not (found[0] == ". " and _ABBREVIATION.search(title)):
            return title, body
    return None, text


class RawReader(Reader):
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
            bullets[at] = bool(BULLET.match(line)) if line.strip() else bullets[at + 1]
        return bullets

    def _line(self, number: int, line: str, before_bullet: bool) -> None:
        bullet = BULLET.match(line)
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

    def _entry(self, draft: Draft) -> Entry:
        title, text = split_title(draft.text) if draft.section.kind is Kind.LESSON else (None, draft.text)
        return Entry(draft.section, text, title, topic=draft.topic, line=draft.line)


def _bare(line: str) -> str:
    """A heading without emoji, Markdown and trailing colon."""
    start = _DECORATION.match(line)
    return line[start.end() if start else 0 :].rstrip(" \t*_:")
