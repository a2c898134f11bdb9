"""What people decide about notes, and undoing any decision: A-MEM's links and evolution (arXiv 2502.12110, 3.2, 3.3)
with a memory of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set

from msgspec import Struct
from msgspec.structs import replace

from graph.errors import NotFoundError, UsageError
from graph.evolution.events import FIELDS, Ledger, link_state, note_states
from graph.evolution.undo import Past, Reverted
from graph.evolution.validity import settled
from graph.facts import Settling, changed
from graph.lookup import find
from graph.model import (
    PERSON,
    Action,
    Changes,
    Edge,
    EdgeKind,
    Event,
    Fact,
    Insight,
    NodeKind,
    Note,
    Relation,
    Removal,
    Selection,
)
from graph.ports import Store
from graph.relations import slot
from graph.tiers.votes import Ballot, gained


def link(store: Store, source: str, target: str, relation: Relation, reason: str) -> list[Event]:
    """Link the note `source` to the note `target`, or change how they are linked; no event if they are so linked.

    Raises:
        NotFoundError: there is no such note.
        UsageError: they are the same.
    """
    with store.transaction(write=True):
        ends = _pair(store, source, target)
        edge = Edge(*ends, EdgeKind.LINKS_TO, 1.0, relation.value, reason, PERSON)
        before = _links(store, [ends]).get(ends)
        if before == edge:
            return []
        states = {"old": link_state(before), "new": link_state(edge)}
        event = Ledger.of_now().event(Action.LINK, ends[0], other=ends[1], reason=reason, decided_by=PERSON, **states)
        store.save(Changes(edges=(edge,), events=(event,)))
        return [event]


def unlink(store: Store, one: str, other: str, reason: str) -> list[Event]:
    """Take away the links between two notes, in both directions.

    Raises:
        NotFoundError: there is no such note, or no link between them.
    """
    with store.transaction(write=True):
        ends = _pair(store, one, other)
        held = _links(store, [ends, ends[::-1]])
        if not held:
            raise NotFoundError(f"no link between {ends[0]} and {ends[1]}", f"see `memcli note show {ends[0]}`")
        ledger = Ledger.of_now()
        told = {"reason": reason, "decided_by": PERSON}
        events = [
            ledger.event(Action.UNLINK, source, other=target, old=link_state(edge), **told)
            for (source, target), edge in held.items()
        ]
        gone = tuple((source, EdgeKind.LINKS_TO, target) for source, target in held)
        store.save(Changes(events=tuple(events), removed=Removal(edges=gone)))
        return events


def edit(store: Store, name: str, fields: Mapping[str, str | tuple[str, ...]], reason: str) -> list[Event]:
    """Give the note `name` other `fields` (of `graph.evolution.events.FIELDS`); no event if they are so already.

    Raises:
        NotFoundError: there is no such note.
        UsageError: no field is given.
    """
    if not fields:
        raise UsageError("nothing to change", f"name one of {', '.join(f'--{each}' for each in FIELDS)}")
    with store.transaction(write=True):
        note = _note(store, name)
        if all(getattr(note, field) == value for field, value in fields.items()):
            return []
        edited = replace(note, **fields, decided_by=PERSON)
        old, new = note_states(note, edited)
        event = Ledger.of_now().event(Action.EDIT, note.id, old=old, new=new, reason=reason, decided_by=PERSON)
        store.save(Changes((edited,), events=(event,)))
        return [event]


def history(store: Store, name: str) -> tuple[Note, list[Event]]:
    """The note `name`, and what was decided about it or because of it, in order of time."""
    with store.transaction(write=False):
        note = _note(store, name)
        return note, list(store.events([note.id]))


_DECIDED = (NodeKind.NOTE, NodeKind.INSIGHT, NodeKind.FACT)
"""What is decided about."""


class Undoing(Struct, frozen=True):
    """What is undone: the events that were meant, and those that depend on them; the last one first."""

    events: tuple[Event, ...]
    meant: int


def undo(
    store: Store, event: str | None, since: str | None, agree: Callable[[Undoing], None] = lambda _: None
) -> Undoing:
    """Undo one event, or all since a time, with all that depends on them.

    `agree` is shown what would be undone, and raises where that is not wanted.

    Raises:
        NotFoundError: there is no such event.
        UsageError: it was undone already.
    """
    with store.transaction(write=False):
        shown = _undoing(store, event, since)[0]
    agree(shown)
    with store.transaction(write=True):
        undoing, past = _undoing(store, event, since)
        if undoing != shown:
            raise UsageError("other decisions were made meanwhile", "look again, and undo again")
        store.save(_changes(store, undoing.events, past))
        return undoing


def _undoing(store: Store, event: str | None, since: str | None) -> tuple[Undoing, Past]:
    """What is to be undone, and the past that it is part of."""
    if event is not None:
        wanted = [each for each in store.events([event]) if each.id == event]
        if not wanted:
            raise NotFoundError(f"no event {event!r}", "see `memcli note history NOTE`")
    else:
        wanted = [each for each in store.events(since=since) if each.action is not Action.UNDO]
    past = _around(store, wanted, Past.of(wanted))
    held = [each for each in wanted if past.holds(each)]
    if event is not None and not held:
        raise UsageError(f"{event} was undone already", "undo its undoing, which has an id of its own")
    found = {each.id: each for each in held}
    rim = held
    while rim:
        others = [each for each in past.events.values() if each.id not in found and past.holds(each)]
        rim = [each for each in others if any(past.depends(each, earlier) for earlier in rim)]
        found |= {each.id: each for each in rim}
        past = _around(store, rim, past)
    return Undoing(tuple(sorted(found.values(), key=_time, reverse=True)), len(held)), past


def _around(store: Store, events: Sequence[Event], past: Past) -> Past:
    """`past` with what may depend on `events`, what undoes any of that, and what an undo among them undoes."""
    known = dict(past.events)
    about = {id for each in events for id in (each.id, each.subject)}
    while about:
        fresh = [each for each in store.events(sorted(about)) if each.id not in known]
        known |= {each.id: each for each in fresh}
        undoings = {each.cause for each in fresh if each.action is Action.UNDO}
        about = {each.id for each in fresh} | undoings - known.keys()
    return Past.of(known.values())


def _time(event: Event) -> tuple[str, str]:
    return event.at, event.id


def _changes(store: Store, events: Sequence[Event], past: Past) -> Changes:
    """What undoes `events`, the last one first."""
    about = tuple(sorted({id for each in events for id in (each.subject, each.other) if id}))
    found = list(store.nodes(Selection(kinds=_DECIDED, ids=about))) if about else []
    state = Reverted(
        {each.id: each for each in found if isinstance(each, Note)},
        {},
        {each.id: each for each in found if isinstance(each, Fact)},
    )
    notes = store.frontier(sorted(set(gained(events)))).known
    ballot = Ballot({each.id: each for each in found if isinstance(each, Insight)}, notes)
    ledger = Ledger.of_now()
    undone = []
    for each in events:
        (ballot if each.subject in ballot.insights else state).undo(each, past.action(each))
        states = {"old": each.new, "new": each.old, "value": -each.value}
        undone.append(
            ledger.event(Action.UNDO, each.subject, other=each.other, cause=each.id, decided_by=PERSON, **states)
        )
    edited = _edited([*past.events.values(), *undone])
    facts = _facts(store, state, Past.of([*past.events.values(), *undone]), ledger)
    return Changes(
        (
            *(_owned(state.notes[id], edited) for id in sorted(state.touched & state.notes.keys())),
            *facts.nodes,
            *(ballot.insights[id] for id in sorted(ballot.touched)),
        ),
        (*(edge for edge in state.links.values() if edge), *ballot.changed(there=True), *facts.edges),
        events=(*undone, *facts.events),
        removed=Removal(
            edges=(
                *((s, EdgeKind.LINKS_TO, t) for (s, t), edge in state.links.items() if not edge),
                *((edge.source, edge.kind, edge.target) for edge in ballot.changed(there=False)),
                *facts.gone,
            )
        ),
    )


def _facts(store: Store, state: Reverted, past: Past, ledger: Ledger) -> Settling:
    """What becomes of facts: those of which the end, or the taking back, is undone stay as a person left them, until
    that is undone as well; others follow."""
    touched = {id: state.facts[id] for id in sorted(state.touched & state.facts.keys())}
    if not touched:
        return Settling()
    slots = {slot(each.subject, each.relation) for each in touched.values()} - {""}
    held = store.nodes(Selection((NodeKind.FACT,), ids=tuple(touched), slots=tuple(sorted(slots))))
    there = {each.id: each for each in held if isinstance(each, Fact)}
    decisions = (each for each in past.events.values() if each.action in (Action.CLOSE, Action.RETRACT))
    owned = {each.subject for each in decisions if not past.holds(each)}
    now = {id: replace(fact, decided_by=PERSON if id in owned else "rule") for id, fact in touched.items()}
    found = changed(settled(there.values()), settled((there | now).values()), ledger)
    return replace(found, events=tuple(event for event in found.events if event.subject not in touched))


def _edited(events: Sequence[Event]) -> set[str]:
    """The notes of which an edit by a person holds."""
    past = Past.of(events)
    return {each.subject for each in events if each.action is Action.EDIT and past.holds(each)}


def _owned(note: Note, edited: Set[str]) -> Note:
    """`note`, which stays a person's where it is one of those `edited`."""
    return replace(note, decided_by=PERSON) if note.id in edited else note


def _pair(store: Store, one: str, other: str) -> tuple[str, str]:
    ends = _note(store, one).id, _note(store, other).id
    if ends[0] == ends[1]:
        raise UsageError(f"{one} and {other} are the same note", "name two")
    return ends


def _note(store: Store, name: str) -> Note:
    note = find(store, name, NodeKind.NOTE)
    assert isinstance(note, Note)
    return note


def _links(store: Store, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Edge]:
    """The links that there are between the ends of `pairs`, in order."""
    ids = sorted({id for pair in pairs for id in pair})
    found = {(edge.source, edge.target): edge for edge in store.edges(ids, (EdgeKind.LINKS_TO,))}
    return {pair: found[pair] for pair in pairs if pair in found}
