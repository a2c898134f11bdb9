"""Writing one batch of changes: what is taken out, then nodes, edges, full text, checkpoint."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Sequence

from graph.errors import StoreError
from graph.model import (
    Changes,
    Checkpoint,
    Edge,
    EdgeKind,
    Entity,
    Event,
    Interaction,
    Node,
    NodeKind,
    Removal,
    Vector,
    kind_of,
)
from graph.store.sqlite.remove import remove
from graph.store.sqlite.rows import INSERT, keys_of, to_row
from graph.store.sqlite.texts import index
from graph.text import fold


def save(connection: sqlite3.Connection, changes: Changes) -> dict[NodeKind, int]:
    """Take out and write what `changes` says; return how many nodes of each kind are new."""
    if changes.removed != Removal():
        remove(connection, changes.removed)
    new = _insert_nodes(connection, changes.nodes)
    keys = keys_of(connection, {each.id for each in changes.nodes} | _ends(changes.edges))
    if loose := sorted(_ends(changes.edges) - keys.keys()):
        raise StoreError(f"an edge joins {loose[0]}, which is no node", "save its nodes first")
    by_kind: dict[NodeKind, list[Node]] = defaultdict(list)
    for node in changes.nodes:
        by_kind[kind_of(node)].append(node)
    for kind, nodes in by_kind.items():
        connection.executemany(INSERT[kind], [to_row(keys[node.id], node) for node in nodes])
    entities = [node for node in changes.nodes if isinstance(node, Entity)]
    _insert_aliases(connection, entities, keys)
    _insert_edges(connection, changes.edges, keys)
    said = [node for node in changes.nodes if isinstance(node, Interaction) and node.id in new]
    _insert_speakers(connection, said, changes.edges, keys)
    index(connection, said, keys)
    _insert_vectors(connection, changes.vectors)
    _insert_events(connection, changes.events)
    if changes.checkpoint:
        _insert_checkpoint(connection, changes.checkpoint)
    return dict(Counter(new.values()))


def _ends(edges: Sequence[Edge]) -> set[str]:
    return {edge.source for edge in edges} | {edge.target for edge in edges}


def _insert_nodes(connection: sqlite3.Connection, nodes: Sequence[Node]) -> dict[str, NodeKind]:
    """Give each node a key; return the kinds of those that are new, by id."""
    known = keys_of(connection, {node.id for node in nodes})
    new = {node.id: kind_of(node) for node in nodes if node.id not in known}
    connection.executemany("INSERT INTO node (id, kind) VALUES (?, ?)", [(id, kind.value) for id, kind in new.items()])
    return new


def _insert_aliases(connection: sqlite3.Connection, entities: Sequence[Entity], keys: dict[str, int]) -> None:
    connection.executemany(
        "INSERT INTO alias (entity, name, folded) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(keys[each.id], name, fold(name)) for each in entities for name in (each.name, *each.aliases)],
    )


def _insert_edges(connection: sqlite3.Connection, edges: Sequence[Edge], keys: dict[str, int]) -> None:
    connection.executemany(
        """INSERT INTO edge (source, kind, target, weight, relation, reason, decided_by) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET weight = excluded.weight, relation = excluded.relation, reason = excluded.reason,
            decided_by = excluded.decided_by""",
        [(keys[e.source], e.kind.value, keys[e.target], e.weight, e.relation, e.reason, e.decided_by) for e in edges],
    )


def _insert_speakers(
    connection: sqlite3.Connection, said: Sequence[Interaction], edges: Sequence[Edge], keys: dict[str, int]
) -> None:
    speaker = {edge.source: keys[edge.target] for edge in edges if edge.kind is EdgeKind.SAID_BY}
    spoken = {each.id: (each.conversation, each.speaker) for each in said}
    # An interaction may have been saved before the edge to whoever said it.
    spoken |= _spoken(connection, [keys[id] for id in speaker if id not in spoken])
    rows = {
        (conversation, fold(name), speaker[id]) for id, (conversation, name) in spoken.items() if name and id in speaker
    }
    connection.executemany(
        "INSERT INTO speaker (conversation, folded, entity) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", sorted(rows)
    )


def _spoken(connection: sqlite3.Connection, keys: Sequence[int]) -> dict[str, tuple[str, str | None]]:
    """Conversation and speaker of interactions, by id."""
    if not keys:
        return {}
    rows = connection.execute(
        """SELECT n.id, i.conversation, i.speaker FROM json_each(?) j
        JOIN interaction i ON i.key = j.value JOIN node n ON n.key = i.key""",
        (json.dumps(keys),),
    )
    return {id: (conversation, speaker) for id, conversation, speaker in rows}


def _insert_vectors(connection: sqlite3.Connection, vectors: Sequence[Vector]) -> None:
    if not vectors:
        return
    rows = connection.execute(
        """SELECT n.id, n.key FROM json_each(?) j JOIN node n ON n.id = j.value JOIN interaction i ON i.key = n.key""",
        (json.dumps([each.node for each in vectors]),),
    )
    keys = dict(rows.fetchall())
    if loose := sorted({each.node for each in vectors} - keys.keys()):
        raise StoreError(f"a vector belongs to {loose[0]}, which is no interaction", "save its node first")
    # The greatest of one model stands at an end of the index, that of all nowhere.
    ((last,),) = connection.execute(
        "SELECT coalesce(max((SELECT max(changed) FROM vector WHERE model = j.value)), 0) FROM json_each(?) j",
        (json.dumps(sorted({each.model for each in vectors})),),
    )
    # No two databases have made the same change, and in none does a later one have a lesser number.
    changed = max(last + 1, time.time_ns() // 1000)
    connection.executemany(
        "INSERT OR REPLACE INTO vector (key, model, numbers, changed) VALUES (?, ?, ?, ?)",
        [(keys[each.node], each.model, each.numbers, changed) for each in vectors],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO token_vectors (key, tokens) VALUES (?, ?)",
        [(keys[each.node], each.tokens) for each in vectors],
    )


def _insert_events(connection: sqlite3.Connection, events: Sequence[Event]) -> None:
    keys = keys_of(connection, {id for each in events for id in (each.subject, each.other) if id})
    if loose := sorted({id for each in events for id in (each.subject, each.other) if id} - keys.keys()):
        raise StoreError(f"an event is about {loose[0]}, which is no node", "save its nodes first")
    connection.executemany(
        """INSERT INTO event (id, at, action, subject, other, old, new, reason, decided_by, cause, value)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        [
            (
                *(each.id, each.at, each.action.value, keys[each.subject], keys.get(each.other)),
                *(json.dumps(state, ensure_ascii=False) for state in (each.old, each.new)),
                *(each.reason, each.decided_by, each.cause, each.value),
            )
            for each in events
        ],
    )


def _insert_checkpoint(connection: sqlite3.Connection, checkpoint: Checkpoint) -> None:
    connection.execute(
        """INSERT INTO checkpoint (digest, name, records, finished) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET records = max(records, excluded.records),
            finished = max(finished, excluded.finished)""",
        (checkpoint.digest, checkpoint.name, checkpoint.records, checkpoint.finished),
    )
