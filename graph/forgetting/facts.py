"""Facts around a gap: what a forgotten one ended holds again, as does what a forgotten correction took back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from msgspec.structs import replace

from graph.evolution.events import Ledger
from graph.evolution.validity import settled
from graph.facts import Settling, changed
from graph.model import Action, Fact, NodeKind, Selection
from graph.ports import Store
from graph.relations import slot
from graph.store.batches import batches
from graph.text import tells_of


def without(facts: Sequence[str], notes: Sequence[str], store: Store) -> Settling:
    """What becomes of the facts that stay when those with the ids `facts` and the `notes` go."""
    gone = {*facts}
    back = {
        event.subject
        for batch in batches(notes)
        for event in store.events(batch)
        if event.action is Action.RETRACT and event.other in batch
    } - gone
    touched = list(_facts(sorted(gone | back), store))
    slots = sorted({slot(each.subject, each.relation) for each in touched} - {""})
    held = {each.id: each for each in touched}
    for batch in batches(slots):
        held |= {each.id: each for each in store.nodes(_of(slots=batch)) if isinstance(each, Fact)}
    left = (each for each in held.values() if each.id not in gone)
    after = settled(replace(each, retracted_at=None) if each.id in back else each for each in left)
    return changed(settled(held.values()), after, Ledger.of_now())


def _facts(ids: Sequence[str], store: Store) -> Iterator[Fact]:
    for batch in batches(ids):
        yield from (each for each in store.nodes(_of(ids=batch)) if isinstance(each, Fact))


def _of(ids: Sequence[str] = (), slots: Sequence[str] = ()) -> Selection:
    return Selection((NodeKind.FACT,), ids=tuple(ids), slots=tuple(slots))


def telling(names: Set[str], store: Store) -> Iterator[str]:
    """Yield the ids of facts in which one of the folded `names` stands."""
    for node in store.nodes(Selection((NodeKind.FACT,))):
        if isinstance(node, Fact) and tells_of(f"{node.subject} \n {node.text}", names):
            yield node.id
