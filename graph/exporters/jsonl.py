"""JSON Lines: the complete form. Two memories that hold the same graph give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from graph.exporters.properties import edge_properties, json_text, node_properties
from graph.model import Edge, Node, Snapshot


class JsonlExporter:
    """Writes one record a line: `type` (node or edge), then the model's fields in the model's order.

    A field that is absent is `None`, or an empty map for metadata.
    """

    name: ClassVar[str] = "jsonl"
    suffix: ClassVar[str] = ".jsonl"
    about: ClassVar[str] = "JSON Lines, complete: one node or edge a line"

    def chunks(self, snapshot: Snapshot) -> Iterator[str]:
        for node in snapshot.nodes():
            yield node_line(node)
        for edge in snapshot.edges():
            yield edge_line(edge)


def node_line(node: Node) -> str:
    """The line of a node."""
    return json_text({"type": "node"} | node_properties(node)) + "\n"


def edge_line(edge: Edge) -> str:
    """The line of an edge."""
    return json_text({"type": "edge"} | edge_properties(edge)) + "\n"
