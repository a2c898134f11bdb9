"""Pieces of what a store is asked for: one that is given everything at once may be asked too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_BATCH = 500

T = TypeVar("T")


def batches(items: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """Yield `items` in order, in pieces that a store takes at once."""
    rest = iter(items)
    while some := tuple(islice(rest, _BATCH)):
        yield some
