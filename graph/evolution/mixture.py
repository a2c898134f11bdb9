"""Telling two kinds of scores apart without a constant: a mixture of two normal distributions, as MemGAS has it (arXiv
2505.19549), fitted by classification likelihood."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

_DIGITS = 4
"""To which scores are told apart: equal ones are reckoned with once."""
_NARROWEST = 1e-3
"""Added to a variance, so that no distribution shrinks to a point."""


def higher(scores: Iterable[float]) -> float:
    """The least of `scores`, to four digits, that belongs to the higher of two kinds; infinity where all are alike.

    Of all the ways to cut the scores in two, the one by which a normal distribution for each part explains them best
    (Celeux and Govaert, "A classification EM algorithm for clustering", 1992, section 2). On a line there are only as
    many as there are scores: each is looked at, and nothing depends on where a search begins.
    """
    counts = sorted(Counter(round(each, _DIGITS) for each in scores).items())
    sums = list(accumulate(((n, n * x, n * x * x) for x, n in counts), _added))
    cuts = [(_fit(below) + _fit(_less(sums[-1], below)), counts[at][0]) for at, below in enumerate(sums[:-1], 1)]
    return max(cuts, default=(0.0, math.inf))[1]


_Sums = tuple[float, float, float]
"""The number of some scores, their sum, and that of their squares."""


def _added(one: _Sums, other: _Sums) -> _Sums:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _less(whole: _Sums, part: _Sums) -> _Sums:
    return whole[0] - part[0], whole[1] - part[1], whole[2] - part[2]


def _fit(sums: _Sums) -> float:
    """How well a normal distribution with the weight of its scores explains them: a logarithm, up to what all cuts
    have in common."""
    number, total, squares = sums
    spread = max(0.0, squares / number - (total / number) ** 2)
    return number * (math.log(number) - 0.5 * math.log(spread + _NARROWEST) - 0.5 * spread / (spread + _NARROWEST))
