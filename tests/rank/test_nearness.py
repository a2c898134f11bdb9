"""Text, vectors and tokens in one scale, and what their mean is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from graph.model import EdgeKind, Match, Subgraph
from graph.rank.nearness import combined, in_context, nearness, scaled
from graph.settings import Settings

ONLY_WHOLE = Settings(recall_piece=0)
MATCHES = (
    Match("m_1", 8.0, 0.0, 0.5, b"1"),
    Match("m_2", 4.0, 0.0, 0.7, b"2"),
    Match("m_3", 0.0, 0.0, 0.9, b"3"),
    Match("m_4", 2.0, 0.0),
)


def similar(matches: Sequence[Match]) -> Mapping[str, float]:
    return {each.id: {b"1": -0.2, b"2": 0.2, b"3": 0.6}[each.tokens] for each in matches if each.tokens}


def test_signals_go_from_the_worst_to_the_best() -> None:
    found = nearness(MATCHES, similar, ONLY_WHOLE)
    assert found["text"] == pytest.approx({"m_1": 1.0, "m_2": 0.5, "m_3": 0.0, "m_4": 0.25})
    assert found["vectors"] == pytest.approx({"m_1": 0.0, "m_2": 0.5, "m_3": 1.0})
    assert found["tokens"] == pytest.approx({"m_1": 0.0, "m_2": 0.5, "m_3": 1.0})


def test_they_are_weighed() -> None:
    settings = Settings(recall_piece=0, recall_text=1, recall_vectors=2, recall_tokens=5)
    found = combined(nearness(MATCHES, similar, settings), settings)
    assert found == pytest.approx({"m_1": 1 / 8, "m_2": 0.5, "m_3": 7 / 8, "m_4": 0.25 / 8})


@pytest.mark.parametrize(
    ("weights", "there", "first"),
    [
        ({"recall_vectors": 0.0}, {"text", "tokens"}, 1 / 5),
        ({"recall_tokens": 0.0}, {"text", "vectors"}, 1 / 2),
        ({"recall_vectors": 0.0, "recall_tokens": 0.0}, {"text"}, 1.0),
    ],
)
def test_what_weighs_nothing_is_not_there(weights: dict[str, float], there: set[str], first: float) -> None:
    settings = Settings(recall_piece=0, recall_text=1, **{"recall_vectors": 1.0, "recall_tokens": 4.0, **weights})
    found = nearness(MATCHES, similar, settings)
    assert found.keys() == there
    assert combined(found, settings)["m_1"] == pytest.approx(first)


def test_a_question_without_vectors_has_text_alone() -> None:
    assert nearness(MATCHES, None, ONLY_WHOLE).keys() == {"text"}


def test_a_memory_without_vectors_gives_what_text_gives() -> None:
    bare = [Match(each.id, each.whole, each.piece) for each in MATCHES]
    found = nearness(bare, similar, ONLY_WHOLE)
    assert found.keys() == {"text"}
    assert combined(found, ONLY_WHOLE) == found["text"]


def test_nothing_found_is_nothing() -> None:
    assert nearness([], similar, ONLY_WHOLE) == {}
    assert combined({}, ONLY_WHOLE) == {}
    assert in_context({}, Subgraph((), ()), ONLY_WHOLE) == {}


def test_weights_of_nothing_give_nothing() -> None:
    settings = Settings(recall_text=0, recall_vectors=0, recall_tokens=0)
    assert set(combined(nearness(MATCHES, similar, settings), settings).values()) == {0.0}


def test_scores_that_are_all_the_same_are_all_the_best() -> None:
    assert scaled({"m_1": -0.3, "m_2": -0.3}) == {"m_1": 1.0, "m_2": 1.0}
    assert scaled({"m_1": -3, "m_2": 1, "m_3": 0}) == {"m_1": 0.0, "m_2": 1.0, "m_3": 0.75}
    assert scaled({}) == {}


def test_neighbours_are_lent_less_of_vectors() -> None:
    order = Subgraph(("m_1", "m_2"), ((0, 1, EdgeKind.NEXT, 1.0),))
    settings = Settings(recall_previous=0.5, recall_next=0.25, recall_lent=0.5)
    signals = {name: {"m_1": 1.0, "m_2": 0.4} for name in ("text", "vectors", "tokens")}
    found = in_context(signals, order, settings)
    # 1 + .25 * .4 and .4 + .5 * 1, each divided by the best; half of what is lent for the others.
    assert found["text"] == pytest.approx({"m_1": 1.0, "m_2": 0.9 / 1.1})
    assert found["vectors"] == found["tokens"] == pytest.approx({"m_1": 1.0, "m_2": 0.65 / 1.05})
