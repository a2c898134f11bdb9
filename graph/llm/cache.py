"""Replies by what was asked, in one file of JSON lines, so that nothing is asked twice.

It holds what was said about people's texts, and never a key. `memcli forget` removes it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field

LARGEST = 64_000_000
"""Bytes up to which it grows; then it begins anew."""


class _Entry(Struct):
    key: str
    reply: str


class Cache(Struct):
    """The replies in the file `path`; with no path, those of this run alone."""

    path: Path | None
    _known: dict[str, str] | None = field(default=None)

    def get(self, key: str) -> str | None:
        """The reply that is known; None for none."""
        return self._replies().get(key)

    def put(self, key: str, reply: str) -> None:
        """Keep a reply. A file that cannot be written is no reason to lose one."""
        self._replies()[key] = reply
        if self.path is None:
            return
        line = msgspec.json.encode(_Entry(key, reply)) + b"\n"
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.is_file() and self.path.stat().st_size > LARGEST:
                self.path.unlink()
            # A line is appended in one piece, so that two runs do not mix theirs; others may not read it.
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, line)
            finally:
                os.close(file)

    def _replies(self) -> dict[str, str]:
        if self._known is None:
            self._known = dict(_read(self.path)) if self.path else {}
        return self._known


def wipe(path: str) -> None:
    """Remove the cache, as some of it may be about what is forgotten.

    Raises:
        OSError: it cannot be removed.
    """
    if path:
        Path(path).unlink(missing_ok=True)


def _read(path: Path) -> list[tuple[str, str]]:
    """What the file holds; lines that are damaged are passed over."""
    found: list[tuple[str, str]] = []
    with suppress(OSError):
        for line in path.read_bytes().splitlines():
            with suppress(msgspec.DecodeError, RecursionError):
                entry = msgspec.json.decode(line, type=_Entry)
                found.append((entry.key, entry.reply))
    return found
