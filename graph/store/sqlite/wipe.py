"""Leaving no byte of what was removed in the file, its log and its indexes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from graph.errors import StoreBusyError
from graph.store.sqlite.nearest import discard
from graph.store.sqlite.texts import merge


def unwiped(connection: sqlite3.Connection) -> bool:
    """Whether the files still hold something of what was removed. The mark is in the file's header."""
    ((mark,),) = connection.execute("PRAGMA user_version")
    return bool(mark)


def mark_unwiped(connection: sqlite3.Connection) -> None:
    """Note, in the transaction that removes, that the files are to be wiped; overwrite what is removed at once."""
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA user_version = 1")


def wiped(connection: sqlite3.Connection, path: Path) -> None:
    """Write the file anew without its free pages, and empty its log.

    Raises:
        StoreBusyError: somebody reads an earlier state, for which the log has to stay.
    """
    merge(connection)
    connection.execute("VACUUM")
    _empty_log(connection, path)
    # No earlier state is read any more, of which it could be made anew.
    discard(path)
    connection.execute("PRAGMA user_version = 0")
    _empty_log(connection, path)


def _empty_log(connection: sqlite3.Connection, path: Path) -> None:
    ((busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if busy:
        raise StoreBusyError(
            f"{path} is read by another process: what was removed is gone, and its bytes are still in the log",
            "when that one is done, run `memcli store doctor --repair`",
        )
