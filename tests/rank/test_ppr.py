"""Personalized PageRank against the matrix of networkx, raised to a high power: its own solver needs scipy."""

from __future__ import annotations

import networkx
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import EdgeKind, Subgraph, Walk
from graph.rank.ppr import personalized_pagerank

WEIGHTS = st.floats(0.1, 10)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Subgraph, dict[str, float]]:
    """A small connected graph and where its walks start."""
    size = draw(st.integers(2, 9))
    ids = tuple(f"n{number}" for number in range(size))
    pairs = {(draw(st.integers(0, node - 1)), node) for node in range(1, size)}
    pairs |= draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=8))
    kept = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    edges = tuple((source, target, EdgeKind.MENTIONS, draw(WEIGHTS)) for source, target in kept)
    seeds = draw(st.dictionaries(st.sampled_from(ids), WEIGHTS, min_size=1))
    return Subgraph(ids, edges), seeds


@settings(deadline=None, max_examples=60)
@given(graphs(), st.sampled_from([0.5, 0.85, 0.95]))
def test_shares_are_those_of_the_walk_that_networkx_makes(
    drawn: tuple[Subgraph, dict[str, float]], damping: float
) -> None:
    graph, seeds = drawn
    network = networkx.Graph()
    network.add_nodes_from(graph.ids)
    network.add_weighted_edges_from((graph.ids[a], graph.ids[b], weight) for a, b, _, weight in graph.edges)
    walk = networkx.google_matrix(network, damping, personalization=seeds, weight="weight")
    shares = numpy.linalg.matrix_power(walk, 1 << 12)[0]
    expected = dict(zip(network, shares, strict=True))
    found = personalized_pagerank(graph, Walk(seeds, damping))
    assert found == pytest.approx(expected, abs=1e-8)
    assert sum(found.values()) == pytest.approx(1)


PATH = Subgraph(("a", "b", "c"), ((0, 1, EdgeKind.MENTIONS, 1.0), (1, 2, EdgeKind.ABOUT, 1.0)))


def test_the_scale_of_seeds_does_not_matter() -> None:
    found = personalized_pagerank(PATH, Walk({"a": 300.0, "c": 100.0}, 0.85))
    assert found == pytest.approx(personalized_pagerank(PATH, Walk({"a": 0.3, "c": 0.1}, 0.85)))
    assert found["a"] > found["c"]


def test_seeds_elsewhere_are_left_out() -> None:
    assert personalized_pagerank(PATH, Walk({"a": 1.0, "x": 9.0}, 0.5)) == personalized_pagerank(
        PATH, Walk({"a": 1.0}, 0.5)
    )


@pytest.mark.parametrize("seeds", [{}, {"x": 1.0}, {"a": 0.0}])
def test_without_seeds_nothing_is_ranked(seeds: dict[str, float]) -> None:
    assert personalized_pagerank(PATH, Walk(seeds, 0.85)) == {}


def test_an_empty_graph_has_no_shares() -> None:
    assert personalized_pagerank(Subgraph((), ()), Walk({"a": 1.0}, 0.85)) == {}


def test_walks_without_damping_stay_at_their_start() -> None:
    assert personalized_pagerank(PATH, Walk({"b": 1.0}, 0.0)) == pytest.approx({"a": 0, "b": 1, "c": 0})
