"""Replies by what was asked, in one SQLite file, so that nothing is asked twice.

It holds what was said about people's texts, and never a key. `memcli forget` removes it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from msgspec import Struct, field

LARGEST = 64_000_000
"""Bytes up to which it grows; then it begins anew."""
_BUSY_SECONDS = 1.0
_UNREADABLE = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})


class Cache(Struct):
    """The replies in the file `path`, looked up one by one; with no path, those of this run alone.

    A file that cannot be read or written is no reason to stop: what this run was told is known to it anyhow.
    """

    path: Path | None
    _told: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        """The reply that is known; None for none."""
        if key in self._told or self.path is None:
            return self._told.get(key)
        with suppress(OSError, sqlite3.Error, UnicodeDecodeError):
            return _kept(self.path, key)
        return None

    def put(self, key: str, reply: str) -> None:
        """Keep a reply."""
        self._told[key] = reply
        if self.path is None:
            return
        with suppress(OSError, sqlite3.Error):
            if self.path.is_file() and self.path.stat().st_size > LARGEST:
                wipe(str(self.path))
            try:
                _keep(self.path, key, reply)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode not in _UNREADABLE:
                    raise
                wipe(str(self.path))
                _keep(self.path, key, reply)


def wipe(path: str) -> None:
    """Remove the cache, as some of it may be about what is forgotten.

    Raises:
        OSError: it cannot be removed.
    """
    if path:
        # A run that was broken off leaves what it was about to change beside the file.
        for each in (Path(path), Path(f"{path}-journal")):
            each.unlink(missing_ok=True)


def _kept(path: Path, key: str) -> str | None:
    if not path.is_file():
        return None
    with closing(_opened(path)) as db:
        row = db.execute("SELECT text FROM reply WHERE asked = ?", (key,)).fetchone()
    return row[0].decode("utf-8", "surrogatepass") if row and isinstance(row[0], bytes) else None


def _keep(path: Path, key: str, reply: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Others may not read it, nor what SQLite lays beside it, which has the mode of the file.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(_opened(path)) as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS reply (asked TEXT PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID")
        # Half a surrogate pair, which JSON can carry, is no text to SQLite.
        db.execute("INSERT OR REPLACE INTO reply VALUES (?, ?)", (key, reply.encode("utf-8", "surrogatepass")))


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS)
