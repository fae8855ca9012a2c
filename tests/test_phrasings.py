"""The chat phrasings of the content, for every entry, and the talk that tells a discussion from chatter.

Both are independent of the labelled queries.
"""

import asyncio
import re

from benchmarks.quality.cases import CONTENT, LIBRARIES, read_cases
from bot.adapters.content import read_library
from bot.adapters.embedding import read_talk
from bot.core.reading.parser import Limits
from bot.core.summary import Entry

RUN = 4  # words


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def labelled_runs() -> set[tuple[str, ...]]:
    return set().union(*(runs(case.query) for subject in LIBRARIES.values() for case in read_cases(subject)))


def entries() -> tuple[Entry, ...]:
    return asyncio.run(read_library(CONTENT, Limits())).entries


def test_no_phrasing_shares_a_run_of_four_words_with_a_labelled_query() -> None:
    labelled = labelled_runs()
    said = [(entry.id, line) for entry in entries() for line in entry.phrasings]
    assert len(said) > 400
    assert [one for one in said if runs(one[1]) & labelled] == []


def test_no_phrasing_comes_twice_and_none_repeats_its_entry() -> None:
    several = entries()
    said = [line for entry in several for line in entry.phrasings]
    assert len(said) == len(set(said))
    assert all(2 <= len(entry.phrasings) <= 4 for entry in several)
    assert all(not runs(line) & runs(entry.full_text) for entry in several for line in entry.phrasings)


def test_no_sentence_of_talk_shares_a_run_of_four_words_with_a_labelled_query() -> None:
    labelled = labelled_runs()
    talk = read_talk()
    said = [*talk.discussion, *talk.chatter]
    assert len(said) > 900
    assert len(set(said)) == len(said)
    assert [one for one in said if runs(one) & labelled] == []
