"""Nodes and edges as a labelled property graph has them: what is in Neo4j, and what a Cypher script loads.

A kind of node is a label, a kind of edge a type. `node_properties` and `edge_properties` give strings, numbers,
booleans, datetimes without an offset and lists of strings; what a node has not is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graph.model import (
    Edge,
    EdgeKind,
    Entity,
    Episode,
    Fact,
    Insight,
    Interaction,
    Json,
    Node,
    NodeKind,
    Note,
    Query,
    caption,
)
from graph.text import fold

LABELS: Mapping[NodeKind, str] = {kind: kind.value.capitalize() for kind in NodeKind}
TYPES: Mapping[EdgeKind, str] = {kind: kind.value.upper() for kind in EdgeKind}
INDEXED = 500
"""Letters of a name by which it is found: an index holds no value of any length."""
TOLD = ("branch", "model", "sidechain", "time")
"""Metadata that memcli's own readers tell, kept as properties; what else there is, is JSON in `metadata`. A property of
its own for each name that some source has would fill a database: it never forgets one."""


def node_properties(node: Node) -> dict[str, Any]:
    """All properties of a node, its caption among them."""
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
        case Episode():
            own = {name: getattr(node, name) for name in ("title", "conversation", "position", "messages", "ended")}
            own |= {"session": node.session or None, "folded_strength": node.folded_strength, **_times(node.timestamp)}
        case Note():
            own = {
                **{name: getattr(node, name) for name in ("title", "context", "decided_by")},
                "keywords": list(node.keywords),
                "tags": list(node.tags),
                **_times(node.timestamp),
            }
        case Entity():
            own = {"name": node.name, "label": node.label, "aliases": list(node.aliases)}
            own["folded"] = fold(node.name)[:INDEXED]
        case Fact():
            own = {name: getattr(node, name) for name in node.__struct_fields__ if name != "id"}
        case Query():
            own = {"text": node.text, "outcome": node.outcome, "asker": node.asker, **_times(node.timestamp)}
        case Insight():
            own = {name: getattr(node, name) for name in ("text", "subject", "state", "support", "decided_by")}
            own |= {name: getattr(node, name) for name in ("scope", "votes", "merged_into")} | {"cues": list(node.cues)}
    found = {"id": node.id, "caption": caption(node), **own}
    return {name: value for name, value in found.items() if value is not None}


def edge_properties(edge: Edge) -> dict[str, Any]:
    """All properties of an edge; what refines it, `relation` in the model, is its `kind`."""
    told = {name: value for name, value in (("kind", edge.relation), ("reason", edge.reason)) if value}
    return {"weight": float(edge.weight), "decided_by": edge.decided_by, **told}


def _metadata(given: Mapping[str, Json]) -> dict[str, Any]:
    told = {name: given[name] for name in TOLD if isinstance(given.get(name), str | bool)}
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
