"""`memcli store`: the store behind the memory."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from graph.errors import StoreMissingError, UsageError
from graph.extract.models import installed_model
from memcli.command import command, new_group
from memcli.config import PASSWORD
from memcli.exits import Exit
from memcli.passwords import account_of, forget, keep, keyring_name
from memcli.render.doctor import show_checkup
from memcli.render.graph import show_info
from memcli.render.transfer import show_transfer
from memcli.results import plain, transfer_data
from memcli.session import Session
from memcli.writer import write_file

if TYPE_CHECKING:
    from graph.transfer import TransferReport

app = new_group("Look at the store behind the memory, copy it, back it up, sign in to it.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]
_LINE = 8
"""Bytes of a backup's line for a byte of the longest record: JSON writes some characters as six."""


@app.callback()
def store() -> None:
    """Look at the store behind the memory, copy it, back it up, sign in to it."""


@command(
    app,
    examples="""
    memcli store info
    memcli store info --store sqlite:///work.db --json
    """,
)
def info(session: Session) -> None:
    """Show where the memory is, how large, what is in it, and who finds entities and makes vectors here."""
    with session.memory() as memory:
        found = memory.info()
        embedding = memory.embedding_model
    model = installed_model()
    data = plain(found) | {"spacy_model": model, "embedding_model": embedding}
    session.emit(data, lambda page: show_info(page, found, model, embedding))


@command(
    app,
    examples="""
    memcli store copy memory.db neo4j://localhost
    memcli store copy neo4j://ann@example.org/work work.db
    memcli store copy sqlite:///memory.db /mnt/usb/memory.db --json
    """,
)
def copy(
    session: Session,
    source: Annotated[str, typer.Argument(metavar="FROM", help="The store to copy, as --store names it.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The store to fill; made where it is missing.")],
) -> Exit:
    """Copy a memory from one store to another, of whatever kind, and compare the two.

    TO has to be empty, or to hold an earlier copy of the same memory, which is brought up to date. A copy that
    was broken off goes on where it stopped when it is run again.
    """
    from graph.store.registry import same_store

    if session.flags:
        raise UsageError(f"--{next(iter(session.flags))} says nothing here", "name both: memcli store copy FROM TO")
    ours, theirs = (replace(session, flags={"store": each, "space": ""}) for each in (source, target))
    names = {"from": ours.config.settings().store, "to": theirs.config.settings().store}
    if same_store(*names.values()):
        raise UsageError("FROM and TO are the same store", "name another one")
    with ours.memory() as one, theirs.memory(create=True) as other, session.progress() as progress:
        report = one.copy(other, progress=progress)
    return _emit(session, names, report)


@command(
    app,
    examples="""
    memcli store backup memory.jsonl.gz
    memcli store backup work.jsonl.gz --store neo4j://localhost/work
    """,
)
def backup(session: Session, file: File) -> None:
    """Write all of the memory to one file, from which any kind of store can be filled.

    The file is written whole or not at all. An earlier backup is replaced; any other file is left as it is.
    """
    from graph.backup import is_backup

    if file.is_file() and file.stat().st_size and not is_backup(file):
        raise UsageError(f"{file} is there, and is no backup", "name another file, or remove that one")
    with session.memory() as memory, memory.backup() as chunks:
        size = write_file(file, chunks)
        url = memory.info().url
    session.emit(
        {"store": url, "file": str(file), "bytes": size}, lambda page: page.line(f"wrote {file}: {size} bytes")
    )


@command(
    app,
    examples="""
    memcli store restore memory.jsonl.gz
    memcli store restore memory.jsonl.gz --store neo4j://localhost
    """,
)
def restore(session: Session, file: File) -> Exit:
    """Fill a store from a backup, and compare the two.

    The whole file is checked before anything is written. The store has to be empty, or to hold an earlier state of
    the same memory. What was broken off goes on when it is run again.
    """
    from graph.backup import Backup

    settings = session.config.settings()
    found = Backup(file, settings.ingest_longest * _LINE).checked()
    with session.memory(create=True) as memory, session.progress() as progress:
        report = memory.restore(found, progress=progress)
    return _emit(session, {"from": str(file), "to": settings.store}, report)


@command(
    app,
    examples="""
    memcli model pull bge-small && memcli store reindex
    memcli store reindex --store work.db --json
    """,
)
def reindex(session: Session) -> None:
    """Make the vectors that the memory lacks: all of them where it was made without a model, or by another one.

    What was broken off goes on when it is run again. Vectors of another model are replaced.
    """
    with session.memory() as memory, session.progress() as progress:
        report = memory.reindex(progress)
    session.emit(
        plain(report),
        lambda page: page.line(
            f"{report.model}: made {report.embedded} vectors in {report.elapsed_s:.1f} s; "
            f"{report.interactions} interactions in all"
        ),
    )


@command(
    app,
    examples="""
    memcli store doctor
    memcli store doctor --repair --json
    """,
)
def doctor(
    session: Session, repair: Annotated[bool, typer.Option("--repair", help="Put right what can be.")] = False
) -> Exit:
    """Check that the memory keeps its own rules: edges, order, counts, full text, and files without what was forgotten.

    What breaks a rule is named, and the exit code is 1; also after --repair, if something is left.
    """
    with session.memory() as memory:
        found = memory.check(repair=repair)
    repaired = len(found.found) - len(found.left)
    session.emit(
        {"faults": plain(found.left), "found": len(found.found), "repaired": repaired},
        lambda page: show_checkup(page, found),
        status="error" if found.left else "ok",
    )
    return Exit.FAILED if found.left else Exit.DONE


def _emit(session: Session, names: dict[str, str], report: TransferReport) -> Exit:
    """Say what was done; that the two differ all the same is a failure."""
    failed = bool(report.differing)
    session.emit(
        names | transfer_data(report),
        lambda page: show_transfer(page, report),
        status="error" if failed else "ok",
        warnings=[f"the two differ in {report.differing} places"] if failed else [],
    )
    return Exit.FAILED if failed else Exit.DONE


@command(
    app,
    examples="""
    memcli store login --store neo4j://ann@db.example
    pass show neo4j | memcli store login --store neo4j://db.example
    """,
)
def login(session: Session) -> None:
    """Keep the password of a Neo4j store in the system's keyring.

    It is asked for, or read from standard input as one line, and tried before it is kept.
    """
    settings = session.config.settings()
    account, keyring = account_of(settings), keyring_name(PASSWORD)
    password = session.secret(account)
    # A store where nothing is yet has let us in all the same.
    with suppress(StoreMissingError), session.progress() as progress:
        session.opener(dataclasses.replace(settings, neo4j_password=password), progress=progress).close()
    keep(account, password)
    data = {"account": account, "keyring": keyring}
    session.emit(data, lambda page: page.line(f"the password for {account} is in the keyring ({keyring})"))


@command(
    app,
    examples="""
    memcli store logout --store neo4j://ann@db.example
    """,
)
def logout(session: Session) -> None:
    """Remove the password of a Neo4j store from the system's keyring."""
    account, keyring = account_of(session.config.settings()), keyring_name(PASSWORD)
    forget(account)
    data = {"account": account, "keyring": keyring}
    session.emit(data, lambda page: page.line(f"the password for {account} is no longer in the keyring ({keyring})"))
