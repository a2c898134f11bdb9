"""`memcli store`: the store behind the memory."""

from __future__ import annotations

from graph.extract.models import installed_model
from memcli.command import command, new_group
from memcli.render.graph import show_info
from memcli.results import plain
from memcli.session import Session

app = new_group("Look at the store behind the memory.")


@app.callback()
def store() -> None:
    """Look at the store behind the memory."""


@command(
    app,
    examples="""
    memcli store info
    memcli store info --store sqlite:///work.db --json
    """,
)
def info(session: Session) -> None:
    """Show where the memory is, how large, what is in it, and who finds entities here."""
    with session.memory() as memory:
        found = memory.info()
    model = installed_model()
    session.emit(plain(found) | {"spacy_model": model}, lambda page: show_info(page, found, model))
