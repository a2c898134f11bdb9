"""Whose facts and insights are: they follow what was said, when people merge and split entities.

A fact is about whom it concerns, and a statement of somebody about themselves is of the entity that says so. So what
becomes of both is told by the edges that a decision turns, and as before by those that its undoing turns back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain

from msgspec import Struct
from msgspec.structs import astuple

from graph.evolution.events import Ledger
from graph.evolution.identity import Identities
from graph.evolution.validity import settled
from graph.facts import changed
from graph.ids import interaction_id, note_id
from graph.model import (
    Changes,
    EdgeKind,
    Ends,
    Event,
    Fact,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Removal,
    Selection,
    ends,
)
from graph.opinions import Opinions, Step
from graph.ports import Store
from graph.relations import slot
from graph.tiers.facts import of_whom
from graph.tiers.statements import insight_id, key_of, opposite_id


class Moves(Struct, frozen=True):
    """What is of another entity than before: `facts` by what they concern, `notes` by who says what they are of, both
    by id; and the notes of what each entity says by now, by its id."""

    facts: Mapping[str, Step]
    notes: Mapping[str, Step]
    says: Mapping[str, Set[str]]

    @classmethod
    def of(cls, who: Identities) -> Moves:
        """What the changes that `who` has seen move."""
        says: dict[str, set[str]] = {}
        for source, kind, target in who.edges:
            if kind is EdgeKind.SAID_BY:
                says.setdefault(target, set()).add(note_id(source))
        said = {note_id(id): step for id, step in _turned(EdgeKind.SAID_BY, who)}
        return cls(dict(_turned(EdgeKind.CONCERNS, who)), said, says)


def _turned(kind: EdgeKind, who: Identities) -> Iterator[tuple[str, Step]]:
    """Yield what had its edge of a `kind` to one entity, and has it to another."""
    entities = {**who.before[0], **who.entities}
    was = {key[0]: key[2] for key in who.before[1] if key[1] is kind and key not in who.edges}
    for source, other, target in who.edges:
        if other is kind and source in was and was[source] != target:
            yield source, (entities[was[source]], entities[target])


def refiled(facts: Iterable[Fact], moves: Moves) -> dict[str, Fact]:
    """Those of `facts` that are about another entity than before, as they are since, by id."""
    steps = ((each, moves.facts[each.id]) for each in facts if each.id in moves.facts)
    return {each.id: of_whom(each, old.name, new.name) for each, (old, new) in steps}


def moved_facts(moves: Moves, over: Mapping[str, Fact], store: Store) -> dict[str, Fact]:
    """The facts that move, as they are since, by id; `over` are those that else is changed of them. Reads the store,
    within the caller's transaction."""
    held = _facts(moves.facts, (), store) if moves.facts else {}
    return refiled((held | {id: over[id] for id in held if id in over}).values(), moves)


def settled_anew(moves: Moves, store: Store, ledger: Ledger) -> Changes:
    """What becomes of the facts that move, and of those that they end, or that end them. Reads the store, within the
    caller's transaction."""
    now = moved_facts(moves, {}, store)
    held = facts_beside(now, store)
    return changed(settled(held.values()), settled((held | now).values()), ledger).changes()


def facts_beside(changing: Mapping[str, Fact], store: Store) -> dict[str, Fact]:
    """All facts of the slots in which facts are or will be, as the store has them, by id; these are given as they will
    be, by id."""
    if not changing:
        return {}
    slots = _slots(changing.values())
    there = _facts(changing, slots, store)
    # Where one is by now may be elsewhere.
    left = _slots(there[id] for id in changing if id in there) - slots
    return there | (_facts((), left, store) if left else {})


def _slots(facts: Iterable[Fact]) -> set[str]:
    return {slot(each.subject, each.relation) for each in facts} - {""}


def _facts(ids: Iterable[str], slots: Iterable[str], store: Store) -> dict[str, Fact]:
    found = store.nodes(Selection((NodeKind.FACT,), ids=tuple(sorted(ids)), slots=tuple(sorted(slots))))
    return {each.id: each for each in found if isinstance(each, Fact)}


def moved_opinions(
    moves: Moves,
    store: Store,
    over: Mapping[str, Insight],
    returned: Sequence[Sequence[str]] = (),
    undone: Iterable[Event] = (),
    removed: Set[Ends] = frozenset(),
) -> Opinions:
    """The insights that move, as `Opinions.move` has it; `over` are those that else is changed of them, and `removed`
    the edges that else is. Reads the store, within the caller's transaction."""
    found = store.edges(sorted(moves.notes), (EdgeKind.SUPPORTED_BY,)) if moves.notes else ()
    edges = [each for each in found if ends(each) not in removed]
    first = [each for each in _nodes({edge.source for edge in edges}, store) if isinstance(each, Insight)]
    near = {each.id for each in first}
    near |= {id for each in first for id in _under_other_names(each, moves)}
    near |= {id for _, id, *_ in returned}
    if not near:
        return Opinions.of((), (), ())
    ids = sorted(near)
    there = (each for each in _nodes(near, store) if isinstance(each, Insight))
    around = (each for each in store.edges(ids, (EdgeKind.SUPPORTED_BY, EdgeKind.OPPOSES)) if ends(each) not in removed)
    opinions = Opinions.of(there, around, store.events(ids), over.values())
    notes = {edge.target for edge in edges}
    messages = _nodes(map(interaction_id, notes), store)
    said = {note_id(each.id): each for each in messages if isinstance(each, Interaction)}
    opinions.move(moves.notes, moves.says, said, returned, {each.id for each in undone})
    return opinions


def _under_other_names(insight: Insight, moves: Moves) -> Iterator[str]:
    """Yield the ids that an insight, and its opposite, have under the names of those to whom notes move."""
    if key := key_of(insight):
        for name in {new.name for _, new in moves.notes.values()}:
            yield insight_id(name, *key)
            yield from filter(None, (opposite_id(name, *key),))


def together(*changes: Changes) -> Changes:
    """Several changes of different nodes, edges and events as one."""
    removed = (astuple(each.removed) for each in changes)
    return Changes(
        tuple(node for each in changes for node in each.nodes),
        tuple(edge for each in changes for edge in each.edges),
        removed=Removal(*(tuple(chain.from_iterable(some)) for some in zip(*removed, strict=True))),
        events=tuple(event for each in changes for event in each.events),
    )


def _nodes(ids: Iterable[str], store: Store) -> list[Node]:
    wanted = tuple(sorted(ids))
    return list(store.nodes(Selection(ids=wanted))) if wanted else []
