"""Pieces of what a store is asked for: one that is given everything at once may be asked too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from graph.model import Edge, EdgeKind, Node, NodeKind, Selection
from graph.ports import Store

_BATCH = 500

T = TypeVar("T")


def batches(items: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """Yield `items` in order, in pieces that a store takes at once."""
    rest = iter(items)
    while some := tuple(islice(rest, _BATCH)):
        yield some


def nodes_of(ids: Iterable[str], kinds: Sequence[NodeKind], store: Store) -> Iterator[Node]:
    """Yield those of `ids` that are nodes of `kinds` (none: of all). Reads the store, within the caller's
    transaction."""
    return (node for some in batches(ids) for node in store.nodes(Selection(tuple(kinds), ids=some)))


def edges_of(ids: Iterable[str], kinds: Sequence[EdgeKind], store: Store) -> Iterator[Edge]:
    """Yield the edges of `kinds` (none: of all) at nodes with `ids`, those between two batches of them twice. Reads the
    store, within the caller's transaction."""
    return (edge for some in batches(ids) for edge in store.edges(some, kinds))
