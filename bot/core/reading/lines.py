"""The lines of a pasted document: bullet, heading or text, how far indented, and what is said without the marks.

Knows plain text and the Markdown that note apps export; nothing of summaries.
"""

import re
from dataclasses import dataclass, replace

_MARK = r"[-+*•●○◦▪▫■□‣⁃·∙・–—\uf0a7\uf0b7]|o(?=\s\s)|\(?(?:\d{1,3}|[A-Za-z])\)|\d{1,3}\.\)?"
_BULLET = re.compile(rf"(?P<mark>{_MARK})(?:\s+(?:\[[ xX]\]\s+)?|$)|(?P<glued>[•・])")
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_RULE = re.compile(r"[-*_=~—–]{3,}$")
_UNDERLINE = re.compile(r"[=~-]{4,}$")  # what makes a heading of the line above it
_NO_CONTENT = re.compile(
    r"want to get your own summary\?|worried about missing something\?|page \d+(?: (?:of|/) \d+)?$", re.IGNORECASE
)
_INVISIBLE = "\u200b\u2060\ufeff"
_STATED = re.compile(r"[.…。।։][\"'”’»)\]]*$")
_TIME = re.compile(r"([\[(]\d{1,2}:\d{2}(?::\d{2})?[\])])\s*(?:[-–—:]\s+)?(.+)")
_MARKDOWN = re.compile(r"(?:^|\n)[^\S\n]*#{1,6} |\*\*\S")
_BOLD_LEAD = re.compile(r"\*\*([^*]+?)(?:[:.]\s?\*\*|\*\*\s*[:–—-](?=\s))\s*(?=\S)")
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3})(?=[^\s*])(.{1,300}?)(?<=[^\s*])\1(?![\w*])")
_LINK = re.compile(r"(?<!!)\[([^\]\[]+)\]\((\S{1,1000}?)\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something. `mark` is its bullet, "1" for any number or letter.

    `level` is that of a Markdown heading; `spaced` tells of a blank line before it, `bold` that it is all bold.
    """

    number: int
    text: str
    indent: int = 0
    mark: str = ""
    level: int = 0
    spaced: bool = False
    bold: bool = False

    @property
    def stated(self) -> bool:
        """Whether it ends a statement, which a heading does not; a question may be one."""
        return bool(_STATED.search(self.text[-9:]))


def read_lines(lines: list[str]) -> list[Line]:
    """The lines that say something, counted from 1: no blank ones, no rules, nothing that every such page repeats."""
    markdown = bool(_MARKDOWN.search("\n".join(lines)))
    found: list[Line] = []
    spaced = True
    for number, raw in enumerate(lines, 1):
        whole = raw.expandtabs(4)
        text = whole.strip().strip(_INVISIBLE).strip()
        above = found[-1] if found and found[-1].number == number - 1 else None
        if (
            above
            and above.spaced
            and not above.mark
            and not above.stated
            and len(above.text) <= 80
            and _UNDERLINE.match(text)
        ):
            found[-1] = replace(above, level=above.level or (1 if text[0] == "=" else 2))
        if text and not _RULE.match(text) and not _NO_CONTENT.match(text):
            line = _line(number, text, len(whole) - len(whole.lstrip()), spaced, markdown=markdown)
            spaced = not line.text and not line.mark
            found += [] if spaced else [line]
        else:
            spaced = spaced or not _NO_CONTENT.match(text)
    return found


def timed(text: str) -> str:
    """Text with the time in brackets that it begins with at its end: `[12:30] Dig.` -> `Dig. [12:30]`."""
    found = _TIME.fullmatch(text)
    return f"{found[2]} {found[1]}" if found else text


def unescaped(text: str) -> str:
    """Text as it reads: a backslash ahead of punctuation says that the punctuation is meant literally."""
    return _ESCAPED.sub(r"\1", text)


def _line(number: int, text: str, indent: int, spaced: bool, *, markdown: bool) -> Line:
    level, mark = 0, ""
    if markdown:
        text = re.sub(r"^(?:>\s?)+", "", text)
    if heading := _HEADING.match(text):
        level, text = len(heading[1]), heading[2].rstrip(" #")
    elif bullet := _BULLET.match(text):
        mark = "1" if bullet[0].strip("( ")[0].isalnum() else bullet["mark"] or bullet["glued"]
        text = text[bullet.end() :].lstrip()
    bold = len(text) > 4 and text.startswith("**") and text.endswith("**") and text.count("**") == 2
    return Line(number, _unmarked(text) if markdown else text, indent, mark, level, spaced, bold)


def _unmarked(text: str) -> str:
    """Markdown as it reads: a title in bold ends in a colon, a link names its address behind its words."""
    text = _BOLD_LEAD.sub(r"\1: ", text) if text.startswith("**") else text
    text = _EMPHASIS.sub(r"\2", text)
    text = _LINK.sub(
        lambda link: link[1] if link[1] == link[2] or link[2][0] == "#" else f"{link[1]} ({link[2]})", text
    )
    return unescaped(text).strip()
