"""GraphML 1.0, as networkx, igraph, Gephi, Cytoscape and yEd read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from graph.exporters.characters import xml_attribute, xml_text
from graph.exporters.properties import Scalar, captioned, edge_columns, edge_properties, flat, node_columns
from graph.model import Edge, Node, Snapshot

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
_TYPES = {str: "string", int: "long", float: "double", list: "string"}
_STRUCTURE = ("id", "source", "target")
"""What is an attribute of the element itself and no `<data>`."""


class GraphmlExporter:
    """Writes GraphML. Lists and metadata are JSON text, as the format has only scalars."""

    name: ClassVar[str] = "graphml"
    suffix: ClassVar[str] = ".graphml"
    about: ClassVar[str] = "GraphML for networkx, igraph, Gephi, Cytoscape and yEd"

    def chunks(self, snapshot: Snapshot) -> Iterator[str]:
        yield _HEAD
        yield _keys("node", node_columns())
        yield _keys("edge", edge_columns())
        yield '<graph edgedefault="directed">\n'
        for node in snapshot.nodes():
            yield _node(node)
        for edge in snapshot.edges():
            yield _edge(edge)
        yield "</graph>\n</graphml>\n"


def _keys(element: str, columns: Mapping[str, type]) -> str:
    return "".join(
        f'<key id="{element}.{name}" for="{element}" attr.name="{name}" attr.type="{_TYPES[shape]}"/>\n'
        for name, shape in columns.items()
        if name not in _STRUCTURE
    )


def _node(node: Node) -> str:
    return f"<node id={xml_attribute(node.id)}>{_data('node', flat(captioned(node)))}</node>\n"


def _edge(edge: Edge) -> str:
    # Two nodes may share edges of several kinds: an id each keeps them apart.
    ends = f"source={xml_attribute(edge.source)} target={xml_attribute(edge.target)}"
    key = xml_attribute(f"{edge.source}.{edge.kind.value}.{edge.target}")
    return f"<edge id={key} {ends}>{_data('edge', flat(edge_properties(edge)))}</edge>\n"


def _data(element: str, properties: Mapping[str, Scalar]) -> str:
    return "".join(
        f'<data key="{element}.{name}">{xml_text(value)}</data>'
        for name, value in properties.items()
        if name not in _STRUCTURE
    )
