"""Texts as the index is given them: stems without case and accents, as SQLite's full text makes them.

No analyzer of Neo4j's stems, drops accents and keeps every word at once. SQLite is part of Python, so that both stores
index the same words of a text and find the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache

from graph.ids import content_id
from graph.labels import INDEXED
from graph.store.indexing import scope_token

FILLER = "."
"""The last word of what is indexed; it is no stem, so that nobody looks for it. FTS5 counts the word for the scope of a
text in its length, and Lucene counts each property by itself: with one word more, both take texts for equally long."""

_TABLES = """
CREATE VIRTUAL TABLE given USING fts5 (text, content = '', tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE word USING fts5vocab (given, instance);
"""


def stems(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text in order, stemmed.

    Raises:
        UnicodeEncodeError: a text is no Unicode.
    """
    table = _table()
    table.executemany("INSERT INTO given (rowid, text) VALUES (?, ?)", enumerate(texts))
    found: list[list[str]] = [[] for _ in texts]
    for document, word in table.execute("SELECT doc, term FROM word ORDER BY doc, offset"):
        found[document].append(word)
    table.execute("INSERT INTO given (given) VALUES ('delete-all')")
    return found


def scope_of(space: str, conversation: str) -> str:
    """The word of the index for a conversation; another one in each space."""
    return scope_token(*_within(space), conversation)


def place_of(space: str, conversation: str, key: str) -> str:
    """A key in a conversation, likewise."""
    return "k" + content_id("interaction", *_within(space), conversation, key)[2:]


def space_token(space: str) -> str:
    """A space as one word of an index."""
    return f"s{space}"


def _within(space: str) -> tuple[str, ...]:
    return (space,) if space else ()


def indexed(name: str) -> str:
    """The part of a folded name by which it is found."""
    return name[:INDEXED]


@cache
def _table() -> sqlite3.Connection:
    table = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    table.executescript(_TABLES)
    return table
