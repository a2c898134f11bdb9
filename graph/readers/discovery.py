"""From what the user named to sources: files, folders, archives, standard input."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO

from graph.errors import InputError, NotFoundError, UsageError
from graph.model import Reject, Source
from graph.readers.archive import expand, is_archive
from graph.readers.decode import head_of
from graph.readers.naming import safe_name

STDIN = "-"
_SPOOL = 8 * 1024 * 1024
"""Bytes of standard input kept in memory; more goes to a temporary file."""


def check(paths: Sequence[Path]) -> None:
    """Make sure that all `paths` lead somewhere.

    Raises:
        NotFoundError: one leads nowhere.
    """
    for path in paths:
        if path != Path(STDIN) and not os.path.lexists(path):
            raise NotFoundError(f"{safe_name(str(path))}: no such file or folder", "check the path")


def discover(paths: Sequence[Path], stdin: BinaryIO | None) -> Iterator[Source | Reject]:
    """Yield every source that `paths` name, and a Reject for each that cannot be opened. Patterns are not filled in.

    Folders are gone through in the order of names, without hidden files, each real folder once;
    `-` is standard input; archives yield their members.

    Raises:
        NotFoundError: a path leads nowhere; nothing was yielded yet.
        UsageError: standard input is named and there is none.
    """
    check(paths)
    for path in paths:
        if path != Path(STDIN):
            yield from _walk(path)
        elif stdin is None:
            raise UsageError("there is no standard input to read", "name a file")
        else:
            yield from _expanded(_spooled(stdin))


def _walk(root: Path) -> Iterator[Source | Reject]:
    pending, seen = [root], set[tuple[int, int]]()
    while pending:
        path = pending.pop()
        shown = safe_name(str(path))
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    pending.extend(sorted(_visible(path), reverse=True))
                continue
        except (OSError, ValueError) as error:
            yield Reject(shown, 0, getattr(error, "strerror", None) or "cannot be read")
            continue
        if not stat.S_ISREG(status.st_mode):
            yield Reject(shown, 0, "not a regular file")
            continue
        name = path.name if path == root else path.relative_to(root).as_posix()
        yield from _expanded(Source(safe_name(name), shown, partial(_opened, path), status.st_size))


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _visible(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if not each.name.startswith(".")]


def _expanded(source: Source) -> Iterator[Source | Reject]:
    """Yield a source, or what is in it where it is an archive."""
    try:
        if is_archive(source.name, head_of(source)):
            yield from expand(source)
        else:
            yield source
    except InputError as error:
        yield Reject(source.path, 0, error.message.removeprefix(f"{source.path}: "))


def _spooled(stdin: BinaryIO) -> Source:
    spool = _Spool()
    try:
        shutil.copyfileobj(stdin, spool.file)
    except OSError as error:
        raise InputError(f"standard input: {error.strerror or 'cannot be read'}") from error
    return Source("stdin", "standard input", spool.open, spool.file.tell())


class _Spool:
    """What came in on standard input, to be opened as often as it takes; gone with its last reader."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115
        weakref.finalize(self, self.file.close)

    def open(self) -> BinaryIO:
        return io.BufferedReader(_View(self))


class _View(io.RawIOBase):
    """A reader of the spool with a position of its own."""

    def __init__(self, spool: _Spool) -> None:
        self._spool = spool
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        file = self._spool.file
        file.seek(self._position)
        self._position = file.seek(offset, whence)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        file = self._spool.file
        file.seek(self._position)
        data = file.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
