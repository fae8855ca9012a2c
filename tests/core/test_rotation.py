"""What people get over weeks and years: everything once before anything twice, in an even walk, the same everywhere."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from statistics import fmean

from hypothesis import given
from hypothesis import strategies as st

from bot.core.scheduling.rotation import Lessons, coming, next_lesson, walk
from bot.core.summary import Entry, Section, Topic


def lesson(summary: str, topic: int, number: int) -> Entry:
    """A lesson of a topic; topic 0 is none."""
    heading = Topic(f"Topic {topic}", f"topic-{topic}", summary=summary) if topic else None
    return Entry(Section.ALL_LESSONS, "Text.", id=f"{topic}-{number}", topic=heading, summary=summary)


def book(summary: str, sizes: Sequence[int]) -> list[Entry]:
    """A summary whose topics hold so many lessons each."""
    return [lesson(summary, topic, number) for topic, size in enumerate(sizes) for number in range(size)]


def books(most_topics: int, most_lessons: int) -> st.SearchStrategy[list[Entry]]:
    """One to three summaries."""
    sizes = st.lists(st.integers(0, most_lessons), min_size=1, max_size=most_topics)
    return st.lists(sizes, min_size=1, max_size=3).map(
        lambda summaries: [entry for i, topics in enumerate(summaries) for entry in book(f"book-{i}", topics)]
    )


ROOT = Path(__file__).parents[2]
EXPECTED = "0-0 3-1 1-2 0-1 3-0 1-1 2-0 1-0".split()
libraries, small_libraries = books(9, 12), books(4, 5)
seeds = st.text(max_size=8)


def group(entry: Entry) -> str:
    return entry.topic.key if entry.topic else entry.summary


def sending(lessons: list[Entry], sent: list[str], seed: str, days: int) -> list[Entry]:
    """Day after day, each asking anew with what was sent until then."""
    found: list[Entry] = []
    for _ in range(days):
        entry = next_lesson(Lessons(lessons), [*sent, *(one.key for one in found)], seed, {})
        assert entry
        found.append(entry)
    return found


@given(small_libraries, seeds)
def test_everything_comes_once_before_anything_comes_twice(lessons: list[Entry], seed: str) -> None:
    n = len(lessons)
    found = sending(lessons, [], seed, 3 * n)
    assert tuple(found[:n]) == walk(Lessons(lessons), seed)
    for start in range(2 * n + 1):
        assert len(set(found[start : start + n])) == n
    assert coming(Lessons(lessons), [], seed, {}, 3 * n) == tuple(found)


@given(small_libraries, seeds, st.randoms(use_true_random=False), st.integers(0, 30))
def test_whatever_was_sent_the_new_ones_come_first_and_then_the_one_sent_longest_ago(
    lessons: list[Entry], seed: str, random: Random, times: int
) -> None:
    sent = [random.choice([*(one.key for one in lessons), "book-0/gone"]) for _ in range(times)]
    new = [one for one in lessons if one.key not in sent]
    found = sending(lessons, sent, seed, len(lessons))
    assert sorted(one.key for one in found[: len(new)]) == sorted(one.key for one in new)
    assert [one.key for one in found[len(new) :]] == sorted(
        set(sent) - {"book-0/gone"}, key=lambda key: latest(sent, key)
    )
    assert coming(Lessons(lessons), sent, seed, {}, len(lessons)) == tuple(found)


def latest(sent: list[str], key: str) -> int:
    return max(i for i, one in enumerate(sent) if one == key)


@given(libraries, seeds)
def test_a_topic_comes_twice_in_a_row_only_where_too_few_others_are_left(lessons: list[Entry], seed: str) -> None:
    most = max(Counter(map(group, lessons)).values(), default=0)
    unavoidable = max(0, most - 1 - (len(lessons) - most))
    assert sum(group(one) == group(two) for one, two in pairwise(walk(Lessons(lessons), seed))) == unavoidable


@given(libraries, seeds, st.data())
def test_a_new_lesson_is_of_another_topic_than_the_last_one_sent(
    lessons: list[Entry], seed: str, data: st.DataObject
) -> None:
    """Unless more than half of the lessons to come are of that topic: then some must follow each other."""
    sent = data.draw(st.lists(st.sampled_from(lessons), min_size=1, unique=True)) if lessons else []
    new = [group(one) for one in lessons if one not in sent]
    if new and 2 * new.count(group(sent[-1])) <= len(new):
        entry = next_lesson(Lessons(lessons), [one.key for one in sent], seed, {})
        assert entry
        assert group(entry) != group(sent[-1])


@given(st.lists(st.integers(1, 12), min_size=2, max_size=9), seeds)
def test_the_visits_to_a_topic_are_spread_evenly(counts: list[int], seed: str) -> None:
    """Equal steps would be N/n apart. Each other topic adds less than one, and moving neighbours apart one or two."""
    lessons = book("book", counts)
    order = walk(Lessons(lessons), seed)
    for topic, size in Counter(map(group, lessons)).items():
        places = [i for i, one in enumerate(order) if group(one) == topic]
        gaps = [two - one for one, two in pairwise(places)]
        assert max(gaps, default=0) <= len(lessons) / size + len(counts) + 2


@given(st.lists(st.integers(1, 40), min_size=2, max_size=4), seeds)
def test_summaries_take_turns_by_their_size(counts: list[int], seed: str) -> None:
    """However many topics of one lesson each a summary has, in every stretch it gets its share."""
    lessons = [lesson(f"book-{i}", n + 1, 0) for i, size in enumerate(counts) for n in range(size)]
    order = walk(Lessons(lessons), seed)
    for i, size in enumerate(counts):
        places = [place for place, one in enumerate(order) if one.summary == f"book-{i}"]
        gaps = [two - one for one, two in pairwise(places)]
        assert max(gaps, default=0) <= len(lessons) / size + len(counts)


@given(libraries, seeds, st.data())
def test_a_family_is_sent_once_whichever_member_was_sent(lessons: list[Entry], seed: str, data: st.DataObject) -> None:
    head = {f"{one.key}-short": one.key for one in lessons}
    sent = data.draw(st.lists(st.sampled_from(lessons), unique=True)) if lessons else []
    members = [one.key + data.draw(st.sampled_from(["", "-short"])) for one in sent]
    keys = [one.key for one in sent]
    assert coming(Lessons(lessons), members, seed, head, 50) == coming(Lessons(lessons), keys, seed, {}, 50)


@given(libraries, seeds, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_files_or_on_wording(
    lessons: list[Entry], seed: str, random: Random
) -> None:
    edited = [
        replace(one, text="Edited.", title="New", line=7, topic=one.topic and replace(one.topic, title="New", line=9))
        for one in random.sample(lessons, len(lessons))
    ]
    assert [one.key for one in walk(Lessons(edited), seed)] == [one.key for one in walk(Lessons(lessons), seed)]


def test_the_order_is_the_same_in_every_process_and_version() -> None:
    """A fixed order, written down: whoever changes it sends running subscriptions along another walk."""
    keys = [one.key.removeprefix("b/") for one in walk(Lessons(book("b", [2, 3, 1, 2])), "channel 7")]
    assert keys == EXPECTED
    code = (
        "from tests.core.test_rotation import Lessons, book, walk;"
        "print(*(one.key.removeprefix('b/') for one in walk(Lessons(book('b', [2, 3, 1, 2])), 'channel 7')))"
    )
    for hash_seed in ("0", "1", "4242"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        run = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert run.stdout.split() == EXPECTED


def test_subscriptions_walk_differently() -> None:
    lessons = book("book", [3, 5, 8, 2])
    assert len({walk(Lessons(lessons), f"channel {i}") for i in range(50)}) == 50


def test_adding_or_removing_a_lesson_hardly_changes_the_order_of_the_others() -> None:
    """On average fewer than one in fifty of all pairs of other lessons change their order; a new shuffle turns half."""
    shares = []
    for trial in range(60):
        random = Random(trial)
        lessons = book("book", [random.randint(1, 12) for _ in range(random.randint(5, 25))])
        gone = random.choice(lessons)
        before = [one for one in walk(Lessons(lessons), str(trial)) if one != gone]
        place = {one.key: i for i, one in enumerate(walk(Lessons([one for one in lessons if one != gone]), str(trial)))}
        shares.append(fmean(place[one.key] > place[two.key] for one, two in combinations(before, 2)))
    print(f"{fmean(shares):.4f} of pairs on average, {max(shares):.4f} at most")  # noqa: T201, asked for with pytest -s
    assert fmean(shares) < 0.02


def test_an_entry_added_late_comes_once_and_does_not_catch_up() -> None:
    lessons = book("book", [4, 5, 6])
    late = lesson("book", 2, 99)
    sent = [one.key for one in coming(Lessons(lessons), [], "s", {}, 40)]
    following = coming(Lessons([*lessons, late]), sent, "s", {}, 33)
    assert [i for i, one in enumerate(following) if one == late] in ([0, 16, 32],)


def test_no_lessons_give_none() -> None:
    assert next_lesson(Lessons([]), [], "s", {}) is None
    assert coming(Lessons([]), ["book/gone"], "s", {}, 7) == ()
    assert walk(Lessons([]), "s") == ()
