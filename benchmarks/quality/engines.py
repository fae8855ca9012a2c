"""Other engines over the same entries, each by itself and each at its best: what the bot's search is measured against.

Each indexes title, text and topic, and the phrasings and spellings where there are any. Knows no labelled query.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import tantivy
from rapidfuzz import fuzz, process, utils
from tantivy import Occur, Query

from bot.core.library import Library
from bot.core.summary import Entry

# The entries that fit a text, by place, each with the engine's own score.
Engine = Callable[[str], dict[int, float]]


@contextmanager
def engines(library: Library) -> Iterator[dict[str, Engine]]:
    """The engines by name, each with its own index of a library."""
    texts = [_told(library, entry) for entry in library.entries]
    with closing(sqlite3.connect(":memory:")) as database:
        yield {
            "SQLite FTS5, porter": _fts5(database, texts, "porter", _words),
            "SQLite FTS5, trigram": _fts5(database, texts, "trigram", _trigrams),
            "tantivy, stemmed": _tantivy(texts, fuzzy=False),
            "tantivy, stemmed and fuzzy": _tantivy(texts, fuzzy=True),
            "RapidFuzz, WRatio": _rapidfuzz(texts),
        }


def _told(library: Library, entry: Entry) -> str:
    topic = library.topic_of(entry)
    told = (entry.title, entry.text, topic and topic.title, *entry.phrasings, *entry.spellings)
    return "\n".join(one for one in told if one)


def _fts5(
    database: sqlite3.Connection, texts: Sequence[str], tokenizer: str, terms: Callable[[str], Sequence[str]]
) -> Engine:
    database.execute(f"CREATE VIRTUAL TABLE {tokenizer} USING fts5(told, tokenize = '{tokenizer}')")
    database.executemany(f"INSERT INTO {tokenizer} (rowid, told) VALUES (?, ?)", enumerate(texts))  # noqa: S608 - ours

    def find(query: str) -> dict[int, float]:
        asked = " OR ".join(f'"{term}"' for term in terms(query))
        found = f"SELECT rowid, -bm25({tokenizer}) FROM {tokenizer} WHERE {tokenizer} MATCH ?"  # noqa: S608 - ours
        return dict(database.execute(found, (asked,))) if asked else {}

    return find


def _words(query: str) -> list[str]:
    return re.findall(r"\w+", query.lower())


def _trigrams(query: str) -> list[str]:
    """Every three letters of the query's words in a row, so that a slip costs three of them and not the word."""
    told = " ".join(_words(query))
    return list(dict.fromkeys(told[at : at + 3] for at in range(len(told) - 2)))


def _tantivy(texts: Sequence[str], *, fuzzy: bool) -> Engine:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("told", tokenizer_name="en_stem")
    schema.add_integer_field("place", stored=True)
    index = tantivy.Index(schema.build())
    with index.writer(num_threads=1) as writer:
        for place, text in enumerate(texts):
            writer.add_document(tantivy.Document(told=text, place=place))
        writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(query: str) -> dict[int, float]:
        asked = " ".join(_words(query))  # in small letters nothing is an operator
        parsed = index.parse_query(asked, ["told"])
        if fuzzy:
            near = index.parse_query(asked, ["told"], fuzzy_fields={"told": (True, 1, True)})
            parsed = Query.boolean_query([(Occur.Should, parsed), (Occur.Should, near)])
        found = searcher.search(parsed, limit=len(texts)).hits
        return {searcher.doc(at)["place"][0]: float(score) for score, at in found}

    return find


def _rapidfuzz(texts: Sequence[str]) -> Engine:
    read = [utils.default_process(text) for text in texts]

    def find(query: str) -> dict[int, float]:
        found = process.extract(utils.default_process(query), read, scorer=fuzz.WRatio, limit=None)
        return {place: score for _, score, place in found}

    return find
