"""`memcli graph`: the graph for other tools and for the eye."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import UsageError
from graph.exporters.registry import EXPORTERS, exporter_named
from graph.model import NodeKind, Selection
from memcli.command import command, new_group
from memcli.options import AsLines, AsOf, Conversation, Limit, Since, Until
from memcli.render.graph import show_neighbors, show_stats
from memcli.results import neighbor_data, node_data, plain
from memcli.session import Session
from memcli.writer import write_file

if TYPE_CHECKING:
    from graph.memory import Memory

app = new_group("The graph for other tools and for the eye.")

STDOUT = Path("-")


@command(
    app,
    examples="""
    memcli graph export --format graphml --output memory.graphml
    memcli graph export --format jsonl --kind note --kind entity | head
    memcli graph export --format dot --conversation chat-1 | dot -Tsvg > chat.svg
    """,
)
def export(
    session: Session,
    format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"One of {', '.join(EXPORTERS)}.",
            autocompletion=lambda: list(EXPORTERS),
        ),
    ] = "jsonl",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to; - is standard output.")
    ] = STDOUT,
    conversation: Conversation = None,
    kind: Annotated[list[NodeKind] | None, typer.Option("--kind", "--tier", help="Only these nodes.")] = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
) -> None:
    """Write the graph, or a part of it, in a format of other tools."""
    if output == STDOUT and session.json:
        raise UsageError("the graph and the envelope cannot both go to standard output", "add --output FILE")
    exporter = exporter_named(format)
    selection = Selection(kinds=tuple(kind or ()), conversation=conversation, since=since, until=until)
    with session.memory() as memory, _then(memory, as_of).snapshot(selection) as snapshot:
        if output == STDOUT:
            session.stream(exporter.chunks(snapshot))
            return
        size = write_file(output, exporter.chunks(snapshot))
    data = {"format": exporter.name, "output": str(output), "bytes": size}
    session.emit(data, lambda page: page.line(f"wrote {output}: {exporter.name}, {size} bytes"))


@command(
    app,
    examples="""
    memcli graph stats
    memcli graph stats --json | jq .data.nodes
    memcli graph stats --as-of 2024-03
    """,
)
def stats(session: Session, as_of: AsOf = None) -> None:
    """Count nodes and edges by kind, and show the shape of the graph."""
    with session.memory() as memory:
        found = _then(memory, as_of).stats()
    hubs = [{"id": id, "caption": caption, "degree": degree} for id, caption, degree in found.hubs]
    session.emit(plain(found) | {"hubs": hubs}, lambda page: show_stats(page, found))


@command(
    app,
    examples="""
    memcli graph neighbors Ann
    memcli graph neighbors n_4tq2v6s7 --hops 2 --limit 100 --json
    memcli graph neighbors Ann --as-of 2024-03-05
    """,
)
def neighbors(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A node's id, or an entity's name.")],
    hops: Annotated[int, typer.Option("--hops", min=1, max=5, help="How many edges away at most.")] = 1,
    limit: Limit = 50,
    as_of: AsOf = None,
    jsonl: AsLines = False,
) -> None:
    """Show what is around a node, nearest first."""
    with session.memory() as memory:
        then = _then(memory, as_of)
        node = then.node(name)
        around = then.neighbors(node.id, hops=hops, limit=limit)
    data = [neighbor_data(each) for each in around]
    session.emit_list(
        "neighbors", data, lambda page: show_neighbors(page, node, around), jsonl=jsonl, node=node_data(node)
    )


def _then(memory: Memory, date: str | None) -> Memory:
    """The memory as it was on that day; as it is where none is given."""
    return memory if date is None else memory.as_of(date)
