"""The full-text index: what is put into it of an interaction, and taken out again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from graph.model import Interaction
from graph.store.indexing import MOST_PIECES, is_searched, passages, scope_token

_Row = tuple[int, str, str, str]


def index(connection: sqlite3.Connection, said: Iterable[Interaction], keys: Mapping[str, int]) -> None:
    """Put interactions, whose keys are given by id, into the index."""
    whole, pieces = _rows(said, keys)
    connection.executemany("INSERT INTO whole_text (rowid, scope, heading, text) VALUES (?, ?, ?, ?)", whole)
    connection.executemany("INSERT INTO piece_text (rowid, scope, heading, text) VALUES (?, ?, ?, ?)", pieces)


def unindex(connection: sqlite3.Connection, said: Iterable[Interaction], keys: Mapping[str, int]) -> None:
    """Take them out: the index keeps no texts, and has to be told what it was given."""
    whole, pieces = _rows(said, keys)
    connection.executemany(
        "INSERT INTO whole_text (whole_text, rowid, scope, heading, text) VALUES ('delete', ?, ?, ?, ?)", whole
    )
    connection.executemany(
        "INSERT INTO piece_text (piece_text, rowid, scope, heading, text) VALUES ('delete', ?, ?, ?, ?)", pieces
    )


def merge(connection: sqlite3.Connection) -> None:
    """Merge the index into one part: until then it keeps the words of what was taken out, and marks on them."""
    connection.execute("INSERT INTO whole_text (whole_text) VALUES ('optimize')")
    connection.execute("INSERT INTO piece_text (piece_text) VALUES ('optimize')")


def _rows(said: Iterable[Interaction], keys: Mapping[str, int]) -> tuple[list[_Row], list[_Row]]:
    whole, parts = [], []
    for each in filter(is_searched, said):
        key, scope = keys[each.id], scope_token(each.conversation)
        heading, text, pieces = passages(each)
        whole.append((key, scope, heading, text))
        parts += [(key * MOST_PIECES + number, scope, heading, piece) for number, piece in enumerate(pieces)]
    return whole, parts
