"""What is asked of a model at once, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from msgspec import Struct

from graph.evolution.undo import Past
from graph.ids import interaction_id
from graph.llm.client import Task
from graph.model import Action, Interaction, NodeKind, Note
from graph.ports import Store
from graph.store.batches import nodes_of

T = TypeVar("T")

LOOKED_UP = 500
"""Notes, or links, that are read at once."""


class Kind(StrEnum):
    LINKS = "links"
    NOTES = "notes"
    INSIGHTS = "insights"
    FACTS = "facts"


class Size(Struct, frozen=True):
    """What one call may ask for, and how many tokens it may take with its reply."""

    decisions: int
    tokens: int


class Settled(Struct, frozen=True):
    """What came of a reply: decisions that are the model's now, of these those that `changed` what the rule had said,
    those that it may not make (`ungrounded`), and those that were overtaken meanwhile."""

    decided: int = 0
    changed: int = 0
    ungrounded: int = 0
    overtaken: int = 0

    def __add__(self, other: Settled) -> Settled:
        return Settled(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))


class Batch(Struct, frozen=True):
    """So many decisions, asked for by one task; `settle` writes what a reply says, in one
    transaction, and may be called again if that fails."""

    task: Task[Any]
    decisions: int
    settle: Callable[[Any], Settled]


class Refused(Struct, frozen=True):
    """What a model has decided, and somebody took back: nodes, and links by their ends."""

    nodes: frozenset[str]
    links: frozenset[tuple[str, str]]


def refused(store: Store, model: str) -> Refused:
    """What `model` decided and people undid: it is not asked again."""
    events = [each for each in store.events() if each.decided_by == model or each.action is Action.UNDO]
    past = Past.of(events)
    gone = [each for each in events if each.decided_by == model and not past.holds(each)]
    return Refused(
        frozenset(each.subject for each in gone if each.action is Action.EDIT),
        frozenset((each.subject, each.other) for each in gone if each.other),
    )


def said_in(store: Store, notes: Sequence[str]) -> dict[str, tuple[Note, Interaction]]:
    """The notes with these ids, each with what was said in it."""
    ids = dict.fromkeys([*notes, *map(interaction_id, notes)])
    nodes = {node.id: node for node in nodes_of(ids, (NodeKind.NOTE, NodeKind.INTERACTION), store)}
    found: dict[str, tuple[Note, Interaction]] = {}
    for id in notes:
        note, said = nodes.get(id), nodes.get(interaction_id(id))
        if isinstance(note, Note) and isinstance(said, Interaction):
            found[id] = (note, said)
    return found


def talks(store: Store, notes: Sequence[str]) -> Iterator[list[tuple[Note, Interaction]]]:
    """Yield the notes with these ids, each with what was said in it, so many as are read at once: those of one
    conversation together, so that what one message talks a model into stays among its own."""
    for start in range(0, len(notes), LOOKED_UP):
        found = said_in(store, notes[start : start + LOOKED_UP]).values()
        yield sorted(found, key=lambda pair: (pair[1].conversation, pair[1].position, pair[1].id))


def portions(
    items: Iterable[T], ask: Callable[[Sequence[T]], Task[Any]], size: Size
) -> Iterator[tuple[list[T], Task[Any]]]:
    """Yield `items` in order, as many at once as `size` allows, with the task; one alone that is too much for that
    is left out."""
    held: list[T] = []
    task: Task[Any] | None = None
    for each in items:
        longer = ask([*held, each])
        if task and (len(held) == size.decisions or longer.tokens > size.tokens):
            yield held, task
            held, task, longer = [], None, ask([each])
        if longer.tokens <= size.tokens:
            held, task = [*held, each], longer
    if task:
        yield held, task
