"""Full text by Neo4j's index: whole texts and their pieces of 50 words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graph.model import Match, TextQuery
from graph.store.neo4j.connection import Connection
from graph.store.neo4j.rows import unpacked
from graph.store.neo4j.words import scope_of, space_token, stems

_WITHIN: Final = """ t.space = $given.space AND t.scope = coalesce($given.scope, t.scope)
AND ($given.anybody OR EXISTS {
    MATCH (n:_Memcli {id: t.of}) WHERE ($given.speaker IS NULL OR n.speaker = $given.speaker)
    AND ($given.since IS NULL OR n.timestamp >= $given.since)
    AND ($given.until IS NULL OR substring(n.timestamp, 0, size($given.until)) <= $given.until)
}) """
"""Whether what the index found, a node `t`, is within what is asked for."""

# Lucene and FTS5 differ in how little a frequent word counts. Each word's weight is brought from Lucene's
# log(1 + x) to FTS5's max(log(x), 1e-6), x being (all - having + 0.5) / (having + 0.5), in millionths.
_TEXT: Final = (
    """
OPTIONAL MATCH (index:_MemcliIndex {name: 'words'})
UNWIND $given.phrases AS phrase
OPTIONAL MATCH (w:_MemcliWord) WHERE w.word IN phrase.words
WITH index, phrase, coalesce(min(w.wholes), 0) AS wholes, coalesce(min(w.pieces), 0) AS pieces
WITH phrase, (coalesce(index.wholes, 0) - wholes + 0.5) / (wholes + 0.5) AS whole,
    (coalesce(index.pieces, 0) - pieces + 0.5) / (pieces + 0.5) AS piece
WITH phrase, 1000000 * CASE WHEN whole > 1.000001 THEN log(whole) / log(1 + whole) ELSE 0.000001 END AS whole,
    1000000 * CASE WHEN piece > 1.000001 THEN log(piece) / log(1 + piece) ELSE 0.000001 END AS piece
WITH collect(phrase.clause + '^' + toString(toInteger(ceil(whole)))) AS whole_clauses,
    collect(phrase.clause + '^' + toString(toInteger(ceil(piece)))) AS piece_clauses
WITH whole_clauses, piece_clauses WHERE size(whole_clauses) > 0
WITH $given.before + reduce(match = '', each IN whole_clauses | match + ' ' + each) + $given.after AS whole_match,
    $given.before + reduce(match = '', each IN piece_clauses | match + ' ' + each) + $given.after AS piece_match
CALL (whole_match, piece_match) {
    CALL db.index.fulltext.queryNodes('memcli_whole', whole_match, $given.wholes) YIELD node AS t, score
    WHERE"""
    + _WITHIN
    + """
    RETURN substring(t.of, $given.skip) AS id, score AS whole, 0.0 AS piece ORDER BY whole DESC, id LIMIT $given.limit
    UNION ALL
    CALL db.index.fulltext.queryNodes('memcli_piece', piece_match, $given.pieces) YIELD node AS t, score
    WHERE"""
    + _WITHIN
    + """
    RETURN substring(t.of, $given.skip) AS id, 0.0 AS whole, max(score) AS piece
    ORDER BY piece DESC, id LIMIT $given.limit
}
RETURN id, whole, piece, null AS cosine"""
)
# The index quantizes vectors: what it finds is compared again as it is.
_WANTED: Final = (
    """
WITH t, 2 * vector.similarity.cosine(t.vector, wanted) - 1 AS cosine
WHERE t.model = $given.model AND"""
    + _WITHIN
    + """
RETURN substring(t.of, $given.skip) AS id, 0.0 AS whole, 0.0 AS piece, cosine
ORDER BY cosine DESC, id LIMIT $given.limit"""
)
_NEAREST: Final = (
    """UNWIND [$given.vector] AS wanted
CALL db.index.vector.queryNodes('memcli_vector', $given.nearest, wanted) YIELD node AS t"""
    + _WANTED
)
_NEAREST_IN: Final = (
    """UNWIND [$given.vector] AS wanted
