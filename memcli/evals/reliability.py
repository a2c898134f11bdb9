"""How far confidence can be relied on: bins of it, and in each the share of questions that were answered rightly.

A reliability diagram (DeGroot and Fienberg, The Comparison and Evaluation of Forecasters, 1983; Guo et al.,
arXiv 1706.04599, section 2): where confidence is a chance, the share that is right in a bin is the confidence there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from graph.model import Json
from memcli.evals.asking import Attempt
from memcli.evals.sets import EvalQuestion

BINS = 10
TRUSTED_HITS = 5
"""Hits that an answer may rest on."""


def right(question: EvalQuestion, attempt: Attempt) -> bool:
    """Whether the question can be answered, and one of its gold ids is among the sources of the first 5 hits.

    That is, whether there was something to be confident of; what the answer says is not looked at.
    """
    return question.answerable and any(not question.gold.isdisjoint(hit.ids) for hit in attempt.hits[:TRUSTED_HITS])


def bins(pairs: Iterable[tuple[EvalQuestion, Attempt]]) -> list[Json]:
    """The bins of confidence that are not empty, ten of equal width; the last has 1.0 too.

    Each has its borders `low` and `high`, the number of `questions`, the mean `confidence`, and the share that is
    `right`. Answerable questions without gold are left out: of them nobody can tell.
    """
    held: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for question, attempt in pairs:
        if question.gold or not question.answerable:
            place = min(max(int(attempt.confidence * BINS), 0), BINS - 1)
            held[place].append((attempt.confidence, right(question, attempt)))
    return [
        {
            "low": round(place / BINS, 1),
            "high": round((place + 1) / BINS, 1),
            "questions": len(each),
            "confidence": round(fmean(confidence for confidence, _ in each), 4),
            "right": round(fmean(was_right for _, was_right in each), 4),
        }
        for place, each in enumerate(held)
        if each
    ]


def pooled(several: Sequence[Sequence[Json]]) -> list[Json]:
    """The bins of several sets as those of all their questions."""
    found = []
    for low in sorted({each["low"] for bins in several for each in bins}):
        same = [each for bins in several for each in bins if each["low"] == low]
        total = sum(each["questions"] for each in same)
        means = {
            name: round(sum(each[name] * each["questions"] for each in same) / total, 4)
            for name in ("confidence", "right")
        }
        found.append({"low": low, "high": same[0]["high"], "questions": total, **means})
    return found
