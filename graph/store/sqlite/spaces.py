"""Spaces of an SQLite store: files beside the one that its URL names."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from graph.errors import StoreBusyError, StoreForeignError
from graph.store.spaces import is_name
from graph.store.sqlite.connection import for_reading
from graph.store.sqlite.failures import translated
from graph.store.sqlite.migrations import SET
from graph.store.sqlite.nearest import discard
from graph.store.sqlite.store import SqliteStore


def names(path: Path) -> list[str]:
    """The names of the spaces of the store at `path`, sorted; empty for the store itself, where it is there."""
    stem, dot, suffix = path.name.rpartition(".") if path.name.rpartition(".")[0] else (path.name, "", "")
    found = [""] if _is_store(path) else []
    for each in path.parent.glob("*") if path.parent.is_dir() else ():
        name = each.name.removeprefix(f"{stem}.").removesuffix(f"{dot}{suffix}")
        named = is_name(name) and each.name == f"{stem}.{name}{dot}{suffix}"
        if named and each != path and _is_store(each):
            found.append(name)
    return sorted(found)


def move(path: Path, target: Path) -> None:
    """Move the store at `path`, which nobody uses, to `target`, where nothing is.

    Raises:
        StoreBusyError: somebody uses it.
        StoreForeignError: there is a file at `target`, whatever it is.
    """
    with translated(path):
        if os.path.lexists(target):
            raise StoreForeignError(f"{target} is there, and is no space", "choose another name, or move that file")
        _settle(path)
        path.rename(target)


def remove(path: Path) -> None:
    """Remove the files of the store at `path`, which nobody uses.

    Raises:
        StoreBusyError: somebody uses it.
    """
    with translated(path):
        _settle(path)
        path.unlink()


def _settle(path: Path) -> None:
    """Let the file be all there is of the store: whoever closes it last removes its log."""
    SqliteStore(path).close()
    if Path(f"{path}-wal").exists():
        raise StoreBusyError(f"{path} is in use by another process", "try again when that one is done")
    discard(path)


def _is_store(path: Path) -> bool:
    """Whether a file is a memory, without changing it."""
    if not path.is_file():
        return False
    try:
        connection = for_reading(path)
        try:
            rows = connection.execute("SELECT 1 FROM _sqlite_migrations WHERE migration_set = ? LIMIT 1", (SET,))
            return bool(rows.fetchall())
        finally:
            connection.close()
    except sqlite3.Error:
        return False
