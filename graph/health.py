"""The rules that a memory keeps, looked through one by one: what breaks them, and what would put it right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from graph.episodes import remade
from graph.evolution.identity import Meanings
from graph.evolution.validity import settled as settled_facts
from graph.forgetting.support import RESTING, resting_ends
from graph.ids import episode_id
from graph.model import (
    EDGE_ENDS,
    Edge,
    EdgeKind,
    Ends,
    Entity,
    Episode,
    Event,
    Fact,
    Fault,
    Form,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Query,
    Selection,
    ends,
    kind_of,
)
from graph.ports import Store
from graph.text import fold
from graph.tiers import queries
from graph.tiers.facts import of_whom, owners_of
from graph.tiers.votes import settled

_WORDS: Mapping[NodeKind, str] = {
    NodeKind.NOTE: "it is derived from nothing that was said",
    NodeKind.EPISODE: "no message is part of it",
    NodeKind.QUERY: "nobody asked it",
    NodeKind.INSIGHT: "nothing supports it",
    NodeKind.FACT: "nobody states it",
    NodeKind.ENTITY: "nobody tells of it, and it says nothing",
}


class Found(Struct):
    """Faults, and what repairs them: nodes, edges and events to write anew, what is to be removed, and the
    conversations that are to be cut into episodes."""

    faults: list[Fault] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    missing: list[Edge] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    uncut: list[str] = field(default_factory=list)


class _Seen(Struct):
    """What is there, by id or by ends, as far as the rules are about it."""

    kinds: dict[str, NodeKind] = field(default_factory=dict)
    places: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    told: list[Query | Insight] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    entities: dict[str, Entity] = field(default_factory=dict)
    support: Counter[str] = field(default_factory=Counter)
    answers: dict[str, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    after: dict[str, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    within: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    concerned: dict[str, str] = field(default_factory=dict)
    ending: dict[Ends, Edge] = field(default_factory=dict)

    def node(self, node: Node) -> None:
        self.kinds[node.id] = kind_of(node)
        match node:
            case Interaction():
                self.places[node.id] = (node.conversation, node.session, node.position)
                if node.form is Form.MESSAGE:
                    self.messages.append(node.id)
            case Query() | Insight():
                self.told.append(node)
            case Fact():
                self.facts.append(node)
            case Episode():
                self.episodes.append(node)
            case Entity():
                self.entities[node.id] = node

    def edge(self, edge: Edge) -> None:
        if edge.kind in RESTING:
            self.support[resting_ends(edge)[0]] += 1
        match edge.kind:
            case EdgeKind.ANSWERED_BY:
                self.answers[edge.source].append(edge)
            case EdgeKind.PART_OF:
                self.within[edge.source].append(edge.target)
            case EdgeKind.NEXT:
                self.after[edge.source].append(edge)
            case EdgeKind.CONCERNS:
                self.concerned[edge.source] = edge.target
            case EdgeKind.ENDED_BY | EdgeKind.CONFLICTS_WITH:
                self.ending[ends(edge)] = edge


def looked_through(store: Store) -> Found:
    """What is wrong in all of the memory.

    Raises:
        StoreError: the store fails.
    """
    with store.transaction(write=False):
        seen, found = _Seen(), Found()
        for node in store.nodes(Selection()):
            seen.node(node)
        for edge in store.edges(None, ()):
            if (seen.kinds.get(edge.source), seen.kinds.get(edge.target)) == EDGE_ENDS[edge.kind]:
                seen.edge(edge)
            else:
                found.edges.append(edge)
                found.faults.append(Fault("edges join what they may", edge.source, f"{edge.kind} to {edge.target}"))
        _check_names(seen.entities.values(), store, found)
        _check_episodes(seen, store, found)
    _check_places(seen.places, found)
    _check_order(seen.after, seen.places, found)
    _check_facts(seen, found)
    for id, kind in seen.kinds.items():
        if kind in _WORDS and not seen.support[id]:
            found.gone.append(id)
            found.faults.append(Fault("what is derived rests on something", id, _WORDS[kind]))
    for each in seen.told:
        _check_told(_parted(each, seen.kinds, found), seen.support[each.id], seen.answers[each.id], found)
    return found


def _check_facts(seen: _Seen, found: Found) -> None:
    """A fact is of whom it concerns, ends where the next value begins, by which it is ended, and conflicts only with
    what it may."""
    right = settled_facts(
        _as_concerned(each, seen.entities.get(seen.concerned.get(each.id, ""))) for each in seen.facts
    )
    for each in seen.facts:
        fact = right.facts[each.id]
        if fact != each:
            found.nodes.append(fact)
        if fact.subject != each.subject:
            what = f"it is about {each.subject}, and not {fact.subject}"
            found.faults.append(Fault("facts are of whom they concern", each.id, what))
        if fact.valid_to != each.valid_to:
            what = f"it holds to {each.valid_to}, and not to {fact.valid_to}"
            found.faults.append(Fault("facts end where the next begins", each.id, what))
    for place, edge in seen.ending.items():
        if place not in right.edges:
            found.edges.append(edge)
            found.faults.append(Fault("facts are ended by the next", edge.source, f"{edge.kind} {edge.target}"))
    for place, edge in right.edges.items():
        if place not in seen.ending:
            found.missing.append(edge)
            found.faults.append(Fault("facts are ended by the next", edge.source, f"not {edge.kind} {edge.target}"))


def _as_concerned(fact: Fact, entity: Entity | None) -> Fact:
    """A fact that concerns `entity`, called as that is, where its subject is another name of it, not the same in other
    letters."""
    if entity is None:
        return fact
    names = {fold(each) for each in (entity.name, *entity.aliases)}
    owner = next((each for each in owners_of(fact) if fold(each) in names), entity.name)
    return fact if fold(owner) == fold(entity.name) else of_whom(fact, owner, entity.name)


def _check_episodes(seen: _Seen, store: Store, found: Found) -> None:
    """A message is part of one episode, of its own session, and an episode is what its messages make it."""
    held = _check_within(seen, found)
    members: dict[str, list[str]] = defaultdict(list)
    for id in sorted(held, key=lambda id: seen.places[id]):
        members[held[id]].append(id)
    wrong: dict[str, str] = {}
    for each in seen.episodes:
        said = members[each.id]
        told = (each.id, each.conversation, each.session, each.position, each.messages)
        if said and told != (episode_id(said[0]), *seen.places[said[0]], len(said)):
            wrong |= dict.fromkeys(said, each.id)
            what = f"{len(said)} messages from {said[0]} on are part of it"
            found.faults.append(Fault("an episode is what its messages make it", each.id, what))
    # A memory that was made before there were any has none.
    left = sorted((id for id in seen.messages if id not in seen.within), key=seen.places.__getitem__)
    for name, some in groupby(left if seen.episodes else (), key=lambda id: seen.places[id][0]):
        first, *more = some
        what = f"{len(more) + 1} of {name} from this one on are part of none; `memcli episode derive` cuts them"
        found.faults.append(Fault("a message is part of one episode", first, what))
        found.uncut.append(name)
    right = remade(wrong, store)
    found.nodes += right.nodes
    found.missing += right.edges
    found.gone += right.removed.nodes
    found.events += right.events
    found.edges += (Edge(source, target, kind) for source, kind, target in right.removed.edges)


def _check_within(seen: _Seen, found: Found) -> dict[str, str]:
    """The one episode of each message that has some, of its own session."""
    homes = {each.id: (each.conversation, each.session, each.position) for each in seen.episodes}
    held: dict[str, str] = {}
    for id, names in seen.within.items():
        *session, place = seen.places[id]
        near = [name for name in names if [*homes[name][:2]] == session]
        if near:
            # Of several, the one that begins last before it.
            held[id] = max(near, key=lambda name: (homes[name][2] <= place, homes[name][2], name))
        for name in sorted({*names} - {held.get(id, "")}):
            found.edges.append(Edge(id, name, EdgeKind.PART_OF))
            what = f"not of {name}, but of {held.get(id, 'another session')}"
            found.faults.append(Fault("a message is part of one episode", id, what))
    return held


def _check_names(entities: Iterable[Entity], store: Store, found: Found) -> None:
    """A name means several entities only by what somebody decided."""
    named: dict[str, list[str]] = defaultdict(list)
    for each in entities:
        for name in {fold(spelt) for spelt in (each.name, *each.aliases)}:
            named[name].append(each.id)
    shared = {name: ids for name, ids in named.items() if len(ids) > 1}
    if not shared:
        return
    meanings = Meanings.of(store.events(sorted({id for ids in shared.values() for id in ids})))
    for name, ids in shared.items():
        meant = {holder for given, holder in meanings.given if given == name} | {meanings.meant(name, "")}
        for id in sorted({*ids} - meant):
            what = f"{name!r} means {', '.join(sorted({*ids} - {id}))} as well, and nobody decided so"
            found.faults.append(Fault("a name tells whom it means", id, what))


def _check_places(places: Mapping[str, tuple[str, str, int]], found: Found) -> None:
    first: dict[tuple[str, int], str] = {}
    for id, (conversation, _, position) in places.items():
        other = first.setdefault((conversation, position), id)
        if other != id:
            found.faults.append(Fault("each has a place of its own", id, f"it stands where {other} does"))


def _check_order(after: Mapping[str, list[Edge]], places: Mapping[str, tuple[str, str, int]], found: Found) -> None:
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


def _parted(node: Query | Insight, kinds: Mapping[str, NodeKind], found: Found) -> Query | Insight:
    """`node`, by itself again if it was merged into what is not there."""
    if isinstance(node, Query) or not node.merged_into or node.merged_into in kinds:
        return node
    what = f"it was merged into {node.merged_into}, which is not there"
    found.faults.append(Fault("what was merged is in another", node.id, what))
    found.nodes.append(parted := settled(replace(node, merged_into="")))
    return parted


def _check_told(node: Query | Insight, support: int, answers: Sequence[Edge], found: Found) -> None:
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
