"""Who is who: entities that people merge and split, and whom a name means since.

An id follows from a name, so that what two names mean is told by decisions alone: each keeps as `claims` the names that
it gives an entity, in all conversations or in one, and what is taken in later is read by them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from msgspec import Struct, convert, field, to_builtins
from msgspec.structs import replace

from graph.evolution.undo import Past
from graph.ids import content_id
from graph.model import (
    Action,
    Changes,
    Edge,
    EdgeKind,
    Ends,
    Entity,
    EntityMatch,
    Event,
    Json,
    Removal,
    ends,
    when_decided,
)
from graph.text import fold

Claim = tuple[str, str]
"""A folded name, and the conversation in which it means somebody; empty: in all."""


class Meanings(Struct, frozen=True):
    """Whom names mean by what people decided, by `Claim`; and what those are called whom the store knows, by id."""

    claims: Mapping[Claim, str]
    names: Mapping[str, str] = field(default_factory=dict)
    given: Set[tuple[str, str]] = frozenset()
    """Folded names that decisions gave in one conversation, each with the entity, by id: also where another has the
    claim to it since."""

    @classmethod
    def of(cls, events: Iterable[Event], known: Iterable[Entity] = ()) -> Meanings:
        """What those of `events` say that hold; the later ones have the last word."""
        past = Past.of(events)
        claims: dict[Claim, str] = {}
        given: set[tuple[str, str]] = set()
        for each in sorted(past.events.values(), key=when_decided):
            if isinstance(each.new, dict) and "claims" in each.new and past.holds(each):
                for name, conversation in each.new["claims"]:
                    claims[name, conversation] = _holder(each)
                    if conversation:
                        given.add((name, _holder(each)))
        return cls(claims, {each.id: each.name for each in known}, given)

    def called(self, name: str, conversation: str) -> str:
        """What the entity is called that a name means in a conversation: so, if that is the same name as folded."""
        other = self.names.get(self.meant(fold(name), conversation), name) if self.claims else name
        return name if fold(other) == fold(name) else other

    def meant(self, folded: str, conversation: str) -> str:
        """The id of the entity that a folded name means in a conversation."""
        found = self.claims.get((folded, conversation)) or self.claims.get((folded, ""))
        return found or content_id("entity", folded)

    def of_entity(self, entity: Entity) -> list[Claim]:
        """The claims that lead to `entity`: its own name, and what was decided."""
        own = {(fold(entity.name), "")} if content_id("entity", fold(entity.name)) == entity.id else set()
        return sorted(own | {claim for claim, id in self.claims.items() if id == entity.id})


def renamed(matches: Iterable[EntityMatch]) -> list[str]:
    """The ids of the entities found by a name of theirs that means another one but for what somebody decided."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        if match.name in _folded(match.entity):
            by_name[match.name].add(match.entity.id)
    return sorted({id for name, ids in by_name.items() if ids != {content_id("entity", name)} for id in ids})


def _holder(event: Event) -> str:
    """The entity that the names of a decision mean: who was merged into, or who was parted."""
    parted: str = event.new["entity"]["id"]
    return event.subject if event.new["merged"] else parted


