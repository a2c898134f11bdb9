"""Insights that a model draws from communities of notes, in words of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec import Struct

from graph.conclusions import Gathered, cues, gathered
from graph.evolution.events import Ledger
from graph.evolution.linking import overlap, telling
from graph.ids import content_id
from graph.llm.insights import EVERYONE, SHOWN, Drawn, Statements, checked, task
from graph.model import Action, Changes, Edge, EdgeKind, Event, Insight, NodeKind, Selection
from graph.ports import Store
from graph.refining.batch import Batch, Settled, Size
from graph.text import fold
from graph.tiers.votes import CENTRAL, score, settled

COMMUNITIES = 20
"""Communities from which it draws, the strongest ones."""
_SAME = 0.8
"""The part of their words from which on two statements say the same."""


class _Group(Struct, frozen=True):
    """The notes of a community that are shown, and what all communities are drawn from."""

    notes: tuple[str, ...]
    memory: Gathered


def batches(store: Store, model: str, size: Size) -> Iterator[Batch]:
    """Yield what `model` may draw from communities of which it has drawn nothing yet."""
    with store.transaction(write=False):
        found, memory = gathered(store)
        drawn = {
            node.id for node in store.nodes(Selection((NodeKind.INSIGHT,))) if getattr(node, "decided_by", "") == model
        }
        supported = store.edges(sorted(drawn), (EdgeKind.SUPPORTED_BY,)) if drawn else ()
        known = {edge.target for edge in supported}
    for each in found[:COMMUNITIES]:
        notes = tuple(id for id in each.notes if id in memory.said)[:SHOWN]
        asked = task([memory.said[id] for id in notes])
        if known.isdisjoint(notes) and asked.tokens <= size.tokens:
            yield Batch(asked, 1, partial(_settle, store, model, _Group(notes, memory)))


def _settle(store: Store, model: str, group: _Group, reply: Statements) -> Settled:
    drawn = list(checked(reply, [group.memory.said[id] for id in group.notes]))
    wanted = {insight.id: (insight, edges) for insight, edges in _insights(drawn, group, model)}
    ungrounded = int(None in drawn and not wanted)
    ledger = Ledger.of_now()
    with store.transaction(write=True):
        ids = [*wanted, *group.notes]
        there = store.frontier(ids).known
        new = {
            id: (insight, edges)
            for id, (insight, edges) in wanted.items()
            if id not in there and all(edge.target in there for edge in edges)
        }
        events = tuple(_event(insight, ledger) for insight, _ in new.values())
        edges = tuple(edge for _, some in new.values() for edge in some)
        store.save(Changes(tuple(insight for insight, _ in new.values()), edges, events=events))
    return Settled(1 - ungrounded, len(new), ungrounded)


def _insights(drawn: Sequence[Drawn | None], group: _Group, model: str) -> Iterator[tuple[Insight, list[Edge]]]:
    said: list[frozenset[str]] = []
    for each in drawn:
        own = telling(each.text) if each else frozenset()
        # Models like to say one thing twice.
        if each is None or any(overlap(own, other) >= _SAME for other in said):
            continue
        said.append(own)
        support = [group.notes[n - 1] for n in each.support]
        scope, subject = _scope(each.about, [group.memory.said[id].conversation for id in support])
        id = content_id("insight", fold(each.text))
        insight = Insight(
            id,
            each.text,
            subject,
            support=len(support),
            decided_by=model,
            scope=scope,
            cues=tuple(cues(support, group.memory)),
        )
        # Its words are those of all of them: with any of these, it goes.
        yield (
            settled(insight),
            [Edge(id, note, EdgeKind.SUPPORTED_BY, 1.0, CENTRAL, "of one community", model) for note in support],
        )


def _scope(about: str, conversations: Sequence[str]) -> tuple[str, str]:
    if about.lower() != EVERYONE:
        return "person", about
    return ("conversation", conversations[0]) if len(set(conversations)) == 1 else (EVERYONE, EVERYONE)


def _event(insight: Insight, ledger: Ledger) -> Event:
    return ledger.event(Action.DERIVE, insight.id, value=score(insight), decided_by=insight.decided_by)
