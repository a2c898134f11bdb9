"""`memcli note`: notes, what they are drawn from and what they are linked to, and how that came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import UsageError
from graph.model import NodeKind, Relation, Selection
from memcli.command import command, new_group
from memcli.options import AsLines, Contains, Conversation, Limit, Reason, Since, Until, Yes, instant
from memcli.render.history import described, kinds_of, show_events, show_history, show_undone
from memcli.render.nodes import show_note, show_notes
from memcli.render.pages import MOST_NEIGHBORS, NodePage
from memcli.render.text import counted
from memcli.results import node_data, plain
from memcli.session import Session

if TYPE_CHECKING:
    from graph.history import Undoing

app = new_group("Notes, what they are drawn from and what they are linked to, and how that came about.")

One = Annotated[str, typer.Argument(metavar="NOTE", help="A note's id.")]
Other = Annotated[str, typer.Argument(metavar="OTHER", help="The id of another note.")]


@command(
    app,
    examples="""
    memcli note show n_4tq2v6s7
    memcli note show n_4tq2v6s7 --json | jq .data.edges.links_to
    """,
)
def show(session: Session, name: One) -> None:
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
    """List notes. One that says the same as an earlier note, in the same words, names it."""
    selection = Selection(
        (NodeKind.NOTE,), conversation=conversation, since=since, until=until, contains=contains, limit=limit
    )
    with session.memory() as memory:
        notes = list(memory.nodes(selection))
        repeats = memory.originals([each.id for each in notes])
    data = [{**node_data(each), "repeats": repeats.get(each.id)} for each in notes]
    session.emit_list("notes", data, lambda page: show_notes(page, notes, repeats), jsonl=jsonl)


@command(
    app,
    examples="""
    memcli note link n_4tq2v6s7 n_7xk3m2p5 --relation supersedes --reason "the new address"
    memcli note link n_4tq2v6s7 n_7xk3m2p5
    """,
)
def link(
    session: Session,
    note: One,
    other: Other,
    relation: Annotated[Relation, typer.Option("--relation", help="How it relates to OTHER.")] = Relation.SAME_TOPIC,
    reason: Reason = "",
) -> None:
    """Link a note to another. Your decision stays, whatever rules and models would decide."""
    with session.memory() as memory:
        events = memory.link(note, other, relation, reason)
    session.emit({"events": plain(events)}, lambda page: show_events(page, events))


@command(
    app,
    examples="""
    memcli note unlink n_4tq2v6s7 n_7xk3m2p5 --reason "another Paris"
    """,
)
def unlink(session: Session, note: One, other: Other, reason: Reason = "") -> None:
    """Take away the links between two notes. No rule and no model links them again."""
    with session.memory() as memory:
        events = memory.unlink(note, other, reason)
    session.emit({"events": plain(events)}, lambda page: show_events(page, events))


@command(
    app,
    examples="""
    memcli note derive
    memcli note undo --by bge-small-5e8474bf403e.2
    """,
)
def derive(session: Session) -> None:
    """Link the notes of the whole memory whose messages are near in meaning, by their vectors.

    What is linked already, or was once, stays as it is. `memcli note undo --by MODEL` takes all of it back.
    """
    with session.memory() as memory, session.progress() as progress:
        report = memory.relate(progress)
    session.emit(
        plain(report),
        lambda page: page.line(
            f"{report.model}: {counted(report.links, 'link')} between {counted(report.notes, 'note')}; "
            f"{counted(report.evolved, 'note')} changed in their light"
        ),
    )


@command(
    app,
    examples="""
    memcli note edit n_4tq2v6s7 --title "The new address" --tags message,place
    memcli note edit n_4tq2v6s7 --keywords ""
    """,
)
def edit(
    session: Session,
    note: One,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Another title.")] = None,
    context: Annotated[str | None, typer.Option("--context", metavar="TEXT", help="Another context.")] = None,
    keywords: Annotated[str | None, typer.Option("--keywords", metavar="WORDS", help="Keywords, by commas.")] = None,
    tags: Annotated[str | None, typer.Option("--tags", metavar="TAGS", help="Tags, by commas.")] = None,
    reason: Reason = "",
) -> None:
    """Change what was made of a note; what was said stays as it is. No rule and no model changes it again."""
    if title is not None and not title.strip():
        raise UsageError("a note has a title", "give --title some words")
    texts = {"title": title, "context": context}
    lists = {"keywords": keywords, "tags": tags}
    fields: dict[str, str | tuple[str, ...]] = {name: text for name, text in texts.items() if text is not None}
    fields |= {name: _listed(text) for name, text in lists.items() if text is not None}
    with session.memory() as memory:
        events = memory.edit(note, fields, reason)
    session.emit({"events": plain(events)}, lambda page: show_events(page, events))


@command(
    app,
    examples="""
    memcli note history n_4tq2v6s7
    memcli note history n_4tq2v6s7 --jsonl | jq -r .id
    """,
)
def history(session: Session, note: One, jsonl: AsLines = False) -> None:
    """Show what was decided about a note, by whom and why, in order of time."""
    with session.memory() as memory:
        found, events = memory.history(note)
    data = plain(events)
    session.emit_list("events", data, lambda page: show_history(page, found, events), jsonl=jsonl)


@command(
    app,
    examples="""
    memcli note undo v_2c6hq7lk
    memcli note undo --since 2024-03-05T10:22 --yes
    memcli note undo --by qwen2.5:7b
    """,
)
def undo(
    session: Session,
    event: Annotated[
        str | None, typer.Argument(metavar="EVENT", help="An event's id; `note history` tells it.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", callback=instant, help="All that was decided from then on, in UTC."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="All that this one decided: a language model's name, or person."),
    ] = None,
    yes: Yes = False,
) -> None:
    """Undo a decision, or all since a time, or by one decider. What depends on it is undone with it, after a question.

    With --since and --by, what this one decided from then on. Of these the kinds are counted, and each is told with
    --verbose and --json.
    """
    if (event is None) == (since is None and by is None):
        raise UsageError("undo what?", "name an event, or --since a time, or --by whom")

    each_one = event is not None or session.verbose

    def agree(undoing: Undoing) -> None:
        if event is None or len(undoing.events) > undoing.meant:
            for each in undoing.events if each_one else ():
                session.complain(described(each))
            kinds = "" if each_one else f": {kinds_of(undoing.events)}"
            session.confirm(f"undo {counted(len(undoing.events), 'decision')}{kinds}?", yes=yes or not undoing.events)

    with session.memory() as memory:
        undone = memory.undo(event, since=since, by=by, agree=agree).events
    session.emit({"undone": plain(undone)}, lambda page: show_undone(page, undone, each_one=each_one))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
