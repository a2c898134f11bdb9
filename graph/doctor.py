"""Whether a memory keeps its own rules, and repairing what does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from graph.episodes import remade
from graph.evolution.identity import Meanings
from graph.evolution.validity import settled as settled_facts
from graph.forgetting.support import RESTING, resting_ends
from graph.ids import content_id, episode_id
from graph.model import (
    EDGE_ENDS,
    Changes,
    Edge,
    EdgeKind,
    Ends,
    Entity,
    Episode,
    Fact,
    Fault,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Query,
    Removal,
    Selection,
    ends,
    kind_of,
)
from graph.ports import Store, Upkeep
from graph.store.batches import batches
from graph.store.retrying import persistently
from graph.text import fold
from graph.tiers import queries
from graph.tiers.votes import settled

_WORDS: Mapping[NodeKind, str] = {
    NodeKind.NOTE: "it is derived from nothing that was said",
    NodeKind.EPISODE: "no message is part of it",
    NodeKind.QUERY: "nobody asked it",
    NodeKind.INSIGHT: "nothing supports it",
    NodeKind.FACT: "nobody states it",
    NodeKind.ENTITY: "nobody tells of it, and it says nothing",
}


class Kept(Store, Upkeep, Protocol):
    """A store with all that it can do."""


class Checkup(Struct, frozen=True):
    """What was found, and what of it is left after repairing; the same where nothing was repaired."""

    found: tuple[Fault, ...]
    left: tuple[Fault, ...]


class _Found(Struct):
    """Faults, and what repairs them: nodes and edges to write anew, and what is to be removed."""

    faults: list[Fault] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    missing: list[Edge] = field(default_factory=list)


def check(store: Kept, *, repair: bool = False) -> Checkup:
    """Look through all of the memory; with `repair`, put right what can be, and look again.

    Raises:
        StoreError: the store fails.
    """
    found = _looked_through(store)
    faults = (*store.faults(), *found.faults)
    if not (repair and faults):
        return Checkup(faults, faults)
    persistently(store.repair)
    # What is removed may have been all that something else rested on.
    while found.nodes or found.gone or found.edges or found.missing:
        persistently(partial(_repaired, found, store))
        found = _looked_through(store)
    return Checkup(faults, (*store.faults(), *found.faults))


def _repaired(found: _Found, store: Store) -> None:
    edges = tuple(map(ends, found.edges))
    with store.transaction(write=True):
        store.save(Changes(removed=Removal(edges=edges)))
        for batch in batches(found.gone):
            store.save(Changes(removed=Removal(batch)))
        gone = set(found.gone)
        kept = tuple(edge for edge in found.missing if not {edge.source, edge.target} & gone)
        store.save(Changes(tuple(node for node in found.nodes if node.id not in gone), kept))


def _looked_through(store: Store) -> _Found:
    with store.transaction(write=False):
        kinds: dict[str, NodeKind] = {}
        places: dict[str, tuple[str, str, int]] = {}
        told: list[Query | Insight] = []
        facts: list[Fact] = []
        episodes: list[Episode] = []
        within: dict[str, list[str]] = defaultdict(list)
        ending: dict[Ends, Edge] = {}
        named: dict[str, list[str]] = defaultdict(list)
        found = _Found()
        for node in store.nodes(Selection()):
            kinds[node.id] = kind_of(node)
            if isinstance(node, Interaction):
                places[node.id] = (node.conversation, node.session, node.position)
            elif isinstance(node, Query | Insight):
                told.append(node)
            elif isinstance(node, Fact):
                facts.append(node)
            elif isinstance(node, Episode):
                episodes.append(node)
            elif isinstance(node, Entity):
                for name in {fold(each) for each in (node.name, *node.aliases)}:
                    named[name].append(node.id)
        support: Counter[str] = Counter()
        answers: dict[str, list[Edge]] = defaultdict(list)
        after: dict[str, list[Edge]] = defaultdict(list)
        for edge in store.edges(None, ()):
            if (kinds.get(edge.source), kinds.get(edge.target)) != EDGE_ENDS[edge.kind]:
                found.edges.append(edge)
                found.faults.append(Fault("edges join what they may", edge.source, f"{edge.kind} to {edge.target}"))
                continue
            if edge.kind in RESTING:
                support[resting_ends(edge)[0]] += 1
            if edge.kind is EdgeKind.ANSWERED_BY:
                answers[edge.source].append(edge)
            if edge.kind is EdgeKind.PART_OF:
                within[edge.source].append(edge.target)
            if edge.kind is EdgeKind.NEXT:
                after[edge.source].append(edge)
            if edge.kind in (EdgeKind.ENDED_BY, EdgeKind.CONFLICTS_WITH):
                ending[ends(edge)] = edge
        _check_names({name: ids for name, ids in named.items() if len(ids) > 1}, store, found)
        _check_episodes(episodes, within, places, store, found)
    _check_places(places, found)
    _check_order(after, places, found)
    _check_facts(facts, ending, found)
    for id, kind in kinds.items():
        if kind in _WORDS and not support[id]:
            found.gone.append(id)
            found.faults.append(Fault("what is derived rests on something", id, _WORDS[kind]))
    for each in told:
        _check_told(each, support[each.id], answers[each.id], found)
    return found


def _check_facts(facts: Sequence[Fact], ending: Mapping[Ends, Edge], found: _Found) -> None:
    """A fact ends where the next value begins, by which it is ended, and conflicts only with what it may."""
    right = settled_facts(facts)
    for each in facts:
        if right.facts[each.id] != each:
            found.nodes.append(right.facts[each.id])
            what = f"it holds to {each.valid_to}, and not to {right.facts[each.id].valid_to}"
            found.faults.append(Fault("facts end where the next begins", each.id, what))
    for place, edge in ending.items():
        if place not in right.edges:
            found.edges.append(edge)
            found.faults.append(Fault("facts are ended by the next", edge.source, f"{edge.kind} {edge.target}"))
    for place, edge in right.edges.items():
        if place not in ending:
            found.missing.append(edge)
            found.faults.append(Fault("facts are ended by the next", edge.source, f"not {edge.kind} {edge.target}"))


def _check_episodes(
    episodes: Sequence[Episode],
    within: Mapping[str, Sequence[str]],
    places: Mapping[str, tuple[str, str, int]],
    store: Store,
    found: _Found,
) -> None:
    """A message is part of one episode, of its own session, and an episode is what its messages make it."""
    homes = {each.id: (each.conversation, each.session, each.position) for each in episodes}
    held: dict[str, str] = {}
    for id, names in within.items():
        *session, place = places[id]
        near = [name for name in names if [*homes[name][:2]] == session]
        if near:
            # Of several, the one that begins last before it.
            held[id] = max(near, key=lambda name: (homes[name][2] <= place, homes[name][2], name))
        for name in sorted({*names} - {held.get(id, "")}):
            found.edges.append(Edge(id, name, EdgeKind.PART_OF))
            what = f"not of {name}, but of {held.get(id, 'another session')}"
            found.faults.append(Fault("a message is part of one episode", id, what))
    members: dict[str, list[str]] = defaultdict(list)
    for id in sorted(held, key=lambda id: places[id]):
        members[held[id]].append(id)
    wrong: dict[str, str] = {}
    for each in episodes:
        said = members[each.id]
        told = (each.id, each.conversation, each.session, each.position, each.messages)
        if said and told != (episode_id(said[0]), *places[said[0]], len(said)):
            wrong |= dict.fromkeys(said, each.id)
            what = f"{len(said)} messages from {said[0]} on are part of it"
            found.faults.append(Fault("an episode is what its messages make it", each.id, what))
    right = remade(wrong, store)
    found.nodes += right.nodes
    found.missing += right.edges
    found.gone += right.removed.nodes


def _check_names(shared: Mapping[str, list[str]], store: Store, found: _Found) -> None:
    """A name means several entities only by what somebody decided."""
    if not shared:
        return
    claims = Meanings.of(store.events(sorted({id for ids in shared.values() for id in ids}))).claims
    for name, ids in shared.items():
        meant = {holder for (claimed, where), holder in claims.items() if claimed == name and where}
        meant.add(claims.get((name, "")) or content_id("entity", name))
        for id in sorted({*ids} - meant):
            what = f"{name!r} means {', '.join(sorted({*ids} - {id}))} as well, and nobody decided so"
            found.faults.append(Fault("a name tells whom it means", id, what))


def _check_places(places: Mapping[str, tuple[str, str, int]], found: _Found) -> None:
    first: dict[tuple[str, int], str] = {}
    for id, (conversation, _, position) in places.items():
        other = first.setdefault((conversation, position), id)
        if other != id:
            found.faults.append(Fault("each has a place of its own", id, f"it stands where {other} does"))


def _check_order(after: Mapping[str, list[Edge]], places: Mapping[str, tuple[str, str, int]], found: _Found) -> None:
    """Turns follow one another within a session, each once."""
    followed: set[str] = set()
    for source in sorted(after, key=lambda id: places[id]):
        here = places[source]
        for edge in sorted(after[source], key=lambda edge: places[edge.target]):
            there = places[edge.target]
            right = there[:2] == here[:2] and there[2] > here[2]
            if right and edge.target not in followed and edge is _nearest(after[source], places):
                followed.add(edge.target)
                continue
            found.edges.append(edge)
            found.faults.append(Fault("turns follow one another", source, f"{edge.target} does not come next"))


def _nearest(edges: list[Edge], places: Mapping[str, tuple[str, str, int]]) -> Edge:
    here = places[edges[0].source]
    later = [edge for edge in edges if places[edge.target][:2] == here[:2] and places[edge.target][2] > here[2]]
    return min(later or edges, key=lambda edge: places[edge.target])


def _check_told(node: Query | Insight, support: int, answers: Sequence[Edge], found: _Found) -> None:
    right: Any
    if isinstance(node, Insight):
        right = settled(replace(node, support=support))
        what = f"it counts {node.support} supporters ({node.state}), and has {support}"
    else:
        right = queries.settled(node, answers)
        what = f"it is {node.outcome}, and has {len(answers)} answers"
    if support and right != node:
        found.nodes.append(right)
        found.faults.append(Fault("counts are right", node.id, what))
