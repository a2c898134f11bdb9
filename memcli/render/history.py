"""Decisions about notes, for people."""

from __future__ import annotations

from collections.abc import Sequence

from graph.evolution.identity import identifies
from graph.model import Action, Event, Json, Note
from memcli.render.page import Page
from memcli.render.text import minute, one_line

_WIDTH = 320
"""Letters of a decision that are told: a title may be a whole book."""


def show_history(page: Page, note: Note, events: Sequence[Event]) -> None:
    """A note's title, and a line for each decision about it."""
    page.line(f"{note.id}: {note.title}", "bold")
    rows = [[each.id, minute(each.at) or "", _what(each), each.decided_by, each.reason] for each in events]
    page.table(["event", "time (UTC)", "what", "by", "reason"], rows)


def decision_rows(events: Sequence[Event]) -> list[list[str]]:
    """A row for each decision, which may be about several nodes."""
    return [
        [each.id, minute(each.at) or "", each.subject, _what(each), each.decided_by, each.reason] for each in events
    ]


def show_events(page: Page, events: Sequence[Event]) -> None:
    """What was decided now."""
    for each in events:
        page.line(described(each))
    if not events:
        page.line("It is so already.")


def show_undone(page: Page, events: Sequence[Event]) -> None:
    """What was undone now."""
    for each in events:
        page.line(f"undone: {described(each)}")
    if not events:
        page.line("Nothing to undo.")


def described(event: Event) -> str:
    """A decision in a line, of which no more is told than fits a few."""
    return one_line(f"{event.id}: {event.subject} {_what(event)}", _WIDTH)


def _what(event: Event) -> str:
    match event.action:
        case Action.LINK | Action.UNLINK:
            relation = (event.new or event.old or {}).get("relation", "")
            return f"{event.action} {relation} {event.other}".replace("  ", " ")
        case Action.UNDO:
            return f"undo {event.cause}"
        case Action.VOTE:
            return f"{(event.new or event.old or {}).get('vote', 'vote')} {event.value:+d}"
        case Action.CLOSE:
            until = (event.new or {}).get("valid_to")
            return f"{event.action} at {until} by {event.other}" if until else f"{event.action} no more"
        case Action.RETRACT:
            return f"{event.action} by {event.other}"
        case Action.DERIVE if event.value:
            return f"{event.action} {event.value:+d}"
        case Action.MERGE | Action.SPLIT if identifies(event):
            entity = (event.new or event.old)["entity"]
            return f"{'merge with' if event.action is Action.MERGE else 'split off'} {entity['id']}, {entity['name']}"
        case Action.MERGE if event.value:
            return f"{event.action} into {event.other} {event.value:+d}"
        case Action.EDIT | Action.EVOLVE:
            changed = (
                f"{name}: {_shown(old)} → {_shown(event.new[name])}"
                for name, old in event.old.items()
                if name != "decided_by"
            )
            return f"{event.action} {'; '.join(changed)}"
    return f"{event.action} {event.other}".rstrip()


def _shown(value: Json) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)
