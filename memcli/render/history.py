"""Decisions about notes, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from graph.evolution.identity import identifies
from graph.model import Action, Event, Json, Note
from graph.voting import Feedback
from memcli.render.page import Page
from memcli.render.text import minute, one_line

_WIDTH = 320
"""Letters of a decision that are told: a title may be a whole book."""


def show_history(page: Page, note: Note, events: Sequence[Event]) -> None:
    """A note's title, and a line for each decision about it."""
    page.line(f"{note.id}: {note.title}", "bold")
    rows = [
        [each.id, minute(each.at) or "", _seen_from(note.id, each), each.decided_by, each.reason] for each in events
    ]
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


def show_feedback(page: Page, given: Feedback, verdict: str) -> None:
    """What feedback on an answer came to."""
    if given.judged:
        page.line(f"{given.query}: judged {verdict}")
    if given.events or not given.judged:
        show_events(page, given.events)


def show_undone(page: Page, events: Sequence[Event], *, each_one: bool) -> None:
    """What was undone now: each decision, or how many of each kind."""
    if not events:
        page.line("Nothing to undo.")
    elif not each_one:
        page.line(f"undone: {kinds_of(events)}")
    for each in events if each_one else ():
        page.line(f"undone: {described(each)}")


def kinds_of(events: Sequence[Event]) -> str:
    """How many decisions there are of each kind, most first: `link 12, evolve 3`."""
    return ", ".join(f"{kind} {number}" for kind, number in Counter(each.action.value for each in events).most_common())


def _seen_from(note: str, event: Event) -> str:
    """What was decided, as told on the page of a note: what is of another is said to be so."""
    if event.subject == note:
        return _what(event)
    if event.action in (Action.LINK, Action.UNLINK):
        return _linked(event, f"from {event.subject}")
    return f"{event.subject} {_what(event)}"


def described(event: Event) -> str:
    """A decision in a line, of which no more is told than fits a few."""
    return one_line(f"{event.id}: {event.subject} {_what(event)}", _WIDTH)


def _what(event: Event) -> str:
    match event.action:
        case Action.LINK | Action.UNLINK:
            return _linked(event, event.other)
        case Action.UNDO:
            return f"undo {event.cause}"
        case Action.VOTE:
            return f"{(event.new or event.old or {}).get('vote', 'vote')} {event.value:+d}"
        case Action.CLOSE:
            until = (event.new or {}).get("valid_to")
            return f"{event.action} at {until} by {event.other}" if until else f"{event.action} no more"
        case Action.RETRACT:
            return f"{event.action} by {event.other}" if event.other else event.action
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


def _linked(event: Event, other: str) -> str:
    relation = (event.new or event.old or {}).get("relation", "")
    return f"{event.action} {relation} {other}".replace("  ", " ")


def _shown(value: Json) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)
