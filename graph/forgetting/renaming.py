"""Whose facts and insights are when only the forgotten gave somebody the name they had: theirs, by the name that is
left, as when people decide so."""

from __future__ import annotations

from collections.abc import Mapping

from graph.evolution.events import Ledger
from graph.ids import note_id
from graph.model import Changes, EdgeKind, Entity
from graph.opinions import Step
from graph.ownership import Moves, moved_opinions, settled_anew, together
from graph.ports import Store
from graph.store.batches import edges_of
from graph.text import fold


def refiled(before: Mapping[str, Entity], what: Changes, store: Store) -> Changes:
    """What becomes of the facts and insights of the entities among `what`, of which those that there were are `before`,
    by id. Reads the store once `what` is written, within the caller's transaction."""
    steps: dict[str, Step] = {
        each.id: (before[each.id], each)
        for each in what.nodes
        if isinstance(each, Entity) and each.id in before and fold(each.name) != fold(before[each.id].name)
    }
    if not steps:
        return Changes()
    facts: dict[str, Step] = {}
    notes: dict[str, Step] = {}
    for edge in edges_of(sorted(steps), (EdgeKind.CONCERNS, EdgeKind.SAID_BY), store):
        if edge.kind is EdgeKind.CONCERNS:
            facts[edge.source] = steps[edge.target]
        else:
            notes[note_id(edge.source)] = steps[edge.target]
    # Nobody of the old name is left who could say any of it.
    moves = Moves(facts, notes, {})
    return together(moved_opinions(moves, store, {}).changed(), settled_anew(moves, store, Ledger.of_now()))
