"""From the part of a question that is covered to a chance."""

from __future__ import annotations

import pytest

from graph.rank.confidence import FOUND, confidence


def test_it_grows_with_what_is_covered_and_stays_a_chance() -> None:
    chances = [confidence(part / 100) for part in range(101)]
    assert chances == sorted(chances)
    assert chances[0] == 0
    assert 0 < chances[1] < chances[-1] < 1


@pytest.mark.parametrize(("covered", "holds"), [(0.0, False), (0.46, False), (0.48, True), (1.0, True)])
def test_memory_holds_an_answer_where_half_is_covered(covered: float, holds: bool) -> None:
    assert (confidence(covered) >= FOUND) is holds
