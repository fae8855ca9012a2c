"""Short readable ids out of titles and sentences, in any script."""

import re
import unicodedata
from collections.abc import Container

# Words that say nothing about what an entry is on; an id is made of the others.
_EMPTY = frozenset(
    """
    a about after all also an and are around as at be been being between both but by can could do does during each
    even every for from had has have how if in into is it its just may might more most much must no not of on one
    only onto or our out over own per rather s should so some such t than that the their them then there these
    they this those through to too toward towards under until up upon us use used very via was we were what when
    where which while who why will with within without would you your
    """.split()
)


def _kept(char: str) -> bool:
    """Letters, marks and digits of every script."""
    return unicodedata.category(char)[0] in "LMN"


def slug(text: str, longest: int = 60) -> str:
    """`text` in lower case, its words joined by `-`, Latin accents dropped, cut at a word where possible; may be ""."""
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKD", re.sub("['’\0]", "", text)).lower()
        if not "\u0300" <= char <= "\u036f"
    )
    composed = unicodedata.normalize("NFC", plain)
    words = re.sub(r"(?<=\w)[.](?=\w)", "\0", composed)
    joined = "".join(char if _kept(char) else "." if char == "\0" else " " for char in words)
    return _cut([bare for word in joined.split() if (bare := word.strip("."))], longest)


def _cut(words: list[str], longest: int) -> str:
    whole = ""
    for word in words:
        longer = f"{whole}-{word}" if whole else word
        if len(longer) > longest:
            return whole or word[:longest].rstrip("-.")
        whole = longer
    return whole


def is_slug(text: str) -> bool:
    """Whether `text` could be an id: lower-case letters, digits and marks of any script, with `-` and `.` between."""
    parts = re.split(r"[-.]", text)
    return text == text.lower() and all(part and all(_kept(char) for char in part) for part in parts)


def short_slug(text: str, taken: Container[str], longest: int = 36, words: int = 5) -> str:
    """An id that is not taken: the first meaningful words of `text`, numbered from 2 on where they are taken."""
    every = slug(text, 10_000).split("-")
    telling = [word for word in every if word not in _EMPTY] or every
    base = _cut(telling[:words], longest) or "entry"
    if base not in taken:
        return base
    number = 2
    while (name := f"{base[: longest - len(str(number)) - 1].rstrip('-.')}-{number}") in taken:
        number += 1
    return name
