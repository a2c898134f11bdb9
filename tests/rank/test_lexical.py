"""Full-text scores and what neighbours lend each other, in exact numbers."""

from __future__ import annotations

import pytest

from graph.model import EdgeKind, Match, Subgraph
from graph.rank.lexical import lexical, smoothed

TURNS = Subgraph(("a", "b", "c"), ((0, 1, EdgeKind.NEXT, 1.0), (1, 2, EdgeKind.NEXT, 1.0)))


def test_whole_and_piece_are_mixed_each_by_its_best() -> None:
    found = lexical([Match("a", 8.0, 1.0), Match("b", 4.0, 2.0), Match("c", 0.0, 1.0)], 0.25)
    assert found == pytest.approx({"a": 0.75 + 0.125, "b": 0.375 + 0.25, "c": 0.125})


@pytest.mark.parametrize(("piece", "expected"), [(0.0, {"a": 1.0, "b": 0.5}), (1.0, {"a": 0.25, "b": 1.0})])
def test_either_may_count_alone(piece: float, expected: dict[str, float]) -> None:
    assert lexical([Match("a", 2.0, 1.0), Match("b", 1.0, 4.0)], piece) == pytest.approx(expected)


def test_nothing_found_is_nothing() -> None:
    assert lexical([], 0.5) == {}


@pytest.mark.parametrize("score", [0.0, -3.0])
def test_scores_without_worth_are_zero(score: float) -> None:
    assert lexical([Match("a", score, score)], 0.5) == {"a": 0.0}


def test_neighbours_lend_a_part_each_way() -> None:
    found = smoothed({"a": 1.0, "b": 0.4}, TURNS, previous=0.25, following=0.5)
    assert found == pytest.approx({"a": 1.0 + 0.5 * 0.4, "b": 0.4 + 0.25 * 1.0, "c": 0.25 * 0.4})


def test_what_was_lent_is_not_lent_on() -> None:
    assert smoothed({"a": 1.0}, TURNS, 0.25, 0.35) == pytest.approx({"a": 1.0, "b": 0.25})


def test_only_the_order_of_turns_lends() -> None:
    ties = Subgraph(("n", "a"), ((0, 1, EdgeKind.DERIVED_FROM, 1.0),))
    assert smoothed({"a": 1.0}, ties, 0.25, 0.35) == {"a": 1.0}


def test_scores_of_zero_are_left_out() -> None:
    assert smoothed({"a": 0.0, "b": 0.2}, TURNS, 0.0, 0.0) == {"b": 0.2}
