"""Telling two kinds of scores apart without a constant: a mixture of two normal distributions, as MemGAS has it (arXiv
2505.19549), fitted by expectation and maximisation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

_ROUNDS = 50
_DIGITS = 4
"""To which scores are told apart: equal ones are reckoned with once."""
_SETTLED = 1e-6
_NARROWEST = 1e-3
"""Added to a variance, so that no distribution shrinks to a point."""


def higher(scores: Iterable[float]) -> float:
    """The least of `scores`, to four digits, that belongs to the higher of two kinds; infinity where all are alike."""
    counts = sorted(Counter(round(each, _DIGITS) for each in scores).items())
    if len(counts) < 2:
        return math.inf
    values = [value for value, _ in counts]
    mean = math.fsum(value * count for value, count in counts) / sum(count for _, count in counts)
    spread = math.fsum(count * (value - mean) ** 2 for value, count in counts) / sum(count for _, count in counts)
    low, high = (0.5, values[0], spread), (0.5, values[-1], spread)
    shares: list[float] = []
    for _ in range(_ROUNDS):
        before, shares = shares, [_share(value, low, high) for value in values]
        if before and max(abs(one - other) for one, other in zip(before, shares, strict=True)) < _SETTLED:
            break
        high = _fitted([(value, count * share) for (value, count), share in zip(counts, shares, strict=True)])
        low = _fitted([(value, count * (1 - share)) for (value, count), share in zip(counts, shares, strict=True)])
    return next((v for v, share in zip(values, shares, strict=True) if share >= 0.5 and v >= low[1]), math.inf)


_Normal = tuple[float, float, float]
"""Weight, mean, variance."""


def _fitted(weighted: list[tuple[float, float]]) -> _Normal:
    total = math.fsum(weight for _, weight in weighted) or 1e-9
    mean = math.fsum(value * weight for value, weight in weighted) / total
    spread = math.fsum(weight * (value - mean) ** 2 for value, weight in weighted) / total
    return total, mean, spread + _NARROWEST


def _share(value: float, low: _Normal, high: _Normal) -> float:
    """How likely it is that `value` is of the higher kind."""
    one, other = (_density(value, each) for each in (low, high))
    return other / (one + other) if one + other else float(value >= (low[1] + high[1]) / 2)


def _density(value: float, normal: _Normal) -> float:
    weight, mean, spread = normal
    return weight * math.exp(-((value - mean) ** 2) / (2 * spread)) / math.sqrt(spread) if spread else 0.0
