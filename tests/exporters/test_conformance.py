"""What every exporter keeps, whatever its format."""

from __future__ import annotations

import re

import pytest

from graph.errors import UsageError
from graph.exporters.registry import EXPORTERS, exporter_named
from graph.model import EDGE_ENDS, EdgeKind, NodeKind, kind_of
from graph.ports import Exporter

from .samples import EDGES, NODES, SAMPLE, Watched, snapshot_of


@pytest.fixture(params=sorted(EXPORTERS))
def exporter(request: pytest.FixtureRequest) -> Exporter:
    return exporter_named(request.param)


def test_the_sample_has_every_kind() -> None:
    kinds = {node.id: kind_of(node) for node in NODES}
    assert set(kinds.values()) == set(NodeKind)
    assert {edge.kind for edge in EDGES} == set(EdgeKind)
    assert all((kinds[edge.source], kinds[edge.target]) == EDGE_ENDS[edge.kind] for edge in EDGES)


def test_it_says_what_it_is() -> None:
    for name in EXPORTERS:
        exporter = exporter_named(name)
        assert exporter.name == name
        assert re.fullmatch(r"\.[a-z]+", exporter.suffix)
        assert exporter.about
        assert "\n" not in exporter.about
    assert len({exporter_named(name).suffix for name in EXPORTERS}) == len(EXPORTERS)


def test_the_same_snapshot_gives_the_same_text(exporter: Exporter) -> None:
    assert "".join(exporter.chunks(SAMPLE)) == "".join(exporter_named(exporter.name).chunks(SAMPLE))


def test_the_text_is_utf_8_and_ends_its_last_line(exporter: Exporter) -> None:
    text = "".join(exporter.chunks(SAMPLE))
    assert text.encode("utf-8").decode("utf-8") == text
    assert text.endswith("\n")
    assert "\x00" not in text


def test_every_node_and_edge_is_there(exporter: Exporter) -> None:
    text = "".join(exporter.chunks(SAMPLE))
    assert all(node.id in text for node in NODES)
    assert all(edge.kind.value in text.lower() for edge in EDGES)


def test_an_empty_graph_is_a_file_too(exporter: Exporter) -> None:
    "".join(exporter.chunks(snapshot_of(()))).encode("utf-8")


def test_nothing_is_read_before_it_is_asked_for(exporter: Exporter) -> None:
    watched = Watched(1000)
    chunks = exporter.chunks(watched.snapshot)
    assert watched.nodes_read == 0
    next(chunks)
    assert watched.nodes_read <= 1
    assert watched.edges_read == 0


def test_what_is_read_is_written_soon(exporter: Exporter) -> None:
    watched = Watched(1000)
    written_nodes, written_edges, furthest = 0, 0, 0
    for chunk in exporter.chunks(watched.snapshot):
        if watched.edges_read:
            written_edges += _mentions(chunk) // 2
            furthest = max(furthest, watched.edges_read - written_edges)
        else:
            written_nodes += _mentions(chunk)
            furthest = max(furthest, watched.nodes_read - written_nodes)
    assert (watched.nodes_read, watched.edges_read) == (1000, 999)
    assert furthest <= 200


def _mentions(chunk: str) -> int:
    """How often `chunk` names a node, but for the ids that GraphML and GEXF make for edges."""
    return len(re.findall(r"(?<![.\w])m_\d{5}(?!\.)", chunk))


def test_an_unknown_name_is_a_usage_error_that_lists_the_known() -> None:
    with pytest.raises(UsageError, match="'xls'") as caught:
        exporter_named("xls")
    assert all(name in caught.value.hint for name in EXPORTERS)
