"""Zip archives as they are downloaded: each member becomes a source, nothing is unpacked to disk."""

from __future__ import annotations

import io
import re
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import IO, BinaryIO

from graph.errors import InputError
from graph.model import Reject, Source
from graph.readers.naming import safe_name, suffix

MOST_MEMBERS = 100_000
LARGEST = 2 * 1024**3
"""Bytes that all members together may expand to."""
HIGHEST_RATIO = 200
"""Bytes out of one byte, in a member that expands to more than `FREE`."""
FREE = 10 * 1024**2

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_ARCHIVES = (".zip", ".gz", ".tgz", ".7z", ".rar", ".tar", ".bz2", ".xz")
_CHATS = re.compile(r"(?:.*/)?(?:conversations[^/]*\.json|_chat\.txt|[^/]*WhatsApp[^/]*\.txt)", re.IGNORECASE)
# The others may put out any amount for a few bytes in one step.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def is_archive(name: str, head: bytes) -> bool:
    """Whether a source is a zip archive to be opened: not an office document, which also is one."""
    return suffix(name) == ".zip" or (not suffix(name) and head.startswith(_MAGIC))


def expand(source: Source) -> Iterator[Source | Reject]:
    """Yield the members of an archive in its order, and a Reject for each that is not opened.

    In an export of ChatGPT or WhatsApp these are the chats; its pictures, pages and account data
    are passed over. Hidden members are passed over everywhere.

    Raises:
        InputError: it is no zip archive, or a damaged one.
    """
    try:
        file = source.open()
    except OSError as error:
        raise InputError(f"{source.path}: {error.strerror or 'cannot be read'}") from error
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        file.close()
        raise InputError(f"{source.path}: not a zip archive, or a damaged one", "download it again") from error
    weakref.finalize(archive, file.close)
    members = [each for each in archive.infolist() if not each.is_dir() and not _hidden(each.filename)]
    chats = [each for each in members if _CHATS.fullmatch(each.filename)]
    expanded = 0
    for count, member in enumerate(chats or members, 1):
        path = f"{source.path}/{safe_name(member.filename)}"
        reason = "more members than are opened" if count > MOST_MEMBERS else _refusal(member, expanded)
        if reason:
            yield Reject(path, 0, reason)
            if count > MOST_MEMBERS:
                return
            continue
        expanded += member.file_size
        name = f"{source.name}/{safe_name(member.filename)}"
        yield Source(name, path, partial(_opened, archive, member, path), member.file_size)


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in safe_name(name).split("/"))


def _refusal(member: zipfile.ZipInfo, expanded: int) -> str | None:
    """Return why a member is not opened. No more comes out of one than the size it declares."""
    if member.flag_bits & 0x1:
        return "encrypted"
    if suffix(member.filename) in _ARCHIVES:
        return "an archive in an archive is not opened"
    if member.compress_type not in _METHODS:
        return "compressed in a way that is not supported"
    if member.file_size > FREE and member.file_size > HIGHEST_RATIO * member.compress_size:
        return f"expands to more than {HIGHEST_RATIO} times its size"
    if expanded + member.file_size > LARGEST:
        return f"the archive expands to more than {LARGEST // 1024**3} GiB"
    return None


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> BinaryIO:
    try:
        return io.BufferedReader(_Member(archive.open(member), path))
    except _DAMAGE as error:
        raise InputError(f"{path}: damaged in the archive", "download it again") from error


class _Member(io.RawIOBase):
    """A member's bytes; damage found on the way is an InputError."""

    def __init__(self, stream: IO[bytes], path: str) -> None:
        self._stream = stream
        self._path = path
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except _DAMAGE as error:
            raise InputError(f"{self._path}: damaged in the archive", "download it again") from error
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()
