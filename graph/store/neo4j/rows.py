"""Nodes and edges as maps of properties: the way there and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from struct import pack, unpack
from typing import Any, LiteralString

from graph.labels import LABELS, TOLD, TYPES, node_properties
from graph.model import (
    Action,
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

_KIND_OF = {label: kind for kind, label in LABELS.items()}
_NOTHING = dict.fromkeys(("timestamp", "at", "asker"))
"""What notes and questions may have and have not. What else may lack anything is never replaced, but for facts and
episodes."""
_NO_TIMES = dict.fromkeys(("valid_from", "valid_to", "recorded_at", "retracted_at", "slot"))
_NO_END = dict.fromkeys(("timestamp", "at", "ended", "session", "folded_strength"))

# Lists, since the driver takes its time for every key of a map.
NODE = """ CASE
    WHEN n:Interaction THEN ['Interaction', substring(n.id, $given.skip), n.form, n.key, n.text, n.conversation,
        n.session, n.position, n.speaker, n.timestamp, n.title, n.reply_to, n.metadata, n.branch, n.model, n.sidechain,
        n.time]
    WHEN n:Note THEN ['Note', substring(n.id, $given.skip), n.title, n.context, n.keywords, n.tags, n.timestamp,
        n.decided_by]
    WHEN n:Entity THEN ['Entity', substring(n.id, $given.skip), n.name, n.label, n.aliases]
    WHEN n:Fact THEN ['Fact', substring(n.id, $given.skip), n.text, n.subject, n.relation, n.object, n.valid_from,
        n.valid_to, n.recorded_at, n.retracted_at, n.position, n.state, n.note, n.decided_by]
    WHEN n:Episode THEN ['Episode', substring(n.id, $given.skip), n.title, n.conversation, n.session, n.position,
        n.messages, n.timestamp, n.ended, n.folded_strength]
    WHEN n:Query THEN ['Query', substring(n.id, $given.skip), n.text, n.outcome, n.asker, n.timestamp]
    ELSE ['Insight', substring(n.id, $given.skip), n.text, n.subject, n.state, n.support, n.decided_by, n.scope, n.cues,
        n.votes, n.merged_into]
    END AS node """
"""What `to_node` reads of a node `n`."""
EDGE = """ [substring(s.id, $given.skip), substring(t.id, $given.skip), toLower(type(r)), r.weight, r.kind, r.reason,
    r.decided_by] AS edge """
"""What `to_edge` reads of a relationship `r` from `s` to `t`."""


NARROW = """COUNT { (n)-[:TYPES]-() } <= $given.widest
    OR COUNT { MATCH (n)-[r:TYPES]-(:_Memcli) RETURN r LIMIT coalesce($given.widest, 0) + 1 } <= $given.widest"""
"""Whether a node `n` is to be left. How wide it is at most, the server knows; only where it may be too wide its edges
to nodes of ours are counted. `TYPES` as in `typed`."""


@cache
def typed(statement: LiteralString, *kinds: EdgeKind) -> LiteralString:
    """`statement` for relationships of `kinds` (of all where there are none) in the place of `TYPES`.

    The server steps over those of other types only where the statement names the types itself.
    """
    types: Any = "|".join(TYPES[kind] for kind in kinds or tuple(EdgeKind))
    return statement.replace("TYPES", types)


def to_properties(space: str, node: Node) -> dict[str, Any]:
    """All properties of a node, None for what it may have had before; an entity's aliases are added by and by.

    What only an index needs lies beside, in nodes without relationships.
    """
    found = node_properties(node) | ({"space": space} if space else {})
    match node:
        case Entity():
            return found | {"aliases": []}
        case Fact():
            return _NO_TIMES | found | {"slot": slot(node.subject, node.relation) or None}
        case Episode():
            return _NO_END | found
        case Note() | Query():
            return _NOTHING | found
        case _:
            return found


def to_node(found: Sequence[Any]) -> Node:
    """The node of a list as `NODE` gives it."""
    label, *values = found
    match _KIND_OF[label]:
        case NodeKind.INTERACTION:
            id, form, key, text, conversation, session, position, speaker, timestamp, title, reply_to, *rest = values
            told = zip(TOLD, rest[1:], strict=True)
            metadata = json.loads(rest[0] or "{}") | {name: value for name, value in told if value is not None}
            return Interaction(
                *(id, Form(form), key, text, conversation, session or "", position, speaker, timestamp, title),
                reply_to=reply_to,
                metadata=metadata,
            )
        case NodeKind.NOTE:
            id, title, context, keywords, tags, timestamp, decided_by = values
            return Note(id, title, context, tuple(keywords), tuple(tags), timestamp, decided_by)
        case NodeKind.ENTITY:
            id, name, kind, aliases = values
            return Entity(id, name, kind, tuple(sorted(aliases)))
        case NodeKind.EPISODE:
            id, title, conversation, session, *rest = values
            return Episode(id, title, conversation, session or "", *rest)
        case NodeKind.FACT:
            return Fact(*values)
        case NodeKind.QUERY:
            return Query(*values)
        case NodeKind.INSIGHT:
            *said, scope, cues, votes, merged_into = values
            return Insight(*said, scope, tuple(cues), votes, merged_into)  # type: ignore[call-arg]


def packed(numbers: Sequence[float]) -> bytes:
    """The numbers of a `Vector`, which Neo4j keeps as a list."""
    return pack(f"<{len(numbers)}f", *numbers)


def unpacked(numbers: bytes) -> list[float]:
    """The way back from `packed`."""
    return list(unpack(f"<{len(numbers) // 4}f", numbers))


def to_edge(found: Sequence[Any]) -> Edge:
    """The edge of a list as `EDGE` gives it."""
    source, target, kind, weight, relation, reason, decided_by = found
    return Edge(source, target, EdgeKind(kind), weight, relation or "", reason or "", decided_by)


def event_properties(event: Event) -> dict[str, Any]:
    """All properties of an event but those that the space begins."""
    return {
        **{name: getattr(event, name) for name in ("id", "at", "subject", "reason", "decided_by", "value")},
        "action": event.action.value,
        "other": event.other or None,
        "cause": event.cause or None,
        **{name: json.dumps(getattr(event, name), ensure_ascii=False) for name in ("old", "new")},
    }


EVENT = """ [substring(v.id, $given.skip), v.at, v.action, substring(v.subject, $given.skip),
    substring(v.other, $given.skip), v.old, v.new, v.reason, v.decided_by, substring(v.cause, $given.skip), v.value]
    AS event """
"""What `to_event` reads of an event `v`."""


def to_event(found: Sequence[Any]) -> Event:
    """The event of a list as `EVENT` gives it."""
    id, at, action, subject, other, old, new, reason, decided_by, cause, value = found
    states = (json.loads(old), json.loads(new))
    return Event(id, at, Action(action), subject, other or "", *states, reason, decided_by, cause or "", value)
