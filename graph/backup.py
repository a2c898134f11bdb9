"""A memory as one file that every kind of store can be filled from: JSON Lines, compressed with gzip.

    {"type": "header", "format": "memcli backup", "version": 2}
    {"type": "node", …}           the lines of `graph export --format jsonl`: nodes, then edges
    {"type": "vector", …}         the vectors of interactions, in Base64
    {"type": "event", …}          what was decided, since version 2
    {"type": "checkpoint", …}     the sources taken in
    {"type": "footer", "nodes": …, "edges": …, "vectors": …, "events": …, "checkpoints": …, "sha256": …}

The footer counts the lines; its SHA-256 is that of all bytes before it, uncompressed. The same memory gives the same
file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from msgspec import Struct

from graph.comparison import Holding, Part, key_of, part_of
from graph.errors import StoreCorruptError, StoreForeignError, StoreNewerError
from graph.records import line_of, record_of

VERSION = 2
_FORMAT = "memcli backup"
_HEAD = 1000
"""Bytes of the longest header."""
_FOOTER = b'{"type": "footer"'
_DAMAGE = (gzip.BadGzipFile, zlib.error, EOFError)


def chunks(source: Holding) -> Iterator[bytes]:
    """Yield the bytes of a backup of what `source` holds."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    digest = hashlib.sha256()
    counts = dict.fromkeys(Part, 0)
    header = _line({"type": "header", "format": _FORMAT, "version": VERSION})
    digest.update(header)
    yield packer.compress(header)
    for item in chain(source.nodes(), source.edges(), source.vectors(), source.events(), source.checkpoints()):
        data = line_of(item).encode("utf-8")
        digest.update(data)
        counts[part_of(item)] += 1
        yield packer.compress(data)
    yield packer.compress(_footer(counts, digest.hexdigest())) + packer.flush()


def is_backup(path: Path) -> bool:
    """Whether the file begins as a backup does, of whatever version.

    Raises:
        OSError: it cannot be read.
    """
    return _version(path) is not None


class Backup(Struct, frozen=True):
    """A backup in a file. No line of it may be longer than `longest` bytes, uncompressed."""

    path: Path
    longest: int

    def checked(self) -> Holding:
        """Read all of it and return what it holds.

        Raises:
            OSError: the file cannot be read.
            StoreForeignError: it is no backup.
            StoreNewerError: a newer memcli wrote it.
            StoreCorruptError: it was cut off or changed.
        """
        version = _version(self.path)
        if version is None:
            raise StoreForeignError(f"{self.path} is no backup of memcli", "name one that `memcli store backup` wrote")
        if version > VERSION:
            raise StoreNewerError(f"{self.path} was written by a newer memcli (version {version})", "upgrade memcli")
        counts = self._counts(version)
        return Holding(
            lambda: self._items(Part.NODE),
            lambda: self._items(Part.EDGE),
            lambda: self._items(Part.VECTOR),
            lambda: self._items(Part.EVENT),
            lambda: self._items(Part.CHECKPOINT),
            sum(counts.values()),
        )

    def _counts(self, version: int) -> Mapping[Part, int]:
        """Check every line, and count them."""
        # Closed here, where a line is refused: left to the garbage collector, the file may go before its reader.
        with closing(self._lines()) as lines:
            return self._counted(enumerate(lines, 1), version)

    def _counted(self, lines: Iterator[tuple[int, bytes]], version: int) -> Mapping[Part, int]:
        digest = hashlib.sha256()
        counts = dict.fromkeys([part for part in Part if version > 1 or part is not Part.EVENT], 0)
        last: tuple[Any, ...] = ()
        digest.update(next(lines)[1])
        for number, line in lines:
            if line.startswith(_FOOTER):
                if line != _footer(counts, digest.hexdigest()) or next(lines, None):
                    raise self._damaged("was changed")
                return counts
            digest.update(line)
            try:
                item = record_of(line)
            except ValueError as error:
                raise self._damaged(f"is damaged in line {number}") from error
            part = part_of(item)
            place = (tuple(Part).index(part), *key_of(item))
            if place <= last:
                raise self._damaged(f"is out of order in line {number}")
            last = place
            counts[part] += 1
        raise self._damaged("was cut off")

    def _items(self, part: Part) -> Iterator[Any]:
        beginning = f'{{"type": "{part}"'.encode()
        with closing(self._lines()) as lines:
            yield from (record_of(line) for line in lines if line.startswith(beginning))

    def _lines(self) -> Generator[bytes]:
        try:
            with self.path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as file:
                while line := file.readline(self.longest + 1):
                    if len(line) > self.longest:
                        raise StoreCorruptError(
                            f"{self.path} has a line of more than {self.longest:,} bytes",
                            "if it is a backup of such long messages, set ingest.longest higher",
                        )
                    yield line
        except _DAMAGE as error:
            raise self._damaged("was cut off or changed") from error

    def _damaged(self, how: str) -> StoreCorruptError:
        return StoreCorruptError(f"{self.path} {how}; nothing was restored from it", "use another backup")


def _version(path: Path) -> int | None:
    """The version that the header of a backup names; None where there is no such header."""
    try:
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as file:
            match json.loads(file.readline(_HEAD)):
                case {"type": "header", "format": "memcli backup", "version": int(version)}:
                    return version
    except (*_DAMAGE, ValueError, RecursionError):
        pass
    return None


def _footer(counts: Mapping[Part, int], digest: str) -> bytes:
    return _line({"type": "footer", **{f"{part}s": count for part, count in counts.items()}, "sha256": digest})


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"
