"""How near each candidate is to a question by itself: full text, vectors, and the vectors of tokens, in one scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import nlargest
from math import log
from statistics import linear_regression

from graph.model import Form, Interaction, Match, Subgraph
from graph.rank.lexical import lexical, smoothed
from graph.settings import Settings

TEXT, VECTORS, TOKENS = "text", "vectors", "tokens"
_SHORT = 110
"""Letters of a message, some twenty words, up to which it makes no difference how long it is."""
_LONG = 8
"""Longer ones that there have to be: of a few, the line would tell what these say."""


Similarities = Callable[[Sequence[Match]], Mapping[str, float]]


def nearness(
    matches: Sequence[Match], similarities: Similarities | None, settings: Settings
) -> dict[str, dict[str, float]]:
    """The signals of what a search found, by their names, each as scores in [0, 1] by id.

    `similarities` compares tokens (`Asked.similarities`); None where the question has no vectors.
    Those that weigh nothing are not looked at, and those are missing that the memory has no vectors for.
    """
    found = {TEXT: lexical(matches, settings.recall_piece)}
    if similarities:
        if settings.recall_vectors:
            found[VECTORS] = scaled({each.id: each.cosine for each in matches if each.cosine is not None})
        if settings.recall_tokens:
            first = combined(found, settings)
            best = nlargest(settings.recall_compared, matches, key=lambda match: first.get(match.id, 0.0))
            found[TOKENS] = scaled(similarities(best))
    return {name: scores for name, scores in found.items() if scores}


def in_context(
    signals: Mapping[str, Mapping[str, float]], order: Subgraph, settings: Settings
) -> dict[str, dict[str, float]]:
    """Signals to which each message's neighbours have added theirs; the best of each is 1.

    `order` holds the NEXT edges around what was found. Vectors have seen the neighbours when they were made, and are
    lent less.
    """
    found = {}
    for name, scores in signals.items():
        part = 1.0 if name == TEXT else settings.recall_lent
        lent = smoothed(scores, order, part * settings.recall_previous, part * settings.recall_next)
        best = max(lent.values(), default=0.0)
        found[name] = {id: score / best for id, score in lent.items()} if best else {}
    return found


def pivoted(
    signals: Mapping[str, Mapping[str, float]], candidates: Sequence[Interaction]
) -> dict[str, Mapping[str, float]]:
    """Signals without what messages owe to their length: the more is said, the more of it is near to anything.

    BM25 knows lengths. For vectors this is what Singhal, Buckley and Mitra found of documents (Pivoted Document Length
    Normalization, SIGIR 1996); the slope is that of a line through the candidates of this question, of which most do
    not answer it, over the logarithm of their letters.
    """
    long = {each.id: log(max(len(each.text), _SHORT) / _SHORT) for each in candidates if each.form is Form.MESSAGE}
    return {name: scores if name == TEXT else _leveled(scores, long) for name, scores in signals.items()}


def _leveled(scores: Mapping[str, float], long: Mapping[str, float]) -> Mapping[str, float]:
    """Scores less their slope over how `long` each is, where they rise with it."""
    known = [id for id in long if id in scores]
    # Those of one length have no slope.
    if sum(long[id] > 0 for id in known) < _LONG or len({long[id] for id in known}) == 1:
        return scores
    slope = max(0.0, linear_regression([long[id] for id in known], [scores[id] for id in known]).slope)
    return {**scores, **{id: max(0.0, scores[id] - slope * long[id]) for id in known}}


def combined(signals: Mapping[str, Mapping[str, float]], settings: Settings) -> dict[str, float]:
    """The weighted mean of the signals that are there, by id."""
    beside = settings.recall_vectors_left if signals.get(TOKENS) else 1.0
    weights = {
        TEXT: settings.recall_text, VECTORS: beside * settings.recall_vectors, TOKENS: settings.recall_tokens
    }  # fmt: skip
    there = {name: weights[name] for name, scores in signals.items() if scores}
    total = sum(there.values()) or 1.0
    found: dict[str, float] = {}
    for name, weight in there.items():
        for id, score in signals[name].items():
            found[id] = found.get(id, 0.0) + weight * score
    return {id: score / total for id, score in found.items()}


def scaled(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores of any scale as such from 0, the worst, to 1, the best."""
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    return {id: (score - low) / (high - low) if high > low else 1.0 for id, score in scores.items()}
