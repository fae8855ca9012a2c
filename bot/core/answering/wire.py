"""Actions as short texts that a platform carries in a button and gives back when it is pressed, even after a restart.

`1:open:3q2-7wAA`: a version, the verb, and what the verb is about. Keys of entries and topics and names of summaries
may be long, so they travel as digests of eight characters; the longest Action, More results with ten entries, takes 99
of the 100 characters that Discord allows a custom_id. Knows nothing of platforms; never trusts what comes back.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import chain

from bot.core.answering.card import Action, Verb
from bot.core.library import Library

_VERSION = "1"
# Arguments that are no names: pages, and where the message is that QUOTE answers or UNDO takes back.
_PLAIN = {Verb.OPEN: slice(1, None), Verb.QUOTE: slice(1, None), Verb.TOPIC: slice(1, None), Verb.UNDO: slice(0, None)}


@lru_cache(4096)
def pack(action: Action) -> str:
    """An action as at most 100 characters of ASCII without blanks. Raises ValueError where it would be longer."""
    plain = _plain(action.verb, len(action.args))
    args = (arg if at in plain or not arg else digest(arg) for at, arg in enumerate(action.args))
    text = ":".join((_VERSION, action.verb, *args))
    if len(text) > 100:
        raise ValueError(text)
    return text


def unpack(text: str, names: Mapping[str, str]) -> Action:
    """The action that `pack` wrote, without its label; `names` as `digests` gives them.

    Raises ValueError for a text of another version, a forged one, or one that names what is gone.
    """
    version, _, rest = text.partition(":")
    verb, *args = rest.split(":")
    if version != _VERSION or verb not in set(Verb):
        raise ValueError(text)
    plain = _plain(Verb(verb), len(args))
    try:
        found = tuple(arg if at in plain or not arg else names[arg] for at, arg in enumerate(args))
    except KeyError:
        raise ValueError(text) from None
    return Action("", Verb(verb), found)


def digests(library: Library) -> dict[str, str]:
    """Every key and name of the library by its digest. Among 100,000 names two share one with odds of 1 in 56,000."""
    return {digest(name): name for name in chain(library.summaries, library.topics, (e.key for e in library.entries))}


@lru_cache(4096)
def digest(name: str) -> str:
    """Eight characters that stand for a name: 48 bits of BLAKE2b."""
    return urlsafe_b64encode(blake2b(name.encode(), digest_size=6).digest()).decode()


def _plain(verb: Verb, number: int) -> range:
    return range(number)[_PLAIN.get(verb, slice(0))]
