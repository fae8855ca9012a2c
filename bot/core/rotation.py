"""Which lesson comes next, given what was already sent.

The answer follows from the lessons, the deliveries and the subscription's id alone, so it is the same on every replica
and after every restart. Knows no clock, no channel and no random numbers: what varies from one subscription to the next
comes from a hash that is the same on every machine.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain, cycle, islice

from bot.core.summary import Entry


def walk(lessons: Iterable[Entry], seed: str) -> tuple[Entry, ...]:
    """All lessons, in the order in which a new subscription whose id is `seed` gets them.

    Summaries, and the topics within each, are spread evenly; a topic comes twice in a row only where too few others
    are left to come between. The lessons of a summary that have no topic count as one topic.
    """
    return tuple(_spaced(_even(lessons, seed), last=None))


def next_lesson(lessons: Iterable[Entry], sent: Sequence[str], seed: str, head: Mapping[str, str]) -> Entry | None:
    """The lesson to send now; None when there are no lessons. The arguments are those of `coming`."""
    return next(iter(coming(lessons, sent, seed, head, 1)), None)


def coming(
    lessons: Iterable[Entry], sent: Sequence[str], seed: str, head: Mapping[str, str], n: int
) -> tuple[Entry, ...]:
    """The next `n` lessons: those never sent, in the order of the walk, then the one sent longest ago, and so on.

    `lessons` holds one member a family, and `head` gives that member's key for any other member's. `sent` lists the
    keys of what was sent, oldest first; keys of entries that are gone do not matter.
    """
    order = _even(lessons, seed)
    known = {lesson.key: lesson for lesson in order}
    keys = [head.get(key, key) for key in sent]
    old = {key: known[key] for key in reversed(dict.fromkeys(reversed(keys))) if key in known}
    last = known.get(keys[-1]) if keys else None
    new = _spaced([lesson for lesson in order if lesson.key not in old], _group(last) if last else None)
    return tuple(islice(_then_again(new, old.values()), n))


def _then_again(new: Iterable[Entry], old: Iterable[Entry]) -> Iterator[Entry]:
    """The new ones once; then the old ones and the new ones, over and over."""
    first: list[Entry] = []
    for lesson in new:
        first.append(lesson)
        yield lesson
    yield from cycle(chain(old, first))


def _spaced(order: Iterable[Entry], last: str | None) -> Iterator[Entry]:
    """The order, changed only where one group would come twice in a row, `last` being the group that came before.

    What comes next depends on `last` and on what is still waiting, not on how it came to that: going on from the
    middle of a walk gives the rest of that walk.
    """
    waiting = list(order)
    left = Counter(map(_group, waiting))
    while waiting:
        most = max(left, key=left.__getitem__)
        short = 2 * left[most] > len(waiting)  # too few others to keep this group apart if it waits any longer
        if short and most != last:
            place = next(i for i, lesson in enumerate(waiting) if _group(lesson) == most)
        elif short:
            place = 0
        else:
            place = next(i for i, lesson in enumerate(waiting) if _group(lesson) != last)
        lesson = waiting.pop(place)
        last = _group(lesson)
        left[last] -= 1
        yield lesson


def _even(lessons: Iterable[Entry], seed: str) -> list[Entry]:
    """Every lesson in its place: topics spread evenly over their summary, and summaries over the whole.

    Places depend on permanent keys alone, so an edited lesson stays where it was, and a lesson that is added or removed
    moves those of its own topic a little and all others hardly.
    """
    topics: dict[str, list[Entry]] = {}
    for lesson in sorted(lessons, key=lambda lesson: (_fraction(seed, lesson.key), lesson.key)):
        topics.setdefault(_group(lesson), []).append(lesson)
    summaries: dict[str, list[Entry]] = {}
    for lesson in _merged(topics, seed):
        summaries.setdefault(lesson.summary, []).append(lesson)
    return _merged(summaries, seed)


def _merged(groups: Mapping[str, Sequence[Entry]], seed: str) -> list[Entry]:
    """The groups as one sequence: the members of each at equal steps, beginning where the seed says."""
    places = [
        ((i + _fraction(seed, name)) / len(group), name, lesson)
        for name, group in groups.items()
        for i, lesson in enumerate(group)
    ]
    return [lesson for *_, lesson in sorted(places, key=lambda place: place[:2])]


def _group(lesson: Entry) -> str:
    """What is kept apart: the lesson's topic, or all that its summary has without one."""
    return lesson.topic.key if lesson.topic else f"{lesson.summary}/"


def _fraction(seed: str, name: str) -> float:
    """A number from 0 up to 1 that follows from both names, on every machine and version of Python."""
    digest = blake2b(f"{seed}\0{name}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53
