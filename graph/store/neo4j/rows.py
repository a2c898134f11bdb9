"""Nodes and edges as maps of properties: the way there and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from graph.model import Edge, EdgeKind, Entity, Form, Insight, Interaction, Json, Node, NodeKind, Note, Query, caption
from graph.store.neo4j.connection import Row
from graph.store.neo4j.words import indexed
from graph.text import fold

LABELS: Mapping[NodeKind, str] = {kind: kind.value.capitalize() for kind in NodeKind}
TYPES: Mapping[EdgeKind, str] = {kind: kind.value.upper() for kind in EdgeKind}
_KIND_OF = {label: kind for kind, label in LABELS.items()}

_TOLD = ("branch", "model", "sidechain", "time")
"""Metadata that memcli's own readers tell, kept as properties; what else there is, is JSON in `metadata`. A property of
its own for each name that some source has would fill the database: it never forgets one."""

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
    """All properties of a node, None for what it has not.

    What only an index needs lies beside, in nodes without relationships.
    """
    match node:
        case Interaction():
            own: dict[str, Any] = {
                **{name: getattr(node, name) for name in ("key", "text", "conversation", "position")},
                **{name: getattr(node, name) for name in ("speaker", "title", "reply_to")},
                "session": node.session or None,
                "form": node.form.value,
                **_metadata(node.metadata),
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


def _metadata(given: Mapping[str, Json]) -> dict[str, Any]:
    told = {name: given[name] for name in _TOLD if isinstance(given.get(name), str | bool)}
    rest = {name: value for name, value in given.items() if name not in told}
    return {**told, "metadata": json.dumps(rest, ensure_ascii=False, sort_keys=True) if rest else None}


def _times(timestamp: str | None) -> dict[str, Any]:
    """The timestamp as the source gave it, and as a date and time that Cypher reckons with.

    The latter is what the clock on the wall said, always without an offset: Cypher compares no time that has one with
    a time that has none.
    """
    try:
        at = datetime.fromisoformat(timestamp).replace(tzinfo=None) if timestamp else None
    except ValueError:
        at = None
    return {"timestamp": timestamp, "at": at}


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
                | {name: found[name] for name in _TOLD if found[name] is not None},
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
        told.get("kind", ""),
        told.get("reason", ""),
        told["decided_by"],
    )
