"""Opening a file as a memcli store, without touching a file that is none."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from graph.errors import StoreForeignError, StoreMissingError, StoreNewerError
from graph.ports import Progress
from graph.store.sqlite.failures import translated
from graph.store.sqlite.migrations import NAMES, SET, migrations

BUSY_SECONDS = 30.0
HEADER = b"SQLite format 3\x00"
"""What a file begins with that is a database."""
_UNWRITABLE = ("SQLITE_READONLY", "SQLITE_CANTOPEN")
_FULL = ("SQLITE_FULL", "SQLITE_IOERR")
# In KiB, and taken as pages are read. The 2 MiB that SQLite keeps unless told are read over and over by one question.
_CACHE = "PRAGMA cache_size = -65536"
_ELSE = "name another file with --store; this one is left as it is"


def connect(path: Path, *, create: bool, progress: Progress | None = None) -> sqlite3.Connection:
    """Open the store at `path`, migrated to this version; with `create`, make it where it is missing.
    `progress` is told where it was of an older version.

    A file that cannot be written is opened for reading.

    Raises:
        StoreError: one of its kinds.
    """
    with translated(path):
        exists = path.exists() and _begun(path)
        if not exists:
            if not create:
                raise StoreMissingError(f"no memory at {path}", "begin one with `memcli ingest PATH`")
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = _open(path, create=create)
        try:
            _migrate(connection, path, progress)
        except BaseException:
            connection.close()
            raise
        return connection


def _begun(path: Path) -> bool:
    """Whether there is anything in the file.

    Raises:
        StoreForeignError: it is no SQLite database.
    """
    if path.is_dir():
        raise StoreForeignError(f"{path} is a folder, not a memory", "name a file with --store")
    if not path.is_file():
        raise StoreForeignError(f"{path} is not a regular file", _ELSE)
    with path.open("rb") as file:
        head = file.read(len(HEADER))
    if head and head != HEADER:
        raise StoreForeignError(f"{path} is not a memcli store", _ELSE)
    return bool(head)


def _open(path: Path, *, create: bool) -> sqlite3.Connection:
    connection = _connection(path, "mode=rwc")
    try:
        # Another program's database is not so much as put into another mode.
        _applied(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        connection.close()
        if not error.sqlite_errorname.startswith(_UNWRITABLE if create else _UNWRITABLE + _FULL):
            raise
        connection = for_reading(path)
    except BaseException:
        connection.close()
        raise
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(_CACHE)
    return connection


def for_reading(path: Path) -> sqlite3.Connection:
    """Open the file at `path` so that nothing is written: not to it, nor beside it where it has no log."""
    log = Path(f"{path}-wal")
    # No log to replay and nobody who could write one: the file is all there is.
    settled = not log.exists() or log.stat().st_size == 0
    return _connection(path, "mode=ro&immutable=1" if settled else "mode=ro")


def _connection(path: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{options}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )


def _migrate(connection: sqlite3.Connection, path: Path, progress: Progress | None) -> None:
    """Bring the schema to this version, or say why that cannot be. An up-to-date store costs two queries."""
    applied = _applied(connection, path)
    if applied == NAMES:
        return
    from sqlite_utils import Database

    # A new one is made at once.
    told = progress if applied else None
    if told:
        told.begin("migrating", None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited for the lock.
        if _applied(connection, path) != NAMES:
            migrations().apply(Database(connection))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if told:
        told.end()


def _applied(connection: sqlite3.Connection, path: Path) -> tuple[str, ...]:
    """The names of the migrations that made the schema; none for an empty database."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not tables:
        return ()
    applied: tuple[str, ...] = ()
    if "_sqlite_migrations" in tables:
        rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id", (SET,))
        applied = tuple(name for (name,) in rows)
    if not applied:
        raise StoreForeignError(f"{path} is a database of another program", _ELSE)
    if unknown := [name for name in applied if name not in NAMES]:
        raise StoreNewerError(
            f"{path} was written by a newer memcli (it has {unknown[0]})", "upgrade memcli, or use another store"
        )
    return applied
