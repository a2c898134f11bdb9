"""The shape of the whole graph."""

from __future__ import annotations

from collections import Counter

from graph.model import GraphStats, Selection, caption
from graph.ports import Store

_HUBS = 10


def shape(store: Store) -> GraphStats:
    """Counts by kind, connected components, and the nodes with the most edges."""
    import igraph

    info = store.info()
    place = {node.id: number for number, node in enumerate(store.nodes(Selection()))}
    # `igraph.Graph` would load numpy first.
    network = igraph.GraphBase(n=len(place), edges=[(place[e.source], place[e.target]) for e in store.edges(None, ())])
    components = Counter(network.connected_components())
    degrees = dict(zip(place, network.degree(), strict=True))
    hubs = sorted(degrees, key=lambda id: (-degrees[id], id))[:_HUBS]
    names = {node.id: caption(node) for node in store.nodes(Selection(ids=tuple(hubs) or ("",)))}
    return GraphStats(
        nodes=info.nodes,
        edges=info.edges,
        components=len(components),
        largest_component=max(components.values(), default=0),
        hubs=tuple((id, names[id], degrees[id]) for id in hubs),
    )
