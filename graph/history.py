"""What people decide about notes and facts, and undoing any decision: A-MEM's links and evolution (arXiv 2502.12110,
3.2, 3.3) with a memory of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from msgspec import Struct
from msgspec.structs import replace

from graph.errors import NotFoundError, UsageError
from graph.evolution.events import FIELDS, Ledger, link_state, moment, note_states
from graph.evolution.identity import Identities, concerned, handed, identifies, remembered
from graph.evolution.undo import Past, Reverted
from graph.evolution.validity import settled
from graph.facts import Settling, changed
from graph.lookup import find, originals
from graph.model import (
    PERSON,
    Action,
    Changes,
    Edge,
    EdgeKind,
    Entity,
    Episode,
    Event,
    Fact,
    Insight,
    Json,
    NodeKind,
    Note,
    Relation,
    Removal,
    Selection,
    ends,
    when_decided,
)
from graph.ownership import Moves, facts_beside, moved_facts, moved_opinions, together
from graph.ports import Store
from graph.tiers.votes import Ballot, gained

_DECIDED = (NodeKind.NOTE, NodeKind.INSIGHT, NodeKind.FACT, NodeKind.EPISODE)
"""What is decided about."""


def link(store: Store, source: str, target: str, relation: Relation, reason: str) -> list[Event]:
    """Link the note `source` to the note `target`, or change how they are linked; no event if they are so linked.

    Raises:
        NotFoundError: there is no such note.
        UsageError: they are the same.
    """
    with store.transaction(write=True):
        pair = _pair(store, source, target)
        edge = Edge(*pair, EdgeKind.LINKS_TO, 1.0, relation.value, reason, PERSON)
        before = _links(store, [pair]).get(pair)
        if before == edge:
            return []
        states = {"old": link_state(before), "new": link_state(edge)}
        event = Ledger.of_now().event(Action.LINK, pair[0], other=pair[1], reason=reason, decided_by=PERSON, **states)
        store.save(Changes(edges=(edge,), events=(event,)))
        return [event]


def unlink(store: Store, one: str, other: str, reason: str) -> list[Event]:
    """Take away the links between two notes, in both directions.

    Raises:
        NotFoundError: there is no such note, or no link between them.
    """
    with store.transaction(write=True):
        pair = _pair(store, one, other)
        held = _links(store, [pair, pair[::-1]])
        if not held:
            raise NotFoundError(f"no link between {pair[0]} and {pair[1]}", f"see `memcli note show {pair[0]}`")
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


def retract(store: Store, name: str, reason: str) -> list[Event]:
    """Take the fact `name` back, and what copies of its message state alike: from now on it is not so, and what it had
    ended holds again. The event of that is the first one; no event if it was taken back before.

    Raises:
        NotFoundError: there is no such fact.
    """
    with store.transaction(write=True):
        fact = find(store, name, NodeKind.FACT)
        assert isinstance(fact, Fact)
        if fact.retracted_at is not None:
            return []
        ledger = Ledger.of_now()
        at = moment(ledger.at)
        wrong = {each.id: each for each in (fact, *_said_again(fact, store))}
        states = {"old": {"retracted_at": None}, "new": {"retracted_at": at}}
        first, *again = (ledger.event(Action.RETRACT, id, reason=reason, decided_by=PERSON, **states) for id in wrong)
        # What follows from the first is undone with it.
        again = [replace(each, cause=first.id) for each in again]
        there = facts_beside(wrong, store)
        gone = {id: replace(each, retracted_at=at, valid_to=None) for id, each in wrong.items()}
        found = changed(settled(there.values()), settled((there | gone).values()), ledger)
        events = (first, *again, *(replace(each, cause=first.id) for each in found.events))
        store.save(replace(found, events=events).changes())
        return [first, *again]


def _said_again(fact: Fact, store: Store) -> list[Fact]:
    """The same fact as the copies of its message state it."""
    root = originals(store, [fact.note]).get(fact.note, fact.note)
    notes = {root, *(id for id, other in originals(store, [root]).items() if other == root)} - {fact.note}
    ids = tuple(each.source for each in store.edges(sorted(notes), (EdgeKind.STATED_IN,))) if notes else ()
    stated = store.nodes(Selection((NodeKind.FACT,), ids=ids)) if ids else ()
    return [each for each in stated if isinstance(each, Fact) and each.text == fact.text and each.retracted_at is None]


def history(store: Store, name: str) -> tuple[Note, list[Event]]:
    """The note `name`, and what was decided about it or because of it, in order of time."""
    with store.transaction(write=False):
        note = _note(store, name)
        return note, list(store.events([note.id]))


class Undoing(Struct, frozen=True):
    """What is undone: the events that were meant, and those that depend on them; the last one first."""

    events: tuple[Event, ...]
    meant: int


class Meant(Struct, frozen=True):
    """Which decisions are meant: the `event` with that id, else all `since` a time (as in `Event.at`), by one decider
    where `by` names one."""

    event: str | None = None
    since: str | None = None
    by: str | None = None


def undo(store: Store, meant: Meant, agree: Callable[[Undoing], None] = lambda _: None) -> Undoing:
    """Undo one event, or several, with all that depends on them.

    `agree` is shown what would be undone, and raises where that is not wanted.

    Raises:
        NotFoundError: there is no such event.
        UsageError: it was undone already.
    """
    with store.transaction(write=False):
        shown = _undoing(store, meant)[0]
    agree(shown)
    with store.transaction(write=True):
        undoing, past = _undoing(store, meant)
        if undoing != shown:
            raise UsageError("other decisions were made meanwhile", "look again, and undo again")
        store.save(_changes(store, undoing.events, past, Ledger.of_now(), PERSON))
        return undoing


def taken_back(store: Store, event: Event, ledger: Ledger, by: str) -> Changes | None:
    """What undoes `event`, with all that depends on it, as decided by `by`, who is no person; None if that would change
    what a person decided, or was done already. Reads the store, within the caller's transaction."""
    past = _around(store, [event], Past.of([event]))
    undoing, past = _with_dependents(store, [event] if past.holds(event) else [], past)
    if not undoing.events or any(each.decided_by == PERSON for each in undoing.events):
        return None
    changes = _changes(store, undoing.events, past, ledger, by)
    return None if any(getattr(node, "decided_by", "") == PERSON for node in changes.nodes) else changes


