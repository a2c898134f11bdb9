"""Opening a file as a memcli store, and saying plainly why it cannot be one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from graph.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreForeignError,
    StoreFullError,
    StoreMissingError,
    StoreNewerError,
    StoreReadOnlyError,
)
from graph.store.sqlite.migrations import NAMES, SET, migrations
from graph.text import fold

BUSY_SECONDS = 30.0
_HEADER = b"SQLite format 3\x00"


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open the store at `path`, migrated to this version; with `create`, make it where it is missing.

    A file that cannot be written is opened for reading.

    Raises:
        StoreError: one of its kinds.
    """
    with translated(path):
        exists = path.exists() and path.stat().st_size > 0
        if not exists and not create:
            raise StoreMissingError(f"no memory at {path}", "begin one with `memcli ingest PATH`")
        if exists:
            _check_header(path)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = _open(path)
        try:
            _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what sqlite3 and the file system raise inside into `StoreError`s about `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(error, path) from error
    except PermissionError as error:
        raise StoreReadOnlyError(
            f"{path} may not be used: {error.strerror}", "check its owner and permissions"
        ) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}", "name another place with --store") from error


def _check_header(path: Path) -> None:
    if path.is_dir():
        raise StoreForeignError(f"{path} is a folder, not a memory", "name a file with --store")
    with path.open("rb") as file:
        if file.read(len(_HEADER)) != _HEADER:
            raise StoreForeignError(
                f"{path} is not a memcli store", "name another file with --store; this one is left as it is"
            )


def _open(path: Path) -> sqlite3.Connection:
    connection = _connection(path, "mode=rwc")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error) and "unable to open" not in str(error):
            raise
        connection.close()
        # No log to replay and nobody who could write one: the file is all there is.
        settled = not Path(f"{path}-wal").exists()
        connection = _connection(path, "mode=ro&immutable=1" if settled else "mode=ro")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _connection(path: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{options}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    connection.create_function("folded", 1, fold, deterministic=True)
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the schema to this version, or say why that cannot be. An up-to-date store costs two queries."""
    if _applied(connection, path) == NAMES:
        return
    from sqlite_utils import Database

    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited for the lock.
        if _applied(connection, path) != NAMES:
            migrations().apply(Database(connection))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _applied(connection: sqlite3.Connection, path: Path) -> tuple[str, ...]:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return ()
    applied: tuple[str, ...] = ()
    if "_sqlite_migrations" in tables:
        rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id", (SET,))
        applied = tuple(name for (name,) in rows)
    if not applied:
        raise StoreForeignError(
            f"{path} is a database of another program", "name another file with --store; this one is left as it is"
        )
    if unknown := [name for name in applied if name not in NAMES]:
        raise StoreNewerError(
            f"{path} was written by a newer memcli (it has {unknown[0]})", "upgrade memcli, or use another store"
        )
    return applied


def _store_error(error: sqlite3.Error, path: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError(f"{path} is in use by another process", "try again when that one is done")
    if name.startswith("SQLITE_READONLY"):
        return StoreReadOnlyError(
            f"{path} cannot be written", "check its permissions, or name another store with --store"
        )
    if name.startswith("SQLITE_FULL") or "disk is full" in str(error):
        return StoreFullError(
            f"no space is left for {path}", "make room and run the same command again; what was committed stays"
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreCorruptError(
            f"{path} is damaged: {error}", "restore a backup, or ingest the sources into a new store"
        )
    return StoreError(f"{path} failed: {error}", "")
