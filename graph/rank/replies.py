"""What a question lends to its reply, and what was asked before to what settled it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from graph.model import EdgeKind, Form, Interaction, Query, Subgraph
from graph.stems import alike
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
        if kind is not EdgeKind.NEXT:
            continue
        asking, reply = by_id.get(order.ids[source]), by_id.get(order.ids[target])
        if asking and reply and asking.speaker != reply.speaker and _merely_asks(asking.text):
            found[reply.id] = found.get(reply.id, 0.0) + share * scores.get(asking.id, 0.0)
    return found


def lent_down(
    scores: Mapping[str, float],
    queries: Mapping[str, str],
    settled: Mapping[str, str],
    again: Mapping[str, tuple[str, float]],
    share: float,
) -> dict[str, float]:
    """What each interaction that settled a query is lent: `share` of what has in `scores` where that was asked, or of
    how much what was asked of memcli is like the question.

    G-Memory's way down from the nearest queries (arXiv 2506.07398, 3.2). `queries` gives where each was asked,
    `settled` the query that an interaction settled, and `again` is as `asked_before` has it.
    """
    lent = {id: share * near for id, (_, near) in again.items()}
    for id, query in settled.items():
        lent[id] = max(lent.get(id, 0.0), share * scores[queries[query]])
    return lent


def asked_before(
    question: str, queries: Iterable[Query], quoted: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, float]]:
    """What was `quoted` when much the same was asked of memcli: the query that is most like the `question`, and how
    much it is, as `graph.stems.alike` has it."""
    found: dict[str, tuple[str, float]] = {}
    for query in sorted(queries, key=lambda each: each.id):
        near = alike(question, query.text)
        for said in quoted[query.id] if near else ():
            if near > found.get(said, ("", 0.0))[1]:
                found[said] = query.id, near
    return found


def _merely_asks(text: str) -> bool:
    return asks(text) and len(text.split()) <= _SHORT
