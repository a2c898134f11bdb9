"""`memcli entity`: the people, places and things in memory."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.model import NodeKind, Selection
from memcli.command import command, new_group
from memcli.options import AsLines, Contains, Conversation, Limit
from memcli.render.nodes import show_entities, show_entity
from memcli.render.pages import MOST_NEIGHBORS, NodePage
from memcli.results import node_data
from memcli.session import Session

app = new_group("The people, places and things in memory.")


@command(
    app,
    examples="""
    memcli entity show Ann
    memcli entity show "New York" --json
    """,
)
def show(
    session: Session, name: Annotated[str, typer.Argument(metavar="ENTITY", help="Its name, an alias or its id.")]
) -> None:
    """Show an entity: its names, what it occurs with, and where it speaks and is spoken of, in order of time."""
    with session.memory() as memory:
        node = memory.node(name, NodeKind.ENTITY)
        found = NodePage.of(node, memory.neighbors(node.id, limit=MOST_NEIGHBORS))
        company = memory.company(node.id)
    together = [{"id": each.id, "name": each.name, "label": each.label, "notes": notes} for each, notes in company]
    session.emit(found.data() | {"together_with": together}, lambda page: show_entity(page, found, company))


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
