"""Giving a memory the vectors it lacks: all of them where it was made without a model, or by another one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct

from graph.embedding.late import EARLIER, LATER, vectors
from graph.model import Changes, Form, Interaction, NodeKind, Selection, Vector
from graph.ports import Embedder, Progress, Store
from graph.store.indexing import is_searched
from graph.store.retrying import persistently

_BATCH = 64
"""Interactions in one transaction."""
_LOOKED_UP = 1000
"""Interactions whose vectors are looked up at once."""


class ReindexReport(Struct, frozen=True):
    """What one run did: `interactions` that searches find, and those that got vectors now."""

    model: str
    interactions: int
    embedded: int
    elapsed_s: float


class _Place(Struct, frozen=True, order=True):
    """Where an interaction stands."""

    conversation: str
    session: str
    position: int
    id: str
    message: bool


def reindex(store: Store, embedder: Embedder, progress: Progress | None = None) -> ReindexReport:
    """Make the vectors that are missing, a transaction a batch; a run that was broken off goes on where it stopped.

    Raises:
        StoreError: the store fails. What was committed stays.
    """
    began = time.monotonic()
    places = sorted(_places(store))
    # Sessions are sorted by their names: the last of these need not be the last one held.
    ends: dict[str, int] = {}
    for each in places:
        ends[each.conversation] = max(each.position, ends.get(each.conversation, 0))
    wanted = _wanted(places, list(_lacking(places, embedder.name, store)))
    if progress:
        progress.begin("embedding", len(wanted))
    embedded = 0
    for start in range(0, len(wanted), _BATCH):
        numbers = wanted[start : start + _BATCH]
        made = _made(places, numbers, embedder, store)
        embedded += persistently(partial(_save, store, made, ends))
        if progress:
            progress.advance(start + len(numbers), embedded)
    if progress:
        progress.end()
    return ReindexReport(embedder.name, len(places), embedded, round(time.monotonic() - began, 3))


def _places(store: Store) -> Iterator[_Place]:
    for each in store.nodes(Selection(kinds=(NodeKind.INTERACTION,))):
        if isinstance(each, Interaction) and is_searched(each):
            yield _Place(each.conversation, each.session, each.position, each.id, each.form is Form.MESSAGE)


def _lacking(places: Sequence[_Place], model: str, store: Store) -> Iterator[int]:
    """Yield the numbers of those of `places` that have no vectors by `model`."""
    for start in range(0, len(places), _LOOKED_UP):
        some = places[start : start + _LOOKED_UP]
        held = {each.node for each in store.vectors([place.id for place in some]) if each.model == model}
        yield from (number for number, place in enumerate(some, start) if place.id not in held)


def _wanted(places: Sequence[_Place], lacking: Sequence[int]) -> list[int]:
    """The numbers of `lacking`, and of the turns before them, whose vectors did not know them."""
    wanted = set(lacking)
    for number in lacking:
        here = places[number]
        for near in range(max(0, number - LATER), number):
            there = places[near]
            same = (there.conversation, there.session) == (here.conversation, here.session)
            if same and here.message and there.message and here.position - there.position <= LATER:
                wanted.add(near)
    return sorted(wanted)


def _made(places: Sequence[_Place], wanted: Sequence[int], embedder: Embedder, store: Store) -> dict[_Place, Vector]:
    """The vectors of the places numbered `wanted`, each made in its session."""
    around = sorted({near for number in wanted for near in range(number - EARLIER, number + LATER + 1)})
    around = [number for number in around if 0 <= number < len(places)]
    ids = tuple(places[number].id for number in around)
    said = {node.id: node for node in store.nodes(Selection(ids=ids)) if isinstance(node, Interaction)}
    found: dict[str, Vector] = {}
    for _, session in groupby(around, key=lambda number: (places[number].conversation, places[number].session)):
        numbers = list(session)
        turns = [said[places[number].id] for number in numbers]
        here = [at for at, number in enumerate(numbers) if number in wanted]
        found |= {each.node: each for each in vectors(turns, here, embedder)}
    return {places[number]: found[places[number].id] for number in wanted if places[number].id in found}


def _save(store: Store, made: Mapping[_Place, Vector], ends: Mapping[str, int]) -> int:
    """Save what still holds, and return how much that was: where a conversation has gone on beyond its place in `ends`,
    the vectors of its last turns belong to whoever took that in."""
    with store.transaction(write=True):
        tails = store.frontier([], sorted({place.conversation for place in made})).tails
        longer = {name for name, tail in tails.items() if tail[-1].position > ends[name]}
        kept = [
            vector
            for place, vector in made.items()
            if place.conversation not in longer or place.position <= ends[place.conversation] - LATER
        ]
        store.save(Changes(vectors=tuple(kept)))
    return len(kept)
