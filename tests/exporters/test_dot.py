"""DOT, read back by Graphviz where it is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.exporters.registry import exporter_named
from graph.model import Edge, EdgeKind, Entity, Snapshot, caption, kind_of

from .samples import EDGES, NODES, SAMPLE, snapshot_of
from .test_networkx import xml_form

needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


def graphviz(form: str, snapshot: Snapshot) -> str:
    text = "".join(exporter_named("dot").chunks(snapshot))
    done = subprocess.run(["dot", f"-T{form}"], input=text.encode("utf-8"), capture_output=True, check=True)
    # A locale's fonts are no business of ours; whatever else Graphviz complains of is.
    assert not re.search(rb"(?i)syntax|unknown|not a known|badly|lost", done.stderr), done.stderr
    return done.stdout.decode("utf-8")


def shown(label: str) -> str:
    """A label as Graphviz shows it: references (one pass) and escapes resolved."""
    return label.replace("&amp;", "&").replace("\\\\", "\\")


def drawn(snapshot: Snapshot) -> list[str]:
    """The texts of the nodes in the picture, sorted."""
    picture = ElementTree.fromstring(graphviz("svg", snapshot))
    space = "{http://www.w3.org/2000/svg}"
    nodes = [group for group in picture.iter(f"{space}g") if group.get("class") == "node"]
    return sorted(spaced("".join(text.text or "" for text in node.iter(f"{space}text"))) for node in nodes)


def spaced(text: str) -> str:
    """Graphviz writes some spaces as no-break spaces into SVG."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@needs_graphviz
def test_nodes_and_edges_come_back() -> None:
    graph: dict[str, Any] = json.loads(graphviz("dot_json", SAMPLE))
    nodes = graph["objects"]
    assert {(node["name"], node["kind"]) for node in nodes} == {(node.id, kind_of(node).value) for node in NODES}
    names = [node["name"] for node in nodes]
    found = {
        (names[edge["tail"]], names[edge["head"]], edge["label"], float(edge["weight"])) for edge in graph["edges"]
    }
    assert found == {(edge.source, edge.target, edge.kind.value, edge.weight) for edge in EDGES}


@needs_graphviz
def test_captions_are_drawn_as_they_are() -> None:
    assert drawn(SAMPLE) == sorted(spaced(xml_form(caption(node))) for node in NODES)


@needs_graphviz
@pytest.mark.parametrize(
    "text", ["\\N", "\\", '\\"', "&lt;b&gt;", "&#38;", "a & b", "<b>x</b>", "\\n\\l\\G", "/* x */"]
)
def test_nothing_in_a_caption_means_anything(text: str) -> None:
    assert drawn(snapshot_of((Entity("e_a", text, "PERSON"),))) == [text]


@needs_graphviz
@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_text_is_read(name: str, reason: str) -> None:
    entity, edge = Entity("e_a", name, "PERSON"), Edge("e_a", "e_a", EdgeKind.MENTIONS, 0.5, reason)
    graph = json.loads(graphviz("dot_json", snapshot_of((entity,), (edge,))))
    assert [shown(node["label"]) for node in graph["objects"]] == [xml_form(caption(entity))]


def test_strings_end_where_they_should() -> None:
    """Without Graphviz, too: every line is quoted strings and plain words."""
    line = re.compile(
        r'"(?:[^"\\]|\\.)*"(?: -> "(?:[^"\\]|\\.)*")? \[\w+="(?:[^"\\]|\\.)*"(?:, \w+="(?:[^"\\]|\\.)*")*\];\n'
    )
    chunks = [chunk for chunk in exporter_named("dot").chunks(SAMPLE) if chunk.startswith('"')]
    assert len(chunks) == len(NODES) + len(EDGES)
    assert all(line.fullmatch(chunk) for chunk in chunks)
