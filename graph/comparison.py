"""Two memories side by side: what one holds and the other does not, or holds otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from graph.model import Checkpoint, Edge, Entity, Event, Interaction, Item, Node, Selection, Vector, ends, when_decided
from graph.ports import Store


class Part(StrEnum):
    """What a memory is made of. A checkpoint is a source taken in."""

    NODE = "node"
    EDGE = "edge"
    VECTOR = "vector"
    EVENT = "event"
    CHECKPOINT = "checkpoint"


class Holding(Struct, frozen=True):
    """All that a memory holds, read as it is consumed: nodes by id, edges by source, kind, target, vectors by node,
    events by time and id, checkpoints by digest. `size` counts all of it but vectors."""

    nodes: Callable[[], Iterator[Node]]
    edges: Callable[[], Iterator[Edge]]
    vectors: Callable[[], Iterator[Vector]]
    events: Callable[[], Iterator[Event]]
    checkpoints: Callable[[], Iterator[Checkpoint]]
    size: int


class Difference(Struct, frozen=True):
    """A part that only one of two memories holds (the other has None), or that each holds in its way."""

    part: Part
    key: tuple[str, ...]
    here: Item | None
    there: Item | None


def holding(store: Store) -> Holding:
    """What `store` holds; read it inside one transaction."""
    info = store.info()
    return Holding(
        lambda: store.nodes(Selection()),
        lambda: store.edges(None, ()),
        store.vectors,
        store.events,
        store.checkpoints,
        # Checkpoints are few, and only those of finished sources are counted.
        sum(info.nodes.values()) + sum(info.edges.values()) + info.events + info.sources,
    )


def differences(here: Holding, there: Holding) -> Iterator[Difference]:
    """Walk both in step and yield what differs, however much both hold."""
    yield from _walk(Part.NODE, here.nodes(), there.nodes())
    yield from _walk(Part.EDGE, here.edges(), there.edges())
    yield from _walk(Part.VECTOR, here.vectors(), there.vectors())
    yield from _walk(Part.EVENT, here.events(), there.events())
    yield from _walk(Part.CHECKPOINT, here.checkpoints(), there.checkpoints())


def grows_into(before: Item, after: Item) -> bool:
    """Whether `after` is what `before` may have become since in the same memory, by the rules of `Changes`."""
    match before, after:
        case (Interaction(), Interaction()) | (Event(), Event()):
            return before == after
        case Entity(), Entity():
            return set(before.aliases) <= set(after.aliases) and replace(before, aliases=()) == replace(
                after, aliases=()
            )
        case Checkpoint(), Checkpoint():
            return before.records <= after.records and before.finished <= after.finished
    return type(before) is type(after)


def part_of(item: Item) -> Part:
    """What `item` is."""
    match item:
        case Edge():
            return Part.EDGE
        case Vector():
            return Part.VECTOR
        case Event():
            return Part.EVENT
        case Checkpoint():
            return Part.CHECKPOINT
    return Part.NODE


def key_of(item: Item) -> tuple[str, ...]:
    """What tells `item` from others of its part, and orders them."""
    match item:
        case Edge():
            return ends(item)
        case Vector():
            return (item.node,)
        case Event():
            return when_decided(item)
        case Checkpoint():
            return (item.digest,)
    return (item.id,)


def _walk(part: Part, here: Iterator[Item], there: Iterator[Item]) -> Iterator[Difference]:
    one, other = next(here, None), next(there, None)
    while one or other:
        if one and (other is None or key_of(one) < key_of(other)):
            yield Difference(part, key_of(one), one, None)
            one = next(here, None)
        elif other and (one is None or key_of(other) < key_of(one)):
            yield Difference(part, key_of(other), None, other)
            other = next(there, None)
        elif one and other:
            if one != other:
                yield Difference(part, key_of(one), one, other)
            one, other = next(here, None), next(there, None)
