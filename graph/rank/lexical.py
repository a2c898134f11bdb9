"""Full-text scores of messages, and what neighbouring messages lend each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from graph.model import EdgeKind, Match, Subgraph


def lexical(matches: Sequence[Match], piece: float) -> dict[str, float]:
    """Scores in [0, 1] by id: BM25 of the whole text and of its best piece, each divided by the best, mixed.

    `piece` is the share of the latter. A long message is found by the one passage in it that fits.
    """
    best_whole = max((match.whole for match in matches), default=0.0) or 1.0
    best_piece = max((match.piece for match in matches), default=0.0) or 1.0
    return {
        match.id: (1 - piece) * max(0.0, match.whole) / best_whole + piece * max(0.0, match.piece) / best_piece
        for match in matches
    }


def smoothed(scores: Mapping[str, float], order: Subgraph, previous: float, following: float) -> dict[str, float]:
    """Scores to which each message's neighbours in its session have added theirs.

    `previous` is the part that the message before adds, `following` the part of the one after; `order` holds the NEXT
    edges around the scored messages. A turn often answers in words that only the turn before it contains.
    """
    total: dict[str, float] = defaultdict(float, scores)
    for source, target, kind, _ in order.edges:
        if kind is EdgeKind.NEXT:
            before, after = order.ids[source], order.ids[target]
            total[after] += previous * scores.get(before, 0.0)
            total[before] += following * scores.get(after, 0.0)
    return {id: score for id, score in total.items() if score > 0}


def blended(matches: Sequence[Match], added: Sequence[Match], weight: float) -> list[Match]:
    """`matches` of a question with those of terms `added` to it, which count by `weight`. BM25 sums over terms, so that
    this is one search with weights."""
    found = {match.id: match for match in matches}
    for more in added:
        own = found.get(more.id, replace(more, whole=0.0, piece=0.0))
        found[more.id] = replace(own, whole=own.whole + weight * more.whole, piece=own.piece + weight * more.piece)
    return list(found.values())