def _undoing(store: Store, meant: Meant) -> tuple[Undoing, Past]:
    """What is to be undone, and the past that it is part of."""
    if meant.event is not None:
        wanted = [each for each in store.events([meant.event]) if each.id == meant.event]
        if not wanted:
            raise NotFoundError(f"no event {meant.event!r}", "see `memcli note history NOTE`")
    else:
        # What people undo, they undo again by name; what a model takes back is a decision like any other.
        wanted = [
            each
            for each in store.events(since=meant.since)
            if meant.by in (None, each.decided_by)
            and (each.action is not Action.UNDO or meant.by not in (None, PERSON))
        ]
    past = _around(store, wanted, Past.of(wanted))
    held = [each for each in wanted if past.holds(each)]
    if meant.event is not None and not held:
        raise UsageError(f"{meant.event} was undone already", "undo its undoing, which has an id of its own")
    return _with_dependents(store, held, past)


def _with_dependents(store: Store, held: Sequence[Event], past: Past) -> tuple[Undoing, Past]:
    found = {each.id: each for each in held}
    rim = list(held)
    while rim:
        rim = [each for each in past.dependents(rim) if each.id not in found and past.holds(each)]
        found |= {each.id: each for each in rim}
        past = _around(store, rim, past)
    return Undoing(tuple(sorted(found.values(), key=when_decided, reverse=True)), len(held)), past


def _around(store: Store, events: Sequence[Event], past: Past) -> Past:
    """`past` with what may depend on `events`, what undoes any of that, and what an undo among them undoes."""
    known = dict(past.events)
    about = {id for each in events for id in (each.id, each.subject)}
    # Who was parted from another has decisions of their own that rest on that.
    about |= {each.other for each in events if each.other and identifies(each)}
    while about:
        fresh = [each for each in store.events(sorted(about)) if each.id not in known]
        known |= {each.id: each for each in fresh}
        undoings = {each.cause for each in fresh if each.action is Action.UNDO}
        about = {each.id for each in fresh} | undoings - known.keys()
    return Past.of(known.values())


def _changes(store: Store, events: Sequence[Event], past: Past, ledger: Ledger, by: str) -> Changes:
    """What undoes `events`, the last one first, as `by` decides."""
    about = tuple(sorted({id for each in events for id in (each.subject, each.other) if id}))
    found = list(store.nodes(Selection(kinds=_DECIDED, ids=about))) if about else []
    state = Reverted(
        {each.id: each for each in found if isinstance(each, Note)},
        {},
        {each.id: each for each in found if isinstance(each, Fact)},
        {each.id: each for each in found if isinstance(each, Episode)},
    )
    there = store.frontier(sorted(set(gained(events)))).known
    ballot = Ballot({each.id: each for each in found if isinstance(each, Insight)}, there)
    who = _identities(store, [each for each in events if identifies(each)])
    states: list[tuple[Event, Json, Json]] = []
    for each in map(who.now, events):
        if each.subject in who.entities:
            # Made again, it keeps what was there then.
            last = past.last(each)
            states.append((each, *who.undo(replace(each, old=last.old, new=last.new))))
        else:
            (ballot if each.subject in ballot.insights else state).undo(each, past.action(each))
            states.append((each, each.new, each.old))
    moves = Moves.of(who)
    returned = [pair for _, old, _ in states for pair in handed(old)]
    unsupported = {*map(ends, ballot.changed(there=False))}
    opinions = moved_opinions(moves, store, ballot.insights, returned, events, unsupported)
    undone = [_undone(opinions.now(each), old, new, opinions.handed, ledger, by) for each, old, new in states]
    edited = _edited([*past.events.values(), *undone])
    facts = _facts(store, state, moves, Past.of([*past.events.values(), *undone]), ledger)
    notes = tuple(_owned(state.notes[id], edited) for id in sorted(state.touched & state.notes.keys()))
    episodes = tuple(state.episodes[id] for id in sorted(state.touched & state.episodes.keys()))
    insights = tuple(ballot.insights[id] for id in sorted(ballot.touched - opinions.before[0].keys()))
    links = ((source, EdgeKind.LINKS_TO, target) for (source, target), edge in state.links.items() if not edge)
    decided = Changes(
        (*notes, *episodes, *insights),
        (*filter(None, state.links.values()), *ballot.changed(there=True)),
        removed=Removal(edges=(*links, *sorted(unsupported))),
        events=tuple(undone),
    )
    whole = together(decided, facts.changes(), who.changed(), opinions.changed())
    known = map(who.now, past.events.values())
    return replace(whole, events=tuple(_kept(who.gone(), known, whole.events)))


