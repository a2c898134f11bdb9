"""Reading nodes, edges and neighbourhoods, in a number of statements that does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from graph.ids import prefixes
from graph.labels import LABELS
from graph.model import (
    Checkpoint,
    Edge,
    EdgeKind,
    Entity,
    EntityMatch,
    Event,
    Frontier,
    Interaction,
    Node,
    NodeKind,
    Selection,
    Vector,
    caption,
)
from graph.ports import TAIL
from graph.store.neo4j.connection import LOCK, Connection, Row, mine
from graph.store.neo4j.rows import EDGE, EVENT, NARROW, NODE, packed, to_edge, to_event, to_node, typed
from graph.store.neo4j.words import indexed, place_of, scope_of
from graph.text import fold

_PREFIXED: Final = "MATCH (n:_Memcli) WHERE n.id STARTS WITH $given.within + $given.prefix WITH n "
_NAMED: Final = "MATCH (n:_Memcli) WHERE n.id IN [id IN $given.ids | $given.within + id] WITH n "
_NAMED_OR_SLOTS: Final = (
    """CALL () {
    MATCH (n:_Memcli) WHERE n.id IN [id IN $given.ids | $given.within + id] RETURN n
    UNION UNWIND $given.slots AS slot CALL (slot) {
        MATCH (n:_Memcli) WHERE n.slot = slot AND n.id"""
    + mine("n.id")
    # As `graph.relations.order` has them.
    + """RETURN n ORDER BY coalesce(n.valid_from + '~', '') DESC, coalesce(n.recorded_at, '') DESC, n.position DESC,
        n.id DESC LIMIT $given.newest
    } RETURN n
} WITH n """
)
_UNBOUNDED = 2**63 - 1
_ALL: Final = "MATCH (n:_Memcli) WHERE n.id" + mine("n.id") + "WITH n "
_TOUCHING: Final = """
MATCH (t:_MemcliText {scope: $given.scope})
MATCH (m:_Memcli {id: t.of})
WITH collect(m) AS said
CALL (said) {
    UNWIND said AS n RETURN n
    UNION UNWIND said AS m MATCH (m)<-[:DERIVED_FROM|ASKED_IN|ANSWERED_BY]-(n:_Memcli) RETURN n
    UNION UNWIND said AS m MATCH (m)-[:SAID_BY|PART_OF]->(n:_Memcli) RETURN n
    UNION UNWIND said AS m MATCH (m)<-[:DERIVED_FROM]-(:_Memcli)-[:MENTIONS|ABOUT]->(n:_Memcli) RETURN n
    UNION UNWIND said AS m MATCH (m)<-[:DERIVED_FROM]-(:_Memcli)<-[:SUPPORTED_BY|STATED_IN]-(n:_Memcli) RETURN n
}
WITH n """
_AMONG: Final = """WHERE ($given.ids IS NULL AND $given.slots IS NULL)
OR substring(n.id, $given.skip) IN $given.ids OR n.slot IN $given.slots WITH n """
_FILTERED: Final = """
WHERE any(label IN labels(n) WHERE label IN $given.labels)
AND ($given.since IS NULL OR coalesce(n.timestamp, n.recorded_at) >= $given.since)
AND ($given.until IS NULL OR substring(coalesce(n.timestamp, n.recorded_at), 0, size($given.until)) <= $given.until)
"""
_BY_ID: Final = "RETURN" + NODE + "ORDER BY n.id"
# The driver takes its time for every row, so that rows hold many nodes where the number is bounded.
_TOGETHER: Final = (
    """WITH n ORDER BY n.id WITH"""
    + NODE
    + """WITH collect(node) AS found
