"""A consistent part of the graph, as exporters read it."""

from __future__ import annotations

from collections.abc import Iterator

from graph.model import Edge, Node, Selection, Snapshot
from graph.ports import Store


def snapshot(store: Store, selection: Selection) -> Snapshot:
    """The selected nodes and the edges among them. Only a part of the graph costs memory, an id a node."""
    if selection == Selection():
        return Snapshot(lambda: store.nodes(selection), lambda: store.edges(None, ()))

    def nodes() -> Iterator[Node]:
        return store.nodes(selection)

    def edges() -> Iterator[Edge]:
        ids = {node.id for node in nodes()}
        return (edge for edge in store.edges(list(ids), ()) if edge.source in ids and edge.target in ids)

    return Snapshot(nodes, edges)
