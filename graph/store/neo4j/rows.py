"""Nodes and edges as maps of properties: the way there and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from graph.model import Edge, EdgeKind, Entity, Form, Insight, Interaction, Node, NodeKind, Note, Query, caption
from graph.store.neo4j.connection import Row
from graph.store.neo4j.words import indexed, place_of, scope_of
from graph.text import fold

LABELS: Mapping[NodeKind, str] = {kind: kind.value.capitalize() for kind in NodeKind}
TYPES: Mapping[EdgeKind, str] = {kind: kind.value.upper() for kind in EdgeKind}
_KIND_OF = {label: kind for kind, label in LABELS.items()}

NODE = """ n {.id, .form, .key, .text, .conversation, .session, .position, .speaker, .timestamp, .title, .reply_to,
    .metadata, .context, .keywords, .tags, .decided_by, .name, .label, .aliases, .outcome, .asker, .subject, .state,
    .support, labels: labels(n)} AS node """
"""What `to_node` reads of a node `n`."""
EDGE = " s.id AS source, t.id AS target, toLower(type(r)) AS kind, r {.*} AS properties "
"""What `to_edge` reads of a relationship `r` from `s` to `t`."""


def types_of(kinds: Sequence[EdgeKind]) -> list[str]:
    """The relationship types of `kinds`; of all where there are none."""
    return [TYPES[kind] for kind in kinds or tuple(EdgeKind)]


def to_properties(node: Node) -> dict[str, Any]:
    """All properties of a node but those of its full text; None for what it has not."""
    match node:
        case Interaction():
            own: dict[str, Any] = {
                **{name: getattr(node, name) for name in ("key", "text", "conversation", "session", "position")},
                **{name: getattr(node, name) for name in ("speaker", "title", "reply_to")},
                "form": node.form.value,
                "metadata": json.dumps(node.metadata, ensure_ascii=False, sort_keys=True) if node.metadata else None,
                "scope": scope_of(node.conversation),
                "place": place_of(node.conversation, node.key),
                **_times(node.timestamp),
            }
        case Note():
            own = {
                **{name: getattr(node, name) for name in ("title", "context", "decided_by")},
                "keywords": list(node.keywords),
                "tags": list(node.tags),
                **_times(node.timestamp),
            }
        case Entity():
            own = {"name": node.name, "label": node.label, "folded": indexed(fold(node.name)), "aliases": []}
        case Query():
            own = {"text": node.text, "outcome": node.outcome, "asker": node.asker, **_times(node.timestamp)}
        case Insight():
            own = {name: getattr(node, name) for name in ("text", "subject", "state", "support", "decided_by")}
    return {"id": node.id, "caption": caption(node), **own}


def _times(timestamp: str | None) -> dict[str, Any]:
    """The timestamp as the source gave it, and as a date that Cypher reckons with."""
    try:
        return {"timestamp": timestamp, "at": datetime.fromisoformat(timestamp) if timestamp else None}
    except ValueError:
        return {"timestamp": timestamp, "at": None}


def to_node(found: Row) -> Node:
    """The node of a map as `NODE` gives it."""
    kind = next(_KIND_OF[label] for label in found["labels"] if label in _KIND_OF)
    match kind:
        case NodeKind.INTERACTION:
            return Interaction(
                found["id"],
                Form(found["form"]),
                **{name: found[name] for name in ("key", "text", "conversation", "session", "position")},
                **{name: found[name] for name in ("speaker", "timestamp", "title", "reply_to")},
                metadata=json.loads(found["metadata"] or "{}"),
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


def to_edge(row: Row) -> Edge:
    """The edge of a row as `EDGE` gives it."""
    told = row["properties"]
    return Edge(
        row["source"],
        row["target"],
        EdgeKind(row["kind"]),
        told["weight"],
        told.get("relation", ""),
        told.get("reason", ""),
        told["decided_by"],
    )