UNWIND range(0, size(found) - 1, 1000) AS at
RETURN found[at..at + 1000] AS nodes"""
)
_BY_DEGREE: Final = "WITH n, COUNT { (n)--(:_Memcli) } AS degree ORDER BY degree DESC, n.id RETURN" + NODE

PREFIXED: Final = _PREFIXED + _FILTERED + _BY_ID
NAMED: Final = _NAMED + _FILTERED + _TOGETHER
NAMED_OR_SLOTS: Final = _NAMED_OR_SLOTS + _FILTERED + _TOGETHER
TOUCHING: Final = _TOUCHING + _AMONG + _FILTERED + _BY_ID
RANKED: Final = _ALL + _FILTERED + _BY_DEGREE
RANKED_NAMED: Final = _NAMED_OR_SLOTS + _FILTERED + _BY_DEGREE
RANKED_TOUCHING: Final = _TOUCHING + _AMONG + _FILTERED + _BY_DEGREE


def nodes(connection: Connection, selection: Selection) -> Iterator[Node]:
    """The selected nodes, as `Store.nodes` has it."""
    found = _found(connection, selection)
    if selection.contains is not None:
        wanted = fold(selection.contains)
        found = (node for node in found if wanted in fold(caption(node)))
    return islice(found, selection.limit)


def _found(connection: Connection, selection: Selection) -> Iterator[Node]:
    kinds = selection.kinds or tuple(NodeKind)
    given: dict[str, Any] = {
        "ids": list(selection.ids) or None,
        "slots": list(selection.slots) or None,
        "newest": _UNBOUNDED if selection.newest is None else selection.newest,
        "labels": [LABELS[kind] for kind in kinds],
        "since": selection.since,
        "until": selection.until,
        "scope": None if selection.conversation is None else scope_of(connection.space, selection.conversation),
    }
    rows: Iterator[Row]
    if selection.conversation is not None:
        rows = connection.stream(RANKED_TOUCHING if selection.ranked else TOUCHING, **given)
    elif (selection.ids or selection.slots) and not selection.ranked:
        named = NAMED_OR_SLOTS if selection.slots else NAMED
        rows = ({"node": node} for row in connection.stream(named, **given) for node in row["nodes"])
    elif selection.ids or selection.slots:
        rows = connection.stream(RANKED_NAMED, **given)
    elif selection.ranked:
        rows = connection.stream(RANKED, **given)
    else:
        # Ids begin with a letter for their kind: the index gives each kind in order, and nothing has to be sorted.
        beginnings = sorted(prefix for kind in kinds for prefix in prefixes(kind))
        rows = (row for prefix in beginnings for row in connection.stream(PREFIXED, prefix=prefix, **given))
    for row in rows:
        yield to_node(row["node"])


# The index gives the sources in order: only the edges of one are sorted at a time.
_ALL_EDGES: Final = (
    "MATCH (s:_Memcli)-[r:TYPES]->(t:_Memcli) WHERE s.id"
    + mine("s.id")
    + "RETURN"
    + EDGE
    + "ORDER BY s.id, toLower(type(r)), t.id"
)
# The driver takes its time for every row, so that rows hold many edges.
_EDGES_OF: Final = (
    """UNWIND $given.ids AS id
    MATCH (n:_Memcli {id: $given.within + id})
    WITH DISTINCT n
    WHERE $given.widest IS NULL OR """
    + NARROW
    + """
    MATCH (n)-[r:TYPES]-(:_Memcli)
    WITH DISTINCT r, startNode(r) AS s, endNode(r) AS t
    ORDER BY s.id, toLower(type(r)), t.id
    WITH"""
    + EDGE
    + """
    WITH collect(edge) AS found
    UNWIND range(0, size(found) - 1, 1000) AS at
    RETURN found[at..at + 1000] AS edges"""
)


def edges(
    connection: Connection, ids: Sequence[str] | None, kinds: Sequence[EdgeKind], widest: int | None
) -> Iterator[Edge]:
    """Edges at `ids`, as `Store.edges` has it."""
    if ids is None:
        return (to_edge(row["edge"]) for row in connection.stream(typed(_ALL_EDGES, *kinds)))
    if not ids:
        return iter(())
    rows = connection.stream(typed(_EDGES_OF, *kinds), ids=list(dict.fromkeys(ids)), widest=widest)
    return (to_edge(edge) for row in rows for edge in row["edges"])


_RESOLVE: Final = (
    """
