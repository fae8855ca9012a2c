"""Short readable ids out of titles and sentences, in any script."""

import re
import unicodedata
from collections.abc import Container

_WORDS = 6  # of a text that make up an id
# What an id does not begin with; and what it does not end in where it is cut short. In between nothing is left out:
# without its `not` an id would say the opposite.
_OPENING = frozenset("a an and are but is it its so that the there these this those was were".split())
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
        for char in unicodedata.normalize("NFKD", re.sub("['’\0]|(?<=\\d),(?=\\d{3})", "", text)).lower()
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


def short_slug(text: str, taken: Container[str], longest: int = 36) -> str:
    """An id that is not taken: how `text` begins, as it reads, numbered from 2 on where that is taken."""
    every = slug(text, 10_000).split("-")
    first = next((at for at, word in enumerate(every) if word not in _OPENING), 0)
    base = (_cut(every[first : first + _WORDS], longest) or "entry").split("-")
    while len(base) > 1 and base[-1] in _EMPTY and base != every[first:]:
        base.pop()
    name, number = "-".join(base), 1
    while name in taken:
        number += 1
        name = f"{_cut(base, longest - len(str(number)) - 1)}-{number}"
    return name