def _undone(each: Event, old: Json, new: Json, votes: Json, ledger: Ledger, by: str) -> Event:
    """The event that undoes `each`; a merge or a split that it makes again keeps the `votes` that go elsewhere."""
    states = {"old": old, "new": {**new, "votes": votes} if new and identifies(each) else new, "value": -each.value}
    return ledger.event(Action.UNDO, each.subject, other=each.other, cause=each.id, decided_by=by, **states)


def _facts(store: Store, state: Reverted, moves: Moves, past: Past, ledger: Ledger) -> Settling:
    """What becomes of facts: those of which the end, or the taking back, is undone stay as a person left them, until
    that is undone as well; others follow, also to another entity."""
    touched = {id: state.facts[id] for id in sorted(state.touched & state.facts.keys())}
    decided = (Action.CLOSE, Action.RETRACT, Action.DERIVE)
    decisions = [each for each in past.events.values() if each.action in decided and each.subject in touched]
    # A person's own taking back, and what that brought about, leaves nothing behind when it is undone.
    by_hand = {id for id, each in past.events.items() if each.action is Action.RETRACT and each.decided_by == PERSON}
    owned = {each.subject for each in decisions if not past.holds(each) and by_hand.isdisjoint((each.id, each.cause))}
    read_by = {each.subject: each.decided_by for each in decisions if each.action is Action.DERIVE}
    now = {
        id: replace(fact, decided_by=PERSON if id in owned else read_by.get(id, "rule")) for id, fact in touched.items()
    }
    now |= moved_facts(moves, now, store)
    there = facts_beside(now, store)
    found = changed(settled(there.values()), settled((there | now).values()), ledger)
    return replace(found, events=tuple(event for event in found.events if event.subject not in touched))


def _identities(store: Store, events: Sequence[Event]) -> Identities:
    """The entities that are merged and split by `events`, as they are."""
    ids = sorted({*(each.subject for each in events), *concerned(events)})
    if not ids:
        return Identities.of((), (), ())
    there = store.frontier(sorted(set(remembered(events)))).known
    found = [node for node in store.nodes(Selection((NodeKind.ENTITY,), ids=tuple(ids))) if isinstance(node, Entity)]
    return Identities.of(found, store.edges(ids, ()), list(store.events(ids)), there)


def _kept(gone: Set[str], events: Iterable[Event], new: Iterable[Event]) -> Iterator[Event]:
    """Yield the `new` events, and those of `events` that would go with entities that they are not all about."""
    for each in (*(event for event in events if event.other in gone), *new):
        if each.subject not in gone:
            yield replace(each, other="") if each.other in gone else each


def _edited(events: Sequence[Event]) -> set[str]:
    """The notes of which an edit by a person holds."""
    past = Past.of(events)
    return {
        each.subject for each in events if each.action is Action.EDIT and each.decided_by == PERSON and past.holds(each)
    }


def _owned(note: Note, edited: Set[str]) -> Note:
    """`note`, which stays a person's where it is one of those `edited`."""
    return replace(note, decided_by=PERSON) if note.id in edited else note


def _pair(store: Store, one: str, other: str) -> tuple[str, str]:
    pair = _note(store, one).id, _note(store, other).id
    if pair[0] == pair[1]:
        raise UsageError(f"{one} and {other} are the same note", "name two")
    return pair


def _note(store: Store, name: str) -> Note:
    note = find(store, name, NodeKind.NOTE)
    assert isinstance(note, Note)
    return note


def _links(store: Store, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Edge]:
    """The links that there are between the ends of `pairs`, in order."""
    ids = sorted({id for pair in pairs for id in pair})
    found = {(edge.source, edge.target): edge for edge in store.edges(ids, (EdgeKind.LINKS_TO,))}
    return {pair: found[pair] for pair in pairs if pair in found}
