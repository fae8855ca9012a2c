"""What of a text no platform is given to show. Knows nobody's markup."""

import re

_BREAKS = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, halves of surrogate pairs, and what turns the direction of text: a name could hide what follows it.
_UNSHOWN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def cleaned(text: str, line_break: str = "\n") -> str:
    """Text without control characters but line feeds, halves of characters and turns of direction.

    A tab becomes a blank, and whatever else breaks lines `line_break`.
    """
    text = _BREAKS.sub(line_break, text.replace("\r\n", "\n")).replace("\t", " ")
    return _UNSHOWN.sub("", text)
