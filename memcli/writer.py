"""The one way a file is written: whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_file(target: Path, chunks: Iterable[str | bytes]) -> int:
    """Write `chunks` to `target`, text as UTF-8, and return the number of bytes.

    The text goes to a temporary file beside the target, which takes the target's place once it
    is on disk; until then, and after any error, the target is what it was. What is no regular
    file (a pipe, a device) is written to as it stands.

    Raises:
        OSError: it cannot be written.
    """
    if target.exists() and not target.is_file() and not target.is_dir():
        return _write(target, chunks)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    place = target.resolve()
    temporary = place.with_name(f".{place.name[:100]}.{os.getpid()}.tmp")
    try:
        size = _write(temporary, chunks)
        temporary.replace(place)
    except OSError as error:
        if error.filename not in (None, str(temporary)):
            raise
        # People know the target, not what is beside it.
        raise type(error)(error.errno, error.strerror, str(target)) from error
    finally:
        # What could not be written cannot always be removed either.
        with suppress(OSError):
            temporary.unlink()
    return size


def _write(path: Path, chunks: Iterable[str | bytes]) -> int:
    size = 0
    # Half a surrogate pair, which JSON can carry and UTF-8 cannot, is written as its escape.
    with path.open("wb") as file:
        for chunk in chunks:
            size += file.write(chunk if isinstance(chunk, bytes) else chunk.encode("utf-8", "backslashreplace"))
        file.flush()
        if path.is_file():
            os.fsync(file.fileno())
    return size
