"""What forgetting some interactions changes: what goes with them, and what is put right around the gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set

from msgspec.structs import replace

from graph.embedding.late import EARLIER, LATER
from graph.episodes import remade
from graph.evolution.identity import keeping
from graph.evolution.undo import without
from graph.forgetting import facts, spelling
from graph.forgetting.support import Cascade, cascade, resting_ends, supporting, unmerged
from graph.ids import prefixes
from graph.model import (
    Changes,
    Edge,
    EdgeKind,
    Entity,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Note,
    Query,
    Reach,
    Removal,
)
from graph.ports import Store
from graph.store.batches import batches, edges_of, nodes_of
from graph.tiers import queries
from graph.tiers.votes import settled

_HEARD = max(EARLIER, LATER)
"""Turns away from which a vector is made."""
_ANYTHING = 1 << 30
_KINDS = {prefix: kind for kind in NodeKind for prefix in prefixes(kind)}


def changes(ids: Sequence[str], store: Store) -> Changes:
    """What forgetting the interactions `ids` changes."""
    found = cascade(ids, store)
    said = " \n ".join(spelling.spoken(each) for each in nodes_of(ids, (), store) if isinstance(each, Interaction))
    around = list(edges_of(ids, (EdgeKind.NEXT, EdgeKind.ANSWERED_BY), store))
    weaker = (each for each in nodes_of(_of_kind(found.lost, NodeKind.ENTITY), (), store) if isinstance(each, Entity))
    respelt = spelling.entities(list(weaker), said, found.gone, store)
    forgotten = {*_of_kind(found.gone, NodeKind.ENTITY)}
    parts = edges_of(_of_kind(found.lost, NodeKind.EPISODE), (EdgeKind.PART_OF,), store)
    runs = remade({edge.source: edge.target for edge in parts if edge.source not in found.gone}, store)
    left = facts.without(_of_kind(found.gone, NodeKind.FACT), _of_kind(found.gone, NodeKind.NOTE), store)
    return Changes(
        nodes=(
            *_insights(found, said, store),
            *_reopened(around, found.gone, store),
            *_notes(found.gone, store),
            *respelt.entities,
            *left.nodes,
            *runs.nodes,
        ),
        edges=(*_closed(around, found.gone), *respelt.edges, *left.edges, *runs.edges),
        removed=Removal(
            nodes=tuple(sorted(found.gone.union((each.id for each in respelt.entities), runs.removed.nodes))),
            edges=(*left.gone, *runs.removed.edges),
            vectors=tuple(_hearing(ids, found.gone, store)),
            events=(*(keeping(store.events(), forgotten) if forgotten else ()), *runs.removed.events),
        ),
        events=(*respelt.events, *left.events, *(each for each in runs.events if each.cause not in found.gone)),
    )


def counted(ids: Iterable[str]) -> dict[NodeKind, int]:
    """How many nodes of each kind there are among `ids`."""
    counts = Counter(_KINDS[id[:2]] for id in ids)
    return {kind: counts[kind] for kind in NodeKind if counts[kind]}


def _closed(around: Sequence[Edge], gone: Set[str]) -> Iterator[Edge]:
    """Yield the NEXT edges over the gaps that `gone` leaves in the order of turns."""
    after = {edge.source: edge.target for edge in around if edge.kind is EdgeKind.NEXT}
    for before in sorted(after.keys() - gone):
        end: str | None = after[before]
        while end is not None and end in gone:
            end = after.get(end)
        if end is not None:
            yield Edge(before, end, EdgeKind.NEXT)


def _insights(found: Cascade, said: str, store: Store) -> Iterator[Node]:
    """Yield the insights that lose supporters, with those that they have left, and those that had been merged into one
    that goes, by themselves again."""
    weaker = _of_kind(found.lost, NodeKind.INSIGHT)
    support = Counter(
        resting
        for resting, on in map(resting_ends, edges_of(weaker, supporting(NodeKind.INSIGHT), store))
        if on not in found.gone
    )
    kept = spelling.staying(weaker, NodeKind.INSIGHT, found.gone, store)
    for node in nodes_of(weaker, (), store):
        if isinstance(node, Insight):
            spelt = spelling.insight(node, said, kept.get(node.id, ""))
            into = "" if spelt.merged_into in found.gone else spelt.merged_into
            yield settled(replace(spelt, support=support[node.id], merged_into=into))
    yield from unmerged(found.gone, weaker, store)


def _reopened(around: Sequence[Edge], gone: Set[str], store: Store) -> Iterator[Node]:
    """Yield the questions that nobody answers, or corrects, any more."""
    asked = {edge.source for edge in around if edge.kind is EdgeKind.ANSWERED_BY} - gone
    left: dict[str, list[Edge]] = {id: [] for id in sorted(asked)}
    for edge in edges_of(list(left), (EdgeKind.ANSWERED_BY,), store):
        if edge.target not in gone and edge.source in left:
            left[edge.source].append(edge)
    for node in nodes_of(list(left), (), store):
        if isinstance(node, Query) and (now := queries.settled(node, left[node.id])) != node:
            yield now


def _notes(gone: Set[str], store: Store) -> list[Note]:
    """The notes that evolved in the light of what goes, as if it had never been said."""
    events = [
        event
        for batch in batches(_of_kind(gone, NodeKind.NOTE))
        for event in store.events(batch)
        if event.subject not in gone and event.other in gone
    ]
    subjects = sorted({event.subject for event in events})
    return without(events, (node for node in nodes_of(subjects, (), store) if isinstance(node, Note)))


def _hearing(ids: Sequence[str], gone: Set[str], store: Store) -> list[str]:
    """The interactions whose vectors were made in the light of what goes."""
    near: set[str] = set()
    for batch in batches(ids):
        near.update(store.neighborhood(batch, (EdgeKind.NEXT,), Reach(_HEARD, _ANYTHING)).ids)
    return sorted(near - gone)


def _of_kind(ids: Iterable[str], kind: NodeKind) -> list[str]:
    return sorted(id for id in ids if _KINDS[id[:2]] is kind)
