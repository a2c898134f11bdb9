"""Nodes and edges as rows of their tables: their keys, statements by kind, and the way there and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.model import (
    Action,
    Checkpoint,
    Edge,
    EdgeKind,
    Entity,
    Episode,
    Event,
    Fact,
    Form,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Note,
    Query,
)
from graph.relations import slot

Row = tuple[Any, ...]

INSERT: Mapping[NodeKind, str] = {
    NodeKind.INTERACTION: """
        INSERT INTO interaction (key, form, source_key, text, conversation, session, position, speaker, timestamp,
            title, reply_to, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
    NodeKind.NOTE: """
        INSERT OR REPLACE INTO note (key, title, context, keywords, tags, timestamp, decided_by)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
    NodeKind.ENTITY: "INSERT INTO entity (key, name, label) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    NodeKind.EPISODE: """
        INSERT OR REPLACE INTO episode (key, title, conversation, session, position, messages, timestamp, ended,
            folded_strength) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    NodeKind.FACT: """
        INSERT OR REPLACE INTO fact (key, text, subject, relation, object, valid_from, valid_to, recorded_at,
            retracted_at, position, state, note, decided_by, slot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    NodeKind.QUERY: "INSERT OR REPLACE INTO query (key, text, outcome, asker, timestamp) VALUES (?, ?, ?, ?, ?)",
    NodeKind.INSIGHT: """
        INSERT OR REPLACE INTO insight (key, text, subject, state, support, decided_by, scope, cues, votes, merged_into)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
}

_OF_KEYS = " AND n.key IN (SELECT value FROM json_each(:keys)) ORDER BY n.key"

# One shape for all kinds: the id first, then the columns in the order of the dataclass's fields. Entities come with
# their aliases as JSON. What has no time is left out where a time is asked for.
SELECT: Mapping[NodeKind, str] = {
    NodeKind.ENTITY: """
        SELECT n.id, x.name, x.label, (
            SELECT json_group_array(name) FROM (
                SELECT name FROM alias WHERE entity = x.key AND name <> x.name ORDER BY name
            )
        ) FROM node n JOIN entity x ON x.key = n.key
        WHERE :since IS NULL AND :until IS NULL""",
    NodeKind.FACT: """
        SELECT n.id, x.text, x.subject, x.relation, x.object, x.valid_from, x.valid_to, x.recorded_at, x.retracted_at,
            x.position, x.state, x.note, x.decided_by FROM node n JOIN fact x ON x.key = n.key
        WHERE (:since IS NULL OR x.recorded_at >= :since)
        AND (:until IS NULL OR substr(x.recorded_at, 1, length(:until)) <= :until)""",
    NodeKind.INSIGHT: """
        SELECT n.id, x.text, x.subject, x.state, x.support, x.decided_by, x.scope, x.cues, x.votes, x.merged_into
        FROM node n JOIN insight x ON x.key = n.key
        WHERE :since IS NULL AND :until IS NULL""",
    NodeKind.INTERACTION: """
        SELECT n.id, x.form, x.source_key, x.text, x.conversation, x.session, x.position, x.speaker, x.timestamp,
            x.title, x.reply_to, x.metadata FROM node n JOIN interaction x ON x.key = n.key
        WHERE (:since IS NULL OR x.timestamp >= :since)
        AND (:until IS NULL OR substr(x.timestamp, 1, length(:until)) <= :until)""",
    NodeKind.NOTE: """
        SELECT n.id, x.title, x.context, x.keywords, x.tags, x.timestamp, x.decided_by
        FROM node n JOIN note x ON x.key = n.key
        WHERE (:since IS NULL OR x.timestamp >= :since)
        AND (:until IS NULL OR substr(x.timestamp, 1, length(:until)) <= :until)""",
    NodeKind.EPISODE: """
        SELECT n.id, x.title, x.conversation, x.session, x.position, x.messages, x.timestamp, x.ended,
            x.folded_strength FROM node n JOIN episode x ON x.key = n.key
        WHERE (:since IS NULL OR x.timestamp >= :since)
        AND (:until IS NULL OR substr(x.timestamp, 1, length(:until)) <= :until)""",
    NodeKind.QUERY: """
        SELECT n.id, x.text, x.outcome, x.asker, x.timestamp FROM node n JOIN query x ON x.key = n.key
        WHERE (:since IS NULL OR x.timestamp >= :since)
        AND (:until IS NULL OR substr(x.timestamp, 1, length(:until)) <= :until)""",
}

