"""Reading edges and neighbourhoods.

What an edge joins is told by its kind (`EDGE_ENDS`): of a node only those are looked for that begin or end at its kind.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.json import decode, encode

from graph.model import EDGE_ENDS, Edge, EdgeKind, NodeKind, Reach, Subgraph
from graph.store.sqlite.rows import Row, to_edge

_ALL = """
    SELECT s.id, e.kind, t.id, e.weight, e.relation, e.reason, e.decided_by
    FROM edge e JOIN node s ON s.key = e.source JOIN node t ON t.key = e.target
    WHERE (:all OR e.kind IN (SELECT value FROM json_each(:kinds))) ORDER BY s.id, e.kind, t.id"""
_AT = """
    SELECT s.id, e.kind, t.id, e.weight, e.relation, e.reason, e.decided_by
    FROM json_each(:keys) f CROSS JOIN edge e ON e.source = f.value
    JOIN node s ON s.key = e.source JOIN node t ON t.key = e.target
    WHERE e.kind IN (SELECT value FROM json_each(:out))
    UNION ALL
    SELECT s.id, e.kind, t.id, e.weight, e.relation, e.reason, e.decided_by
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
    SELECT json_group_array(edges), json_group_array(key) FROM counted WHERE edges BETWEEN :least AND :most"""
# Of these the database keeps count itself.
_MENTIONED = """
    SELECT json_group_array(x.mentions), json_group_array(x.key)
    FROM json_each(:keys) f JOIN entity x ON x.key = f.value WHERE x.mentions BETWEEN :least AND :most"""
_LOCATED = """
    SELECT json_group_array(n.id), json_group_array(n.key), json_group_array(n.kind)
    FROM json_each(:ids) j JOIN node n ON n.id = j.value"""
# One after the other, so that ids come in the order of the keys.
_NAMED = "SELECT json_group_array(n.id) FROM json_each(:keys) j CROSS JOIN node n ON n.key = j.value"
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
        return map(to_edge, connection.execute(_ALL, {"all": not kinds, "kinds": _json(kinds)}))
    wanted = kinds or tuple(EdgeKind)
    kind_of = {key: kind for _, key, kind in _located(connection, ids)}
    if widest is not None:
        kind_of = {key: kind_of[key] for key in _narrow(connection, kind_of, wanted, widest)}
    rows: set[Row] = set()
    for kind, keys in _by_kind(kind_of).items():
        rows.update(connection.execute(_AT, {"keys": _json(keys), **_ways(kind, wanted)}))
    # No two have the same source, kind and target.
    return map(to_edge, sorted(rows))


def neighborhood(
    connection: sqlite3.Connection, ids: Sequence[str], kinds: Sequence[EdgeKind], reach: Reach
) -> Subgraph:
    """Breadth first from `ids`, as `Store.neighborhood` has it."""
    located = {id: (key, kind) for id, key, kind in _located(connection, ids)}
    reached = dict(located[id] for id in ids if id in located)
    id_of = {key: id for id, (key, _) in located.items()}
    left: set[int] = set()
    found: list[Row] = []
    frontier: Mapping[int, NodeKind] = dict(reached)
    for hop in range(reach.hops):
        # What was reached by its only edge leads nowhere else.
        least = 2 if hop else 0
        leaving = _narrow(connection, frontier, kinds, reach.widest, least, reach.breadth)
        id_of |= leaving
        out, into = _incident(connection, leaving, reached, kinds)
        # An edge between two nodes that are both left is met twice.
        out = [row for row in out if row[2] not in left]
        left.update(leaving)
        into = [row for row in into if row[0] not in left]
        found += out
        found += into
        frontier = {target: EDGE_ENDS[kind][1] for _, kind, target, _ in out if target not in reached}
        frontier |= {source: EDGE_ENDS[kind][0] for source, kind, _, _ in into if source not in reached}
        reached |= frontier
    id_of |= _named(connection, [key for key in reached if key not in id_of])
    kind_named = {kind.value: kind for kind in kinds}
    position = {key: number for number, key in enumerate(reached)}
    return Subgraph(
        tuple([id_of[key] for key in reached]),
        tuple([(position[s], position[t], kind_named[kind], weight) for s, kind, t, weight in found]),
    )


def _json(values: Sequence[str] | Sequence[int]) -> str:
    return encode(values).decode()


def _columns(connection: sqlite3.Connection, statement: str, given: Mapping[str, object]) -> list[list[Any]]:
    """The columns of what a statement finds, which it gives as JSON: rows are handed over one by one, and of many that
    takes longer than to find them."""
    (row,) = connection.execute(statement, given)
    return [decode(column) for column in row]


def _located(connection: sqlite3.Connection, ids: Sequence[str]) -> list[tuple[str, int, NodeKind]]:
    """Id, key and kind of those of `ids` that are nodes."""
    there, keys, kinds = _columns(connection, _LOCATED, {"ids": _json(ids)})
    kind_named = {kind.value: kind for kind in NodeKind}
    return [(id, key, kind_named[kind]) for id, key, kind in zip(there, keys, kinds, strict=True)]


def _named(connection: sqlite3.Connection, keys: Sequence[int]) -> dict[int, str]:
    """The ids of nodes by key."""
    (ids,) = _columns(connection, _NAMED, {"keys": _json(keys)})
    return dict(zip(keys, ids, strict=True))


def _by_kind(kind_of: Mapping[int, NodeKind]) -> dict[NodeKind, list[int]]:
    found: dict[NodeKind, list[int]] = defaultdict(list)
    for key, kind in kind_of.items():
        found[kind].append(key)
    return found


def _ways(node: NodeKind, kinds: Sequence[EdgeKind]) -> dict[str, str]:
    """Those of `kinds` that begin at a kind of nodes and those that end there, as statements take them."""
    return {
        "out": _json([kind for kind in kinds if EDGE_ENDS[kind][0] is node]),
        "into": _json([kind for kind in kinds if EDGE_ENDS[kind][1] is node]),
    }


def _narrow(
    connection: sqlite3.Connection,
    kind_of: Mapping[int, NodeKind],
    kinds: Sequence[EdgeKind],
    widest: int,
    least: int = 0,
    breadth: int | None = None,
) -> dict[int, str]:
    """Those of the nodes, given by key with their kinds, that have `least` to `widest` edges of `kinds`, those with the
    fewest first, ties by id; no more than `breadth`. Their ids, by key.

    None is counted further than it takes to tell.
    """
    counted: list[tuple[int, int]] = []
    most = widest
    # Entities first, whose edges need not be counted: where they are enough, no other has more than the last of them.
    for kind, keys in sorted(_by_kind(kind_of).items(), key=lambda each: each[0] is not NodeKind.ENTITY):
        given = {"keys": _json(keys), "least": least, "most": most, **_ways(kind, kinds)}
        is_kept = kind is NodeKind.ENTITY and {each for each in kinds if kind in EDGE_ENDS[each]} == set(_MENTIONS)
        counted += zip(*_columns(connection, _MENTIONED if is_kept else _COUNTED, given), strict=True)
        if breadth is not None and len(counted) >= breadth:
            most = sorted(edges for edges, _ in counted)[breadth - 1]
    edges_of = {key: edges for edges, key in counted if edges <= most}
    named = _named(connection, list(edges_of))
    return dict(sorted(named.items(), key=lambda each: (edges_of[each[0]], each[1]))[:breadth])


def _incident(
    connection: sqlite3.Connection,
    keys: Iterable[int],
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
    return connection.execute(statement, {"keys": _json(keys), "kinds": _json(kinds)}).fetchall()
