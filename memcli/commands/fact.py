"""`memcli fact`: what people said of themselves, since when it holds, and what replaced it."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.model import NodeKind, Selection
from memcli.command import command, new_group
from memcli.options import AsLines, AsOf, Conversation, Limit, Reason
from memcli.render.facts import fact_page_data, show_fact, show_facts
from memcli.render.graph import how_derived
from memcli.render.history import show_events
from memcli.results import node_data, plain
from memcli.session import Session

app = new_group("What people said of themselves, since when it holds, and what replaced it.")

One = Annotated[str, typer.Argument(metavar="FACT", help="A fact's id.")]
Relation = Annotated[
    str | None, typer.Option("--relation", metavar="NAME", help="Only of this relation: home, employer, job, age, …")
]


@command(
    app,
    name="list",
    examples="""
    memcli fact list --about Ann
    memcli fact list --relation home --as-of 2023-06
    memcli fact list --past --jsonl
    """,
)
def list_facts(
    session: Session,
    about: Annotated[str | None, typer.Option("--about", metavar="PERSON", help="Only those about this one.")] = None,
    relation: Relation = None,
    as_of: AsOf = None,
    past: Annotated[bool, typer.Option("--past", help="Those that have ended or were taken back, too.")] = False,
    conversation: Conversation = None,
    limit: Limit = 50,
    jsonl: AsLines = False,
) -> None:
    """List the facts that hold, in order of time, the last of them.

    With --as-of, those that held then as far as was known then.
    """
    with session.memory() as memory:
        found = memory.facts(Selection(conversation=conversation, limit=limit), about, relation, as_of, past=past)
        lacking = not found and memory.info().lacks(NodeKind.FACT)
    if lacking:
        session.say(f"hint: the memory holds no fact; {how_derived(NodeKind.FACT)}")
    session.emit_list("facts", [node_data(each) for each in found], lambda page: show_facts(page, found), jsonl=jsonl)


@command(
    app,
    examples="""
    memcli fact show f_4tq2v6s7
    memcli fact show f_4tq2v6s7 --json | jq .data.history
    """,
)
def show(session: Session, fact: One) -> None:
    """Show a fact: where it was said, what came before and after it, what it conflicts with, and what was decided."""
    with session.memory() as memory:
        found = memory.fact(fact)
    session.emit(fact_page_data(found), lambda page: show_fact(page, found))


@command(
    app,
    examples="""
    memcli fact history Ann
    memcli fact history Ann home --as-of 2023-06-01
    """,
)
def history(
    session: Session,
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Its name, an alias or its id.")],
    relation: Annotated[str | None, typer.Argument(metavar="RELATION", help="Only this one: home, job, …")] = None,
    as_of: AsOf = None,
    jsonl: AsLines = False,
) -> None:
    """Show all that was said of somebody in order of time, with what has ended and what was taken back."""
    with session.memory() as memory:
        found = memory.facts_of(entity, relation, as_of)
    session.emit_list("facts", [node_data(each) for each in found], lambda page: show_facts(page, found), jsonl=jsonl)


@command(
    app,
    examples="""
    memcli fact retract f_4tq2v6s7 --reason "that was a joke"
    memcli note undo v_2c6hq7lk
    """,
)
def retract(session: Session, fact: One, reason: Reason = "") -> None:
    """Take back a fact that is wrong: it holds no more, and what it had ended does again. What was said stays.

    `memcli note undo EVENT` undoes that.
    """
    with session.memory() as memory:
        events = memory.retract(fact, reason)
    session.emit({"events": plain(events)}, lambda page: show_events(page, events))


@command(
    app,
    examples="""
    memcli fact derive
    memcli fact derive --json
    """,
)
def derive(session: Session) -> None:
    """Derive the facts of messages that were taken in before there were facts. What is there stays as it is."""
    with session.memory() as memory:
        found = memory.restate()
    session.emit(
        plain(found), lambda page: page.line(f"{found.facts} facts added, from {found.interactions} messages looked at")
    )
