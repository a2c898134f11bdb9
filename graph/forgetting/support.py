"""What falls with what it rests on: derived nodes that nothing supports any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Set

from msgspec import Struct
from msgspec.structs import replace

from graph.ids import PREFIXES
from graph.model import EDGE_ENDS, Edge, EdgeKind, Insight, NodeKind
from graph.ports import Store
from graph.store.batches import batches, edges_of, nodes_of
from graph.tiers.votes import CENTRAL, MERGED, settled

RESTING: Mapping[EdgeKind, NodeKind] = {
    EdgeKind.DERIVED_FROM: NodeKind.NOTE,
    EdgeKind.PART_OF: NodeKind.EPISODE,
    EdgeKind.ASKED_IN: NodeKind.QUERY,
    EdgeKind.SUPPORTED_BY: NodeKind.INSIGHT,
    EdgeKind.STATED_IN: NodeKind.FACT,
    EdgeKind.MENTIONS: NodeKind.ENTITY,
    EdgeKind.ABOUT: NodeKind.ENTITY,
    EdgeKind.SAID_BY: NodeKind.ENTITY,
}
"""Which of its two ends an edge supports: a node of that kind is there only as long as it has such an edge."""


class Cascade(Struct, frozen=True):
    """What goes: the ids of all nodes `gone`; and what stays with fewer supporters than it had, `lost` by id."""

    gone: frozenset[str]
    lost: Mapping[str, int]


def cascade(ids: Collection[str], store: Store) -> Cascade:
    """What falls with the nodes `ids`, and what they leave weaker. Reads the store in a number of calls that does not
    depend on how many edges a node has."""
    gone = set(ids)
    lost: Counter[str] = Counter()
    layer = sorted(gone)
    while layer:
        touched: dict[NodeKind, set[str]] = defaultdict(set)
        within = set(layer)
        fallen: set[str] = set()
        for edge in edges_of(layer, tuple(RESTING), store):
            resting, support = resting_ends(edge)
            if support in within and resting not in gone:
                lost[resting] += 1
                touched[RESTING[edge.kind]].add(resting)
                if edge.relation == CENTRAL:
                    # The words are those of this note, whatever else speaks for it.
                    fallen.add(resting)
        fallen.update(_unstated(touched.pop(NodeKind.INSIGHT, ()), gone, store))
        fallen |= {id for kind, some in touched.items() for id in _unsupported(some, kind, lost, store)}
        gone |= fallen
        layer = sorted(fallen)
    return Cascade(frozenset(gone), {id: number for id, number in lost.items() if id not in gone})


def resting_ends(edge: Edge) -> tuple[str, str]:
    """The end of an edge of `RESTING` that rests, and the one that it rests on."""
    rests = EDGE_ENDS[edge.kind][0] is RESTING[edge.kind]
    return (edge.source, edge.target) if rests else (edge.target, edge.source)


def supporting(kind: NodeKind) -> tuple[EdgeKind, ...]:
    """The kinds of edges that support nodes of a kind."""
    return tuple(edge for edge, resting in RESTING.items() if resting is kind)


def unmerged(gone: Set[str], known: Collection[str], store: Store) -> Iterator[Insight]:
    """Yield the insights, but for those `known`, that had been merged into one of the nodes `gone`, by themselves."""
    forgotten = sorted(id for id in gone if id.startswith(PREFIXES[NodeKind.INSIGHT]))
    events = (event for some in batches(forgotten) for event in store.events(some))
    held = {event.subject for event in events if event.other in gone}
    for node in nodes_of(sorted(held.difference(known, gone)), (NodeKind.INSIGHT,), store):
        if isinstance(node, Insight) and node.merged_into in gone:
            yield settled(replace(node, merged_into=""))


def _unstated(ids: Collection[str], gone: Collection[str], store: Store) -> Iterator[str]:
    """Yield those insights of `ids` whose words nobody states that is not `gone`: the notes that merges brought speak
    for them in words of their own."""
    stated = {
        edge.source
        for edge in edges_of(sorted(ids), (EdgeKind.SUPPORTED_BY,), store)
        if edge.reason != MERGED and edge.target not in gone
    }
    yield from (id for id in ids if id not in stated)


def _unsupported(ids: Collection[str], kind: NodeKind, lost: Mapping[str, int], store: Store) -> Iterator[str]:
    """Yield those of `ids` that have lost all their supporters.

    Nobody counts the edges of what has many: a node with more than the bound gives none, and keeps some, since it has
    lost no more than the bound.
    """
    by_bound: dict[int, list[str]] = defaultdict(list)
    for id in sorted(ids):
        by_bound[1 << lost[id].bit_length()].append(id)
    for bound, alike in by_bound.items():
        for batch in batches(alike):
            there: Counter[str] = Counter()
            wanted = set(batch)
            for edge in store.edges(batch, supporting(kind), bound):
                resting, _ = resting_ends(edge)
                there[resting] += resting in wanted
            yield from (id for id in batch if 0 < there[id] <= lost[id])
