"""The measures of recall and of answers: pure functions, with nothing in them to tune.

A hit is known by the ids of its sources and the number of words of its text. Every measure of
recall is in [0, 1], higher is better, for one question with a non-empty set of gold ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from msgspec import Struct

WORDS_READ = 1_000
"""Whitespace-separated words of hit text within which R@1000t looks."""

SHORT_ANSWER = 8
"""Words of the longest gold answer that token recall is measured on."""

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"a", "an", "the"})


class Evidence(Struct, frozen=True):
    """One hit: the ids of its sources as they were given at ingest, and the words of its text."""

    ids: frozenset[str]
    words: int


class Estimate(Struct, frozen=True):
    """A mean and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def recall(hits: Sequence[Evidence], gold: frozenset[str]) -> float:
    """The share of `gold` that is among the sources of `hits`."""
    return len(gold & _sources(hits)) / len(gold)


def complete(hits: Sequence[Evidence], gold: frozenset[str]) -> float:
    """1.0 where all of `gold` is among the sources of `hits`, else 0.0."""
    return float(gold <= _sources(hits))


def reciprocal_rank(hits: Sequence[Evidence], gold: frozenset[str]) -> float:
    """1 / rank of the first hit with a gold source; 0.0 where there is none."""
    return next((1 / rank for rank, hit in enumerate(hits, 1) if not gold.isdisjoint(hit.ids)), 0.0)


def within(hits: Sequence[Evidence], words: int) -> Sequence[Evidence]:
    """The first hits, as many as fit whole into `words` words."""
    for count, hit in enumerate(hits):
        words -= hit.words
        if words < 0:
            return hits[:count]
    return hits


MEASURES: Mapping[str, Callable[[Sequence[Evidence], frozenset[str]], float]] = {
    "R@5": lambda hits, gold: recall(hits[:5], gold),
    "R@10": lambda hits, gold: recall(hits[:10], gold),
    "all@5": lambda hits, gold: complete(hits[:5], gold),
    "all@10": lambda hits, gold: complete(hits[:10], gold),
    "MRR": reciprocal_rank,
    "R@1000t": lambda hits, gold: recall(within(hits, WORDS_READ), gold),
}


def words(text: str) -> list[str]:
    """The words of an answer as they are compared: case-folded, without punctuation and articles."""
    return [word for word in _WORD.findall(text.casefold()) if word not in _ARTICLES]


def token_recall(answer: str, gold: str) -> float | None:
    """The share of the different words of `gold` that `answer` has; None where `gold` is empty or not short."""
    expected = words(gold)
    if not expected or len(expected) > SHORT_ANSWER:
        return None
    return len(set(expected) & set(words(answer))) / len(set(expected))


def estimate(*groups: Sequence[float], seed: int = 0, rounds: int = 1_000) -> Estimate | None:
    """The mean over the groups of each group's mean; None where a group is empty.

    The interval resamples every group with replacement, `rounds` times, from the given seed: with
    one group it is the bootstrap of a mean, with the right and wrong decisions (1.0, 0.0) on
    answerable and on unanswerable questions that of balanced accuracy.
    """
    if not groups or not all(groups):
        return None
    import numpy as np

    draw = np.random.default_rng(seed)
    means = np.zeros(rounds)
    for group in groups:
        values, counts = np.unique(np.asarray(group, dtype=np.float64), return_counts=True)
        # How often each value is drawn; the same as drawing value by value, and many times faster.
        drawn = draw.multinomial(len(group), counts / len(group), size=rounds)
        means += drawn @ values / (len(group) * len(groups))
    low, high = np.quantile(means, (0.025, 0.975))
    return Estimate(fmean(fmean(group) for group in groups), float(low), float(high))


def _sources(hits: Sequence[Evidence]) -> frozenset[str]:
    return frozenset().union(*(hit.ids for hit in hits))
