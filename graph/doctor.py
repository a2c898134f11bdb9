"""Whether a memory keeps its own rules, and repairing what does not."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from msgspec import Struct

from graph.episodes import recut
from graph.health import Found, looked_through
from graph.model import (
    Changes,
    Fault,
    Removal,
    ends,
)
from graph.ports import Store, Upkeep
from graph.store.batches import batches
from graph.store.retrying import persistently


class Kept(Store, Upkeep, Protocol):
    """A store with all that it can do."""


class Checkup(Struct, frozen=True):
    """What was found, and what of it is left after repairing; the same where nothing was repaired."""

    found: tuple[Fault, ...]
    left: tuple[Fault, ...]


def check(store: Kept, *, repair: bool = False) -> Checkup:
    """Look through all of the memory; with `repair`, put right what can be, and look again.

    Raises:
        StoreError: the store fails.
    """
    found = looked_through(store)
    faults = (*store.faults(), *found.faults)
    if not (repair and faults):
        return Checkup(faults, faults)
    persistently(store.repair)
    # What is removed may have been all that something else rested on.
    while found.nodes or found.gone or found.edges or found.missing or found.uncut:
        persistently(partial(_repaired, found, store))
        if found.uncut:
            recut(store, found.uncut)
        found = looked_through(store)
    return Checkup(faults, (*store.faults(), *found.faults))


def _repaired(found: Found, store: Store) -> None:
    edges = tuple(map(ends, found.edges))
    with store.transaction(write=True):
        store.save(Changes(removed=Removal(edges=edges)))
        for batch in batches(found.gone):
            store.save(Changes(removed=Removal(batch)))
        gone = set(found.gone)
        kept = tuple(edge for edge in found.missing if not {edge.source, edge.target} & gone)
        nodes = tuple(node for node in found.nodes if node.id not in gone)
        store.save(Changes(nodes, kept, events=tuple(found.events)))
