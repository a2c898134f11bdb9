"""Finding a node by what people call it, and what lies around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice

from graph.errors import NotFoundError
from graph.evolution import linking
from graph.model import Edge, EdgeKind, Entity, Neighbor, Node, NodeKind, Selection, caption
from graph.ports import Store
from graph.text import fold

_NEAR = 3
_KNOWN = 2000
"""Nodes, the most connected first, among which a mistyped name is looked for."""
_LISTED = (NodeKind.NOTE, NodeKind.INSIGHT, NodeKind.FACT, NodeKind.EPISODE)
"""Kinds of nodes, beside entities, that a command lists."""
_NOTES = 2000
"""Notes in which an entity's company is looked for."""


def find(store: Store, name: str, kind: NodeKind | None = None) -> Node:
    """The node with the id `name`, else the entity that has it as a name or alias, or speaks under a name that begins
    with it.

    Raises:
        NotFoundError: there is none; the hint names near ones.
    """
    kinds = (kind,) if kind else ()
    for node in store.nodes(Selection(kinds=kinds, ids=(name,))):
        return node
    if kind in (None, NodeKind.ENTITY):
        matches = store.resolve([fold(name)])
        exact = [match for match in matches if fold(match.entity.name) == fold(name)]
        for node in _by_id(store, [match.entity.id for match in (exact or matches)[:1]]).values():
            return node
    near = _near(store, name, kind)
    listed = kind if kind in _LISTED else NodeKind.ENTITY
    hint = f"did you mean {', '.join(near)}?" if near else f"see `memcli {listed} list`"
    raise NotFoundError(f"no {kind or 'node'} called {name!r}", hint)


def called(store: Store, name: str) -> frozenset[str]:
    """What the entities are called, folded, that have `name` as one of their names: several, where people parted some
    of one name; `name`, where there is none."""
    folded = fold(name)
    known = [match.entity for match in store.resolve([folded]) if match.name == folded]
    named = (fold(each.name) for each in known if folded in map(fold, (each.name, *each.aliases)))
    return frozenset(named) or frozenset([folded])


def _near(store: Store, name: str, kind: NodeKind | None) -> list[str]:
    """The captions that contain `name`, else those of entities that are written almost like it; of what is not found
    by its caption, the ids."""
    within = Selection(kinds=(kind,) if kind else (), contains=name, limit=_NEAR, ranked=True)
    found = [f"{node.id} ({caption(node)})" if kind in _LISTED else repr(caption(node)) for node in store.nodes(within)]
    if found or kind in _LISTED:
        return found
    known = Selection(kinds=(NodeKind.ENTITY,), limit=_KNOWN, ranked=True)
    names = {fold(caption(node)): caption(node) for node in store.nodes(known)}
    return [repr(names[each]) for each in get_close_matches(fold(name)[:80], names, _NEAR)]


def originals(store: Store, notes: Sequence[str]) -> dict[str, str]:
    """Of those of `notes`, ids, that repeat another note: which one, by the id of the copy."""
    return linking.originals(store.edges(notes, (EdgeKind.LINKS_TO,)) if notes else ())


def company(store: Store, id: str, limit: int) -> list[tuple[Entity, int]]:
    """The entities that share notes with the entity `id`, or are in notes of what it said; with the number of notes."""
    said = [edge.source for edge in islice(store.edges([id], (EdgeKind.SAID_BY,)), _NOTES)]
    notes = {edge.source for edge in store.edges([id], (EdgeKind.MENTIONS, EdgeKind.ABOUT))}
    notes |= {edge.source for edge in store.edges(said, (EdgeKind.DERIVED_FROM,))} if said else set()
    pairs = {
        (edge.source, edge.target)
        for edge in store.edges(sorted(notes)[:_NOTES], (EdgeKind.MENTIONS, EdgeKind.ABOUT))
        if edge.target != id
    }
    shared = Counter(entity for _, entity in pairs)
    best = sorted(shared, key=lambda each: (-shared[each], each))[:limit]
    nodes = _by_id(store, best)
    return [(entity, shared[each]) for each in best if isinstance(entity := nodes[each], Entity)]


def neighbors(store: Store, id: str, hops: int, limit: int) -> list[Neighbor]:
    """Breadth first from `id`: for each node reached the edge that leads to it, nearest and heaviest first."""
    reached: dict[str, tuple[Edge, int]] = {}
    rim = [id]
    for hop in range(1, hops + 1):
        found = sorted(store.edges(rim, ()), key=lambda edge: (-edge.weight, edge.kind, edge.source, edge.target))
        rim = []
        for edge in found:
            for end in (edge.target, edge.source):
                if end != id and end not in reached:
                    reached[end] = (edge, hop)
                    rim.append(end)
        if len(reached) >= limit or not rim:
            break
    kept = dict(islice(reached.items(), limit))
    nodes = _by_id(store, list(kept))
    return [Neighbor(nodes[end], edge, hop) for end, (edge, hop) in kept.items()]


def _by_id(store: Store, ids: Sequence[str]) -> dict[str, Node]:
    return {node.id: node for node in store.nodes(Selection(ids=tuple(ids)))} if ids else {}
