"""A lock between processes, which ends with the process that holds it."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_LOOK_SECONDS = 0.2


@contextmanager
def locked(path: Path, waits: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file `path`, which stays behind empty. `waits` is called once if somebody else holds it.

    It is one of SQLite's, which works on every system in the same way.

    Raises:
        OSError: there is no locking here.
    """
    path.touch()
    told = False
    with closing(sqlite3.connect(path, timeout=_LOOK_SECONDS, isolation_level=None)) as database:
        while True:
            try:
                database.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK), str(path)) from error
            if not told:
                waits()
            told = True
        yield