_EDGES = {kind.value: kind for kind in EdgeKind}


def keys_of(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, int]:
    """The integer keys of those of `ids` that are nodes."""
    rows = connection.execute(
        "SELECT n.id, n.key FROM json_each(?) j JOIN node n ON n.id = j.value", (json.dumps(list(ids)),)
    )
    return dict(rows.fetchall())


def to_row(key: int, node: Node) -> Row:
    """The values of `INSERT[kind_of(node)]`."""
    match node:
        case Interaction():
            metadata = json.dumps(node.metadata, ensure_ascii=False, sort_keys=True)
            where = (node.conversation, node.session, node.position, node.speaker, node.timestamp)
            return (key, node.form.value, node.key, node.text, *where, node.title, node.reply_to, metadata)
        case Note():
            keywords, tags = (json.dumps(each, ensure_ascii=False) for each in (node.keywords, node.tags))
            return (key, node.title, node.context, keywords, tags, node.timestamp, node.decided_by)
        case Entity():
            return (key, node.name, node.label)
        case Episode():
            return (key, *(getattr(node, name) for name in node.__struct_fields__[1:]))
        case Fact():
            values = (getattr(node, name) for name in node.__struct_fields__[1:])
            return (key, *values, slot(node.subject, node.relation))
        case Query():
            return (key, node.text, node.outcome, node.asker, node.timestamp)
        case Insight():
            cues = json.dumps(node.cues, ensure_ascii=False)
            said = (node.text, node.subject, node.state, node.support, node.decided_by)
            return (key, *said, node.scope, cues, node.votes, node.merged_into)


def to_node(kind: NodeKind, row: Row) -> Node:
    """The node of a row of `SELECT[kind]`."""
    match kind:
        case NodeKind.INTERACTION:
            # Most have no metadata, and are read by the hundred.
            metadata = json.loads(row[-1]) if row[-1] != "{}" else {}
            return Interaction(row[0], Form(row[1]), *row[2:-1], metadata=metadata)  # type: ignore[misc]
        case NodeKind.NOTE:
            keywords, tags = tuple(json.loads(row[3])), tuple(json.loads(row[4]))
            return Note(row[0], row[1], row[2], keywords, tags, row[5], row[6])
        case NodeKind.ENTITY:
            return Entity(row[0], row[1], row[2], tuple(json.loads(row[3])))
        case NodeKind.EPISODE:
            return Episode(*row)
        case NodeKind.FACT:
            return Fact(*row)
        case NodeKind.QUERY:
            return Query(*row)
        case NodeKind.INSIGHT:
            return Insight(*row[:7], tuple(json.loads(row[7])), *row[8:])  # type: ignore[call-arg]


def interactions(connection: sqlite3.Connection, keys: Sequence[int]) -> list[Interaction]:
    """The interactions among the nodes with these keys, in the order of the keys."""
    given = {"since": None, "until": None, "keys": json.dumps(keys)}
    rows = connection.execute(SELECT[NodeKind.INTERACTION] + _OF_KEYS, given)
    return [node for row in rows if isinstance(node := to_node(NodeKind.INTERACTION, row), Interaction)]


def to_edge(row: Row) -> Edge:
    """The edge of (source id, kind, target id, weight, relation, reason, decided_by)."""
    source, kind, target, *rest = row
    return Edge(source, target, _EDGES[kind], *rest)


def to_checkpoint(row: Row) -> Checkpoint:
    """The checkpoint of (digest, name, records, finished)."""
    return Checkpoint(row[0], row[1], row[2], bool(row[3]))


def to_event(row: Row) -> Event:
    """The event of a row with the columns of the table, subject and other as ids."""
    id, at, action, subject, other, old, new, *rest = row
    return Event(id, at, Action(action), subject, other or "", json.loads(old), json.loads(new), *rest)
