"""`memcli ingest`: take in chats, transcripts and documents."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.errors import NotFoundError, StoreMissingError, UsageError
from graph.model import IngestReport
from graph.ports import Progress
from graph.readers.registry import READERS
from memcli.command import command, new_group
from memcli.exits import Exit
from memcli.render.ingest import show_report, tell_rejects
from memcli.render.progress import SpokenProgress
from memcli.results import ingest_data
from memcli.session import Session

app = new_group("Take in chats, transcripts and documents.")

STDIN = Path("-")
FORMATS = [reader.name for reader in READERS]


def _path(given: str) -> Path:
    """A path from the command line. An empty one, such as a variable that is not set, is not the current folder."""
    if not given:
        raise typer.BadParameter("an empty path names nothing")
    return Path(given)


@command(
    app,
    examples="""
    memcli ingest chats/
    memcli ingest 'exports/*.zip' notes.md
    cat messages.jsonl | memcli ingest - --format plain --json
    """,
)
def ingest(
    session: Session,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", parser=_path, help="Files, folders, globs, archives; - is standard input."),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"What the input is, else it is found out: {', '.join(FORMATS)}.",
            autocompletion=lambda: FORMATS,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count, and change nothing.")] = False,
    redact: Annotated[
        bool | None,
        typer.Option("--redact/--no-redact", help="Mask keys, tokens, passwords and card numbers, or keep them."),
    ] = None,
) -> Exit:
    """Take in chats, transcripts and documents.

    What is known already is skipped, so that a longer export of the same chat can be taken in again.
    What cannot be taken in is named with file and line, and the exit code is 5.
    """
    if redact is not None:
        session.flags["ingest.redact"] = str(redact).lower()
    named = _named(session, paths or [])
    stdin = session.stdin if STDIN in named else None
    with _progress(session) as progress:
        report = _taken_in(session, named, dry_run=dry_run, stdin=stdin, reader=format, progress=progress)
    status = "partial" if report.rejected else "ok"
    session.emit(
        ingest_data(report),
        lambda page: show_report(page, report, dry_run=dry_run),
        status=status,
        warnings=report.warnings,
    )
    if not session.json:
        tell_rejects(session.say, report)
        if not report.read and not report.rejected:
            session.say("nothing to take in was found; --verbose names what was looked at")
    return Exit.PARTIAL if report.rejected else Exit.DONE


def _taken_in(session: Session, paths: list[Path], *, dry_run: bool, reader: str | None, **given: Any) -> IngestReport:
    from graph.readers.discovery import check
    from graph.readers.registry import reader_named

    # What cannot be done makes no memory.
    check(paths)
    if reader:
        reader_named(reader)
    given["reader"] = reader
    try:
        with session.memory(create=not dry_run) as memory:
            return memory.ingest(paths, dry_run=dry_run, **given)
    except StoreMissingError:
        if not dry_run:
            raise
        # A rehearsal does not make the memory it is for.
        from graph.memory import Memory

        return Memory.rehearse(session.config.settings(), paths, **given)


def _named(session: Session, given: Sequence[Path]) -> list[Path]:
    """The paths that are meant, patterns that the shell left as they are filled in."""
    if not given:
        if session.terminals.stdin:
            raise UsageError("nothing to take in", "name files or folders, or - for standard input")
        return [STDIN]
    return [path for each in given for path in _matches(each)]


def _matches(path: Path) -> list[Path]:
    pattern = str(path)
    if path == STDIN or not glob.has_magic(pattern) or os.path.lexists(path):
        return [path]
    # Unlike `Path.glob`, this takes patterns that are absolute.
    found = [Path(each) for each in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207
    if not found:
        raise NotFoundError(f"{pattern}: nothing matches", "check the pattern")
    return found


def _progress(session: Session) -> AbstractContextManager[Progress | None]:
    if session.verbose and not session.terminals.stderr:
        return nullcontext(SpokenProgress(session.say))
    return session.progress()
