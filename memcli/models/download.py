"""Downloads that go on where they were cut off, and are kept only if they are what they should be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http.client import HTTPResponse
from pathlib import Path

from msgspec import Struct

from memcli.models.web import SourceError, open_url, read_some

LARGEST = 500_000_000
"""Bytes of the largest file that is fetched."""
_TRIES = 5
"""How often a download that is cut off goes on by itself."""
_CHUNK = 1 << 16

Tell = Callable[[str, int, int | None], None]
"""Told how far a download is: its name, the bytes that are here, and how many there will be."""


class Download(Struct, frozen=True):
    """Something to fetch. `bytes` is None where nobody says how long it is."""

    name: str
    url: str
    sha256: str
    bytes: int | None


def download(wanted: Download, folder: Path, tell: Tell) -> Path:
    """Fetch a file into `folder`, under a name of its own, which is where a later call goes on.

    Raises:
        SourceError: it is not to be had, or it is another file. What is of no use is removed.
        OSError: it cannot be written.
    """
    part = folder / f"{wanted.sha256}.part"
    for left in reversed(range(_TRIES)):
        had = _size(part)
        try:
            _go_on(wanted, part, tell)
            break
        except SourceError:
            if not left or _size(part) <= had:
                raise
    if (found := sha256_of(part)) != wanted.sha256:
        part.unlink()
        raise SourceError(f"the SHA-256 of {wanted.name} is {found}, not {wanted.sha256}")
    return part


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _go_on(wanted: Download, part: Path, tell: Tell) -> None:
    """Fetch what is missing of the part."""
    had = _size(part)
    if had and had == wanted.bytes:
        return
    response, offset = _opened(wanted, had)
    with response:
        coming = response.length
        whole = None if coming is None else offset + coming
        if None not in (whole, wanted.bytes) and whole != wanted.bytes:
            raise SourceError(f"{wanted.name} has {whole} bytes there, not {wanted.bytes}")
        most = wanted.bytes if wanted.bytes is not None else LARGEST
        done = _append(response, part, offset, most, lambda done: tell(wanted.name, done, wanted.bytes or whole))
    if done > most:
        part.unlink()
        raise SourceError(f"{wanted.name} is longer than {most} bytes")
    expected = wanted.bytes if wanted.bytes is not None else whole
    if expected is not None and done < expected:
        raise SourceError(f"{wanted.name} was cut off after {done} of {expected} bytes")


def _opened(wanted: Download, had: int) -> tuple[HTTPResponse, int]:
    """An answer, and where in the file it begins."""
    if had:
        try:
            response = open_url(wanted.url, {"Range": f"bytes={had}-"})
            if response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {had}-"):
                return response, had
            if response.status == 200:
                # A server without ranges sends everything.
                return response, 0
            response.close()
        except SourceError as error:
            if error.status != 416:
                raise
    return open_url(wanted.url, {}), 0


def _append(response: HTTPResponse, part: Path, offset: int, most: int, tell: Callable[[int], None]) -> int:
    """Write an answer's body to the part from `offset` on; return its end, beyond `most` if it goes on."""
    done = offset
    with part.open("ab" if offset else "wb") as file:
        tell(done)
        while done <= most and (chunk := read_some(response, _CHUNK)):
            done += len(chunk)
            file.write(chunk[: len(chunk) - max(done - most, 0)])
            tell(done)
    return done


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
