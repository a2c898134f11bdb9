"""Bytes to lines of text, in bounded memory whatever the bytes are."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from msgspec import Struct

from graph.errors import InputError
from graph.model import Source

HEAD = 64 * 1024
"""Bytes by which a format is recognised."""
PIECE = 64 * 1024
"""A line longer than this many bytes (characters in UTF-16) comes in pieces."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY = {
    b"%PDF-": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"PK\x03\x04": "an archive",
    b"\x1f\x8b": "an archive",
    b"Rar!\x1a": "an archive",
    b"7z\xbc\xaf": "an archive",
}


class Line(Struct, frozen=True):
    """A line with its end, or a piece of a long one. `number` counts lines from 1; `offset` is
    the number of bytes read up to here; `begins` is false for all pieces but the first."""

    number: int
    text: str
    offset: int
    begins: bool = True


class RawLine(Struct, frozen=True):
    """A line as bytes without its end; `data` is None where the line was too long to hold."""

    number: int
    data: bytes | None
    offset: int


@contextmanager
def reading(source: Source) -> Iterator[BinaryIO]:
    """Open a source; whatever the system has against it becomes an InputError."""
    try:
        with source.open() as file:
            yield file
    except OSError as error:
        raise InputError(f"{source.path}: {error.strerror or 'cannot be read'}") from error


def head_of(source: Source) -> bytes:
    """Return the first 64 KiB of a source.

    Raises:
        InputError: it cannot be opened or read.
    """
    with reading(source) as file:
        return file.read(HEAD)


def head_text(head: bytes) -> str | None:
    """Return the beginning of a source as text, or None where it is not text."""
    if head.startswith(_UTF16):
        text = head.decode("utf-16", "replace")
        return None if "\x00" in text else text
    if b"\x00" in head or binary_kind(head):
        return None
    return head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")


def binary_kind(head: bytes) -> str | None:
    """Return what a binary file is, by its first bytes; None where they say nothing."""
    return next((kind for magic, kind in _BINARY.items() if head.startswith(magic)), None)


def raw_lines(file: BinaryIO, longest: int) -> Iterator[RawLine]:
    """Yield the lines of `file`; of those over `longest` bytes only that they were there."""
    number = offset = 0
    while data := file.readline(longest + 2):
        number += 1
        offset += len(data)
        held: bytes | None = data.rstrip(b"\r\n")
        if len(data) == longest + 2 and not data.endswith(b"\n"):
            held = None
            offset += _skip_line(file)
        elif held is not None and len(held) > longest:
            held = None
        yield RawLine(number, held, offset)


def text_lines(source: Source) -> Iterator[Line]:
    """Yield the lines of a text source; joined, they are its whole text.

    A byte order mark decides the encoding, else it is UTF-8, and Windows-1252 in those lines
    that are not.

    Raises:
        InputError: the source cannot be read, or is not text.
    """
    head = head_of(source)
    if kind := binary_kind(head):
        raise not_text(source, kind)
    with reading(source) as file:
        try:
            yield from _utf16_lines(file) if head.startswith(_UTF16) else _utf8_lines(file)
        except UnicodeDecodeError as error:
            raise not_text(source) from error


def not_text(source: Source, kind: str | None = None) -> InputError:
    """Return the error for a source that is not text."""
    return InputError(f"{source.path}: not text" + (f" but {kind}" if kind else ""), "convert it to plain text first")


def _skip_line(file: BinaryIO) -> int:
    """Read on to the end of the line; return how many bytes that were."""
    skipped = 0
    while data := file.readline(PIECE):
        skipped += len(data)
        if data.endswith(b"\n"):
            break
    return skipped


def _utf8_lines(file: BinaryIO) -> Iterator[Line]:
    number, offset, held, begins = 1, 0, b"", True
    while data := file.readline(PIECE):
        offset += len(data)
        data = held + (data.removeprefix(codecs.BOM_UTF8) if offset == len(data) else data)
        cut = len(data) if data.endswith(b"\n") else _whole(data)
        held, data = data[cut:], data[:cut]
        if data:
            yield Line(number, _decoded(data), offset, begins)
            begins = data.endswith(b"\n")
            number += begins
    if held:
        yield Line(number, _decoded(held), offset, begins)


def _whole(data: bytes) -> int:
    """Return how many bytes of `data` do not belong to a UTF-8 character that goes on after it."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if length > back else len(data)
        if byte < 0x80:
            break
    return len(data)


def _decoded(data: bytes) -> str:
    if b"\x00" in data:
        raise UnicodeDecodeError("utf-8", data, data.index(b"\x00"), data.index(b"\x00") + 1, "NUL byte")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _utf16_lines(file: BinaryIO) -> Iterator[Line]:
    number, begins = 1, True
    with io.TextIOWrapper(file, encoding="utf-16", newline="") as text:
        while piece := text.readline(PIECE):
            if "\x00" in piece:
                raise UnicodeDecodeError("utf-16", b"\x00", 0, 1, "NUL character")
            yield Line(number, piece, file.tell(), begins)
            begins = piece.endswith(("\n", "\r"))
            number += begins
