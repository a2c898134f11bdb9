"""What SQLite and the file system say of a failure, as one of memcli's errors."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreForeignError,
    StoreFullError,
    StoreReadOnlyError,
)

_DAMAGED = "restore a backup, or ingest the sources into a new store"
_PERMISSIONS = "check its owner and permissions, or name another store with --store"


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what sqlite3, the file system and damaged rows raise inside into `StoreError`s about `path`.

    Never put around anybody else's code, whose errors are none of the store's.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _of_sqlite(error, path) from error
    except PermissionError as error:
        raise StoreReadOnlyError(f"{path} may not be used: {error.strerror}", _PERMISSIONS) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}", "name another place with --store") from error
    except UnicodeEncodeError as error:
        raise StoreError(f"{path} holds Unicode only, not {error.object[error.start]!a}", "give other text") from error
    except (ValueError, TypeError, LookupError) as error:
        raise StoreCorruptError(f"{path} is damaged: a row cannot be read", _DAMAGED) from error


def _of_sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        return StoreBusyError(f"{path} is in use by another process", "try again when that one is done")
    barred = name.startswith("SQLITE_CANTOPEN") and path.parent.exists() and not os.access(path.parent, os.W_OK)
    if barred or name.startswith(("SQLITE_READONLY", "SQLITE_PERM")):
        return StoreReadOnlyError(f"{path} cannot be written", _PERMISSIONS)
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreError(f"{path} cannot be opened", "check that its folder is there and may be used")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_FSYNC")):
        return StoreFullError(
            f"no space is left for {path}", "make room and run the same command again; what was committed stays"
        )
    if name.startswith("SQLITE_NOTADB"):
        return StoreForeignError(f"{path} is not a memcli store", "name another file with --store")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_IOERR_SHORT_READ")) or "decode to UTF-8" in str(error):
        return StoreCorruptError(f"{path} is damaged: {error}", _DAMAGED)
    return StoreError(f"{path} failed: {error}", "see whether its disk is well, and try again")
