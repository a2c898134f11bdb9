"""Writing one batch of changes: what is taken out, then nodes with their full text, edges, speakers, checkpoint."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from msgspec.structs import asdict

from graph.errors import StoreError
from graph.labels import LABELS, TYPES, edge_properties
from graph.model import Changes, Edge, EdgeKind, Entity, Interaction, Node, NodeKind, Removal, kind_of
from graph.store.indexing import is_searched, passages
from graph.store.neo4j.connection import Connection, Row
from graph.store.neo4j.remove import remove
from graph.store.neo4j.rows import event_properties, to_properties, unpacked
from graph.store.neo4j.words import FILLER, indexed, place_of, scope_of, space_token, stems
from graph.text import fold

# A name that folds as the entity's own is found by that; any other has a node for it.
_SAVE_NODES: Final = """
UNWIND $given.kinds AS kind
UNWIND kind.rows AS row
OPTIONAL MATCH (old:_Memcli {id: $given.within + row.id})
WITH collect({kind: kind.label, replaces: kind.replaces, row: row, fresh: old IS NULL}) AS all
UNWIND all AS each
WITH each.kind AS kind, each.replaces AS replaces, each.row AS row, each.fresh AS fresh
MERGE (n:_Memcli {id: $given.within + row.id})
ON CREATE SET n:$(kind), n += row {.*, id: n.id}
ON MATCH SET n += CASE WHEN replaces THEN row {.*, id: n.id} ELSE {} END
FOREACH (name IN CASE kind WHEN 'Entity' THEN coalesce($given.names[row.id], [row.name]) ELSE [] END |
    SET n.aliases = CASE WHEN name = n.name OR name IN n.aliases THEN n.aliases ELSE n.aliases + [name] END)
FOREACH (folded IN CASE kind WHEN 'Entity' THEN coalesce($given.folded[row.id], [row.folded]) ELSE [] END |
    FOREACH (_ IN CASE WHEN folded <> n.folded THEN [1] ELSE [] END |
        MERGE (:_MemcliAlias {folded: folded, entity: n.id})))
FOREACH (text IN CASE WHEN fresh AND kind = 'Interaction' THEN [$given.texts[row.id]] ELSE [] END |
    CREATE (:_MemcliText {of: n.id, position: row.position, space: $given.space, scope: text.scope, place: text.place,
        words: text.words})
    FOREACH (words IN text.pieces |
        CREATE (:_MemcliPiece {of: n.id, space: $given.space, scope: text.scope, words: words})))
