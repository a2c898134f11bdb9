"""GEXF 1.3, Gephi's own format."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar

from graph.exporters.characters import xml_attribute
from graph.exporters.properties import Scalar, captioned, edge_columns, edge_properties, flat, node_columns
from graph.model import Edge, Node, Snapshot

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
<graph defaultedgetype="directed" mode="static">
"""
_TYPES = {str: "string", int: "long", float: "double", list: "liststring"}
_NODE_STRUCTURE = ("id", "label")
_EDGE_STRUCTURE = ("source", "target", "kind", "weight")
"""What is an attribute of the element itself and no `<attvalue>`."""


class GexfExporter:
    """Writes GEXF. An edge's kind is both its `kind`, which keeps parallel edges apart, and its label."""

    name: ClassVar[str] = "gexf"
    suffix: ClassVar[str] = ".gexf"
    about: ClassVar[str] = "GEXF 1.3 for Gephi"

    def chunks(self, snapshot: Snapshot) -> Iterator[str]:
        yield _HEAD
        yield _attributes("node", node_columns(), _NODE_STRUCTURE)
        yield _attributes("edge", edge_columns(), _EDGE_STRUCTURE)
        yield "<nodes>\n"
        for node in snapshot.nodes():
            yield _node(node)
        yield "</nodes>\n<edges>\n"
        for edge in snapshot.edges():
            yield _edge(edge)
        yield "</edges>\n</graph>\n</gexf>\n"


def _attributes(element: str, columns: Mapping[str, type], structure: Collection[str]) -> str:
    declarations = "".join(
        f'<attribute id="{name}" title="{name}" type="{_TYPES[shape]}"/>\n'
        for name, shape in columns.items()
        if name not in structure
    )
    return f'<attributes class="{element}">\n{declarations}</attributes>\n'


def _node(node: Node) -> str:
    properties = flat(captioned(node))
    head = f"id={xml_attribute(node.id)} label={xml_attribute(properties['label'])}"
    return f"<node {head}>{_values(properties, _NODE_STRUCTURE)}</node>\n"


def _edge(edge: Edge) -> str:
    kind = xml_attribute(edge.kind.value)
    key = xml_attribute(f"{edge.source}.{edge.kind.value}.{edge.target}")
    ends = f"source={xml_attribute(edge.source)} target={xml_attribute(edge.target)}"
    head = f'id={key} {ends} kind={kind} label={kind} weight="{float(edge.weight)}"'
    return f"<edge {head}>{_values(flat(edge_properties(edge)), _EDGE_STRUCTURE)}</edge>\n"


def _values(properties: Mapping[str, Scalar], structure: Collection[str]) -> str:
    values = "".join(
        f'<attvalue for="{name}" value={xml_attribute(value)}/>'
        for name, value in properties.items()
        if name not in structure
    )
    return f"<attvalues>{values}</attvalues>"
