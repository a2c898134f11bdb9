"""Whether indexes and counts agree with the nodes, and putting them right."""

from __future__ import annotations

from typing import Final

from graph.model import Fault, Interaction, NodeKind, Selection
from graph.store.neo4j import read
from graph.store.neo4j.connection import Connection, mine
from graph.store.neo4j.words import space_token
from graph.store.neo4j.write import texts_of

_UNINDEXED: Final = (
    "MATCH (n:_Memcli&Interaction) WHERE n.id" + mine("n.id") + "AND NOT EXISTS { MATCH (:_MemcliText {of: n.id}) } "
)
_LOOSE_TEXTS: Final = (
    "MATCH (t:_MemcliText|_MemcliPiece) WHERE t.of" + mine("t.of") + "AND NOT EXISTS { MATCH (:_Memcli {id: t.of}) } "
)
_LOOSE_NAMES: Final = (
    "MATCH (a:_MemcliAlias|_MemcliSpeaker) WHERE a.entity"
    + mine("a.entity")
    + "AND NOT EXISTS { MATCH (:_Memcli {id: a.entity}) } "
)
_FAULTS: Final = (
    "CALL () { "
    + _UNINDEXED
    + """
    RETURN 'what is said is indexed' AS rule, substring(n.id, $given.skip) AS id, 'full text does not find it' AS what
    UNION ALL """
    + _LOOSE_TEXTS
    + """
    RETURN 'only what is said is indexed' AS rule, substring(t.of, $given.skip) AS id,
        'full text has what is not there' AS what
    UNION ALL """
    + _LOOSE_NAMES
    + """
    RETURN 'names lead to entities' AS rule, substring(a.entity, $given.skip) AS id,
        'a name leads to what is not there' AS what
    UNION ALL
    MATCH (t:_MemcliText) WITH count(t.words) AS there
    OPTIONAL MATCH (i:_MemcliIndex {name: 'words'})
    WITH there, coalesce(i.wholes, 0) AS counted WHERE there <> counted
    RETURN 'words are counted' AS rule, '' AS id,
        'of ' + toString(there) + ' texts ' + toString(counted) + ' are counted' AS what
}
RETURN rule, id, what ORDER BY rule, id LIMIT 1000"""
)
_LOOSE: Final = (
    "CALL () { "
    + _LOOSE_TEXTS
    + "DELETE t RETURN count(*) AS texts } CALL () { "
    + _LOOSE_NAMES
    + "DELETE a RETURN count(*) AS names } RETURN texts, names"
)
_MISSING: Final = _UNINDEXED + "RETURN substring(n.id, $given.skip) AS id"
_INDEX: Final = """
UNWIND keys($given.texts) AS id
WITH id, $given.texts[id] AS text
MATCH (n:_Memcli {id: $given.within + id})
OPTIONAL MATCH (p:_MemcliPiece {of: n.id})
DELETE p
WITH DISTINCT n, text
CREATE (:_MemcliText {of: n.id, position: n.position, space: $given.space, scope: text.scope, place: text.place,
    words: text.words})
FOREACH (words IN text.pieces |
    CREATE (:_MemcliPiece {of: n.id, space: $given.space, scope: text.scope, words: words}))
RETURN count(*) AS made"""
_RECOUNT: Final = """
CALL () { MATCH (w:_MemcliWord) DELETE w RETURN count(*) AS words }
CALL () {
    MATCH (t:_MemcliText) UNWIND split(t.words, ' ') AS word
    WITH DISTINCT t, word WHERE size(word) <= 500 AND word <> ''
    WITH word, count(*) AS wholes
    MERGE (w:_MemcliWord {word: word}) SET w.wholes = wholes, w.pieces = 0
    RETURN count(*) AS wholes
}
CALL () {
    MATCH (p:_MemcliPiece) UNWIND split(p.words, ' ') AS word
    WITH DISTINCT p, word WHERE size(word) <= 500 AND word <> ''
    WITH word, count(*) AS pieces
    MERGE (w:_MemcliWord {word: word}) SET w.pieces = pieces, w.wholes = coalesce(w.wholes, 0)
    RETURN count(*) AS pieces
}
CALL () {
    MATCH (t:_MemcliText) WITH count(t.words) AS wholes
    MERGE (i:_MemcliIndex {name: 'words'}) SET i.wholes = wholes
    RETURN count(*) AS indexes
}
CALL () {
    MATCH (p:_MemcliPiece) WITH count(p) AS pieces
    MATCH (i:_MemcliIndex {name: 'words'}) SET i.pieces = pieces
    RETURN count(*) AS parts
}
RETURN words"""
_CHUNK = 200


def faults(connection: Connection) -> list[Fault]:
    """What is wrong, as `Upkeep.faults` has it."""
    return [Fault(row["rule"], row["id"], row["what"]) for row in connection.rows(_FAULTS)]


def repair(connection: Connection) -> None:
    """Put it right, inside a transaction: what hangs loose goes, what is missing is indexed, words are counted anew."""
    connection.rows(_LOOSE)
    missing = [row["id"] for row in connection.rows(_MISSING)]
    for start in range(0, len(missing), _CHUNK):
        chosen = Selection((NodeKind.INTERACTION,), ids=tuple(missing[start : start + _CHUNK]))
        said = [each for each in read.nodes(connection, chosen) if isinstance(each, Interaction)]
        texts = texts_of(connection.space, said)
        connection.rows(_INDEX, texts=texts, space=space_token(connection.space))
    connection.rows(_RECOUNT)
