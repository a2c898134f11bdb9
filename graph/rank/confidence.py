"""How sure an answer is: the chance that one of the best hits holds evidence, from how much of the question they cover.

A logistic curve on one signal (Platt, "Probabilistic outputs for support vector machines", 1999), fitted on
conversations; what else was looked at (margins, scores, how many names and terms a question has) told answerable
questions from others no better on sets that it was not fitted on.
"""

from __future__ import annotations

import math

_SLOPE, _START = 2.9, -0.76
FOUND = 0.65
"""The confidence from which memory is said to hold an answer: where .48 of the question is covered."""
LIKELY = 0.5
"""The confidence from which it is as likely as not that it does."""


def confidence(covered: float) -> float:
    """The chance, where a hit covers so much of the question by weight, from 0 to 1; 0 where that is nothing."""
    return round(1 / (1 + math.exp(-_START - _SLOPE * covered)), 4) if covered else 0.0
