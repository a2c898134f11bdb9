"""The node-link JSON of networkx and D3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from graph.exporters.properties import captioned, edge_properties, json_text
from graph.model import Edge, Json, Snapshot


class NodeLinkExporter:
    """Writes what `networkx.node_link_graph` reads: a directed multigraph keyed by the kind of edge."""

    name: ClassVar[str] = "json"
    suffix: ClassVar[str] = ".json"
    about: ClassVar[str] = "node-link JSON for networkx and D3"

    def chunks(self, snapshot: Snapshot) -> Iterator[str]:
        yield '{"directed": true, "multigraph": true, "graph": {}, "nodes": ['
        yield from _items(captioned(node) for node in snapshot.nodes())
        yield '\n], "edges": ['
        yield from _items(_edge(edge) for edge in snapshot.edges())
        yield "\n]}\n"


def _edge(edge: Edge) -> dict[str, Json]:
    return {"source": edge.source, "target": edge.target, "key": edge.kind.value} | edge_properties(edge)


def _items(items: Iterable[Json]) -> Iterator[str]:
    separator = "\n"
    for item in items:
        yield separator + json_text(item)
        separator = ",\n"
