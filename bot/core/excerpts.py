"""Texts that are too long, cut between words."""


def shortened(text: str, longest: int) -> str:
    """Text of at most `longest` characters, cut at a word and ended with an ellipsis where it was longer."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[longest // 2 :] else cut).rstrip(" ,;:.-") + "…"


def excerpt(text: str, place: int, longest: int) -> str:
    """The part of a text, longer than that, around a place near which its beginning does not come."""
    earliest = max(min(place - longest // 4, len(text) - longest + 1), 0)
    start = text.find(" ", earliest, place) + 1 or place
    return f"…{shortened(text[start:], longest - 1)}"


def pages(text: str, longest: int) -> list[str]:
    """Text in pages of at most `longest` characters, parted where a sentence ends, else at a blank if there is one."""
    found = []
    while len(text) > longest:
        at = text.rfind(". ", longest // 2, longest) + 1 or text.rfind(" ", longest // 2, longest + 1)
        cut = at if at > 0 else longest
        found.append(text[:cut])
        text = text[cut:].lstrip(" ")
    return [*found, text]
