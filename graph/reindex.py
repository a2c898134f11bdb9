"""Giving a memory the vectors it lacks: all of them where it was made without a model, or by another one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct

from graph.embedding.late import EARLIER, LATER, vectors
from graph.ingest import persistently
from graph.model import Changes, Interaction, NodeKind, Selection, Vector
from graph.ports import Embedder, Progress, Store

_BATCH = 64
"""Interactions in one transaction."""
_LOOKED_UP = 1000
"""Interactions whose vectors are looked up at once."""


class ReindexReport(Struct, frozen=True):
    """What one run did: `interactions` that there are, and those that got vectors now."""

    model: str
    interactions: int
    embedded: int
    elapsed_s: float


class _Place(Struct, frozen=True, order=True):
    conversation: str
    session: str
    position: int
    id: str


def reindex(store: Store, embedder: Embedder, progress: Progress | None = None) -> ReindexReport:
    """Make the vectors that are missing, a transaction a batch; a run that was broken off goes on where it stopped.

    Raises:
        StoreError: the store fails. What was committed stays.
    """
    began = time.monotonic()
    places = sorted(_places(store))
    lacking = list(_lacking(places, embedder.name, store))
    if progress:
        progress.begin("embedding", len(lacking))
    embedded = 0
    for start in range(0, len(lacking), _BATCH):
        made = _made(places, lacking[start : start + _BATCH], embedder, store)
        persistently(partial(_save, store, made))
        embedded += len(made)
        if progress:
            progress.advance(start + len(made), embedded)
    if progress:
        progress.end()
    return ReindexReport(embedder.name, len(places), embedded, round(time.monotonic() - began, 3))


def _places(store: Store) -> Iterator[_Place]:
    for each in store.nodes(Selection(kinds=(NodeKind.INTERACTION,))):
        if isinstance(each, Interaction):
            yield _Place(each.conversation, each.session, each.position, each.id)


def _lacking(places: Sequence[_Place], model: str, store: Store) -> Iterator[int]:
    """Yield the numbers of those of `places` that have no vectors by `model`."""
    for start in range(0, len(places), _LOOKED_UP):
        some = places[start : start + _LOOKED_UP]
        held = {each.node for each in store.vectors([place.id for place in some]) if each.model == model}
        yield from (number for number, place in enumerate(some, start) if place.id not in held)


def _made(places: Sequence[_Place], wanted: Sequence[int], embedder: Embedder, store: Store) -> tuple[Vector, ...]:
    """The vectors of the places numbered `wanted`, each made in its session."""
    around = sorted({near for number in wanted for near in range(number - EARLIER, number + LATER + 1)})
    around = [number for number in around if 0 <= number < len(places)]
    ids = tuple(places[number].id for number in around)
    said = {node.id: node for node in store.nodes(Selection(ids=ids)) if isinstance(node, Interaction)}
    found: list[Vector] = []
    for _, session in groupby(around, key=lambda number: (places[number].conversation, places[number].session)):
        numbers = list(session)
        turns = [said[places[number].id] for number in numbers]
        found += vectors(turns, [at for at, number in enumerate(numbers) if number in wanted], embedder)
    return tuple(found)


def _save(store: Store, made: tuple[Vector, ...]) -> None:
    with store.transaction(write=True):
        store.save(Changes(vectors=made))
