"""Undoing: what an event depends on goes with it, and what it changed is as it was.

Events are never taken away: an undo is one as well, `cause` names what it undoes, and it can be undone in its turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from graph.evolution.events import link_of
from graph.model import Action, Edge, Episode, Event, Fact, Note, when_decided

_TIMES = ("valid_to", "retracted_at")
"""What changes of a fact."""
_WHOLE = ("title", "context", "decided_by", "text")
"""Fields that a later change covers up; of lists, what was added and taken away is told apart."""


class Past(Struct, frozen=True):
    """Events that are known, by id, and which of them undo which."""

    events: Mapping[str, Event]
    undone_by: Mapping[str, Sequence[Event]]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Past:
        """The past that `events` tell of, in any order."""
        known = {each.id: each for each in events}
        undone_by: dict[str, list[Event]] = defaultdict(list)
        for each in known.values():
            if each.action is Action.UNDO:
                undone_by[each.cause].append(each)
        return cls(known, undone_by)

    def holds(self, event: Event, undone: Set[str] = frozenset()) -> bool:
        """Whether `event` was not undone, or its undoing was; those with the ids `undone` are about to be."""
        return event.id not in undone and not any(self.holds(each, undone) for each in self.undone_by.get(event.id, ()))

    def last(self, event: Event) -> Event:
        """What changed last what `event` changes: the last of what makes it again and holds, where it was undone."""
        again = [
            each
            for undoing in self.undone_by.get(event.id, ())
            for each in self.undone_by.get(undoing.id, ())
            if self.holds(each)
        ]
        return self.last(max(again, key=when_decided)) if again else event

    def action(self, event: Event) -> Action:
        """What kind of change an event makes; that of an undo is what it undoes."""
        while event.action is Action.UNDO and event.cause in self.events:
            event = self.events[event.cause]
        return event.action

    def depends(self, later: Event, earlier: Event) -> bool:
        """Whether `later` does not stand without `earlier`: that brought it about, or it changed the same thing since.

        An undo that `earlier` was brought about by is no reason to keep it.
        """
        if later.cause == earlier.id:
            return later.action is not Action.UNDO
        if when_decided(later) <= when_decided(earlier) or later.action is Action.UNDO:
            return False
        return bool(self._places(later) & self._places(earlier))

    def dependents(self, earlier: Sequence[Event]) -> list[Event]:
        """The events that depend on one of `earlier`; each is compared with those alone that it may depend on."""
        by_id = {each.id: each for each in earlier}
        by_place: dict[tuple[str, ...], list[Event]] = defaultdict(list)
        for each in earlier:
            for place in self._places(each):
                by_place[place].append(each)
        return [
            each
            for each in self.events.values()
            if (each.cause in by_id and self.depends(each, by_id[each.cause]))
            or any(self.depends(each, one) for place in self._places(each) for one in by_place.get(place, ()))
        ]

    def _places(self, event: Event) -> set[tuple[str, ...]]:
        """What an event changes, in the parts that one change covers up for another."""
        match self.action(event):
            case Action.LINK | Action.UNLINK:
                return {(event.subject, event.other)}
            case Action.EDIT | Action.EVOLVE:
                return {
                    (event.subject, name) for name in _WHOLE if name in (event.old or {}) and not _appended(event, name)
                }
            case Action.CLOSE | Action.RETRACT:
                return {(event.subject, name) for name in _TIMES if name in (event.old or {})}
            case Action.FOLD | Action.UNFOLD:
                return {(event.subject, "folded")}
            case Action.MERGE | Action.SPLIT:
                return {(id, "merged") for id in (event.subject, event.other) if id}
        return set()


class Reverted(Struct):
    """Notes, links, facts and episodes as they are, by id and by ends, changed by what is undone."""

    notes: dict[str, Note]
    links: dict[tuple[str, str], Edge | None]
    facts: dict[str, Fact] = field(default_factory=dict)
    episodes: dict[str, Episode] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def undo(self, event: Event, action: Action) -> None:
        """Make what `event` changed as it was before it."""
        match action:
            case Action.LINK | Action.UNLINK:
                self.links[event.subject, event.other] = link_of(event.subject, event.other, event.old)
            case Action.EDIT | Action.EVOLVE if event.subject in self.notes:
                self.touched.add(event.subject)
                self.notes[event.subject] = _as_before(self.notes[event.subject], event)
            case Action.CLOSE | Action.RETRACT | Action.DERIVE if event.subject in self.facts:
                self.touched.add(event.subject)
                times = {name: event.old[name] for name in _TIMES if name in event.old}
                self.facts[event.subject] = replace(self.facts[event.subject], **times)
            case Action.FOLD | Action.UNFOLD if event.subject in self.episodes:
                self.touched.add(event.subject)
                self.episodes[event.subject] = replace(
                    self.episodes[event.subject], folded_strength=event.old["folded_strength"]
                )


def _appended(event: Event, name: str) -> bool:
    """Whether what was there of a text was only added to, so that what was added can be told apart as well."""
    old, new = event.old[name], event.new[name]
    return name == "context" and len(new) > len(old) and bool(new.startswith(old))


def without(events: Iterable[Event], notes: Iterable[Note]) -> list[Note]:
    """Those of `notes` that evolved by what holds of `events`, as if these had never been."""
    past = Past.of(events)
    state = Reverted({each.id: each for each in notes}, {})
    for each in sorted(past.events.values(), key=when_decided, reverse=True):
        if each.action is Action.EVOLVE and past.holds(each):
            state.undo(each, each.action)
    return [state.notes[id] for id in sorted(state.touched)]


def _as_before(note: Note, event: Event) -> Note:
    return replace(note, **{name: _value(getattr(note, name), event, name) for name in event.old})


def _value(now: Any, event: Event, name: str) -> Any:
    """A field of a note without what an event did to it: of a list, only what it added and took away."""
    old, new = event.old[name], event.new[name]
    if _appended(event, name):
        return now.replace(new[len(old) :], "", 1)
    if name in _WHOLE:
        return old
    if list(now) == new:
        return tuple(old)
    kept = [each for each in now if each not in new or each in old]
    return tuple(kept + [each for each in old if each not in new and each not in kept])
