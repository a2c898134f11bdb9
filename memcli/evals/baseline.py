"""The floor beside every figure: plain BM25, as SQLite's FTS5 has it, in the same run on the same records.

`porter unicode61`, the speaker or the title in the text, question stop words dropped, the rest
joined by OR. The index is over the whole set; a question that names a conversation is answered
from it. Nothing here is shared with the engine's own recall, so that a change there cannot move
what it is compared with.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from graph.model import Record
from memcli.evals.measures import Evidence

_STOP_WORDS = (
    "a about am an and are as at be been being by can could did do does for from had has have "
    "having he her his how i in is it its may me might most my not of on or our she should than "
    "that the their them then there these they this those to us was we were what when where which "
    "who whom whose why will with would you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())

_SCHEMA = """
    CREATE VIRTUAL TABLE record USING fts5(
        text, key UNINDEXED, conversation UNINDEXED, words UNINDEXED, tokenize = 'porter unicode61'
    )
"""
_SEARCH = """
    SELECT key, words, text FROM record
    WHERE record MATCH :query AND (:conversation IS NULL OR conversation = :conversation)
    ORDER BY rank, rowid LIMIT :limit
"""
_WORD = re.compile(r"\w+")


class Floor:
    """BM25 over records, in memory; use it as a context manager."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(_SCHEMA)
        rows = ((_labelled(each), each.key, each.conversation, len(each.text.split())) for each in records)
        self._connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def search(self, question: str, conversation: str | None, limit: int) -> tuple[list[Evidence], str]:
        """The first `limit` hits, best first, and the text of the best one."""
        query = match_expression(question)
        if not query:
            return [], ""
        values = {"query": query, "conversation": conversation, "limit": limit}
        rows = self._connection.execute(_SEARCH, values).fetchall()
        return [Evidence(frozenset({key}), words) for key, words, _ in rows], rows[0][2] if rows else ""

    def missing(self, ids: Iterable[str]) -> int:
        """How many of `ids` no record has."""
        known = {key for (key,) in self._connection.execute("SELECT key FROM record")}
        return len(set(ids) - known)


def match_expression(question: str) -> str:
    """The question as an FTS5 query: its different words without stop words, quoted, joined by OR."""
    words = dict.fromkeys(_WORD.findall(question.lower()))
    return " OR ".join(f'"{word}"' for word in words if word not in STOP_WORDS)


def _labelled(record: Record) -> str:
    label = record.title or record.speaker
    return f"{label}: {record.text}" if label else record.text
