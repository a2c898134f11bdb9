"""Writing one batch of changes: nodes with their full text, edges, speakers, checkpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import asdict

from graph.errors import StoreError
from graph.labels import LABELS, TYPES, edge_properties
from graph.model import Changes, Edge, EdgeKind, Entity, Interaction, Node, NodeKind, kind_of
from graph.store.neo4j.connection import Connection
from graph.store.neo4j.rows import to_properties, unpacked
from graph.store.neo4j.words import indexed, place_of, scope_of, space_token, stems
from graph.text import fold, pieces, segmented

_PIECES = 4096
"""Pieces of one text at most; those of a text that would have more are longer."""
_PIECE = 50
"""Words of a piece."""

# A name that folds as the entity's own is found by that; any other has a node for it.
_SAVE_NODES: Final = """
UNWIND $given.rows AS row
OPTIONAL MATCH (old:_Memcli {id: $given.within + row.id})
WITH collect({row: row, fresh: old IS NULL}) AS all
UNWIND all AS each
WITH each.row AS row, each.fresh AS fresh
MERGE (n:_Memcli {id: $given.within + row.id})
ON CREATE SET n:$(row.label), n += row.properties
ON MATCH SET n += CASE WHEN row.replaces THEN row.properties ELSE {} END
FOREACH (name IN row.names |
    SET n.aliases = CASE WHEN name = n.name OR name IN n.aliases THEN n.aliases ELSE n.aliases + [name] END)
FOREACH (folded IN [x IN row.folded WHERE x <> n.folded] |
    MERGE (:_MemcliAlias {folded: folded, entity: n.id}))
FOREACH (text IN CASE WHEN fresh THEN row.texts ELSE [] END |
    CREATE (t:_MemcliText {of: n.id}) SET t += text
    FOREACH (words IN row.pieces |
        CREATE (:_MemcliPiece {of: n.id, words: words, scope: text.scope, space: text.space})))
