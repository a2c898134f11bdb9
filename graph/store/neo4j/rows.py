"""Nodes and edges as maps of properties: the way there and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from struct import pack, unpack
from typing import Any

from graph.labels import LABELS, TOLD, TYPES, node_properties
from graph.model import Edge, EdgeKind, Entity, Form, Insight, Interaction, Node, NodeKind, Note, Query
from graph.store.neo4j.connection import Row

_KIND_OF = {label: kind for kind, label in LABELS.items()}
_NOTHING = dict.fromkeys(("timestamp", "at", "asker"))
"""What notes and questions may have and have not; nothing else that may lack anything is ever replaced."""

NODE = """ n {.id, .form, .key, .text, .conversation, .session, .position, .speaker, .timestamp, .title, .reply_to,
    .branch, .model, .sidechain, .time, .metadata, .context, .keywords, .tags, .decided_by, .name, .label, .aliases,
    .outcome, .asker, .subject, .state, .support, labels: labels(n)} AS node """
"""What `to_node` reads of a node `n`."""
EDGE = " s.id AS source, t.id AS target, toLower(type(r)) AS kind, r {.*} AS properties "
"""What `to_edge` reads of a relationship `r` from `s` to `t`."""


def types_of(kinds: Sequence[EdgeKind]) -> list[str]:
    """The relationship types of `kinds`; of all where there are none."""
    return [TYPES[kind] for kind in kinds or tuple(EdgeKind)]


def to_properties(node: Node) -> dict[str, Any]:
    """All properties of a node, None for what it may have had before; an entity's aliases are added by and by.

    What only an index needs lies beside, in nodes without relationships.
    """
    match node:
        case Entity():
            return node_properties(node) | {"aliases": []}
        case Note() | Query():
            return _NOTHING | node_properties(node)
        case _:
            return node_properties(node)


def to_node(found: Row) -> Node:
    """The node of a map as `NODE` gives it."""
    kind = next(_KIND_OF[label] for label in found["labels"] if label in _KIND_OF)
    match kind:
        case NodeKind.INTERACTION:
            return Interaction(
                found["id"],
                Form(found["form"]),
                **{name: found[name] for name in ("key", "text", "conversation", "position")},
                session=found["session"] or "",
                **{name: found[name] for name in ("speaker", "timestamp", "title", "reply_to")},
                metadata=json.loads(found["metadata"] or "{}")
                | {name: found[name] for name in TOLD if found[name] is not None},
            )
        case NodeKind.NOTE:
            return Note(
                **{name: found[name] for name in ("id", "title", "context", "timestamp", "decided_by")},
                keywords=tuple(found["keywords"]),
                tags=tuple(found["tags"]),
            )
        case NodeKind.ENTITY:
            return Entity(found["id"], found["name"], found["label"], tuple(sorted(found["aliases"])))
        case NodeKind.QUERY:
            return Query(**{name: found[name] for name in ("id", "text", "outcome", "asker", "timestamp")})
        case NodeKind.INSIGHT:
            return Insight(
                **{name: found[name] for name in ("id", "text", "subject", "state", "support", "decided_by")}
            )


def packed(numbers: Sequence[float]) -> bytes:
    """The numbers of a `Vector`, which Neo4j keeps as a list."""
    return pack(f"<{len(numbers)}f", *numbers)


def unpacked(numbers: bytes) -> list[float]:
    """The way back from `packed`."""
    return list(unpack(f"<{len(numbers) // 4}f", numbers))


def to_edge(row: Row) -> Edge:
    """The edge of a row as `EDGE` gives it."""
    told = row["properties"]
    return Edge(
        row["source"],
        row["target"],
        EdgeKind(row["kind"]),
        told["weight"],
        told.get("kind", ""),
        told.get("reason", ""),
        told["decided_by"],
    )
