"""`memcli entity`: the people, places and things in memory."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.model import NodeKind, Selection
from memcli.command import command, new_group
from memcli.options import AsLines, Contains, Conversation, Limit, Reason, Since, Until
from memcli.render.history import show_events
from memcli.render.nodes import show_entities, show_entity
from memcli.render.pages import MOST_NEIGHBORS, NodePage
from memcli.results import node_data, plain, told_data
from memcli.session import Session

app = new_group("The people, places and things in memory.")

One = Annotated[str, typer.Argument(metavar="ENTITY", help="Its name, an alias or its id.")]


@command(
    app,
    examples="""
    memcli entity show Ann
    memcli entity show "New York" --json
    memcli entity show Ann --since 2024-03 --until 2024-05
    """,
)
def show(session: Session, name: One, since: Since = None, until: Until = None) -> None:
    """Show an entity: its names, what it occurs with, its states, roles, places and dealings with their sources, and
    where it speaks and is spoken of, in order of time.

    With --since and --until, of what was said then.
    """
    with session.memory() as memory:
        told = memory.portrait(name, since, until)
        around = memory.neighbors(told.entity.id, limit=MOST_NEIGHBORS)
        company = memory.company(told.entity.id)
    found = NodePage.of(told.entity, around, since, until)
    together = [{"id": each.id, "name": each.name, "label": each.label, "notes": notes} for each, notes in company]
    data = found.data() | {"together_with": together, "told": told_data(told), "events": plain(told.events)}
    session.emit(data, lambda page: show_entity(page, found, company, told))


@command(
    app,
    name="list",
    examples="""
    memcli entity list --limit 20
    memcli entity list --contains york --json
    """,
)
def list_entities(
    session: Session,
    conversation: Conversation = None,
    contains: Contains = None,
    limit: Limit = 50,
    jsonl: AsLines = False,
) -> None:
    """List entities, the most connected first."""
    selection = Selection((NodeKind.ENTITY,), conversation=conversation, contains=contains, limit=limit, ranked=True)
    with session.memory() as memory:
        entities = list(memory.nodes(selection))
    data = [node_data(each) for each in entities]
    session.emit_list("entities", data, lambda page: show_entities(page, entities), jsonl=jsonl)


@command(
    app,
    examples="""
    memcli entity merge Lizzy "Elizabeth Bennet" --reason "a nickname"
    """,
)
def merge(
    session: Session,
    entity: One,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The entity that it is: a name, an alias or an id.")],
    reason: Reason = "",
) -> None:
    """Merge an entity into another: they are one. OTHER has all its names, and what is said of it and by it.

    What is taken in later under one of the names goes to OTHER as well. `memcli note undo EVENT` takes it back.
    """
    with session.memory() as memory:
        events = memory.merge_entities(entity, other, reason)
    session.emit({"events": plain(events)}, lambda page: show_events(page, events))


@command(
    app,
    examples="""
    memcli entity split "Elizabeth Bennet" Lizzy
    memcli entity split Ann "Ann of the office" --conversation work --reason "another Ann"
    """,
)
def split(
    session: Session,
    entity: One,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="One of its names; with --conversation a new name for whom it means.")
    ],
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", metavar="ID", help="Part what is said in this conversation.")
    ] = None,
    reason: Reason = "",
) -> None:
    """Split an entity in two: one of its names means another; or all its names do, in one conversation.

    What is taken in later is told apart in the same way. `memcli note undo EVENT` takes it back.
    """
    with session.memory() as memory:
        events = memory.split_entity(entity, name, conversation, reason)
    session.emit({"events": plain(events)}, lambda page: show_events(page, events))
