"""Votes on insights, and what they come to (G-Memory, arXiv 2506.07398, 3.3, with the weights of its code).

A note that states an insight votes for it: the first one ADD, each further one AGREE. These votes are not kept one by
one, since support counts them; those of people and models are events. A score is the sum of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from graph.ids import PREFIXES
from graph.model import Action, Edge, EdgeKind, Event, Insight

ADD = 2
AGREE = 1
EDIT = 1
REMOVE = -1
REMOVE_OF_MANY = -3
CENTRAL = "central"
"""How an insight is related to the note that it has its words from."""
MERGED = "merged"
"""The reason of an insight's edge to a note that a merge brought, which states the words of another."""
MANY = 10
"""Insights from which on removing one weighs more."""
GOOD, BAD = 1, -2
"""Feedback on an answer that used it."""


ANSWER = "a_"
"""What the id of an answer begins with; the ids of the insights that it used follow."""


class Vote(StrEnum):
    AGREE = "agree"
    REMOVE = "remove"


def answer_id(insights: Sequence[str], query: str = "") -> str:
    """The id of an answer that used `insights`, to a question that is remembered as a `query`: what feedback on it has
    to know, so that nothing else has to be kept."""
    return ANSWER + ".".join([*(each.removeprefix(PREFIXES["insight"]) for each in insights), *filter(None, [query])])


def used_by(answer: str) -> tuple[tuple[str, ...], str]:
    """The way back from `answer_id`: the ids of the insights that the answer used, and of the query, or empty."""
    parts = [each for each in answer.removeprefix(ANSWER).split(".") if each]
    query = parts.pop() if parts and parts[-1].startswith(PREFIXES["query"]) else ""
    return tuple(PREFIXES["insight"] + each for each in parts), query


def weight(vote: Vote, insights: int) -> int:
    """What a vote counts where there are so many `insights`."""
    if vote is Vote.AGREE:
        return AGREE
    return REMOVE_OF_MANY if insights >= MANY else REMOVE


def score(insight: Insight) -> int:
    """The sum of the votes on `insight`: those of its notes, and those of people and models."""
    return _stated(insight.support) + insight.votes


def settled(insight: Insight) -> Insight:
    """`insight` in the state that its votes put it in: archived at 0 and below, and where it was merged into another;
    a candidate as long as one note is all that speaks for it."""
    if insight.merged_into or score(insight) <= 0:
        return replace(insight, state="archived")
    return replace(insight, state="active" if insight.support > 1 or insight.votes > 0 else "candidate")


def merged(insight: Insight, into: Insight, gained: int) -> tuple[Insight, Insight]:
    """`insight` and `into` after a merge, by which the second has `gained` notes of the first as its own.

    No vote is lost: the score of `into` is then the sum of both.
    """
    both = score(insight) + score(into)
    support = into.support + gained
    taken = replace(into, support=support, votes=both - _stated(support))
    return settled(replace(insight, merged_into=into.id)), settled(taken)


def gained(events: Iterable[Event]) -> Iterator[str]:
    """Yield the notes that merges among `events`, or their undoing, gave an insight or took from it."""
    for each in events:
        for state in (each.old, each.new):
            if isinstance(state, dict):
                yield from state.get("support", ())


def _stated(support: int) -> int:
    return ADD + AGREE * (support - 1) if support else 0


class Ballot(Struct):
    """Insights as they are, by id, and edges to their notes that are written and taken away, changed by what is
    undone. Of the notes that events tell of, those in `notes` are still there."""

    insights: dict[str, Insight]
    notes: Set[str]
    edges: dict[tuple[str, str], bool] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def undo(self, event: Event, action: Action) -> None:
        """Make what `event` changed as it was before it."""
        insight = self.insights[event.subject]
        match action:
            case Action.EDIT:
                self._put(replace(insight, **event.old, votes=insight.votes - event.value))
            case Action.VOTE | Action.DERIVE:
                self._put(replace(insight, votes=insight.votes - event.value))
            case Action.MERGE if event.other in self.insights:
                self._part(insight, self.insights[event.other], event)

    def changed(self, *, there: bool) -> list[Edge]:
        """The edges that are to be written (`there`), or taken away."""
        ends = [pair for pair, kept in self.edges.items() if kept is there]
        return [Edge(*pair, EdgeKind.SUPPORTED_BY, reason=MERGED) for pair in ends]

    def _part(self, insight: Insight, other: Insight, event: Event) -> None:
        """Undo a merge; the undoing of a merge is undone by merging again."""
        again = event.new is None
        taken = event.old if again else event.new
        sign = 1 if again else -1
        notes = [note for note in taken["support"] if note in self.notes]
        self._put(replace(insight, merged_into=other.id if again else ""))
        self._put(replace(other, support=other.support + sign * len(notes), votes=other.votes + sign * taken["votes"]))
        self.edges |= {(other.id, note): again for note in notes}

    def _put(self, insight: Insight) -> None:
        self.insights[insight.id] = settled(insight)
        self.touched.add(insight.id)
