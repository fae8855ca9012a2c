"""Text as Slack takes it: legible, of the right length, and inert. Knows Slack's markup; draws no block.

Slack does not say in what its limits count. Lengths here are in UTF-16 units, the longest that it can mean, and of text
that is escaped, after the escape.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from bot.core import excerpts
from bot.core.cleaning import cleaned
from bot.core.finding.marks import pieces

REMEMBERED = 4096  # texts: those of entries come again and again
BLANK = "–"  # Slack refuses empty text

# What Unicode keeps for programs: no characters, and marks around an annotation.
_NO_CHARACTERS = re.compile("[\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]")
_GAPS = re.compile(r"\s{2,}")


@lru_cache(REMEMBERED)
def legible(text: str) -> str:
    """Text that Slack takes and a person can read: no control characters, no gaps, never empty."""
    text = _NO_CHARACTERS.sub("", cleaned(text))
    text = _GAPS.sub(lambda gap: "\n" * min(gap[0].count("\n"), 2) or " ", text).strip()
    return text if any(map(_visible, text)) else BLANK


def line(text: str) -> str:
    """Legible text on one line."""
    return " ".join(legible(text).split())


def _visible(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LNPS" or category in ("Cn", "Co")


# ---- lengths


def size(text: str) -> int:
    """How long Slack may hold a text to be, in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, most: int, cost: Callable[[str], int] = size) -> str:
    """As much of a text as costs at most `most`, cut at a word and ended with an ellipsis where it was longer."""
    room = most
    while (over := cost(short := _cut(text, room)) - most) > 0 and room > 1:
        room = max(1, room - (over + 5) // 6)  # the dearest character, an escaped &, costs 5
    return short


def _cut(text: str, most: int) -> str:
    short = excerpts.shortened(text, most)
    return text if short == text else text[: _whole(text, len(short) - 1)] + "…"


def split(text: str, most: int) -> list[str]:
    """Text in pieces of a size of at most `most`, parted at blanks where there are any."""
    pieces = []
    while size(text) > most:
        room = len(text[:most].encode("utf-16-le")[: most * 2].decode("utf-16-le", "ignore"))
        at = max(text.rfind(blank, room // 2, room) for blank in " \n") + 1 or _whole(text, room)
        pieces.append(text[:at])
        text = text[at:]
    return [*pieces, text]


def _whole(text: str, at: int) -> int:
    """The nearest place before `at` where no accent is cut off its letter and no emoji is cut in two."""
    return next((place for place in range(at, max(at - 40, 0), -1) if not _joined(text, place)), at)


def _joined(text: str, place: int) -> bool:
    """Whether what stands before and after `place` is one character to a reader."""
    before, after = text[:place], text[place : place + 1]
    halves = len(before) - len(before.rstrip(_FLAGS))  # two letters make a flag
    flag = halves % 2 == 1 and after != "" and after in _FLAGS
    return flag or before[-1:] == _JOINER or after in _TAILS or unicodedata.category(after or " ")[0] == "M"


_JOINER = "\u200d"
_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_TAILS = {_JOINER, *map(chr, range(0x1F3FB, 0x1F400)), *map(chr, range(0xE0020, 0xE0080))}  # skin tones, tags


# ---- markup


def escaped(text: str) -> str:
    """`& < >` as Slack wants them: without them nothing in a text is a mention or a link to it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_LOOK_ALIKE = str.maketrans("*_~`", "∗ˍ∼ˋ")
_FORMATS = re.compile(r"`|(?<![A-Za-z0-9])(?:[*_]|~(?![0-9]))|[*_~](?![A-Za-z0-9])")
_QUOTES = re.compile(r"^(\s*)>", re.MULTILINE)
_WORD = re.compile(r"\S+")


@lru_cache(REMEMBERED)
def inert(text: str) -> str:
    """Text for mrkdwn that reads as it is: nothing in it is a format, an emoji, a quotation, a mention or a link.

    mrkdwn has no escape for its marks, so each becomes a character that looks like it, unless it stands where Slack
    formats nothing: between letters or figures (`max_len`, `2*3`), a `~` before a figure. `&gt;` quotes as `>` does.
    """
    text = _WORD.sub(_without_emoji, _QUOTES.sub(r"\1›", text))
    return escaped(_FORMATS.sub(lambda found: found[0].translate(_LOOK_ALIKE), text))


def _without_emoji(word: re.Match[str]) -> str:
    return word[0].replace(":", "∶") if word[0].count(":") > 1 else word[0]


def bold(text: str) -> str:
    """A line of bold mrkdwn that holds this text, itself inert."""
    return f"*{inert(line(text).replace('*', '∗'))}*"


_BEFORE, _AFTER = frozenset(" \n(“"), frozenset(" \n).,:;!?”…")  # where mrkdwn lets bold text begin and end


def emphasised(text: str, words: frozenset[str]) -> str:
    """Inert text with these words bold, wherever mrkdwn would take a star for a mark."""
    several = [(" ", False), *pieces(text, words), (" ", False)]
    return "".join(
        f"*{piece}*" if lit and before[-1] in _BEFORE and after[0] in _AFTER else piece
        for (before, _), (piece, lit), (after, _) in zip(several, several[1:], several[2:], strict=False)
    )
