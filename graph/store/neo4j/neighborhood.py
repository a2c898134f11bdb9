"""Neighbourhoods, and walks on them: by the Graph Data Science library where the server has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from graph.model import EdgeKind, Reach, Subgraph, Walk
from graph.store.neo4j.connection import Connection, Row
from graph.store.neo4j.rows import typed

_STEPS = 3
"""Steps that `_AROUND` goes at once."""
# The server knows how many edges a node has; only where they may be too many those to nodes of ours are counted.
_DEGREE: Final = """CASE WHEN COUNT { (n)-[:TYPES]-() } <= $given.widest THEN COUNT { (n)-[:TYPES]-() }
        ELSE COUNT { MATCH (n)-[r:TYPES]-(:_Memcli) RETURN r LIMIT $given.widest + 1 } END"""
# What was reached by its only edge leads nowhere else.
_FOUND: Final = """
MATCH (n:_Memcli) WHERE n.id IN [id IN $given.ids | $given.within + id]
WITH collect(n) AS near
CALL (near) {
    UNWIND near AS n
    WITH n, DEGREE AS degree WHERE $given.steps > 0 AND $given.least <= degree <= $given.widest
    WITH n ORDER BY degree, n.id LIMIT BREADTH
    MATCH (n)-[r:TYPES]-(b:_Memcli)
    RETURN collect(DISTINCT b) AS second, collect(DISTINCT r) AS first_edges
}
CALL (near, second) {
    UNWIND [n IN near | [n, 1]] + [n IN second | [n, 2]] AS each
    WITH each[0] AS n, min(each[1]) AS step WHERE step = 2
    WITH n, DEGREE AS degree WHERE $given.steps > 1 AND 2 <= degree <= $given.widest
    WITH n ORDER BY degree, n.id LIMIT BREADTH
    MATCH (n)-[r:TYPES]-(b:_Memcli)
    RETURN collect(DISTINCT b) AS third, collect(DISTINCT r) AS second_edges
}
CALL (near, second, third) {
    UNWIND [n IN near | [n, 1]] + [n IN second | [n, 2]] + [n IN third | [n, 3]] AS each
    WITH each[0] AS n, min(each[1]) AS step WHERE step = 3
    WITH n, DEGREE AS degree WHERE $given.steps > 2 AND 2 <= degree <= $given.widest
    WITH n ORDER BY degree, n.id LIMIT BREADTH
    MATCH (n)-[r:TYPES]-(:_Memcli)
    RETURN collect(DISTINCT r) AS third_edges
}
CALL (first_edges, second_edges, third_edges) {
    UNWIND first_edges + second_edges + third_edges AS r
    RETURN collect(DISTINCT r) AS found
}
CALL (found) {
    UNWIND found AS r
    WITH startNode(r) AS s, toLower(type(r)) AS kind,
        collect(substring(endNode(r).id, $given.skip) + ' ' + toString(r.weight)) AS ends
    RETURN collect(reduce(line = substring(s.id, $given.skip) + ' ' + kind, each IN ends | line + ' ' + each)) AS edges
}
""".replace("DEGREE", _DEGREE).replace("BREADTH", "coalesce($given.breadth, 1000000000)")
# The driver takes its time for every row and every value: one row holds all, and one line of text the edges of a kind
# that lead from one node, "SOURCE KIND TARGET WEIGHT TARGET WEIGHT ...". No id has a space.
_ALL: Final = "[n IN near | substring(n.id, $given.skip)] AS ids, edges"
_AROUND: Final = _FOUND + "RETURN " + _ALL + ", null AS shares"
# Older versions of the library take no weights for seeds: walks start at one node, from which edges of one direction
# lead to the seeds, by weight. Nothing comes back there, so that all other shares keep their proportions.
_WALKED: Final = (
    _FOUND
    + """
WITH near, found, edges WHERE any(n IN near WHERE $given.seeds[substring(n.id, $given.skip)] > 0)
    AND any(r IN found WHERE r.weight > 0)
