"""Taking out one batch: nodes with all that hangs on them, edges, full text, speakers, vectors, checkpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from graph.labels import TYPES
from graph.model import EdgeKind, Removal
from graph.store.neo4j.connection import Connection
from graph.store.neo4j.words import indexed, scope_of
from graph.text import fold

# Who said what goes is read before it does, and who still speaks in the same conversations afterwards.
_REMOVE: Final = """
CALL () {
    MATCH (m:_Memcli)-[r:SAID_BY]->(e:_Memcli) WHERE m.id IN GONE
    RETURN collect(DISTINCT [m.conversation, m.speaker, e.id]) AS spoken
}
CALL () {
    UNWIND $given.edges AS kind
    UNWIND kind.rows AS row
    MATCH (s:_Memcli {id: $given.within + row[0]})-[r:$(kind.type)]->(t:_Memcli {id: $given.within + row[1]})
    WITH r, CASE WHEN type(r) = 'SAID_BY' THEN [s.conversation, s.speaker, t.id] END AS said
    DELETE r
    RETURN collect(DISTINCT said) AS unsaid
}
CALL () {
    MATCH (t:_MemcliText) WHERE t.of IN GONE
    UNWIND split(t.words, ' ') AS word
    WITH DISTINCT t, word
    WITH word, count(*) AS texts
    MATCH (w:_MemcliWord {word: word})
    SET w.wholes = w.wholes - texts
    RETURN count(*) AS words
}
CALL () {
    MATCH (p:_MemcliPiece) WHERE p.of IN GONE
    UNWIND split(p.words, ' ') AS word
    WITH DISTINCT p, word
    WITH word, count(*) AS pieces
    MATCH (w:_MemcliWord {word: word})
    SET w.pieces = w.pieces - pieces
    FOREACH (_ IN CASE WHEN w.pieces < 1 THEN [1] ELSE [] END | DELETE w)
    RETURN count(*) AS parts
}
CALL () {
    MATCH (t:_MemcliText) WHERE t.of IN GONE
    WITH t, t.words AS words
    DELETE t
    RETURN count(words) AS wholes
}
CALL () {
    MATCH (p:_MemcliPiece) WHERE p.of IN GONE
    DELETE p
    RETURN count(*) AS pieces
}
CALL (wholes, pieces) {
    MATCH (i:_MemcliIndex {name: 'words'})
    SET i.wholes = i.wholes - wholes, i.pieces = i.pieces - pieces
    RETURN count(*) AS indexes
}
CALL () {
    MATCH (a:_MemcliAlias) WHERE a.entity IN GONE
    DELETE a
    RETURN count(*) AS aliases
}
CALL () {
    MATCH (s:_MemcliSpeaker) WHERE s.entity IN GONE
    DELETE s
    RETURN count(*) AS speakers
}
CALL () {
    MATCH (t:_MemcliText) WHERE t.of IN [id IN $given.vectors | $given.within + id]
    REMOVE t.vector, t.model, t.tokens
    RETURN count(*) AS vectors
}
CALL () {
    MATCH (c:_MemcliCheckpoint) WHERE c.digest IN [each IN $given.digests | $given.within + each]
    DELETE c
    RETURN count(*) AS checkpoints
}
CALL () {
    UNWIND GONE AS id
    CALL (id) {
        MATCH (v:_MemcliEvent {subject: id}) RETURN v
        UNION MATCH (v:_MemcliEvent {other: id}) RETURN v
        UNION MATCH (v:_MemcliEvent {cause: id}) RETURN v
    }
    WITH DISTINCT v
    DELETE v
    RETURN count(*) AS because
}
CALL () {
    MATCH (v:_MemcliEvent) WHERE v.id IN [id IN $given.events | $given.within + id]
    DELETE v
    RETURN count(*) AS events
}
CALL () {
    MATCH (n:_Memcli) WHERE n.id IN GONE
    DETACH DELETE n
    RETURN count(*) AS nodes
}
RETURN spoken + unsaid AS spoken""".replace("GONE", "[id IN $given.ids | $given.within + id]")
_NAMES: Final = """
MATCH (e:_Memcli) WHERE e.id IN [id IN $given.ids | $given.within + id]
RETURN substring(e.id, $given.skip) AS id, e.name AS name, e.aliases AS aliases"""
_REMOVE_NAMES: Final = """
UNWIND $given.rows AS row
MATCH (e:_Memcli {id: $given.within + row.id})
SET e.aliases = row.aliases
WITH e, row
MATCH (a:_MemcliAlias {entity: e.id}) WHERE a.folded IN row.gone
DELETE a
RETURN count(*) AS names"""
_STILL: Final = """
MATCH (t:_MemcliText) WHERE t.scope IN $given.scopes
MATCH (m:_Memcli {id: t.of})-[:SAID_BY]->(e:_Memcli)
RETURN DISTINCT t.scope AS scope, m.speaker AS speaker, e.id AS entity"""
_REMOVE_SPEAKERS: Final = """
UNWIND $given.speakers AS row
MATCH (s:_MemcliSpeaker {scope: row[0], folded: row[1]}) WHERE s.entity = row[2]
DELETE s
RETURN count(*) AS speakers"""


def remove(connection: Connection, removed: Removal) -> None:
    """Take out what is `removed`, as `Changes` has it: in a statement, two more where speakers may fall silent, and two
    for names."""
    (row,) = connection.rows(
        _REMOVE,
        ids=list(removed.nodes),
        vectors=[id for id in removed.vectors if "/" not in id],
        events=[id for id in removed.events if "/" not in id],
        digests=list(removed.checkpoints),
        edges=_edge_rows(removed),
    )
    space = connection.space
    gone = {
        (scope_of(space, conversation), indexed(fold(speaker)), entity)
        for conversation, speaker, entity in row["spoken"]
        if speaker
    }
    if gone:
        still = connection.rows(_STILL, scopes=sorted({scope for scope, _, _ in gone}))
        gone -= {(row["scope"], indexed(fold(row["speaker"])), row["entity"]) for row in still}
        connection.rows(_REMOVE_SPEAKERS, speakers=[list(each) for each in sorted(gone)])
    if removed.names:
        _remove_names(connection, removed.names)


def _remove_names(connection: Connection, names: Sequence[tuple[str, str]]) -> None:
    unwanted: dict[str, set[str]] = defaultdict(set)
    for id, folded in names:
        if "/" not in id:
            unwanted[id].add(folded)
    rows = []
    for row in connection.rows(_NAMES, ids=sorted(unwanted)):
        gone = unwanted[row["id"]] - {fold(row["name"])}
        kept = [alias for alias in row["aliases"] if fold(alias) not in gone]
        rows.append({"id": row["id"], "aliases": kept, "gone": sorted(map(indexed, gone))})
    connection.rows(_REMOVE_NAMES, rows=rows)


def _edge_rows(removed: Removal) -> list[dict[str, Any]]:
    """Source and target of edges, by type."""
    rows: dict[EdgeKind, list[list[str]]] = defaultdict(list)
    for source, kind, target in removed.edges:
        if "/" not in source + target:
            rows[kind].append([source, target])
    return [{"type": TYPES[kind], "rows": found} for kind, found in rows.items()]
