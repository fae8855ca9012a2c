"""Makes text harmless in Discord's markdown and cuts it to a length. Knows no component.

A length here is a *size*: never less than the characters that Discord counts, be they code points (its API) or UTF-16
units (its apps), nor less than half the bytes of UTF-8, because a message of more than about 10,000 bytes is refused.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from bot.core import excerpts
from bot.core.cleaning import cleaned
from bot.core.finding.marks import pieces

REMEMBERED = 4096  # texts: those of entries come again and again
# What formats, mentions, links or becomes an emoji wherever it stands. A backslash before any of these shows it as it
# is; before the colon of `https://` it keeps the address from becoming a link.
_ANYWHERE = re.compile(
    r"[\\*_~|`<\[]"
    r"|:(?=//|[^\s:]*:)"
    r"|@(?=everyone|here)"
    r"|(?:(?<=discord)|(?<=discordapp))\.",  # invites become cards without any https://
    re.IGNORECASE,
)
_AT_LINE_START = re.compile(r"^([^\S\n]*\d*)([-+#>.])", re.MULTILINE)  # headings, small print, quotations, lists


@lru_cache(REMEMBERED)
def visible(text: str) -> str:
    """Cleaned text without blanks around it; "" where nothing can be seen."""
    text = cleaned(text).strip()
    return text if any(unicodedata.category(char) not in ("Cf", "Zs", "Cc") for char in text) else ""


@lru_cache(REMEMBERED)
def one_line(text: str) -> str:
    """Visible text with every run of blanks and line breaks made one blank."""
    return " ".join(visible(text).split())


@lru_cache(REMEMBERED)
def escaped(text: str) -> str:
    """Text that Discord's markdown shows letter by letter."""
    return _AT_LINE_START.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\g<0>", text))


def emphasised(text: str, words: frozenset[str]) -> str:
    """Escaped text with these words bold, but for those that an escaped star touches."""
    several = [("", False), *pieces(text, words), ("", False)]
    return "".join(
        f"**{piece}**" if lit and not before.endswith("\\*") and not after.startswith("\\*") else piece
        for (before, _), (piece, lit), (after, _) in zip(several, several[1:], several[2:], strict=False)
    )


@lru_cache(REMEMBERED)
def size(text: str) -> int:
    """The length of a text; see the head of this file."""
    if text.isascii():
        return len(text)
    return max(len(text.encode("utf-16-le")) // 2, (len(text.encode()) + 1) // 2)


@lru_cache(REMEMBERED)
def fitted(text: str, room: int, style: Callable[[str], str] = str) -> str:
    """Text in a style, shortened beforehand so that the whole has at most that size; "" where there is no room."""
    longest = min(len(text), room)
    while text and longest > 0:
        styled = style(excerpts.shortened(text, longest))
        if size(styled) <= room:
            return styled
        longest = min(longest - 1, longest * room // size(styled))
    return ""