CALL (near, found) {
    MATCH (start:_MemcliIndex {name: 'words'})
    CALL (start, near, found) {
        UNWIND found AS r
        RETURN startNode(r) AS source, endNode(r) AS target, r.weight AS weight, 'WALKED' AS type
        UNION ALL
        UNWIND near AS n
        RETURN start AS source, n AS target, $given.seeds[substring(n.id, $given.skip)] AS weight, 'STARTED' AS type
    }
    WITH start, source, target, weight, type WHERE weight > 0
    WITH start, gds.graph.project($given.name, source, target,
        {relationshipType: type, relationshipProperties: {weight: weight}},
        {undirectedRelationshipTypes: ['WALKED']}) AS projected
    CALL gds.pageRank.stream($given.name, {
        sourceNodes: [start], relationshipWeightProperty: 'weight', dampingFactor: $given.damping,
        maxIterations: 200, tolerance: 1e-9, concurrency: 1
    }) YIELD nodeId, score
    WITH start, collect({node: gds.util.asNode(nodeId), score: score}) AS walked
    CALL gds.graph.drop($given.name) YIELD graphName
    RETURN [each IN walked WHERE each.node <> start | [substring(each.node.id, $given.skip), each.score]] AS shares
}
RETURN """
    + _ALL
    + ", shares"
)


def neighborhood(
    connection: Connection,
    ids: Sequence[str],
    kinds: Sequence[EdgeKind],
    reach: Reach,
    walk: Walk | None,
) -> Subgraph:
    """Breadth first from `ids`, as `Store.neighborhood` has it: a statement for every three hops."""
    given = list(dict.fromkeys(ids))
    there: set[str] = set()
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    shares: dict[str, float] | None = None
    frontier = given
    for gone in range(0, max(reach.hops, 1), _STEPS):
        bounds: dict[str, Any] = {
            "ids": frontier,
            "steps": min(reach.hops - gone, _STEPS),
            "widest": reach.widest,
            "breadth": reach.breadth,
            "least": 2 if gone else 0,
        }
        (row,) = _walked(connection, kinds, bounds, walk if reach.hops <= _STEPS else None) or connection.rows(
            typed(_AROUND, *kinds), **bounds
        )
        reached = set(row["ids"])
        for line in row["edges"]:
            source, kind, *ends = line.split(" ")
            targets = ends[::2]
            reached.add(source)
            reached.update(targets)
            found[source, kind].update(zip(targets, map(float, ends[1::2]), strict=True))
        shares = None if row["shares"] is None else dict(row["shares"])
        frontier = sorted(reached - there)
        there |= reached
    order = [id for id in given if id in there]
    order += sorted(there.difference(order))
    position = {id: number for number, id in enumerate(order)}
    return Subgraph(tuple(order), tuple(_numbered(found, position)), shares)


def _walked(
    connection: Connection, kinds: Sequence[EdgeKind], bounds: Mapping[str, Any], walk: Walk | None
) -> list[Row]:
    """The row of a neighbourhood and a walk on it; none where nobody walks, where no walk has a beginning,
    or where it leads nowhere: the library projects no graph without an edge."""
    if not walk or not connection.walks:
        return []
    given: dict[str, Any] = {"seeds": dict(walk.seeds), "damping": walk.damping, "name": f"memcli-{uuid4()}"}
    return connection.rows(typed(_WALKED, *kinds), **bounds, **given)


def _numbered(
    found: Mapping[tuple[str, str], Mapping[str, float]], position: Mapping[str, int]
) -> Iterator[tuple[int, int, EdgeKind, float]]:
    """The edges of `found`, by the positions of their ends, sorted by source, kind and target."""
    for (source, name), ends in sorted(found.items(), key=lambda item: item[0]):
        start, kind = position[source], EdgeKind(name)
        for target in sorted(ends):
            yield start, position[target], kind, ends[target]
