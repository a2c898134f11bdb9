"""Full text by FTS5: whole texts and their pieces of 50 words, each under Porter stemming."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from graph.model import Match, TextQuery
from graph.store.indexing import MOST_PIECES, scope_token
from graph.store.sqlite.nearest import cosines, nearest

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
    SELECT n.id, f.best FROM (
        SELECT key, max(-score) AS best FROM (
            SELECT rowid / :pieces AS key, bm25(piece_text, 0, 1, 1) AS score FROM piece_text
            WHERE piece_text MATCH :match ORDER BY score LIMIT :reach * 2
        ) GROUP BY key
    ) f JOIN node n ON n.key = f.key JOIN interaction i ON i.key = f.key
    WHERE (:conversation IS NULL OR i.conversation = :conversation) AND (:speaker IS NULL OR i.speaker = :speaker)
    AND (:since IS NULL OR i.timestamp >= :since)
    AND (:until IS NULL OR substr(i.timestamp, 1, length(:until)) <= :until)
    ORDER BY f.best DESC, n.id LIMIT :limit"""

# As `nearest` has it: never by the index of a model's vectors.
_OF_FOUND = """
    SELECT n.id, v.numbers, coalesce(t.tokens, x'') FROM json_each(:found) j CROSS JOIN node n ON n.id = j.value
    CROSS JOIN vector v ON v.key = n.key LEFT JOIN token_vectors t ON t.key = n.key
    WHERE v.model = :model AND length(v.numbers) = length(:vector)"""

_UNBOUNDED = -1


def search(connection: sqlite3.Connection, path: Path, query: TextQuery) -> list[Match]:
    """What holds any of the query's terms or is near its vector, as `Store.search` has it.

    `path` is that of the database.
    """
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
    ids = whole.keys() | piece.keys()
    vectors: dict[str, tuple[float, bytes]] = {}
    if query.vector:
        ids |= set(nearest(connection, path, query))
        # In one order: a product of matrices may differ in its last bit by where in it something stands.
        rows = connection.execute(_OF_FOUND, given | {"found": json.dumps(sorted(ids))}).fetchall()
        near = cosines([numbers for _, numbers, _ in rows], query.vector)
        vectors = {id: (cosine, tokens) for (id, _, tokens), cosine in zip(rows, near, strict=True)}
    matches = [Match(id, whole.get(id, 0.0), piece.get(id, 0.0), *vectors.get(id, ())) for id in ids]
    return sorted(matches, key=_order)


def _order(match: Match) -> tuple[float, float, float, str]:
    return -match.whole, -match.piece, 1.0 if match.cosine is None else -match.cosine, match.id


def _expression(query: TextQuery) -> str:
    """The FTS5 query. Terms are quoted strings: nothing in them is an operator."""
    terms = " OR ".join('"' + term.replace('"', '""') + '"' for term in query.terms)
    wanted = f"{{heading text}} : ({terms})"
    return wanted if query.conversation is None else f"scope : {scope_token(query.conversation)} AND {wanted}"