class Identities(Struct):
    """Entities by id and all their edges, changed by what is decided and undone.

    `events` are those about the entities, by id: who is merged into another hands them over, so that they hold on. What
    is not `there`, by id, was forgotten since a decision that tells of it.
    """

    entities: dict[str, Entity]
    edges: dict[Ends, Edge]
    events: dict[str, Event]
    there: Set[str]
    before: tuple[Mapping[str, Entity], Mapping[Ends, Edge], Mapping[str, Event]]

    @classmethod
    def of(
        cls, entities: Iterable[Entity], edges: Iterable[Edge], events: Iterable[Event], there: Set[str] = frozenset()
    ) -> Identities:
        """As they are."""
        known, held = {each.id: each for each in entities}, {ends(each): each for each in edges}
        told = {each.id: each for each in events}
        return cls(dict(known), dict(held), dict(told), there, (known, held, told))

    def now(self, event: Event) -> Event:
        """`event` as it is, about whom it is about now."""
        return self.events.get(event.id, event)

    def merge(self, gone: Entity, into: Entity) -> Json:
        """Give `into` all that `gone` has; what the event about it keeps."""
        claims = Meanings.of(self.events.values()).of_entity(gone)
        moved = [edge for edge in self.edges.values() if gone.id in (edge.source, edge.target)]
        kept = [list(ends(edge)) for edge in moved if self._turn(edge, gone.id, into.id)]
        gained = self._named(into, (gone.name, *gone.aliases))
        del self.entities[gone.id]
        return {
            "merged": True,
            "entity": to_builtins(gone),
            "edges": [_row(edge) for edge in moved],
            "kept": kept,
            "names": gained,
            "claims": [list(each) for each in claims],
            "handed": self._hand_over(gone.id, into.id),
        }

    def split(self, whole: Entity, part: Entity, told: Mapping[Ends, bool], claims: Sequence[Claim]) -> Json:
        """Give `part` those edges of `whole` that are `told`, to itself or, where False, as well; what the event keeps.

        `whole` loses the names that it has no claim to any more.
        """
        fresh = part.id not in self.entities
        known = self.entities.setdefault(part.id, replace(part, aliases=()))
        gained = self._named(known, (part.name, *part.aliases))
        rows, kept = [], []
        for key, alone in told.items():
            edge = self.edges[key]
            rows.append(_row(edge))
            if self._turn(edge, whole.id, part.id, copied=not alone):
                kept.append(list(key))
        everywhere = {name for name, conversation in claims if not conversation}
        lost = [name for name in whole.aliases if fold(name) in everywhere]
        self._unnamed(whole.id, {fold(name) for name in lost})
        return {
            "merged": False,
            "fresh": fresh,
            "entity": to_builtins(part),
            "edges": rows,
            "kept": kept,
            "copied": [list(key) for key, alone in told.items() if not alone],
            "names": gained,
            "lost": lost,
            "claims": [list(each) for each in claims],
        }

    def undo(self, event: Event) -> tuple[Json, Json]:
        """Make what a merge or a split changed as it was, or, where that was undone, make it again; the states that
        the undoing keeps."""
        if event.new is None:
            return None, self._again(event.subject, event.old)
        (self._unmerge if event.new["merged"] else self._unsplit)(event.subject, event.new)
        return event.new, None

    def gone(self) -> set[str]:
        """The entities that are no more, as they were merged or nothing tells of them."""
        held = {end for source, _, target in self.edges for end in (source, target)}
        return (self.before[0].keys() | self.entities.keys()) - held

    def changed(self, *decided: Event) -> Changes:
        """What makes them so as they are now, with the events that were `decided`."""
        entities, edges, told = self.before
        gone = self.gone()
        kept = [each for id, each in self.entities.items() if id not in gone]
        # A store keeps the name that it has, so that these are written anew, with all that is known of them.
        anew = {each.id for each in kept if each.id in entities and entities[each.id].name != each.name}
        events = tuple(
            each
            for id, each in self.events.items()
            if told[id] != each or not anew.isdisjoint((each.subject, each.other))
        )
        lost = (
            (each.id, folded)
            for each in kept
            if each.id in entities
            for folded in sorted(_folded(entities[each.id]) - _folded(each))
        )
        return Changes(
            tuple(each for each in kept if entities.get(each.id) != each),
            tuple(
                edge
                for key, edge in self.edges.items()
                if edges.get(key) != edge or not anew.isdisjoint((edge.source, edge.target))
            ),
            removed=Removal(
                tuple(sorted(gone | anew)),
                tuple(key for key in edges if key not in self.edges),
                events=tuple(each.id for each in events),
                names=tuple(lost),
            ),
            events=(*events, *decided),
        )

    def _again(self, subject: str, state: Json) -> Json:
        other = convert(state["entity"], Entity)
        if state["merged"]:
            return self.merge(self.entities.setdefault(other.id, other), self.entities[subject])
        copied = [tuple(each) for each in state["copied"]]
        told = {key: key not in copied for key in map(ends, map(_edge, state["edges"])) if key in self.edges}
        return self.split(self.entities[subject], other, told, [(name, where) for name, where in state["claims"]])

    def _unmerge(self, subject: str, state: Json) -> None:
        gone = convert(state["entity"], Entity)
        self.entities.setdefault(gone.id, gone)
        self._return(subject, gone.id, state)
        self._called_otherwise(subject, set(state["names"]))
        self._unnamed(subject, set(state["names"]))
        for id, *fields in state["handed"]:
            if id in self.events:
                self.events[id] = replace(self.events[id], **dict.fromkeys(fields, gone.id))

    def _unsplit(self, subject: str, state: Json) -> None:
        part = state["entity"]["id"]
        self._return(part, subject, state)
        if state["fresh"]:
            # It was never anything else, whatever was told of it since.
            for edge in [each for each in self.edges.values() if part in (each.source, each.target)]:
                self._turn(edge, part, subject)
        self._named(self.entities[subject], state["lost"])
        if parted := self.entities.get(part):
            # What only the part was still called, when something was forgotten since.
            given = set(state["names"]) - _folded(self.entities[subject])
            self._named(self.entities[subject], [name for name in parted.aliases if fold(name) in given])
        self._unnamed(part, set(state["names"]))

    def _return(self, holder: str, owner: str, state: Json) -> None:
        """Give `owner` back the edges of a state that `holder` has since."""
        kept = {(source, EdgeKind(kind), target) for source, kind, target in state["kept"]}
        for edge in map(_edge, state["edges"]):
            if {edge.source, edge.target} <= {*self.there, *self.entities}:
                self.edges[ends(edge)] = edge
                if ends(edge) not in kept:
                    self.edges.pop(ends(_turned(edge, owner, holder)), None)

    def _hand_over(self, old: str, new: str) -> list[list[str]]:
        """Make the events about an entity ones about another; their ids, each with the fields in which it was meant."""
        handed = []
        for id, event in self.events.items():
            if fields := [name for name in ("subject", "other") if getattr(event, name) == old]:
                self.events[id] = replace(event, **dict.fromkeys(fields, new))
                handed.append([id, *fields])
        return handed

    def _turn(self, edge: Edge, old: str, new: str, *, copied: bool = False) -> bool:
        """Give an edge another end; whether there was such an edge already."""
        if not copied:
            del self.edges[ends(edge)]
        turned = _turned(edge, old, new)
        if turned.source == turned.target:
            return False
        known = ends(turned) in self.edges
        self.edges.setdefault(ends(turned), turned)
        return known

    def _named(self, entity: Entity, names: Iterable[str]) -> list[str]:
        """Give an entity names; those that are new, folded."""
        known = _folded(entity)
        aliases = tuple(sorted({*entity.aliases, *names} - {entity.name}))
        self.entities[entity.id] = replace(entity, aliases=aliases)
        return sorted({fold(name) for name in names} - known)

    def _called_otherwise(self, id: str, folded: Set[str]) -> None:
        """Give an entity that is called by one of the names `folded`, since its own was forgotten, another of its
        names: the one that its id is made of, if it has that."""
        entity = self.entities[id]
        others = [name for name in entity.aliases if fold(name) not in folded]
        if others and fold(entity.name) in folded:
            name = next((each for each in others if content_id("entity", fold(each)) == id), others[0])
            aliases = tuple(sorted({*entity.aliases, entity.name} - {name}))
            self.entities[id] = replace(entity, name=name, aliases=aliases)

    def _unnamed(self, id: str, folded: Set[str]) -> None:
        if entity := self.entities.get(id):
            aliases = tuple(name for name in entity.aliases if fold(name) not in folded)
            self.entities[id] = replace(entity, aliases=aliases)


