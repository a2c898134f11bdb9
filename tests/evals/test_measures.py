"""The measures, against figures worked out by hand."""

from __future__ import annotations

import pytest

from memcli.evals.measures import MEASURES, Evidence, estimate, recall, token_recall, within


def hit(*ids: str, words: int = 10) -> Evidence:
    return Evidence(frozenset(ids), words)


HITS = [hit("x"), hit("a", "y"), hit("z"), hit("b"), hit("w"), hit("c"), hit("v")]
GOLD = frozenset("abcd")


@pytest.mark.parametrize(
    ("name", "value"),
    [("R@5", 0.5), ("R@10", 0.75), ("all@5", 0.0), ("all@10", 0.0), ("MRR", 0.5), ("R@1000t", 0.75)],
)
def test_measures_of_one_question(name: str, value: float) -> None:
    assert MEASURES[name](HITS, GOLD) == value


def test_every_measure_is_nothing_without_hits() -> None:
    assert {measure([], GOLD) for measure in MEASURES.values()} == {0.0}


def test_every_measure_is_one_for_the_right_hit_alone() -> None:
    assert {measure([hit("a")], frozenset("a")) for measure in MEASURES.values()} == {1.0}


def test_all_needs_every_gold_id_within_k() -> None:
    assert MEASURES["all@5"](HITS, frozenset("ab")) == 1.0
    assert MEASURES["all@5"](HITS, frozenset("abc")) == 0.0
    assert MEASURES["all@10"](HITS, frozenset("abc")) == 1.0


def test_one_source_counts_once_however_often_it_is_hit() -> None:
    assert recall([hit("a"), hit("a"), hit("a", "x")], frozenset("ab")) == 0.5


def test_hits_count_within_a_budget_only_if_they_fit_whole() -> None:
    hits = [hit("a", words=600), hit("b", words=400), hit("c", words=0), hit("d", words=1)]
    assert within(hits, 1_000) == hits[:3]
    assert within(hits, 999) == hits[:1]
    assert within(hits, 599) == []
    assert MEASURES["R@1000t"](hits, GOLD) == 0.75


def test_a_hit_that_does_not_fit_ends_the_reading() -> None:
    assert within([hit("a", words=1_001), hit("b", words=1)], 1_000) == []


@pytest.mark.parametrize(
    ("answer", "gold", "value"),
    [
        ("On 7 May 2023, she said.", "7 May 2023", 1.0),
        ("In May.", "7 May 2023", 1 / 3),
        ("the LAKE", "The lake", 1.0),
        ("a cat", "the dog", 0.0),
        ("", "yes", 0.0),
        ("no no", "no, no", 1.0),
        ("anything", "", None),
        ("anything", "the", None),
        ("a b c d", "one two three four five six seven eight nine", None),
    ],
)
def test_token_recall(answer: str, gold: str, value: float | None) -> None:
    assert token_recall(answer, gold) == value


def test_the_interval_of_equal_values_is_a_point() -> None:
    assert (found := estimate([0.25] * 9)) is not None
    assert (found.mean, found.low, found.high) == (0.25, 0.25, 0.25)


def test_the_interval_is_that_of_the_mean_and_always_the_same() -> None:
    values = [0.0, 1.0] * 200
    found = estimate(values)
    assert found is not None
    # The standard error of a fair coin over 400 throws is .025; 1.96 of them are .049.
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.451, abs=0.01)
    assert found.high == pytest.approx(0.549, abs=0.01)
    assert found == estimate(values)
    assert found != estimate(values, seed=1)


def test_the_mean_of_groups_is_balanced() -> None:
    found = estimate([1.0] * 99, [0.0])
    assert found is not None
    assert found.mean == 0.5


def test_nothing_is_estimated_from_nothing() -> None:
    assert estimate() is None
    assert estimate([]) is None
    assert estimate([1.0], []) is None
