"""Which lesson comes next, given what was already sent.

The answer follows from the lessons, the deliveries and the subscription's id alone, so it is the same on every replica
and after every restart. Knows no clock, no channel and no random numbers: what varies from one subscription to the next
comes from a hash that is the same on every machine.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from heapq import merge
from itertools import chain, cycle, islice

from bot.core.summary import Entry


class Lessons:
    """Lessons to be sent, one member a family, by summary and topic: put in order once for many subscriptions.

    The lessons of a summary that have no topic count as one topic.
    """

    def __init__(self, lessons: Iterable[Entry]) -> None:
        self.known = {lesson.key: lesson for lesson in lessons}
        self.summaries: dict[str, dict[str, list[Entry]]] = {}
        for lesson in self.known.values():
            self.summaries.setdefault(lesson.summary, {}).setdefault(_group(lesson), []).append(lesson)
        topics = chain.from_iterable(topics.items() for topics in self.summaries.values())
        self.sizes = Counter({topic: len(several) for topic, several in topics})

    def __len__(self) -> int:
        return len(self.known)


def walk(lessons: Lessons, seed: str) -> tuple[Entry, ...]:
    """All lessons, in the order in which a new subscription whose id is `seed` gets them.

    Summaries, and the topics within each, are spread evenly; a topic comes twice in a row only where too few others
    are left to come between.
    """
    return coming(lessons, (), seed, {}, len(lessons))


def next_lesson(lessons: Lessons, sent: Sequence[str], seed: str, head: Mapping[str, str]) -> Entry | None:
    """The lesson to send now; None when there are no lessons. The arguments are those of `coming`."""
    return next(iter(coming(lessons, sent, seed, head, 1)), None)


def coming(lessons: Lessons, sent: Sequence[str], seed: str, head: Mapping[str, str], n: int) -> tuple[Entry, ...]:
    """The next `n` lessons: those never sent, in the order of the walk, then the one sent longest ago, and so on.

    `head` gives for the key of any other member of a family that of the one among the lessons. `sent` lists the keys
    of what was sent, oldest first; keys of entries that are gone do not matter.
    """
    keys, known = [head.get(key, key) for key in sent], lessons.known
    old = {key: known[key] for key in reversed(dict.fromkeys(reversed(keys))) if key in known}
    last = known.get(keys[-1]) if keys else None
    left = lessons.sizes.copy()
    left.subtract(map(_group, old.values()))
    order = (lesson for lesson in _even(lessons, seed) if lesson.key not in old)
    new = _spaced(order, left, _group(last) if last else None)
    return tuple(islice(_then_again(new, old.values()), n))


def _then_again(new: Iterable[Entry], old: Iterable[Entry]) -> Iterator[Entry]:
    """The new ones once; then the old ones and the new ones, over and over."""
    first: list[Entry] = []
    for lesson in new:
        first.append(lesson)
        yield lesson
    yield from cycle(chain(old, first))


def _spaced(order: Iterable[Entry], left: Counter[str], last: str | None) -> Iterator[Entry]:
    """The order, changed only where one group would come twice in a row, `last` being the group that came before.

    `left` is how many of each group there are. What comes next depends on `last` and on what is still waiting, not on
    how it came to that: going on from the middle of a walk gives the rest of that walk. Reads no further than it must.
    """
    more, ahead = iter(order), list[Entry]()
    waiting, most, longest = left.total(), "", max(left.values(), default=0)  # no group is longer
    while waiting:
        if 2 * left[most] < waiting < 2 * longest:  # another may have the majority by now
            most = max(left, key=left.__getitem__)
            longest = left[most]
        short = 2 * left[most] > waiting  # too few others to keep this group apart if it waits any longer
        wanted, unwanted = (most if most != last else None, None) if short else (None, last)
        lesson = _first(ahead, more, wanted, unwanted)
        last = _group(lesson)
        left[last] -= 1
        waiting -= 1
        yield lesson


def _first(ahead: list[Entry], more: Iterator[Entry], wanted: str | None, unwanted: str | None) -> Entry:
    """Takes out the first lesson of the one group, or of any but the other; those before it stay `ahead`."""
    at = 0
    while True:
        if at == len(ahead):
            ahead.append(next(more))
        group = _group(ahead[at])
        if group != unwanted and wanted in (None, group):
            return ahead.pop(at)
        at += 1


def _even(lessons: Lessons, seed: str) -> Iterator[Entry]:
    """Every lesson in its place: topics spread evenly over their summary, and summaries over the whole.

    Places depend on permanent keys alone, so an edited lesson stays where it was, and a lesson that is added or removed
    moves those of its own topic a little and all others hardly.
    """
    sizes = {name: sum(map(len, topics.values())) for name, topics in lessons.summaries.items()}
    walks = {name: _even_in(topics, seed) for name, topics in lessons.summaries.items()}
    return (next(walks[name]) for name in _merged(sizes, seed))


def _even_in(topics: Mapping[str, Sequence[Entry]], seed: str) -> Iterator[Entry]:
    """The lessons of a summary, put in order when the first is asked for."""
    walks = {
        name: iter(sorted(several, key=lambda lesson: (_fraction(seed, lesson.key), lesson.key)))
        for name, several in topics.items()
    }
    for name in _merged({name: len(several) for name, several in topics.items()}, seed):
        yield next(walks[name])


def _merged(sizes: Mapping[str, int], seed: str) -> Iterator[str]:
    """The name of each group as often as it has members: at equal steps, beginning where the seed says."""
    return (name for _, name in merge(*(_places(name, size, _fraction(seed, name)) for name, size in sizes.items())))


def _places(name: str, size: int, start: float) -> Iterator[tuple[float, str]]:
    return (((i + start) / size, name) for i in range(size))


def _group(lesson: Entry) -> str:
    """What is kept apart: the lesson's topic, or all that its summary has without one."""
    return lesson.topic.key if lesson.topic else f"{lesson.summary}/"


def _fraction(seed: str, name: str) -> float:
    """A number from 0 up to 1 that follows from both names, on every machine and version of Python."""
    digest = blake2b(f"{seed}\0{name}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53
