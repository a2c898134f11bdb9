"""The way through the graph from what a question names to a piece of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from graph.model import Entity, NodeKind, Selection, caption, kind_of
from graph.ports import Store
from graph.recall import Evidence

if TYPE_CHECKING:
    from networkx import Graph


def paths(evidence: Evidence, ids: Sequence[str], store: Store) -> dict[str, tuple[str, ...]]:
    """For each of `ids`, notes, that the graph leads to: the steps of a shortest way there, named for people; or the
    query that it settled."""
    import networkx

    network: Graph[str] = networkx.Graph()
    for source, target, kind, _ in evidence.walked.edges:
        network.add_edge(evidence.walked.ids[source], evidence.walked.ids[target], kind=kind.value)
    # In the question's order: of ways that are as short, the same one is told every time.
    starts = [match.entity.id for match in evidence.read.entities if match.entity.id in network]
    ways: dict[str, list[str]] = {}
    if starts:
        _, ways = cast("tuple[Any, dict[str, list[str]]]", networkx.multi_source_dijkstra(network, starts, weight=None))
    found = {id: ways[id] for id in ids if id in ways}
    # Where the graph leads to it from no name, it may do so from a query.
    settled = {evidence.notes[said]: query for said, query in evidence.settled.items() if said in evidence.notes}
    down = {id: settled[id] for id in ids if id in settled and id not in found}
    asked = {id: [evidence.beyond[query], query] if query in evidence.beyond else [query] for id, query in down.items()}
    steps = [id for way in found.values() for id in way[:-1]]
    named = _names([*steps, *(id for way in asked.values() for id in way)], store)
    return {id: _steps(way, network, named) for id, way in found.items()} | {
        id: (f"question resembles {' resembles '.join(named.get(each, each) for each in way)}", "answered_by")
        for id, way in asked.items()
    }


def _names(ids: Sequence[str], store: Store) -> dict[str, str]:
    kinds = (NodeKind.ENTITY, NodeKind.NOTE, NodeKind.INSIGHT, NodeKind.QUERY)
    nodes = store.nodes(Selection(kinds=kinds, ids=tuple(sorted(set(ids))))) if ids else ()
    return {
        node.id: f"“{node.name}”" if isinstance(node, Entity) else f"{kind_of(node)} “{caption(node)}”"
        for node in nodes
    }


def _steps(way: Sequence[str], network: Graph[str], named: Mapping[str, str]) -> tuple[str, ...]:
    steps = [f"question names {named.get(way[0], way[0])}"]
    for before, after in pairwise(way):
        kind = network.edges[before, after]["kind"]
        steps.append(f"{kind} {named.get(after, after)}")
    return tuple(steps)
