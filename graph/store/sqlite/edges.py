"""Reading edges and neighbourhoods.

What an edge joins is told by its kind (`EDGE_ENDS`): of a node only those are looked for that begin or end at its kind.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from graph.model import EDGE_ENDS, Edge, EdgeKind, NodeKind, Reach, Subgraph
from graph.store.sqlite.rows import Row, to_edge

_ALL = """
    SELECT s.id, t.id, e.kind, e.weight, e.relation, e.reason, e.decided_by
    FROM edge e JOIN node s ON s.key = e.source JOIN node t ON t.key = e.target
    WHERE (:all OR e.kind IN (SELECT value FROM json_each(:kinds))) ORDER BY s.id, e.kind, t.id"""
_AT = """
    SELECT s.id, t.id, e.kind, e.weight, e.relation, e.reason, e.decided_by
    FROM json_each(:keys) f CROSS JOIN edge e ON e.source = f.value
    JOIN node s ON s.key = e.source JOIN node t ON t.key = e.target
    WHERE e.kind IN (SELECT value FROM json_each(:out))
    UNION ALL
    SELECT s.id, t.id, e.kind, e.weight, e.relation, e.reason, e.decided_by
    FROM json_each(:keys) f CROSS JOIN edge e ON e.target = f.value
    JOIN node s ON s.key = e.source JOIN node t ON t.key = e.target
    WHERE e.kind IN (SELECT value FROM json_each(:into))"""
_COUNTED = """
    WITH counted (key, edges) AS MATERIALIZED (
        SELECT f.value, (
            SELECT count(*) FROM (
                SELECT 1 FROM edge WHERE source = f.value AND kind IN (SELECT value FROM json_each(:out))
                UNION ALL
                SELECT 1 FROM edge WHERE target = f.value AND kind IN (SELECT value FROM json_each(:into))
                LIMIT :most + 1
            )
        ) FROM json_each(:keys) f
    )
    SELECT c.edges, n.id, n.key FROM counted c JOIN node n ON n.key = c.key WHERE c.edges BETWEEN :least AND :most"""
# Of these the database keeps count itself.
_MENTIONED = """
    SELECT x.mentions, n.id, n.key FROM json_each(:keys) f JOIN entity x ON x.key = f.value JOIN node n ON n.key = x.key
    WHERE x.mentions BETWEEN :least AND :most"""
_MENTIONS = (EdgeKind.MENTIONS, EdgeKind.ABOUT)
_OUT = """
    SELECT e.source, e.kind, e.target, e.weight FROM json_each(:keys) f JOIN edge e ON e.source = f.value
    WHERE e.kind IN (SELECT value FROM json_each(:kinds))"""
_INTO = """
    SELECT e.source, e.kind, e.target, e.weight FROM json_each(:keys) f JOIN edge e ON e.target = f.value
    WHERE e.kind IN (SELECT value FROM json_each(:kinds))"""


def edges(
    connection: sqlite3.Connection, ids: Sequence[str] | None, kinds: Sequence[EdgeKind], widest: int | None
) -> Iterator[Edge]:
    """Edges at `ids`, as `Store.edges` has it."""
    if ids is None:
        return map(to_edge, connection.execute(_ALL, {"all": not kinds, "kinds": json.dumps(kinds)}))
    wanted = kinds or tuple(EdgeKind)
    kind_of = {key: kind for _, key, kind in _located(connection, ids)}
    if widest is not None:
        kind_of = {key: kind_of[key] for key in _narrow(connection, kind_of, wanted, widest)}
    rows = dict.fromkeys(
        row
        for kind, keys in _by_kind(kind_of).items()
        for row in connection.execute(_AT, {"keys": json.dumps(keys), **_ways(kind, wanted)})
    )
    return map(to_edge, sorted(rows, key=_place))


def neighborhood(
    connection: sqlite3.Connection, ids: Sequence[str], kinds: Sequence[EdgeKind], reach: Reach
) -> Subgraph:
    """Breadth first from `ids`, as `Store.neighborhood` has it."""
    located = {id: (key, kind) for id, key, kind in _located(connection, ids)}
    reached = dict(located[id] for id in ids if id in located)
    left: set[int] = set()
    found: list[Row] = []
    frontier: Mapping[int, NodeKind] = dict(reached)
    for hop in range(reach.hops):
        # What was reached by its only edge leads nowhere else.
        least = 2 if hop else 0
        leaving = _narrow(connection, frontier, kinds, reach.widest, least, reach.breadth)
        out, into = _incident(connection, leaving, reached, kinds)
        # An edge between two nodes that are both left is met twice.
        out = [row for row in out if row[2] not in left]
        left.update(leaving)
        into = [row for row in into if row[0] not in left]
        found += out
        found += into
        frontier = {row[2]: EDGE_ENDS[row[1]][1] for row in out if row[2] not in reached}
        frontier |= {row[0]: EDGE_ENDS[row[1]][0] for row in into if row[0] not in reached}
        reached |= frontier
    kind_named = {kind.value: kind for kind in kinds}
    position = {key: number for number, key in enumerate(reached)}
    named = connection.execute(
        "SELECT n.key, n.id FROM json_each(?) j JOIN node n ON n.key = j.value", (json.dumps(list(reached)),)
    )
    id_of = dict(named.fetchall())
    return Subgraph(
        tuple([id_of[key] for key in reached]),
        tuple([(position[s], position[t], kind_named[kind], weight) for s, kind, t, weight in found]),
    )


def _located(connection: sqlite3.Connection, ids: Sequence[str]) -> list[tuple[str, int, NodeKind]]:
    """Id, key and kind of those of `ids` that are nodes."""
    rows = connection.execute(
        "SELECT n.id, n.key, n.kind FROM json_each(?) j JOIN node n ON n.id = j.value", (json.dumps(list(ids)),)
    )
    kind_named = {kind.value: kind for kind in NodeKind}
    return [(id, key, kind_named[kind]) for id, key, kind in rows]


def _by_kind(kind_of: Mapping[int, NodeKind]) -> dict[NodeKind, list[int]]:
    found: dict[NodeKind, list[int]] = defaultdict(list)
    for key, kind in kind_of.items():
        found[kind].append(key)
    return found


def _ways(node: NodeKind, kinds: Sequence[EdgeKind]) -> dict[str, str]:
    """Those of `kinds` that begin at a kind of nodes and those that end there, as statements take them."""
    return {
        "out": json.dumps([kind for kind in kinds if EDGE_ENDS[kind][0] is node]),
        "into": json.dumps([kind for kind in kinds if EDGE_ENDS[kind][1] is node]),
    }


def _place(row: Row) -> tuple[str, str, str]:
    return row[0], row[2], row[1]


def _narrow(
    connection: sqlite3.Connection,
    kind_of: Mapping[int, NodeKind],
    kinds: Sequence[EdgeKind],
    widest: int,
    least: int = 0,
    breadth: int | None = None,
) -> list[int]:
    """Those of the nodes, given by key with their kinds, that have `least` to `widest` edges of `kinds`, those with the
    fewest first, ties by id; no more than `breadth`.

    None is counted further than it takes to tell.
    """
    counted: list[Row] = []
    for kind, keys in _by_kind(kind_of).items():
        given = {"keys": json.dumps(keys), "least": least, "most": widest, **_ways(kind, kinds)}
        is_kept = kind is NodeKind.ENTITY and {each for each in kinds if kind in EDGE_ENDS[each]} == set(_MENTIONS)
        counted += connection.execute(_MENTIONED if is_kept else _COUNTED, given)
    return [key for *_, key in sorted(counted)[:breadth]]


def _incident(
    connection: sqlite3.Connection,
    keys: Sequence[int],
    kind_of: Mapping[int, NodeKind],
    kinds: Sequence[EdgeKind],
) -> tuple[list[Row], list[Row]]:
    """Source, kind, target and weight of the edges of `kinds` that begin at nodes, and of those that end there."""
    begin, end = ({EDGE_ENDS[kind][side] for kind in kinds} for side in (0, 1))
    return (
        _fetched(connection, _OUT, [key for key in keys if kind_of[key] in begin], kinds),
        _fetched(connection, _INTO, [key for key in keys if kind_of[key] in end], kinds),
    )


def _fetched(
    connection: sqlite3.Connection, statement: str, keys: Sequence[int], kinds: Sequence[EdgeKind]
) -> list[Row]:
    return connection.execute(statement, {"keys": json.dumps(keys), "kinds": json.dumps(kinds)}).fetchall()
