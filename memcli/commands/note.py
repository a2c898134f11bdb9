"""`memcli note`: notes, what they are drawn from and what they are linked to."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.model import NodeKind, Selection
from memcli.command import command, new_group
from memcli.options import AsLines, Contains, Conversation, Limit, Since, Until
from memcli.render.nodes import show_note, show_notes
from memcli.render.pages import MOST_NEIGHBORS, NodePage
from memcli.results import node_data
from memcli.session import Session

app = new_group("Notes, what they are drawn from and what they are linked to.")


@command(
    app,
    examples="""
    memcli note show n_4tq2v6s7
    memcli note show n_4tq2v6s7 --json | jq .data.edges.links_to
    """,
)
def show(session: Session, name: Annotated[str, typer.Argument(metavar="NOTE", help="A note's id.")]) -> None:
    """Show a note: its text, keywords and tags, whom it mentions, and its links with their reasons."""
    with session.memory() as memory:
        node = memory.node(name, NodeKind.NOTE)
        found = NodePage.of(node, memory.neighbors(node.id, limit=MOST_NEIGHBORS))
    session.emit(found.data(), lambda page: show_note(page, found))


@command(
    app,
    name="list",
    examples="""
    memcli note list --since 2024-03 --limit 10
    memcli note list --conversation chat-1 --jsonl
    """,
)
def list_notes(
    session: Session,
    conversation: Conversation = None,
    since: Since = None,
    until: Until = None,
    contains: Contains = None,
    limit: Limit = 50,
    jsonl: AsLines = False,
) -> None:
    """List notes."""
    selection = Selection(
        (NodeKind.NOTE,), conversation=conversation, since=since, until=until, contains=contains, limit=limit
    )
    with session.memory() as memory:
        notes = list(memory.nodes(selection))
    data = [node_data(each) for each in notes]
    session.emit_list("notes", data, lambda page: show_notes(page, notes), jsonl=jsonl)
