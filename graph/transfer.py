"""Moving a memory: into a store from another one or from a backup, batch by batch, and making sure of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct

from graph.comparison import Difference, Holding, differences, grows_into, holding
from graph.errors import StoreError
from graph.model import Changes, Checkpoint, Edge, Event, Interaction, Item, Node, Selection, Vector, ends
from graph.ports import Progress, Store
from graph.store.retrying import persistently

BATCH = 500
"""Nodes or edges in one transaction, at most."""
LETTERS = 1_000_000
"""Letters of text after which a batch is closed, so that long ones do not pile up in memory."""
NAMED = 20
"""Differences that are told one by one; more are only counted."""

T = TypeVar("T", bound=Item)


class TransferReport(Struct, frozen=True):
    """What one transfer did: how many parts the source holds, and how many of them were written now.

    `differing` counts what the target holds otherwise afterwards; `differences` are the first of these.
    """

    nodes: int = 0
    edges: int = 0
    vectors: int = 0
    events: int = 0
    sources: int = 0
    written: int = 0
    elapsed_s: float = 0.0
    differing: int = 0
    differences: tuple[Difference, ...] = ()


class Transfer(Struct):
    """One run. What the target holds already is left as it is, so that a run that was broken off goes on."""

    source: Holding
    target: Store
    progress: Progress | None = None
    _done: int = 0
    _written: int = 0

    def run(self) -> TransferReport:
        """Write what is missing, then compare all.

        Raises:
            StoreError: the target holds what the source does not (nothing is written then), or cannot be written;
                what was committed stays, and the same call goes on from there.
        """
        began = time.monotonic()
        self._check_target()
        if self.progress:
            self.progress.begin("copying", self.source.size)
        nodes = self._each(self.source.nodes(), self._fresh_nodes, lambda fresh: [Changes(nodes=tuple(fresh))])
        edges = self._each(self.source.edges(), self._fresh_edges, lambda fresh: [Changes(edges=tuple(fresh))])
        vectors = self._each(self.source.vectors(), self._fresh_vectors, lambda fresh: [Changes(vectors=tuple(fresh))])
        events = self._each(self.source.events(), self._fresh_events, lambda fresh: [Changes(events=tuple(fresh))])
        # Last: a source counts as taken in when all that came of it is there.
        sources = self._each(
            self.source.checkpoints(),
            self._fresh_checkpoints,
            lambda fresh: [Changes(checkpoint=each) for each in fresh],
        )
        if self.progress:
            self.progress.end()
        differing, first = self._compared()
        elapsed = round(time.monotonic() - began, 3)
        return TransferReport(nodes, edges, vectors, events, sources, self._written, elapsed, differing, first)

    def _check_target(self) -> None:
        """Refuse a target with anything in it that is not of the same memory."""
        with self.target.transaction(write=False):
            there = holding(self.target)
            if not there.size and next(there.checkpoints(), None) is None:
                return
            for each in differences(self.source, there):
                if each.there and (each.here is None or not grows_into(each.there, each.here)):
                    raise StoreError(
                        f"the target holds another memory: {each.part} {' '.join(each.key)} "
                        f"is {'otherwise' if each.here else 'not'} in what is copied",
                        "name a store that is empty, or that holds an earlier copy of the same memory",
                    )

    def _each(
        self,
        items: Iterable[T],
        fresh_of: Callable[[Sequence[T]], Sequence[T]],
        changes_of: Callable[[Sequence[T]], Sequence[Changes]],
    ) -> int:
        """Save what the target lacks of `items`, a transaction a batch; return how many there are."""
        count = 0
        for batch in _batches(items):
            if fresh := fresh_of(batch):
                persistently(partial(self._save, changes_of(fresh)))
            count += len(batch)
            self._written += len(fresh)
            # Vectors are not counted beforehand.
            self._done = min(self._done + len(batch), self.source.size)
            if self.progress:
                self.progress.advance(self._done, self._done)
        return count

    def _save(self, batch: Sequence[Changes]) -> None:
        with self.target.transaction(write=True):
            for changes in batch:
                self.target.save(changes)

    def _fresh_nodes(self, batch: Sequence[Node]) -> Sequence[Node]:
        there = {node.id: node for node in self.target.nodes(Selection(ids=tuple(node.id for node in batch)))}
        return [node for node in batch if there.get(node.id) != node]

    def _fresh_edges(self, batch: Sequence[Edge]) -> Sequence[Edge]:
        wanted = set(map(ends, batch))
        kinds = tuple(sorted({edge.kind for edge in batch}))
        # Edges lead from what was said and from notes, which have few, to the few nodes that have many.
        found = self.target.edges(sorted({edge.source for edge in batch}), kinds)
        there = {edge for edge in found if ends(edge) in wanted}
        return [edge for edge in batch if edge not in there]

    def _fresh_vectors(self, batch: Sequence[Vector]) -> Sequence[Vector]:
        there = set(self.target.vectors([each.node for each in batch]))
        return [each for each in batch if each not in there]

    def _fresh_events(self, batch: Sequence[Event]) -> Sequence[Event]:
        there = {each.id for each in self.target.events([each.id for each in batch])}
        return [each for each in batch if each.id not in there]

    def _fresh_checkpoints(self, batch: Sequence[Checkpoint]) -> Sequence[Checkpoint]:
        there = set(self.target.checkpoints([each.digest for each in batch]))
        return [each for each in batch if each not in there]

    def _compared(self) -> tuple[int, tuple[Difference, ...]]:
        count, first = 0, []
        with self.target.transaction(write=False):
            for count, each in enumerate(differences(self.source, holding(self.target)), 1):
                if count <= NAMED:
                    first.append(each)
        return count, tuple(first)


def copy(source: Store, target: Store, progress: Progress | None = None) -> TransferReport:
    """Copy all that `source` holds to `target`; raises what `Transfer.run` does."""
    with source.transaction(write=False):
        return Transfer(holding(source), target, progress).run()


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    batch: list[T] = []
    letters = 0
    for each in items:
        batch.append(each)
        letters += len(each.text) if isinstance(each, Interaction) else 0
        if len(batch) >= BATCH or letters >= LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch
