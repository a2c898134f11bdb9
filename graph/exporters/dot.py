"""DOT, the language of Graphviz."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from graph.exporters.characters import allowed
from graph.model import Edge, Node, NodeKind, Snapshot, caption, kind_of

_HEAD = """digraph memory {
graph [charset="UTF-8"];
node [fontname="sans-serif"];
edge [fontname="sans-serif", fontsize="10"];
"""
_SHAPES: Mapping[NodeKind, str] = {
    NodeKind.INTERACTION: "box",
    NodeKind.EPISODE: "folder",
    NodeKind.NOTE: "note",
    NodeKind.ENTITY: "ellipse",
    NodeKind.FACT: "hexagon",
    NodeKind.QUERY: "diamond",
    NodeKind.INSIGHT: "octagon",
}
_REFERENCE = re.compile(r"&(?=#?\w+;)")


class DotExporter:
    """Writes a drawing: captions, kinds, weights and reasons; the other fields have no place in it."""

    name: ClassVar[str] = "dot"
    suffix: ClassVar[str] = ".dot"
    about: ClassVar[str] = "DOT for Graphviz"

    def chunks(self, snapshot: Snapshot) -> Iterator[str]:
        yield _HEAD
        for node in snapshot.nodes():
            yield _node(node)
        for edge in snapshot.edges():
            yield _edge(edge)
        yield "}\n"


def _node(node: Node) -> str:
    kind = kind_of(node)
    return f'{_quoted(node.id)} [label={_label(caption(node))}, kind="{kind.value}", shape="{_SHAPES[kind]}"];\n'


def _edge(edge: Edge) -> str:
    tooltip = f", tooltip={_label(edge.reason)}" if edge.reason else ""
    attributes = f'label="{edge.kind.value}", weight="{float(edge.weight)}"{tooltip}'
    return f"{_quoted(edge.source)} -> {_quoted(edge.target)} [{attributes}];\n"


def _label(text: str) -> str:
    """Quote text that Graphviz shows: there it would also resolve character references."""
    return _quoted(_REFERENCE.sub("&amp;", text))


def _quoted(text: str) -> str:
    escaped = allowed(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n") + '"'