WITH row, fresh WHERE fresh
RETURN row.id AS id"""
_SPOKEN: Final = """MATCH (n:_Memcli) WHERE n.id IN [id IN $given.ids | $given.within + id]
RETURN substring(n.id, $given.skip) AS id, n.conversation AS conversation, n.speaker AS speaker"""
_SAVE_REST: Final = """
CALL () {
    UNWIND $given.edges AS row
    OPTIONAL MATCH (s:_Memcli {id: $given.within + row[0]})
    OPTIONAL MATCH (t:_Memcli {id: $given.within + row[1]})
    FOREACH (_ IN CASE WHEN row[4] AND s IS NOT NULL AND t IS NOT NULL THEN [1] ELSE [] END |
        CREATE (s)-[r:$(row[2])]->(t) SET r = row[3])
    FOREACH (_ IN CASE WHEN NOT row[4] AND s IS NOT NULL AND t IS NOT NULL THEN [1] ELSE [] END |
        MERGE (s)-[r:$(row[2])]->(t) SET r = row[3])
    WITH CASE WHEN s IS NULL THEN row[0] WHEN t IS NULL THEN row[1] END AS loose
    RETURN min(loose) AS loose
}
CALL () {
    UNWIND $given.speakers AS row
    MERGE (s:_MemcliSpeaker {scope: row.scope, folded: row.folded})
    ON CREATE SET s.entity = $given.within + row.entity
    RETURN count(*) AS speakers
}
CALL () {
    UNWIND $given.words AS row
    MERGE (w:_MemcliWord {word: row[0]})
    SET w.wholes = coalesce(w.wholes, 0) + row[1], w.pieces = coalesce(w.pieces, 0) + row[2]
    RETURN count(*) AS words
}
CALL () {
    MERGE (i:_MemcliIndex {name: 'words'})
    SET i.wholes = coalesce(i.wholes, 0) + $given.wholes, i.pieces = coalesce(i.pieces, 0) + $given.pieces
    RETURN count(*) AS indexes
}
CALL () {
    UNWIND $given.checkpoints AS row
    MERGE (c:_MemcliCheckpoint {digest: $given.within + row.digest})
    ON CREATE SET c += row {.name, .records, .finished}
    ON MATCH SET c.records = CASE WHEN row.records > c.records THEN row.records ELSE c.records END,
        c.finished = c.finished OR row.finished
    RETURN count(*) AS checkpoints
}
CALL () {
    UNWIND $given.vectors AS row
    MATCH (t:_MemcliText {of: $given.within + row.node})
    SET t.model = row.model
    WITH t, row
    CALL db.create.setNodeVectorProperty(t, 'vector', row.numbers)
    RETURN collect(row.node) AS owners
}
RETURN loose, owners"""


def save(connection: Connection, changes: Changes) -> dict[NodeKind, int]:
    """Write `changes` in two statements; return how many nodes of each kind are new."""
    rows = _node_rows(connection.space, changes.nodes)
    new = {row["id"] for row in connection.rows(_SAVE_NODES, rows=list(rows.values()))} if rows else set()
    said = [node for node in changes.nodes if isinstance(node, Interaction) and node.id in new]
    said_rows = [rows[id] for id in {node.id for node in said}]
    (told,) = connection.rows(
        _SAVE_REST,
        edges=_edge_rows(changes.edges, new),
        speakers=_speaker_rows(connection, said, changes.edges),
        words=_word_rows(said_rows),
        wholes=len(said_rows),
        pieces=sum(len(row["pieces"]) for row in said_rows),
        checkpoints=[asdict(changes.checkpoint)] if changes.checkpoint else [],
        vectors=[asdict(each) | {"numbers": unpacked(each.numbers)} for each in changes.vectors],
    )
    if told["loose"] is not None:
        raise StoreError(f"an edge joins {told['loose']}, which is no node", "save its nodes first")
    if loose := sorted({each.node for each in changes.vectors}.difference(told["owners"])):
        raise StoreError(f"a vector belongs to {loose[0]}, which is no interaction", "save its node first")
    kinds = {node.id: kind_of(node) for node in reversed(changes.nodes)}
    return dict(Counter(kinds[id] for id in new))


def _node_rows(space: str, nodes: Sequence[Node]) -> dict[str, dict[str, Any]]:
    """What `_SAVE_NODES` is given, by id: of the same node the first is made, the last replaces."""
    rows: dict[str, dict[str, Any]] = {}
    for node in nodes:
        row = rows.setdefault(node.id, {"id": node.id, "label": LABELS[kind_of(node)]})
        if isinstance(node, Entity):
            row["properties"] = row.get("properties") or to_properties(space, node)
            names = [node.name, *node.aliases]
            row["names"] = list(dict.fromkeys([*row.get("names", ()), *names]))
            row["folded"] = list(dict.fromkeys([*row.get("folded", ()), *(indexed(fold(name)) for name in names)]))
        elif isinstance(node, Interaction):
            row |= {"properties": row.get("properties") or to_properties(space, node), "texts": [], "pieces": []}
        else:
            row |= {"properties": to_properties(space, node), "replaces": True}
    _add_words(space, rows, [node for node in nodes if isinstance(node, Interaction)])
    return rows


def _add_words(space: str, rows: Mapping[str, dict[str, Any]], interactions: Iterable[Interaction]) -> None:
    """Give the rows of interactions what is indexed of them: their place, the words of their text and of its pieces."""
    texts: list[str] = []
    owners: list[tuple[str, bool]] = []
    for each in {node.id: node for node in reversed(list(interactions))}.values():
        heading, text = segmented(each.speaker or each.title or ""), segmented(each.text)
        longest = max(_PIECE, -(-len(text.split()) // _PIECES))
        for whole, part in [(True, text), *((False, piece) for piece in pieces(text, longest))]:
            texts.append(f"{heading}\n{part}")
            owners.append((each.id, whole))
        told = {"scope": scope_of(space, each.conversation), "place": place_of(space, each.conversation, each.key)}
        rows[each.id]["texts"].append({"space": space_token(space), "position": each.position, **told})
    for (id, whole), found in zip(owners, stems(texts), strict=True):
        if whole:
            rows[id]["texts"][0]["words"] = " ".join(found)
        else:
            rows[id]["pieces"].append(" ".join(found))


def _edge_rows(edges: Sequence[Edge], new: Collection[str]) -> list[list[Any]]:
    """Source, target, type and properties of each edge, and whether it is new for sure, being at a node that is."""
    rows: dict[tuple[str, str, EdgeKind], list[Any]] = {}
    for edge in edges:
        fresh = edge.source in new or edge.target in new
        row = [edge.source, edge.target, TYPES[edge.kind], edge_properties(edge), fresh]
        rows[edge.source, edge.target, edge.kind] = row
    return list(rows.values())


def _speaker_rows(connection: Connection, said: Sequence[Interaction], edges: Sequence[Edge]) -> list[dict[str, str]]:
    """Who speaks in which conversation, by the folded name."""
    entity = {edge.source: edge.target for edge in edges if edge.kind is EdgeKind.SAID_BY}
    spoken = {each.id: (scope_of(connection.space, each.conversation), each.speaker) for each in said}
    # An interaction may have been saved before the edge to whoever said it.
    if before := [id for id in entity if id not in spoken]:
        rows = connection.rows(_SPOKEN, ids=before)
        spoken |= {row["id"]: (scope_of(connection.space, row["conversation"]), row["speaker"]) for row in rows}
    found = {(scope, indexed(fold(name)), entity[id]) for id, (scope, name) in spoken.items() if name and id in entity}
    return [{"scope": scope, "folded": folded, "entity": id} for scope, folded, id in sorted(found)]


def _word_rows(rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Each word, in how many texts it occurs, and in how many of their pieces."""
    wholes, parts = Counter[str](), Counter[str]()
    for row in rows:
        wholes.update(set(row["texts"][0]["words"].split()))
        for piece in row["pieces"]:
            parts.update(set(piece.split()))
    return [[word, wholes[word], number] for word, number in sorted(parts.items()) if word == indexed(word)]
