"""GraphML, GEXF and node-link JSON, read back by networkx (and GraphML by igraph)."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import igraph
import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.exporters.registry import exporter_named
from graph.model import Edge, EdgeKind, Entity, Form, Interaction, Snapshot, caption, kind_of

from .samples import EDGES, INTERACTION, NASTY, NODES, SAMPLE, snapshot_of

Graph = Any
FORMATS = ("graphml", "gexf", "json")
anything = st.text(st.characters(exclude_categories=()))


def read_back(name: str, snapshot: Snapshot) -> Graph:
    data = "".join(exporter_named(name).chunks(snapshot)).encode("utf-8")
    match name:
        case "graphml":
            return networkx.read_graphml(BytesIO(data), force_multigraph=True)
        case "gexf":
            return networkx.read_gexf(BytesIO(data))
        case _:
            return networkx.node_link_graph(json.loads(data))


def xml_form(text: str) -> str:
    """What of `text` XML 1.0 can hold, tested character by character."""
    return "".join(each if each in "\t\n\r" or _is_char(ord(each)) else "\ufffd" for each in text)


def _is_char(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


@pytest.mark.parametrize("name", FORMATS)
def test_nodes_keep_their_captions_and_kinds(name: str) -> None:
    graph = read_back(name, SAMPLE)
    expected = {node.id: (caption(node), kind_of(node).value) for node in NODES}
    if name != "json":
        expected = {key: (xml_form(label), kind) for key, (label, kind) in expected.items()}
    assert {key: (data["label"], data["kind"]) for key, data in graph.nodes(data=True)} == expected


@pytest.mark.parametrize("name", FORMATS)
def test_edges_keep_their_direction_kind_weight_and_reason(name: str) -> None:
    graph = read_back(name, SAMPLE)
    kind = "label" if name == "gexf" else "kind"
    found = {
        (source, target, data[kind], data["weight"], data["reason"], data["decided_by"])
        for source, target, data in graph.edges(data=True)
    }
    form = str if name == "json" else xml_form
    assert graph.is_directed()
    assert graph.is_multigraph()
    assert found == {
        (edge.source, edge.target, edge.kind.value, edge.weight, form(edge.reason), edge.decided_by) for edge in EDGES
    }


@pytest.mark.parametrize("name", FORMATS)
def test_fields_keep_text_numbers_lists_and_metadata(name: str) -> None:
    graph = read_back(name, SAMPLE)
    message, entity = graph.nodes["m_a"], graph.nodes["e_a"]
    metadata, aliases = message["metadata"], entity["aliases"]
    if name != "json":
        metadata, aliases = json.loads(metadata), json.loads(aliases)
    assert message["text"] == NASTY
    assert message["position"] == INTERACTION.position
    assert message["timestamp"] == INTERACTION.timestamp
    assert metadata == {"a": None, "number": None, "z": [1, 2.5, {"y": NASTY}]}
    assert aliases == ["Ann", 'A, "n" \\ n', "安"]
    assert entity["entity_type"] == "PERSON"
    assert "title" not in message
    assert "metadata" not in graph.nodes["m_b"]


def test_json_keeps_lone_surrogates() -> None:
    graph = read_back("json", snapshot_of((Interaction("m_a", Form.MESSAGE, "1", "a \ud800 b"),)))
    assert graph.nodes["m_a"]["text"] == "a \ud800 b"


@pytest.mark.parametrize("name", FORMATS)
@given(text=anything, reason=anything)
def test_any_text_comes_back(name: str, text: str, reason: str) -> None:
    node, edge = Interaction("m_a", Form.MESSAGE, "1", text), Edge("m_a", "m_a", EdgeKind.NEXT, 1.0, reason=reason)
    entity = Entity("e_a", text, "PERSON", (text,))
    graph = read_back(name, snapshot_of((entity, node), (edge,)))
    if name != "json":
        text, reason = xml_form(text), xml_form(reason)
        assert graph.nodes["e_a"]["label"] == xml_form(caption(entity))
        assert isinstance(json.loads(graph.nodes["e_a"]["aliases"])[0], str)
    ((_, _, data),) = graph.edges(data=True)
    assert _united(graph.nodes["m_a"]["text"]) == _united(text)
    assert _united(data["reason"]) == _united(reason)


def _united(text: str) -> str:
    """Halves of a surrogate pair that stand together are one character to JSON."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_parallel_edges_have_an_id_each(name: str) -> None:
    root = ElementTree.fromstring("".join(exporter_named(name).chunks(SAMPLE)))
    edges = [element for element in root.iter() if element.tag.endswith("}edge")]
    assert len({edge.attrib["id"] for edge in edges}) == len(EDGES)
    if name == "gexf":
        assert [edge.attrib["kind"] for edge in edges] == [edge.kind.value for edge in EDGES]


def test_igraph_reads_the_graphml(tmp_path: Path) -> None:
    path = tmp_path / "graph.graphml"
    path.write_text("".join(exporter_named("graphml").chunks(SAMPLE)), encoding="utf-8", newline="")
    graph = igraph.Graph.Read_GraphML(str(path))
    assert graph.vs["id"] == [node.id for node in NODES]
    assert graph.vs["label"] == [xml_form(caption(node)) for node in NODES]
    assert graph.es["weight"] == [edge.weight for edge in EDGES]
    assert graph.es["kind"] == [edge.kind.value for edge in EDGES]
