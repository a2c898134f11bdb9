"""`memcli insight`: statements that hold beyond one message, what supports them, and the votes on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from graph.errors import UsageError
from graph.model import Selection
from graph.tiers.votes import Vote
from memcli.command import command, new_group
from memcli.options import AsLines, Conversation, Limit, Reason
from memcli.render.history import show_events
from memcli.render.insights import page_data, show_conclusions, show_insight, show_insights
from memcli.results import insight_data, plain
from memcli.session import Session

app = new_group("Statements that hold beyond one message, what supports them, and the votes on them.")

One = Annotated[str, typer.Argument(metavar="INSIGHT", help="An insight's id.")]


class State(StrEnum):
    ACTIVE = "active"
    CANDIDATE = "candidate"
    ARCHIVED = "archived"


class Ballot(StrEnum):
    AGREE = "agree"
    REMOVE = "remove"
    EDIT = "edit"
    MERGE = "merge"


@command(
    app,
    name="list",
    examples="""
    memcli insight list --about Ann
    memcli insight list --state archived --jsonl
    """,
)
def list_insights(
    session: Session,
    about: Annotated[str | None, typer.Option("--about", metavar="PERSON", help="Only those about this one.")] = None,
    state: Annotated[
        list[State] | None, typer.Option("--state", help="Only those in this state; all but archived by default.")
    ] = None,
    past: Annotated[bool, typer.Option("--past", help="Those too that say what is so no longer.")] = False,
    conversation: Conversation = None,
    limit: Limit = 50,
    jsonl: AsLines = False,
) -> None:
    """List insights, those with the highest score first.

    A candidate rests on one message; an active one on several, or on somebody's vote; one with no score left is
    archived.
    """
    states = state or [State.ACTIVE, State.CANDIDATE]
    with session.memory() as memory:
        found = memory.insights(Selection(conversation=conversation, limit=limit), states, about, past=past)
    data = [insight_data(each) for each in found]
    session.emit_list("insights", data, lambda page: show_insights(page, found), jsonl=jsonl)


@command(
    app,
    examples="""
    memcli insight show i_4tq2v6s7
    memcli insight show i_4tq2v6s7 --json | jq .data.support
    """,
)
def show(session: Session, insight: One) -> None:
    """Show an insight: its words, when it applies, what supports and opposes it, and the votes on it."""
    with session.memory() as memory:
        found = memory.insight(insight)
    session.emit(page_data(found), lambda page: show_insight(page, found))


@command(
    app,
    examples="""
    memcli insight vote i_4tq2v6s7 agree
    memcli insight vote i_4tq2v6s7 remove --reason "not any more"
    memcli insight vote i_4tq2v6s7 edit "Ann works for Acme in Porto."
    memcli insight vote i_4tq2v6s7 merge i_7xk3m2p5
    """,
)
def vote(
    session: Session,
    insight: One,
    ballot: Annotated[Ballot, typer.Argument(metavar="VOTE", help="agree, remove, edit or merge.")],
    what: Annotated[
        str | None, typer.Argument(metavar="WHAT", help="The new words of an edit; the insight to merge into.")
    ] = None,
    reason: Reason = "",
) -> None:
    """Vote on an insight: agree (+1), edit (+1), remove (-1, -3 where there are ten or more), or merge it into another.

    The other takes over all votes. `memcli note undo EVENT` takes a vote back.
    """
    if (what is None) == (ballot in (Ballot.EDIT, Ballot.MERGE)):
        raise UsageError(f"{ballot} {'what?' if what is None else 'takes nothing'}", "see `memcli insight vote --help`")
    with session.memory() as memory:
        if ballot is Ballot.EDIT:
            events = memory.reword(insight, what or "", reason)
        elif ballot is Ballot.MERGE:
            events = memory.merge(insight, what or "", reason)
        else:
            events = memory.vote(insight, Vote(ballot.value), reason)
    session.emit({"events": plain(events)}, lambda page: show_events(page, events))


@command(
    app,
    examples="""
    memcli insight derive --dry-run
    memcli insight derive --limit 10
    """,
)
def derive(
    session: Session,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="From so many communities.")] = 20,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and add nothing.")] = False,
) -> None:
    """Draw insights from the whole memory: the central statement of each of the largest communities of notes.

    What is there already stays as it is. `memcli note undo EVENT` with the first event takes all of them back.
    """
    with session.memory() as memory:
        found = memory.conclude(limit, dry_run=dry_run)
    data = {
        "insights": [insight_data(each) for each in found.insights],
        "known": found.known,
        "communities": found.communities,
        "events": plain(found.events),
    }
    session.emit(data, lambda page: show_conclusions(page, found, dry_run=dry_run))
