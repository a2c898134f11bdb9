"""What a question lends to its reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.model import EdgeKind, Form, Interaction, Subgraph
from graph.text import asks

_SHORT = 40
"""Words of the longest message that is nothing but a question: a longer one tells, and ends in asking."""


def replied(
    total: Mapping[str, float],
    scores: Mapping[str, float],
    said: Sequence[Interaction],
    order: Subgraph,
    share: float,
) -> dict[str, float]:
    """The scores `total`, to which replies have added `share` of what the question before them has in `scores`.

    A reply is the message after a short one that asks, by another speaker; `order` holds the NEXT edges. "Where is the
    food?" holds the words that are searched, "In the left cupboard" what is asked for: they are a pair, as those
    that Shrestha and McKeown detect (Detection of Question-Answer Pairs in Email Conversations, COLING 2004).
    """
    by_id = {each.id: each for each in said if each.form is Form.MESSAGE}
    found = dict(total)
    for source, target, kind, _ in order.edges:
        asking, reply = by_id.get(order.ids[source]), by_id.get(order.ids[target])
        if kind is EdgeKind.NEXT and asking and reply and asking.speaker != reply.speaker and _merely_asks(asking.text):
            found[reply.id] = found.get(reply.id, 0.0) + share * scores.get(asking.id, 0.0)
    return found


def lent_down(
    scores: Mapping[str, float], queries: Mapping[str, str], settled: Mapping[str, str], share: float
) -> dict[str, float]:
    """What each interaction that settled a query is lent: `share` of what has in `scores` where that was asked.

    G-Memory's way down from the nearest queries (arXiv 2506.07398, 3.2). `queries` gives where each was asked,
    `settled` the query that an interaction settled.
    """
    return {id: share * scores[queries[query]] for id, query in settled.items()}


def _merely_asks(text: str) -> bool:
    return asks(text) and len(text.split()) <= _SHORT
