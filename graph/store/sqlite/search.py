"""Full text by FTS5: whole texts and their pieces of 50 words, each under Porter stemming."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from heapq import nsmallest

from graph.model import Match, TextQuery
from graph.store.indexing import MOST_PIECES, scope_token

# Scores are FTS5's bm25(), which is lower for better, over heading and text; the scope only narrows.
_WHOLE = """
    SELECT n.id, -f.score FROM (
        SELECT rowid AS key, bm25(whole_text, 0, 1, 1) AS score FROM whole_text WHERE whole_text MATCH :match
        ORDER BY score LIMIT :reach
    ) f JOIN node n ON n.key = f.key JOIN interaction i ON i.key = f.key
    WHERE (:conversation IS NULL OR i.conversation = :conversation) AND (:speaker IS NULL OR i.speaker = :speaker)
    AND (:since IS NULL OR i.timestamp >= :since)
    AND (:until IS NULL OR substr(i.timestamp, 1, length(:until)) <= :until)
    ORDER BY f.score, n.id LIMIT :limit"""
_PIECE = """
    SELECT n.id, max(-f.score) AS best FROM (
        SELECT rowid / :pieces AS key, bm25(piece_text, 0, 1, 1) AS score FROM piece_text WHERE piece_text MATCH :match
        ORDER BY score LIMIT :reach * 2
    ) f JOIN node n ON n.key = f.key JOIN interaction i ON i.key = f.key
    WHERE (:conversation IS NULL OR i.conversation = :conversation) AND (:speaker IS NULL OR i.speaker = :speaker)
    AND (:since IS NULL OR i.timestamp >= :since)
    AND (:until IS NULL OR substr(i.timestamp, 1, length(:until)) <= :until)
    GROUP BY n.id ORDER BY best DESC, n.id LIMIT :limit"""

_VECTORS = """
    SELECT n.id, v.numbers FROM vector v JOIN node n ON n.key = v.key JOIN interaction i ON i.key = v.key
    WHERE v.model = :model AND length(v.numbers) = length(:vector)
    AND (:conversation IS NULL OR i.conversation = :conversation) AND (:speaker IS NULL OR i.speaker = :speaker)
    AND (:since IS NULL OR i.timestamp >= :since)
    AND (:until IS NULL OR substr(i.timestamp, 1, length(:until)) <= :until)"""

_UNBOUNDED = -1
_VECTORS_AT_ONCE = 4096


def search(connection: sqlite3.Connection, query: TextQuery) -> list[Match]:
    """What holds any of the query's terms or is near its vector, as `Store.search` has it."""
    narrowed = query.speaker or query.since or query.until
    given = {
        "match": _expression(query),
        "model": query.model,
        "vector": query.vector,
        "conversation": query.conversation,
        "speaker": query.speaker,
        "since": query.since,
        "until": query.until,
        "limit": query.limit,
        "pieces": MOST_PIECES,
        # What is narrowed after the index has answered needs all of its answers.
        "reach": _UNBOUNDED if narrowed else query.limit,
    }
    whole, piece = (
        dict(connection.execute(statement, given).fetchall()) if query.terms else {} for statement in (_WHOLE, _PIECE)
    )
    cosine = dict(_nearest(connection, query, given)) if query.vector else {}
    found = [
        Match(id, whole.get(id, 0.0), piece.get(id, 0.0), cosine.get(id, 0.0))
        for id in whole.keys() | piece.keys() | cosine.keys()
    ]
    return sorted(found, key=lambda match: (-match.whole, -match.piece, -match.cosine, match.id))


def _nearest(connection: sqlite3.Connection, query: TextQuery, given: Mapping[str, object]) -> list[tuple[str, float]]:
    """The ids nearest to the query's vector with their cosines: every vector within its bounds is compared."""
    import numpy

    wanted = numpy.frombuffer(query.vector, "<f4")
    best: list[tuple[str, float]] = []
    rows = connection.execute(_VECTORS, given)
    while chunk := rows.fetchmany(_VECTORS_AT_ONCE):
        ids, numbers = zip(*chunk, strict=True)
        cosines = numpy.frombuffer(b"".join(numbers), "<f4").reshape(len(ids), -1) @ wanted
        near = zip(ids, cosines.tolist(), strict=True)
        best = nsmallest(query.limit, [*best, *near], key=lambda each: (-each[1], each[0]))
    return best


def _expression(query: TextQuery) -> str:
    """The FTS5 query. Terms are quoted strings: nothing in them is an operator."""
    terms = " OR ".join('"' + term.replace('"', '""') + '"' for term in query.terms)
    wanted = f"{{heading text}} : ({terms})"
    return wanted if query.conversation is None else f"scope : {scope_token(query.conversation)} AND {wanted}"
