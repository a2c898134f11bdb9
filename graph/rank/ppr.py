"""Personalized PageRank over a neighbourhood (HippoRAG, arXiv 2405.14831, section 2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from graph.model import EdgeKind, Subgraph


def personalized_pagerank(graph: Subgraph, seeds: Mapping[str, float], damping: float) -> dict[str, float]:
    """The stationary share of each node of `graph` in walks that start at `seeds`, by id.

    Edges are undirected and weighted. A note and the interactions it is derived from are one node, so that a step from
    an entity to a passage is one step. `seeds` are weights of any scale; those that are not in the graph are left out.
    Exact: igraph's PRPACK. Empty where no seed is in the graph.
    """
    import igraph

    joined = _joined(graph)
    number = {root: place for place, root in enumerate(dict.fromkeys(joined))}
    reset = [0.0] * len(number)
    at = {id: number[root] for id, root in zip(graph.ids, joined, strict=True)}
    for id, weight in seeds.items():
        if id in at:
            reset[at[id]] += weight
    if not any(reset):
        return {}
    walked = [(s, t, w) for s, t, kind, w in graph.edges if kind is not EdgeKind.DERIVED_FROM]
    network = igraph.Graph(n=len(number), edges=[(number[joined[s]], number[joined[t]]) for s, t, _ in walked])
    shares = network.personalized_pagerank(
        damping=damping, reset=reset, weights=[w for *_, w in walked], implementation="prpack", directed=False
    )
    return {id: shares[place] for id, place in at.items()}


def _joined(graph: Subgraph) -> list[int]:
    """For each position of `graph.ids`, the position that stands for it: notes are joined to their interactions."""
    root = list(range(len(graph.ids)))

    def find(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for source, target, kind, _ in graph.edges:
        if kind is EdgeKind.DERIVED_FROM:
            root[find(source)] = find(target)
    return [find(place) for place in range(len(root))]
