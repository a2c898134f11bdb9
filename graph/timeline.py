"""Facts in order of time: of the whole memory, of an entity, and one with all that bears on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from graph.evolution.validity import as_spoken, known_at
from graph.ids import interaction_id, note_id
from graph.lookup import called, find
from graph.model import EdgeKind, Event, Fact, Interaction, NodeKind, Selection
from graph.ports import Store
from graph.relations import OVER, holds, order, slot
from graph.store.batches import nodes_of
from graph.text import fold

_ENTITY_FACTS = 10_000
"""Facts of an entity that are looked at."""


class FactPage(Struct, frozen=True):
    """A fact with all that bears on it: the message that states it, the facts of the same slot in order of
    time (itself alone where the relation has many values), those it conflicts with, and what was decided about it."""

    fact: Fact
    said: Interaction | None
    history: tuple[Fact, ...]
    conflicts: tuple[Fact, ...]
    events: tuple[Event, ...]


def listed(
    store: Store,
    wanted: Selection,
    about: str | None = None,
    relation: str | None = None,
    as_of: str | None = None,
    *,
    past: bool = False,
) -> list[Fact]:
    """The selected facts in order of time, of which `wanted.limit` counts the last: those of the subject `about` (and
    its kin), by any of its names, of `relation`, that hold now, or held at `as_of` as far as was known then; with
    `past`, all known then."""
    with store.transaction(write=False):
        chosen = store.nodes(replace(wanted, kinds=(NodeKind.FACT,), limit=None))
        names = called(store, about) if about else frozenset[str]()
        facts = [each for each in chosen if isinstance(each, Fact)]
        return _in_order(facts, store, wanted.limit, names, relation, as_of, past)


def of_entity(store: Store, name: str, relation: str | None = None, as_of: str | None = None) -> list[Fact]:
    """The facts that concern an entity in order of time, those that have ended among them; as known at `as_of`.

    Raises:
        NotFoundError: there is no such entity.
    """
    with store.transaction(write=False):
        found = list(concerning(store, find(store, name, NodeKind.ENTITY).id))
        return _in_order(found, store, None, (), relation, as_of, past=True)


def concerning(store: Store, entity: str) -> Iterator[Fact]:
    """Yield the facts that concern the entity with that id. Reads the store, within the caller's transaction."""
    ids = [edge.source for edge in store.edges([entity], (EdgeKind.CONCERNS,))][:_ENTITY_FACTS]
    found = store.nodes(Selection((NodeKind.FACT,), ids=tuple(ids))) if ids else ()
    return (each for each in found if isinstance(each, Fact))


def page(store: Store, name: str) -> FactPage:
    """All that bears on the fact `name`.

    Raises:
        NotFoundError: there is no such fact.
    """
    with store.transaction(write=False):
        fact = find(store, name, NodeKind.FACT)
        assert isinstance(fact, Fact)
        around = store.edges([fact.id], (EdgeKind.CONFLICTS_WITH,))
        others = {end for edge in around for end in (edge.source, edge.target)}
        key = slot(fact.subject, fact.relation)
        ids = tuple(sorted({fact.id, interaction_id(fact.note), *others}))
        found = list(store.nodes(Selection(ids=ids, slots=(key,) if key else ())))
        facts = spoken([each for each in found if isinstance(each, Fact)], store)
        fact = next(each for each in facts if each.id == fact.id)
        alike = [each for each in facts if key and slot(each.subject, each.relation) == key]
        return FactPage(
            fact,
            next((each for each in found if isinstance(each, Interaction)), None),
            tuple(sorted(alike, key=order)) or (fact,),
            tuple(each for each in facts if each.id in others - {fact.id}),
            tuple(store.events([fact.id])),
        )


def _in_order(
    facts: Sequence[Fact],
    store: Store,
    limit: int | None,
    about: Collection[str],
    relation: str | None,
    as_of: str | None,
    past: bool,
) -> list[Fact]:
    chosen: Sequence[Fact] = [each for each in facts if _of(each, about) and relation in (None, each.relation)]
    if as_of is not None:
        chosen = known_at(chosen, as_of)
    over = sorted({slot(each.subject, each.relation) for each in chosen if each.state == OVER})
    known = list(_of_slots(over, store)) if past else []
    known = known_at(known, as_of) if as_of is not None else known
    chosen = spoken(chosen, store)
    if not past:
        chosen = [each for each in chosen if holds(each, as_of) and each.state != OVER]
    return sorted(worth_listing(chosen, known), key=order)[-limit if limit else 0 :]


def spoken(facts: Sequence[Fact], store: Store) -> list[Fact]:
    """`facts` as questions see them: of those without a time, in one conversation the last holds. Reads the store,
    within the caller's transaction."""
    undated = sorted({interaction_id(each.note) for each in facts if each.valid_from is None})
    told = nodes_of(undated, (NodeKind.INTERACTION,), store)
    return as_spoken(facts, {note_id(each.id): each.conversation for each in told if isinstance(each, Interaction)})


def worth_listing(facts: Sequence[Fact], known: Iterable[Fact]) -> Iterator[Fact]:
    """Yield the facts but those that something is over which none of the `known` ones, all there are of their slots,
    says: "I left Paris" ends no job there."""
    said = {_value(each) for each in known if each.state != OVER and each.retracted_at is None}
    for each in facts:
        if each.state != OVER or not each.object or _value(each) in said:
            yield each


def _value(fact: Fact) -> tuple[str, str]:
    return slot(fact.subject, fact.relation), fold(fact.object)


def _of_slots(slots: Sequence[str], store: Store) -> Iterator[Fact]:
    found = store.nodes(Selection((NodeKind.FACT,), slots=tuple(slots))) if slots else ()
    return (each for each in found if isinstance(each, Fact))


def _of(fact: Fact, about: Collection[str]) -> bool:
    """Whether a fact is about one of these folded subjects, or its kin; of none, it is about whom it will."""
    subject = fold(fact.subject)
    return not about or any(subject == each or subject.startswith(f"{each} ") for each in about)
