"""Making events: each later than the one before it, with an id that follows from what it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from graph.ids import content_id
from graph.model import PERSON, Action, Edge, EdgeKind, Episode, Event, Json, Note

FIELDS = ("title", "context", "keywords", "tags")
"""What may change of a note: its content never does."""
_LINK = ("relation", "weight", "reason", "decided_by")


class Ledger(Struct):
    """Where decisions are entered. `at` is the time of the next one, in UTC."""

    at: datetime

    @classmethod
    def of_now(cls) -> Ledger:
        """One that begins now."""
        return cls(datetime.now(UTC))

    def event(self, action: Action, subject: str, **more: Any) -> Event:
        """An event of `action` about `subject`; `more` are further fields of it."""
        at = moment(self.at)
        self.at += timedelta(microseconds=1)
        event = Event("", at, action, subject, **more)
        said = json.dumps([event.old, event.new], ensure_ascii=False)
        return replace(event, id=content_id("event", at, action, subject, event.other, event.cause, said))


def wording(event: Event) -> str:
    """All words that an event tells."""
    return f"{event.reason} \n {json.dumps([event.old, event.new], ensure_ascii=False)}"


def moment(at: datetime) -> str:
    """`at` as `Event.at` has it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def link_state(edge: Edge | None) -> Json:
    """A link as an event about its ends keeps it."""
    return {name: getattr(edge, name) for name in _LINK} if edge else None


def link_of(source: str, target: str, state: Json) -> Edge | None:
    """The way back from `link_state`."""
    return Edge(source, target, EdgeKind.LINKS_TO, **state) if state else None


def marked(ledger: Ledger, episode: Episode, strength: int | None, cause: str = "", decided_by: str = PERSON) -> Event:
    """The event that an episode is folded at a strength, or unfolded, where that is None."""
    action = Action.UNFOLD if strength is None else Action.FOLD
    states = {"old": {"folded_strength": episode.folded_strength}, "new": {"folded_strength": strength}}
    return ledger.event(action, episode.id, cause=cause, decided_by=decided_by, **states)


def note_states(before: Note, after: Note) -> tuple[dict[str, Json], dict[str, Json]]:
    """What differs between two states of a note, as an event about it keeps it; empty if nothing does."""
    changed = [name for name in (*FIELDS, "decided_by") if getattr(before, name) != getattr(after, name)]
    old, new = ({name: _plain(getattr(each, name)) for name in changed} for each in (before, after))
    return old, new


def _plain(value: Any) -> Json:
    return list(value) if isinstance(value, tuple) else value
