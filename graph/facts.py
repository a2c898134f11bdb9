"""The facts of one batch: what is stated, what ends, and what is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from graph.evolution.events import Ledger
from graph.evolution.identity import Meanings
from graph.evolution.validity import Settled, decisions, settled
from graph.ids import note_id
from graph.model import (
    PERSON,
    Action,
    Changes,
    Edge,
    Ends,
    Entity,
    Event,
    Extraction,
    Fact,
    Interaction,
    NodeKind,
    Relation,
    Removal,
    Selection,
)
from graph.ports import Store
from graph.rank.valid_times import ahead, began
from graph.relations import slot
from graph.text import fold
from graph.tiers.facts import Times, corrected, fact_edges, facts, of_whom, owners_of, takes_back
from graph.tiers.statements import Statement, statements

TIMES = Times(began, ahead)
_NOTHING = Extraction((), ())
_AS_SPELT = Meanings({})


class Turned(Struct, frozen=True):
    """A turn that corrects or denies what was said `before`, and how."""

    turn: Interaction
    before: Interaction
    relation: Relation


class Settling(Struct, frozen=True):
    """What becomes of facts: nodes to write, edges to write and to take away, by their ends, and the events of it."""

    nodes: tuple[Fact, ...] = ()
    edges: tuple[Edge, ...] = ()
    gone: tuple[Ends, ...] = ()
    events: tuple[Event, ...] = ()

    def changes(self) -> Changes:
        """All of it, to be written."""
        return Changes(self.nodes, self.edges, removed=Removal(edges=self.gone), events=self.events)


class Stating(Struct):
    """What a batch states: its facts by id, the edges of each, and what its corrections take back."""

    new: dict[str, Fact]
    ties: list[Edge]
    back: list[tuple[Turned, list[Fact]]]

    @classmethod
    def of(
        cls,
        turns: Iterable[tuple[Interaction, Sequence[tuple[Statement, str]], Sequence[Entity]]],
        turned: Iterable[Turned],
        meanings: Meanings = _AS_SPELT,
    ) -> Stating:
        """What the turns that have a note state, each given with its statements and the entities of its note; whom they
        concern, as `meanings` have it."""
        new: dict[str, Fact] = {}
        ties: list[Edge] = []
        for said, stated, entities in turns:
            named = {each.id for each in entities}
            for fact in facts(said, (statement for statement, _ in stated), TIMES):
                ties += (edges := list(fact_edges(fact, said, named, meanings.meant)))
                new[fact.id] = _as_meant(fact, said, edges[-1].target, meanings)
        back = []
        for each in turned:
            if each.relation is Relation.SUPERSEDES:
                # What the earlier turn states follows from its words: it need not be looked up. Its names, by which
                # a value may end further on, are not known here: see `_kept`.
                read = list(facts(each.before, statements(each.before, _NOTHING), TIMES))
                back.append((each, [_as_named(old, each.before, meanings) for old in read]))
                meant = [one for one in (corrected(old, each.turn, TIMES) for old in read) if one]
                # What may be meant of several facts is meant of none.
                for fact in meant if len(meant) == 1 else ():
                    new[fact.id] = _as_named(fact, each.turn, meanings)
                    ties += fact_edges(fact, each.turn, (), meanings.meant)
        return cls(new, ties, back)

    def slots(self) -> list[str]:
        """Of which slots the facts there are bear on these."""
        stale = (fact for _, some in self.back for fact in some)
        found = {slot(each.subject, each.relation) for each in (*self.new.values(), *stale)}
        return sorted(found - {""})

    def wanted(self) -> list[str]:
        """The ids of facts that may be taken back, beside these slots."""
        return sorted({fact.id for _, some in self.back for fact in some if not slot(fact.subject, fact.relation)})

    def held(self, store: Store) -> list[Fact]:
        """The facts there are that bear on these. Reads the store, within the caller's transaction."""
        ids, slots = tuple(sorted({*self.new, *self.wanted()})), tuple(self.slots())
        found = store.nodes(Selection((NodeKind.FACT,), ids=ids, slots=slots)) if ids or slots else ()
        return [each for each in found if isinstance(each, Fact)]

    def settled(self, held: Sequence[Fact]) -> Settling:
        """What becomes of the facts of the batch and of those `held`, all there are of its slots."""
        before = settled(held)
        ledger = Ledger.of_now()
        known = {each.id: each for each in held} | self.new
        retracted = list(self._retracted(known, ledger))
        for fact, _ in retracted:
            known[fact.id] = fact
        found = changed(before, settled(known.values()), ledger)
        return replace(
            found, edges=(*self.ties, *found.edges), events=(*(event for _, event in retracted), *found.events)
        )

    def _retracted(self, known: Mapping[str, Fact], ledger: Ledger) -> Iterator[tuple[Fact, Event]]:
        """Yield the facts that are taken back, as they are then, each with the event."""
        for each, stale in self.back:
            note = note_id(each.turn.id)
            for old in stale:
                fact = _kept(old, known.values())
                # Without a time of its own, the correction is as late as what it corrects.
                at = each.turn.timestamp or old.recorded_at or ""
                if fact is None or fact.retracted_at is not None or fact.decided_by == PERSON:
                    continue
                if not self._replaced(old, note, each.turn):
                    continue
                states = {"old": {"retracted_at": None}, "new": {"retracted_at": at}}
                yield (
                    replace(fact, retracted_at=at, valid_to=None),
                    ledger.event(Action.RETRACT, fact.id, other=note, cause=note, reason="corrected", **states),
                )

    def _replaced(self, old: Fact, note: str, turn: Interaction) -> bool:
        """Whether a correction takes a fact back: it says so, or states another value in its place."""
        key = slot(old.subject, old.relation)
        stated = (each for each in self.new.values() if key and slot(each.subject, each.relation) == key)
        return takes_back(turn) or any(each.id != old.id and each.note == note for each in stated)


def _as_meant(fact: Fact, said: Interaction, whose: str, meanings: Meanings) -> Fact:
    """A fact of what is `said` with the name of whom it is about, by what people decided; it concerns the entity with
    the id `whose`."""
    for name in (fact.subject, said.speaker or ""):
        if meanings.meant(fold(name), said.conversation) == whose:
            return of_whom(fact, name, meanings.called(name, said.conversation))
    return fact


def _as_named(fact: Fact, said: Interaction, meanings: Meanings) -> Fact:
    """A fact of what is `said`, of which it is not known whom it concerns, likewise."""
    for name in owners_of(fact):
        if (called := meanings.called(name, said.conversation)) != name:
            return of_whom(fact, name, called)
    return fact


def _kept(read: Fact, known: Iterable[Fact]) -> Fact | None:
    """The one of the `known` facts that is `read`, or what the same words state of the same thing."""
    key = slot(read.subject, read.relation)
    near = {each.id: each for each in known if each.note == read.note}
    same = (each for each in near.values() if key and slot(each.subject, each.relation) == key)
    return near.get(read.id) or next(same, None)


def changed(before: Settled, after: Settled, ledger: Ledger) -> Settling:
    """What leads from one state of facts to another."""
    return Settling(
        tuple(fact for id, fact in sorted(after.facts.items()) if before.facts.get(id) != fact),
        tuple(after.edges[ends] for ends in sorted(after.edges) if before.edges.get(ends) != after.edges[ends]),
        tuple(sorted(before.edges.keys() - after.edges.keys())),
        tuple(decisions(before, after, ledger)),
    )
