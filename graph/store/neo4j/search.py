"""Full text by Neo4j's index: whole texts and their pieces of 50 words."""

from __future__ import annotations

from typing import Any, Final

from graph.model import Match, TextQuery
from graph.store.neo4j.connection import Connection
from graph.store.neo4j.words import scope_of, stems

# Lucene and FTS5 differ in how little a frequent word counts. Each word's weight is brought from Lucene's
# log(1 + x) to FTS5's max(log(x), 1e-6), x being (all - having + 0.5) / (having + 0.5), in millionths.
_SEARCH: Final = """
OPTIONAL MATCH (index:_MemcliIndex {name: 'words'})
UNWIND $phrases AS phrase
OPTIONAL MATCH (w:_MemcliWord) WHERE w.word IN phrase.words
WITH index, phrase, coalesce(min(w.wholes), 0) AS wholes, coalesce(min(w.pieces), 0) AS pieces
WITH phrase, (coalesce(index.wholes, 0) - wholes + 0.5) / (wholes + 0.5) AS whole,
    (coalesce(index.pieces, 0) - pieces + 0.5) / (pieces + 0.5) AS piece
WITH phrase, 1000000 * CASE WHEN whole > 1.000001 THEN log(whole) / log(1 + whole) ELSE 0.000001 END AS whole,
    1000000 * CASE WHEN piece > 1.000001 THEN log(piece) / log(1 + piece) ELSE 0.000001 END AS piece
WITH collect(phrase.clause + '^' + toString(toInteger(ceil(whole)))) AS whole_clauses,
    collect(phrase.clause + '^' + toString(toInteger(ceil(piece)))) AS piece_clauses
WITH $before + reduce(match = '', each IN whole_clauses | match + ' ' + each) + $after AS whole_match,
    $before + reduce(match = '', each IN piece_clauses | match + ' ' + each) + $after AS piece_match
CALL (whole_match, piece_match) {
    CALL db.index.fulltext.queryNodes('memcli_whole', whole_match, $wholes) YIELD node AS t, score
    WHERE ($scope IS NULL OR t.scope = $scope) AND ($anybody OR EXISTS {
        MATCH (n:_Memcli {id: t.of}) WHERE ($speaker IS NULL OR n.speaker = $speaker)
        AND ($since IS NULL OR n.timestamp >= $since)
        AND ($until IS NULL OR substring(n.timestamp, 0, size($until)) <= $until)
    })
    RETURN t.of AS id, score AS whole, 0.0 AS piece ORDER BY whole DESC, id LIMIT $limit
    UNION ALL
    CALL db.index.fulltext.queryNodes('memcli_piece', piece_match, $pieces) YIELD node AS t, score
    WHERE ($scope IS NULL OR t.scope = $scope) AND ($anybody OR EXISTS {
        MATCH (n:_Memcli {id: t.of}) WHERE ($speaker IS NULL OR n.speaker = $speaker)
        AND ($since IS NULL OR n.timestamp >= $since)
        AND ($until IS NULL OR substring(n.timestamp, 0, size($until)) <= $until)
    })
    RETURN t.of AS id, 0.0 AS whole, max(score) AS piece ORDER BY piece DESC, id LIMIT $limit
}
RETURN id, max(whole) / 1000000 AS whole, max(piece) / 1000000 AS piece ORDER BY whole DESC, piece DESC, id"""
# The index settles ties in its own way: some more are asked for, so that those at the rim are settled by id.
_MORE = 200
_CLAUSES = 1000
"""Terms of one query: the index takes 1,024 clauses."""


def search(connection: Connection, query: TextQuery) -> list[Match]:
    """The interactions that hold any of the query's terms, best whole first, ties by id."""
    phrases = [words for words in stems(query.terms) if words][:_CLAUSES]
    if not phrases or query.limit < 1:
        return []
    scope = None if query.conversation is None else scope_of(query.conversation)
    # What is narrowed after the index has answered needs all of its answers.
    narrowed = query.speaker or query.since or query.until
    reach: list[dict[str, Any]] = [{}, {}] if narrowed else [{"limit": n * query.limit + _MORE} for n in (1, 2)]
    rows = connection.rows(
        _SEARCH,
        # Stems hold letters and digits alone: nothing in quotes is an operator.
        phrases=[{"words": words, "clause": f'words:"{" ".join(words)}"'} for words in phrases],
        before="" if scope is None else f'+scope:"{scope}"^0 +(',
        after="" if scope is None else ")",
        wholes=reach[0],
        pieces=reach[1],
        scope=scope,
        anybody=not narrowed,
        speaker=query.speaker,
        since=query.since,
        until=query.until,
        limit=query.limit,
    )
    return [Match(row["id"], row["whole"], row["piece"]) for row in rows]