def concerned(events: Iterable[Event]) -> Iterator[str]:
    """Yield the ids of the entities beside their subjects that merges and splits among `events` are about."""
    return (state["entity"]["id"] for state in _states(events))


def handed(state: Json) -> list[list[str]]:
    """The events about insights that a merge or a split of this state gave to others, each with the insight before."""
    return list(state.get("votes", ())) if isinstance(state, dict) and "claims" in state else []


def remembered(events: Iterable[Event]) -> Iterator[str]:
    """Yield the ids of all nodes that merges and splits among `events` keep, which may have been forgotten since."""
    for state in _states(events):
        for source, _, target, *_ in state["edges"]:
            yield from (source, target)


def keeping(events: Iterable[Event], gone: Set[str]) -> Iterator[str]:
    """Yield the ids of the merges and splits among `events`, and of what undoes them, that keep one of the entities
    `gone`: a merge that was undone is an event about the other one alone."""
    return (each.id for each in events if not gone.isdisjoint(concerned([each])))


def identifies(event: Event) -> bool:
    """Whether an event merges or splits entities, or undoes that."""
    return next(_states([event]), None) is not None


def _states(events: Iterable[Event]) -> Iterator[Mapping[str, Any]]:
    for each in events:
        if each.action in (Action.MERGE, Action.SPLIT, Action.UNDO):
            yield from (state for state in (each.old, each.new) if isinstance(state, dict) and "claims" in state)


def _folded(entity: Entity) -> set[str]:
    return {fold(name) for name in (entity.name, *entity.aliases)}


def _turned(edge: Edge, old: str, new: str) -> Edge:
    source, target = (new if end == old else end for end in (edge.source, edge.target))
    return replace(edge, source=source, target=target)


def _row(edge: Edge) -> list[Json]:
    return [edge.source, edge.kind.value, edge.target, edge.weight, edge.relation, edge.reason, edge.decided_by]


def _edge(row: list[Any]) -> Edge:
    source, kind, target, *rest = row
    return Edge(source, target, EdgeKind(kind), *rest)
