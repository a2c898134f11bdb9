"""`memcli space`: several memories in one store."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import replace

from memcli.command import command, new_group
from memcli.options import AsLines, Yes
from memcli.results import plain
from memcli.session import Session

app = new_group("Several memories in one store, kept apart.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name; default is the store itself.")]


def _base(session: Session) -> Session:
    """The store itself, whichever of its spaces is meant elsewhere."""
    return replace(session, flags=session.flags | {"space": ""})


@command(
    app,
    name="list",
    examples="""
    memcli space list
    memcli space list --store neo4j://localhost --json
    """,
)
def list_spaces(session: Session, jsonl: AsLines = False) -> None:
    """List the spaces of the store, and how many interactions each holds."""
    from graph.spaces import listed

    found = _base(session).signed_in(listed)
    rows = [[each.name, str(each.interactions), each.store] for each in found]
    session.emit_list(
        "spaces", plain(found), lambda page: page.table(["space", "interactions", "where"], rows), jsonl=jsonl
    )


@command(
    app,
    examples="""
    memcli space create work
    memcli ingest meetings.md --space work
    """,
)
def create(session: Session, name: Name) -> None:
    """Make an empty space. `memcli ingest --space NAME` makes the one it is told, too."""
    from graph import spaces

    made = _base(session).signed_in(lambda settings: spaces.create(settings, name))
    session.emit(plain(made), lambda page: page.line(f"made space {made.name}: {made.store}"))


@command(
    app,
    examples="""
    memcli space rename work office
    """,
)
def rename(
    session: Session,
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
) -> None:
    """Give a space another name."""
    from graph import spaces

    moved = _base(session).signed_in(lambda settings: spaces.rename(settings, name, new))
    session.emit(plain(moved), lambda page: page.line(f"space {name} is now {moved.name}: {moved.store}"))


@command(
    app,
    examples="""
    memcli space delete work
    memcli space delete work --yes --json
    """,
)
def delete(session: Session, name: Name, yes: Yes = False) -> None:
    """Delete a space with all that is in it."""
    from graph import spaces

    base = _base(session)
    held = base.signed_in(lambda settings: spaces.described(settings, name)).interactions
    session.confirm(f"delete space {name} with {held} interactions?", yes=yes)
    base.signed_in(lambda settings: spaces.delete(settings, name))
    session.emit({"name": name, "interactions": held}, lambda page: page.line(f"deleted space {name}"))