MATCH (t:_MemcliText {scope: $given.scope}) WHERE size(t.vector) = size(wanted)"""
    + _WANTED
)
_BEST: Final = """
WITH id, max(whole) / 1000000 AS whole, max(piece) / 1000000 AS piece
ORDER BY whole DESC, piece DESC, id
RETURN collect([id, whole, piece]) AS found"""
# What full text alone found is compared with the vector too.
_BEST_NEAR: Final = """
WITH id, max(whole) / 1000000 AS whole, max(piece) / 1000000 AS piece, max(cosine) IS NOT NULL AS near
UNWIND [$given.vector] AS wanted
OPTIONAL MATCH (t:_MemcliText {of: $given.within + id})
    WHERE t.model = $given.model AND size(t.vector) = size(wanted)
WITH id, whole, piece, near, t.tokens AS tokens,
    CASE WHEN t IS NULL THEN null ELSE 2 * vector.similarity.cosine(t.vector, wanted) - 1 END AS cosine
ORDER BY whole DESC, piece DESC, coalesce(cosine, -1) DESC, id
WITH collect([id, whole, piece, cosine, tokens]) AS found, count(CASE WHEN near THEN 1 END) AS near
OPTIONAL MATCH (i:_MemcliIndex {name: 'words'})
RETURN found, near, coalesce(max(i.wholes), 0) AS texts"""
_SEARCH: Final = "CALL () {" + _TEXT + "}" + _BEST
_SEARCH_NEAR: Final = "CALL () {" + _TEXT + " UNION ALL " + _NEAREST + "}" + _BEST_NEAR
_SEARCH_NEAR_IN: Final = "CALL () {" + _TEXT + " UNION ALL " + _NEAREST_IN + "}" + _BEST_NEAR
# The index settles ties in its own way: some more are asked for, so that those at the rim are settled by id.
_MORE = 200
_CLAUSES = 1000
"""Terms of one query: the index takes 1,024 clauses."""


_OVERSAMPLING = 4
"""How many times as many vectors as are wanted are asked of the index, since some may be left out."""


def search(connection: Connection, query: TextQuery) -> list[Match]:
    """What holds any of the query's terms or is near its vector, as `Store.search` has it."""
    phrases = [words for words in stems(query.terms) if words][:_CLAUSES]
    if not (phrases or query.vector) or query.limit < 1:
        return []
    space = space_token(connection.space)
    scope = None if query.conversation is None else scope_of(connection.space, query.conversation)
    # What is narrowed after the index has answered needs all of its answers.
    narrowed = query.speaker or query.since or query.until
    reach: list[dict[str, Any]] = [{}, {}] if narrowed else [{"limit": n * query.limit + _MORE} for n in (1, 2)]
    given: dict[str, Any] = {
        # Stems hold letters and digits alone: nothing in quotes is an operator.
        "phrases": [{"words": words, "clause": f'words:"{" ".join(words)}"'} for words in phrases],
        "before": f'+space:"{space}"^0 +(' if scope is None else f'+scope:"{scope}"^0 +(',
        "after": ")",
        "wholes": reach[0],
        "pieces": reach[1],
        "scope": scope,
        "space": space,
        "anybody": not narrowed,
        "speaker": query.speaker,
        "since": query.since,
        "until": query.until,
        "limit": query.limit,
    }
    if not query.vector:
        (row,) = connection.rows(_SEARCH, **given)
        return [Match(*each) for each in row["found"]]
    return _near(connection, query, given | {"vector": unpacked(query.vector), "model": query.model})


def _near(connection: Connection, query: TextQuery, given: Mapping[str, Any]) -> list[Match]:
    """Search by the vector too. A conversation is compared as a whole; else the index is asked for more than is wanted,
    and where too few are left of that, for all."""
    if query.conversation is not None:
        (row,) = connection.rows(_SEARCH_NEAR_IN, **given)
    else:
        nearest = _OVERSAMPLING * query.limit + _MORE
        (row,) = connection.rows(_SEARCH_NEAR, nearest=nearest, **given)
        if row["near"] < query.limit and row["texts"] > nearest:
            (row,) = connection.rows(_SEARCH_NEAR, nearest=row["texts"], **given)
    return [Match(id, whole, piece, cosine, bytes(tokens or b"")) for id, whole, piece, cosine, tokens in row["found"]]
