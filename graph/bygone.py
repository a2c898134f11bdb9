"""The graph as it was on a day: what had been said by then, and what people and models had decided by then.

What a rule decides follows from what is said, and is as old as that, whenever it was taken in: else a conversation of
last year that is taken in today would have had no links last year. What somebody decided is as old as the decision.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from graph.evolution.identity import Identities, handed, identifies
from graph.evolution.undo import Past, Reverted
from graph.evolution.validity import settled as settled_facts
from graph.forgetting.support import RESTING, resting_ends
from graph.ids import note_id
from graph.model import (
    Action,
    Edge,
    EdgeKind,
    Ends,
    Entity,
    EntityMatch,
    Episode,
    Event,
    Fact,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Note,
    Query,
    Selection,
    StoreInfo,
    caption,
    ends,
    kind_of,
    when_decided,
)
from graph.opinions import Opinions
from graph.ownership import Moves, refiled
from graph.ports import Store
from graph.relations import order, slot
from graph.text import fold
from graph.tiers import queries
from graph.tiers.episodes import episode
from graph.tiers.votes import Ballot, settled

_TOUCHING = (EdgeKind.DERIVED_FROM, EdgeKind.ASKED_IN, EdgeKind.ANSWERED_BY, EdgeKind.SAID_BY, EdgeKind.PART_OF)
_NAMING = (EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.SUPPORTED_BY, EdgeKind.STATED_IN)
_BETWEEN_FACTS = (EdgeKind.ENDED_BY, EdgeKind.CONFLICTS_WITH)


class Bygone(Struct, frozen=True):
    """A graph in memory, for looking at: those methods of `graph.ports.Store` that looking around takes, which promise
    the same. `told` is what the store says of itself."""

    by_id: Mapping[str, Node]
    by_ends: Mapping[Ends, Edge]
    at: Mapping[str, Sequence[Edge]]
    told: StoreInfo

    @classmethod
    def of(cls, store: Store, date: str) -> Bygone:
        """The graph of `store` as it was at the end of `date`, an ISO 8601 date or the beginning of one, compared as
        text. What has no time was always there."""
        with store.transaction(write=False):
            nodes = {node.id: node for node in store.nodes(Selection())}
            edges = {ends(edge): edge for edge in store.edges(None, ())}
            unmade = _reverted(nodes, edges, list(store.events()), date)
            found, kept = _standing(*unmade, date)
            at: dict[str, list[Edge]] = defaultdict(list)
            for edge in kept.values():
                for end in {edge.source, edge.target}:
                    at[end].append(edge)
            return cls(dict(sorted(found.items())), dict(sorted(kept.items())), at, store.info())

    def info(self) -> StoreInfo:
        kinds = Counter(kind_of(node).value for node in self.by_id.values())
        edges = Counter(edge.kind.value for edge in self.by_ends.values())
        return replace(self.told, nodes=dict(sorted(kinds.items())), edges=dict(sorted(edges.items())))

    @contextmanager
    def transaction(self, *, write: bool, wipe: bool = False) -> Iterator[None]:  # noqa: ARG002 - nothing is written
        assert not write
        yield

    def nodes(self, selection: Selection) -> Iterator[Node]:
        found: Iterable[Node] = self.by_id.values()
        if selection.ids or selection.slots:
            named = {id for id in selection.ids if id in self.by_id}.union(self._stating(selection))
            found = (self.by_id[id] for id in sorted(named))
        touching = self._touching(selection.conversation) if selection.conversation is not None else None
        found = (node for node in found if _selected(node, selection) and (touching is None or node.id in touching))
        if selection.ranked:
            found = sorted(found, key=lambda node: (-len(self.at.get(node.id, ())), node.id))
        return islice(found, selection.limit)

    def edges(self, ids: Sequence[str] | None, kinds: Sequence[EdgeKind], widest: int | None = None) -> Iterator[Edge]:
        if ids is None:
            return (edge for edge in self.by_ends.values() if not kinds or edge.kind in kinds)
        found: dict[Ends, Edge] = {}
        for id in ids:
            mine = [edge for edge in self.at.get(id, ()) if not kinds or edge.kind in kinds]
            if widest is None or len(mine) <= widest:
                found |= {ends(edge): edge for edge in mine}
        return (edge for _, edge in sorted(found.items()))

    def resolve(self, names: Sequence[str], conversation: str | None = None) -> list[EntityMatch]:  # noqa: ARG002
        wanted = set(names)
        return [
            EntityMatch(node, name, 0, any(edge.kind is EdgeKind.SAID_BY for edge in self.at.get(node.id, ())))
            for node in self.by_id.values()
            if isinstance(node, Entity)
            for name in sorted(wanted & {fold(each) for each in (node.name, *node.aliases)})
        ]

    def close(self) -> None:
        """There is nothing to let go of."""

    def _stating(self, selection: Selection) -> Iterator[str]:
        """Yield the ids of the facts of the slots that are selected, the newest of each where these are meant."""
        found: dict[str, list[Fact]] = {key: [] for key in selection.slots if key}
        for node in self.by_id.values() if found else ():
            if isinstance(node, Fact) and (key := slot(node.subject, node.relation)) in found:
                found[key].append(node)
        for facts in found.values():
            yield from (each.id for each in sorted(facts, key=order, reverse=True)[: selection.newest])

    def _touching(self, conversation: str) -> Set[str]:
        said = {id for id, node in self.by_id.items() if getattr(node, "conversation", None) == conversation}
        near = {end for id in said for end in self._others(id, _TOUCHING)}
        notes = {id for id in near if isinstance(self.by_id[id], Note)}
        return said | near | {end for id in notes for end in self._others(id, _NAMING)}

    def _others(self, id: str, kinds: Sequence[EdgeKind]) -> Iterator[str]:
        for edge in self.at.get(id, ()):
            if edge.kind in kinds:
                yield edge.target if edge.source == id else edge.source


def _selected(node: Node, selection: Selection) -> bool:
    if selection.kinds and kind_of(node) not in selection.kinds:
        return False
    if selection.contains is not None and fold(selection.contains) not in fold(caption(node)):
        return False
    when = _said_at(node)
    if selection.since is not None and (when is None or when < selection.since):
        return False
    return selection.until is None or (when is not None and when[: len(selection.until)] <= selection.until)


def _said_at(node: Node) -> str | None:
    """When that was said which a node is, or is made of; None for what has no one time."""
    if isinstance(node, Fact):
        return node.recorded_at
    return None if isinstance(node, Entity | Insight) else node.timestamp


def _later(when: str | None, date: str) -> bool:
    return when is not None and when[: len(date)] > date


def _reverted(
    nodes: dict[str, Node], edges: dict[Ends, Edge], events: Sequence[Event], date: str
) -> tuple[dict[str, Node], dict[Ends, Edge]]:
    """Nodes and edges without what was decided later, the last decision first: each is as it was before it."""
    past = Past.of(events)
    state = Reverted(
        {id: node for id, node in nodes.items() if isinstance(node, Note)},
        {},
        {id: node for id, node in nodes.items() if isinstance(node, Fact)},
        {id: node for id, node in nodes.items() if isinstance(node, Episode)},
    )
    ballot = Ballot({id: node for id, node in nodes.items() if isinstance(node, Insight)}, nodes.keys())
    entities = [node for node in nodes.values() if isinstance(node, Entity)]
    who = Identities.of(entities, edges.values(), events, nodes.keys())
    when = _times(nodes, past)
    later = {each.id for each in events if _later(when(each), date)}
    returned: list[list[str]] = []
    for each in sorted((past.events[id] for id in later), key=when_decided, reverse=True):
        if identifies(each):
            returned += handed(each.new)
            who.undo(who.now(each))
        elif each.subject in ballot.insights:
            ballot.undo(each, past.action(each))
        else:
            state.undo(each, past.action(each))
    kept = dict(who.edges)
    for (source, target), link in state.links.items():
        kept.pop((source, EdgeKind.LINKS_TO, target), None)
        if link:
            kept[ends(link)] = link
    for edge in ballot.changed(there=False):
        kept.pop(ends(edge), None)
    kept |= {ends(edge): edge for edge in ballot.changed(there=True)}
    found: dict[str, Node] = {id: node for id, node in nodes.items() if not isinstance(node, Entity)}
    found |= {**state.notes, **state.facts, **state.episodes, **ballot.insights, **who.entities}
    return _owned(found, kept, Moves.of(who), [each for each in events if each.id not in later], returned)


def _owned(
    nodes: Mapping[str, Node],
    edges: Mapping[Ends, Edge],
    moves: Moves,
    events: Sequence[Event],
    returned: Sequence[Sequence[str]],
) -> tuple[dict[str, Node], dict[Ends, Edge]]:
    """Nodes and edges with the facts and insights of those whose they were, by what had been decided, `events`."""
    opinions = Opinions.of((each for each in nodes.values() if isinstance(each, Insight)), edges.values(), events)
    said = {note_id(id): node for id, node in nodes.items() if isinstance(node, Interaction)}
    opinions.move(moves.notes, moves.says, said, returned)
    told = opinions.changed()
    gone = {*told.removed.nodes, *told.removed.edges}
    facts = refiled((each for each in nodes.values() if isinstance(each, Fact)), moves)
    return (
        {id: node for id, node in nodes.items() if id not in gone} | facts | opinions.insights,
        {key: edge for key, edge in edges.items() if key not in gone} | {ends(edge): edge for edge in told.edges},
    )


def _times(nodes: Mapping[str, Node], past: Past) -> Callable[[Event], str | None]:
    """When an event happened: what a rule decided, when that was said which brought it about."""

    def when(event: Event) -> str | None:
        first = event
        while first.cause in past.events and first.action is not Action.UNDO:
            first = past.events[first.cause]
        if first.decided_by == "rule" and first.cause in nodes:
            return _said_at(nodes[first.cause])
        return event.at

    return when


def _standing(
    nodes: Mapping[str, Node], edges: Mapping[Ends, Edge], date: str
) -> tuple[dict[str, Node], dict[Ends, Edge]]:
    """What had been said by then, and what rests on it, with the counts and outcomes that it had."""
    found = {id: node for id, node in nodes.items() if not _later(_said_at(node), date)}
    while True:
        kept = {key: edge for key, edge in edges.items() if edge.source in found and edge.target in found}
        support = Counter(resting_ends(edge)[0] for edge in kept.values() if edge.kind in RESTING)
        stand = {id: node for id, node in found.items() if kind_of(node) is NodeKind.INTERACTION or support[id]}
        if len(stand) == len(found):
            break
        found = stand
    answers: dict[str, list[Edge]] = defaultdict(list)
    members: dict[str, list[Interaction]] = defaultdict(list)
    for edge in kept.values():
        if edge.kind is EdgeKind.ANSWERED_BY:
            answers[edge.source].append(edge)
        if edge.kind is EdgeKind.PART_OF and isinstance(said := found[edge.source], Interaction):
            members[edge.target].append(said)
    facts = settled_facts(node for node in found.values() if isinstance(node, Fact))
    kept = {key: edge for key, edge in kept.items() if edge.kind not in _BETWEEN_FACTS} | facts.edges
    for id, node in found.items():
        if isinstance(node, Fact):
            found[id] = facts.facts[id]
        elif isinstance(node, Episode):
            run = sorted(members[id], key=lambda each: each.position)
            found[id] = replace(episode(run), id=id, folded_strength=node.folded_strength)
        elif isinstance(node, Insight):
            found[id] = settled(replace(node, support=support[id]))
        elif isinstance(node, Query):
            found[id] = queries.settled(node, answers[id])
    return found, kept
