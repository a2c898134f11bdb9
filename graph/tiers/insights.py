"""The upper tier: statements that hold beyond one message (G-Memory's insight graph, arXiv 2506.07398, 3.1).

Without a model they come from what people say of themselves. A statement made once is a candidate; made again in
another message, it is an insight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from graph.model import Edge, EdgeKind, Fact, Insight
from graph.tiers.statements import Statement, statements
from graph.tiers.votes import settled

__all__ = ["Statement", "ended", "insights", "statements"]


def insights(stated: Sequence[tuple[Statement, str]], before: Sequence[Insight]) -> tuple[list[Insight], list[Edge]]:
    """Insights of (statement, note) pairs, counted on from those the store holds: no note has supported one `before`,
    since each is new. What was merged into another supports that as well.

    The first statement of what somebody has said the opposite of is tied to that.
    """
    known = {each.id: each for each in before}
    supports: dict[tuple[str, str], Edge] = {}
    opposed: list[Edge] = []
    for statement, note in stated:
        if statement.insight not in known:
            known[statement.insight] = Insight(
                statement.insight, statement.text, statement.subject, support=0, cues=statement.cues
            )
            if statement.opposite in known:
                opposed.append(
                    Edge(statement.insight, statement.opposite, EdgeKind.OPPOSES, reason="says the opposite")
                )
        id = statement.insight
        while id:
            if (id, note) not in supports:
                supports[id, note] = Edge(id, note, EdgeKind.SUPPORTED_BY, reason="says so")
                known[id] = replace(known[id], support=known[id].support + 1)
            id = known[id].merged_into
    return [settled(known[id]) for id in dict.fromkeys(id for id, _ in supports)], [*supports.values(), *opposed]


def ended(insight: Insight, facts: Iterable[Fact], at: str | None = None) -> str | None:
    """Until when held what `insight` says, by those of `facts` that say it in the same words: the last end of them, an
    ISO 8601 prefix, or empty where that is not known. None as long as one of them holds, at the day `at` if there is
    one, and where none says it."""
    ends = [_end(each, at) for each in facts if each.text == insight.text]
    past = [end for end in ends if end is not None]
    return max(past) if past and len(past) == len(ends) else None


def _end(fact: Fact, at: str | None) -> str | None:
    if fact.retracted_at is not None:
        return ""
    if fact.valid_to is None or (at and fact.valid_to > at[: len(fact.valid_to)]):
        return None
    return fact.valid_to