WITH row, fresh WHERE fresh
RETURN collect(row.id) AS ids"""
_SPOKEN: Final = """
MATCH (n:_Memcli) WHERE n.id IN [id IN $given.ids | $given.within + id]
RETURN substring(n.id, $given.skip) AS id, n.conversation AS conversation, n.speaker AS speaker"""
_SAVE_REST: Final = """
CALL () {
    UNWIND $given.edges AS kind
    UNWIND kind.rows AS row
    OPTIONAL MATCH (s:_Memcli {id: $given.within + row[0]})
    OPTIONAL MATCH (t:_Memcli {id: $given.within + row[1]})
    WITH kind, kind.shared AS shared, row, s, t
    WITH kind, row, s, t, CASE WHEN s IS NULL OR t IS NULL THEN [] ELSE [shared {.*, weight: row[2]}] END AS told
    FOREACH (properties IN CASE WHEN kind.fresh THEN told ELSE [] END |
        CREATE (s)-[r:$(kind.type)]->(t) SET r = properties)
    FOREACH (properties IN CASE WHEN kind.fresh THEN [] ELSE told END |
        MERGE (s)-[r:$(kind.type)]->(t) SET r = properties)
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
    SET t.model = row.model, t.tokens = row.tokens
    WITH t, row
    CALL db.create.setNodeVectorProperty(t, 'vector', row.numbers)
    RETURN collect(row.node) AS owners
}
CALL () {
    UNWIND $given.events AS row
    OPTIONAL MATCH (s:_Memcli {id: $given.within + row.subject})
    OPTIONAL MATCH (o:_Memcli {id: $given.within + row.other})
    WITH row, CASE WHEN s IS NULL THEN row.subject WHEN o IS NULL THEN row.other END AS missing
    FOREACH (event IN CASE WHEN missing IS NULL THEN [row] ELSE [] END |
        MERGE (v:_MemcliEvent {id: $given.within + event.id})
        ON CREATE SET v += event {.*, id: v.id, subject: $given.within + event.subject,
            other: $given.within + event.other, cause: $given.within + event.cause})
    RETURN min(missing) AS strange
}
RETURN loose, owners, strange"""


def save(connection: Connection, changes: Changes) -> dict[NodeKind, int]:
    """Take out and write what `changes` says, in two statements where nothing is taken out; return how many nodes of
    each kind are new."""
    _check_keys(changes)
    if changes.removed != Removal():
        remove(connection, changes.removed)
    interactions = {node.id: node for node in reversed(changes.nodes) if isinstance(node, Interaction)}
    texts = texts_of(connection.space, list(interactions.values()))
    rows: Iterable[Row] = ()
    if changes.nodes:
        kinds = _node_rows(connection.space, changes.nodes)
        space = space_token(connection.space)
        names, folded = _names(changes.nodes)
        rows = connection.rows(_SAVE_NODES, kinds=kinds, names=names, folded=folded, texts=texts, space=space)
    new = {id for row in rows for id in row["ids"]}
    said = [node for id, node in interactions.items() if id in new]
    said_texts = [texts[node.id] for node in said if is_searched(node)]
    (told,) = connection.rows(
        _SAVE_REST,
        edges=_edge_rows(changes.edges, new),
        speakers=_speaker_rows(connection, said, changes.edges),
        words=_word_rows(said_texts),
        wholes=len(said_texts),
        pieces=sum(len(text["pieces"]) for text in said_texts),
        checkpoints=[asdict(changes.checkpoint)] if changes.checkpoint else [],
        vectors=[asdict(each) | {"numbers": unpacked(each.numbers)} for each in changes.vectors],
        events=[event_properties(each) for each in changes.events],
    )
    if told["loose"] is not None:
        raise StoreError(f"an edge joins {told['loose']}, which is no node", "save its nodes first")
    if loose := sorted({each.node for each in changes.vectors}.difference(told["owners"])):
        raise StoreError(f"a vector belongs to {loose[0]}, which is no interaction", "save its node first")
    if told["strange"] is not None:
        raise StoreError(f"an event is about {told['strange']}, which is no node", "save its nodes first")
    kind = {node.id: kind_of(node) for node in reversed(changes.nodes)}
    return dict(Counter(kind[id] for id in new))


def _check_keys(changes: Changes) -> None:
    """A slash stands between the name of a space and an id: in an id it would lead into another space."""
    keys = [node.id for node in changes.nodes] + [end for edge in changes.edges for end in (edge.source, edge.target)]
    keys += [id for each in changes.events for id in (each.id, each.subject, each.other, each.cause)]
    keys += [each.node for each in changes.vectors] + ([changes.checkpoint.digest] if changes.checkpoint else [])
    if strange := [key for key in keys if "/" in key]:
        raise StoreError(f"{strange[0]!r} is no id: it has a slash", "save what memcli made")


def _node_rows(space: str, nodes: Sequence[Node]) -> list[dict[str, Any]]:
    """The properties of nodes, by kind: of the same node the first counts, or the last where it replaces."""
    rows: dict[NodeKind, dict[str, Node]] = defaultdict(dict)
    for node in nodes:
        if isinstance(node, Interaction | Entity):
            rows[kind_of(node)].setdefault(node.id, node)
        else:
            rows[kind_of(node)][node.id] = node
    return [
        {
            "label": LABELS[kind],
            "replaces": kind not in (NodeKind.INTERACTION, NodeKind.ENTITY),
            "rows": [to_properties(space, node) for node in found.values()],
        }
        for kind, found in rows.items()
    ]


def _names(nodes: Sequence[Node]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The names of entities that have several, as they are and folded, by id."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for node in nodes:
        if isinstance(node, Entity):
            names[node.id] |= dict.fromkeys((node.name, *node.aliases))
    several = {id: list(found) for id, found in names.items() if len(found) > 1}
    folded = {id: list(dict.fromkeys(indexed(fold(name)) for name in found)) for id, found in several.items()}
    return several, folded


def texts_of(space: str, interactions: Sequence[Interaction]) -> dict[str, dict[str, Any]]:
    """What is indexed of interactions, by id: their place, the words of their text, None where no search finds it, and
    of its pieces."""
    parts: dict[str, list[str]] = {}
    for each in interactions:
        heading, text, pieces = passages(each)
        parts[each.id] = [f"{heading}\n{part}" for part in (text, *pieces)] if is_searched(each) else []
    words = iter(stems([part for found in parts.values() for part in found]))
    indexed_parts = {
        id: [" ".join([*each, FILLER]) for each in islice(words, len(found))] for id, found in parts.items()
    }
    return {
        each.id: {
            "scope": scope_of(space, each.conversation),
            "place": place_of(space, each.conversation, each.key),
            "words": next(iter(indexed_parts[each.id]), None),
            "pieces": indexed_parts[each.id][1:],
        }
        for each in interactions
    }


def _edge_rows(edges: Sequence[Edge], new: Collection[str]) -> list[dict[str, Any]]:
    """Source, target and weight of edges, by all else that they have; an edge at a new node is new for sure."""
    kinds = {(edge.source, edge.target, edge.kind): edge for edge in edges}
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for edge in kinds.values():
        fresh = edge.source in new or edge.target in new
        key = (edge.kind, edge.relation, edge.reason, edge.decided_by, fresh)
        if key not in groups:
            shared = edge_properties(edge)
            groups[key] = {"type": TYPES[edge.kind], "shared": shared, "fresh": fresh, "rows": []}
        groups[key]["rows"].append([edge.source, edge.target, float(edge.weight)])
    return list(groups.values())


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


def _word_rows(texts: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Each word, in how many texts it occurs, and in how many of their pieces."""
    wholes, parts = Counter[str](), Counter[str]()
    for text in texts:
        wholes.update(set(text["words"].split()))
        for piece in text["pieces"]:
            parts.update(set(piece.split()))
    return [[word, wholes[word], number] for word, number in sorted(parts.items()) if word == indexed(word)]