CALL () {
    UNWIND $given.names AS name MATCH (e:_Memcli {folded: name}) RETURN e, name
    UNION
    UNWIND $given.names AS name MATCH (a:_MemcliAlias {folded: name}) MATCH (e:_Memcli {id: a.entity}) RETURN e, name
    UNION
    UNWIND [name IN $given.names WHERE size(name) > 2] AS name
    MATCH (s:_MemcliSpeaker)
    WHERE s.folded STARTS WITH name AND ($given.scope IS NULL OR s.scope = $given.scope)
    MATCH (e:_Memcli {id: s.entity})
    RETURN e, name
}
WITH e, name WHERE e.id"""
    + mine("e.id")
    + """
WITH e, name, COUNT { (e)<-[:MENTIONS|ABOUT]-(:_Memcli) } AS mentions,
    EXISTS { MATCH (s:_MemcliSpeaker {entity: e.id}) WHERE $given.scope IS NULL OR s.scope = $given.scope } AS speaks
ORDER BY e.id, name
RETURN collect([substring(e.id, $given.skip), e.name, e.label, e.aliases, name, mentions, speaks]) AS found"""
)


def resolve(connection: Connection, names: Sequence[str], conversation: str | None) -> list[EntityMatch]:
    """Entities and speakers that `names` may mean, as `Store.resolve` has it."""
    wanted = list(dict.fromkeys(indexed(name) for name in names if name))
    if not wanted:
        return []
    scope = None if conversation is None else scope_of(connection.space, conversation)
    rows = connection.rows(_RESOLVE, names=wanted, scope=scope)
    return [
        EntityMatch(Entity(id, title, label, tuple(sorted(aliases))), name, mentions, speaks)
        for row in rows
        for id, title, label, aliases, name, mentions, speaks in row["found"]
    ]


FRONTIER: Final = (
    """CALL () {
        UNWIND $given.ids AS id
        MATCH (n:_Memcli {id: $given.within + id})
        RETURN n, null AS place, true AS known
        UNION ALL
        UNWIND $given.scopes AS scope
        CALL (scope) {
            MATCH (t:_MemcliText) WHERE t.scope = scope AND t.position >= 0
            WITH t ORDER BY t.position DESC LIMIT $given.tail
            WITH collect(t) AS end
            UNWIND end AS t
            WITH t, end[0].position AS last WHERE t.position > last - $given.tail
            RETURN t
        }
        MATCH (n:_Memcli {id: t.of})
        RETURN n, null AS place, false AS known
        UNION ALL
        UNWIND $given.places AS place
        MATCH (t:_MemcliText {place: place})
        MATCH (n:_Memcli {id: t.of})
        RETURN n, place, false AS known
    }
    RETURN"""
    + NODE
    + """, place, known, CASE WHEN place IS NULL AND NOT known
        THEN head([(n)-[:PART_OF]->(e:_Memcli) | substring(e.id, $given.skip)]) END AS episode
    ORDER BY n.position"""
)
LOCK_AND_FRONTIER: Final = LOCK + " WITH l " + FRONTIER
"""What writers ask first, in one round trip with the lock."""


def frontier(
    connection: Connection,
    ids: Sequence[str],
    conversations: Sequence[str],
    keys: Sequence[tuple[str, str]],
) -> Frontier:
    """What is known, tails and replied-to interactions, as `Store.frontier` has it."""
    # Ids are ASCII; whatever else is asked for need not be sent.
    wanted = [id for id in dict.fromkeys(ids) if id.isascii()]
    if not (wanted or conversations or keys):
        return Frontier(frozenset(), {}, {}, {})
    rows = connection.rows(
        FRONTIER,
        locking=LOCK_AND_FRONTIER,
        ids=wanted,
        scopes=[scope_of(connection.space, each) for each in dict.fromkeys(conversations)],
        places=[place_of(connection.space, *each) for each in dict.fromkeys(keys)],
        tail=TAIL,
    )
    tails: dict[str, tuple[Interaction, ...]] = {}
    located: dict[tuple[str, str], str] = {}
    episodes: dict[str, str] = {}
    for row in rows:
        if row["known"]:
            continue
        each = to_node(row["node"])
        assert isinstance(each, Interaction)
        if row["place"] is not None:
            located[each.conversation, each.key] = each.id
            continue
        tails[each.conversation] = (*tails.get(each.conversation, ()), each)
        if row["episode"] is not None:
            episodes[each.id] = row["episode"]
    return Frontier({row["node"][1] for row in rows if row["known"]}, tails, located, episodes)


_CHECKPOINT: Final = (
    " RETURN c {digest: substring(c.digest, $given.skip), .name, .records, .finished} AS checkpoint ORDER BY c.digest"
)
_CHECKPOINTS: Final = "MATCH (c:_MemcliCheckpoint) WHERE c.digest" + mine("c.digest") + _CHECKPOINT
_CHECKPOINTS_OF: Final = (
    "MATCH (c:_MemcliCheckpoint) WHERE c.digest IN [each IN $given.digests | $given.within + each]" + _CHECKPOINT
)


def checkpoints(connection: Connection, digests: Sequence[str] | None) -> Iterator[Checkpoint]:
    """How far sources were taken in, as `Store.checkpoints` has it."""
    if digests is None:
        rows = connection.stream(_CHECKPOINTS)
    else:
        rows = connection.stream(_CHECKPOINTS_OF, digests=list(digests))
    return (Checkpoint(**row["checkpoint"]) for row in rows)


_VECTOR: Final = """ AND t.vector IS NOT NULL
RETURN substring(t.of, $given.skip) AS node, t.model AS model, t.vector AS numbers,
    t.tokens AS tokens ORDER BY t.of"""
_VECTORS: Final = "MATCH (t:_MemcliText) WHERE t.of" + mine("t.of") + _VECTOR
_VECTORS_OF: Final = "MATCH (t:_MemcliText) WHERE t.of IN [id IN $given.ids | $given.within + id]" + _VECTOR


def vectors(connection: Connection, ids: Sequence[str] | None) -> Iterator[Vector]:
    """The vectors of nodes, as `Store.vectors` has it."""
    if ids is None:
        rows = connection.stream(_VECTORS)
    else:
        rows = connection.stream(_VECTORS_OF, ids=[id for id in ids if id.isascii()])
    return (Vector(row["node"], row["model"], packed(row["numbers"]), bytes(row["tokens"] or b"")) for row in rows)


_EVENT_SINCE: Final = "WITH v WHERE $given.since IS NULL OR v.at >= $given.since RETURN" + EVENT + "ORDER BY v.at, v.id"
_EVENTS: Final = "MATCH (v:_MemcliEvent) WHERE v.id" + mine("v.id") + _EVENT_SINCE
_EVENTS_ABOUT: Final = (
    """CALL () {
        UNWIND $given.ids AS id MATCH (v:_MemcliEvent {subject: $given.within + id}) RETURN v
        UNION UNWIND $given.ids AS id MATCH (v:_MemcliEvent {other: $given.within + id}) RETURN v
        UNION UNWIND $given.ids AS id MATCH (v:_MemcliEvent {cause: $given.within + id}) RETURN v
        UNION UNWIND $given.ids AS id MATCH (v:_MemcliEvent {id: $given.within + id}) RETURN v
    }
    """
    + _EVENT_SINCE
)


def events(connection: Connection, about: Sequence[str] | None, since: str | None) -> Iterator[Event]:
    """What was decided, as `Store.events` has it."""
    if about is None:
        rows = connection.stream(_EVENTS, since=since)
    else:
        ids = [id for id in dict.fromkeys(about) if id and id.isascii()]
        rows = connection.stream(_EVENTS_ABOUT, ids=ids, since=since)
    return (to_event(row["event"]) for row in rows)
