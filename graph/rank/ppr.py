"""Personalized PageRank over a neighbourhood (HippoRAG, arXiv 2405.14831, section 2.2)."""

from __future__ import annotations

from graph.model import Subgraph, Walk


def personalized_pagerank(graph: Subgraph, walk: Walk) -> dict[str, float]:
    """The stationary share of each node of `graph` in a walk, by id.

    Edges are undirected and weighted. Seeds that are not in the graph are left out. Exact: igraph's PRPACK. Empty where
    no seed is in the graph.
    """
    import igraph

    reset = [walk.seeds.get(id, 0.0) for id in graph.ids]
    if not any(reset):
        return {}
    # GraphBase, since igraph.Graph imports numpy to do the same.
    sources, targets, _, weights = zip(*graph.edges, strict=True) if graph.edges else ((), (), (), ())
    network = igraph.GraphBase(n=len(graph.ids), edges=list(zip(sources, targets, strict=True)))
    shares = network.personalized_pagerank(damping=walk.damping, reset=reset, weights=list(weights), directed=False)
    return dict(zip(graph.ids, shares, strict=True))
