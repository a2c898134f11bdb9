"""How near each candidate is to a question by itself: full text, vectors, and the vectors of tokens, in one scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import nlargest

from graph.model import Match, Subgraph
from graph.rank.lexical import lexical, smoothed
from graph.settings import Settings

TEXT, VECTORS, TOKENS = "text", "vectors", "tokens"


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


def combined(signals: Mapping[str, Mapping[str, float]], settings: Settings) -> dict[str, float]:
    """The weighted mean of the signals that are there, by id."""
    weights = {
        TEXT: settings.recall_text, VECTORS: settings.recall_vectors, TOKENS: settings.recall_tokens
    }  # fmt: skip
    there = {name: weights[name] for name, scores in signals.items() if scores}
    total = sum(there.values()) or 1.0
    ids = dict.fromkeys(id for name in there for id in signals[name])
    return {id: sum(weight * signals[name].get(id, 0.0) for name, weight in there.items()) / total for id in ids}


def scaled(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores of any scale as such from 0, the worst, to 1, the best."""
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    return {id: (score - low) / (high - low) if high > low else 1.0 for id, score in scores.items()}
