"""The vectors nearest to one, exactly: every one is compared.

Those of a large memory also lie in a file beside it, which is mapped into memory instead of read row by row. It is made
by the search that needs it, holds nothing that the database does not, and may be removed at any time.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import msgspec
from msgspec import Meta, Struct

from graph.model import TextQuery
from graph.store.sqlite.connection import HEADER

if TYPE_CHECKING:
    from numpy import float32, int64
    from numpy.typing import NDArray

_WITHIN = """
    SELECT n.id, v.numbers FROM vector v JOIN node n ON n.key = v.key JOIN interaction i ON i.key = v.key
    WHERE v.model = :model AND length(v.numbers) = :bytes
    AND (:conversation IS NULL OR i.conversation = :conversation) AND (:speaker IS NULL OR i.speaker = :speaker)
    AND (:since IS NULL OR i.timestamp >= :since)
    AND (:until IS NULL OR substr(i.timestamp, 1, length(:until)) <= :until)"""
_ALL = "SELECT key, numbers, changed FROM vector WHERE model = :model AND length(numbers) = :bytes ORDER BY key"
_COUNT = "SELECT count(*) FROM vector WHERE model = :model"
_CHANGED = """
    SELECT n.id, v.key, v.numbers FROM vector v JOIN node n ON n.key = v.key
    WHERE v.model = :model AND v.changed > :changed AND length(v.numbers) = :bytes"""
_IS_OF_THIS = "SELECT 1 FROM vector WHERE model = :model AND changed = :changed LIMIT 1"
# Of some vectors by key: the planner would go through all of a model, as it takes their index for narrow.
_THERE = """
    SELECT n.id, v.key FROM json_each(:keys) j CROSS JOIN vector v ON v.key = j.value JOIN node n ON n.key = v.key
    WHERE v.model = :model AND v.changed <= :changed"""

FEW = 4096
"""Vectors up to which a memory is read row by row, and so many that have changed are."""
_HEADER = 512
_FORM = 2
_AT_ONCE = 4096
_SUMS = 1 << 64


class _Header(Struct, frozen=True):
    """What stands in the file before the vectors: the model, the bytes of each, how many, the last change, and the
    `_sum` of all vectors and keys."""

    form: int
    model: str
    bytes: int
    rows: int
    changed: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    sum: int


class _Mapped(Struct, frozen=True):
    """The vectors of a model as they were up to a change: `keys` (rows,) and `numbers` (rows, dimensions)."""

    changed: int
    keys: NDArray[int64]
    numbers: NDArray[float32]


class _Found(Struct, frozen=True):
    id: str
    cosine: float


def nearest(connection: sqlite3.Connection, path: Path, query: TextQuery) -> list[str]:
    """The ids nearest to the query's vector within its bounds, at most `query.limit`, the nearest first, ties by id.

    `path` is that of the database.
    """
    bounded = query.conversation or query.speaker or query.since or query.until
    there = 0 if bounded else connection.execute(_COUNT, _given(query)).fetchone()[0]
    mapped = _mapped(connection, path, query, there) if there > FEW else None
    found = _in_rows(connection, query) if mapped is None else _in_file(connection, mapped, query, there)
    return [each.id for each in _best(found, query.limit)]


def cosines(numbers: Sequence[bytes], vector: bytes) -> list[float]:
    """The cosine of each vector to `vector`, -1 to 1; all are little-endian float32, as many, and have length 1."""
    import numpy

    if not numbers:
        return []
    wanted = numpy.frombuffer(vector, "<f4")
    found: list[float] = (numpy.frombuffer(b"".join(numbers), "<f4").reshape(len(numbers), -1) @ wanted).tolist()
    return found


def beside(path: Path) -> Path:
    """The file with the vectors of the database at `path`."""
    return path.with_name(f"{path.name}-vectors")


def discard(path: Path) -> None:
    """Remove that file, and what a search that was killed left of one.

    Raises:
        OSError: it cannot be removed.
    """
    name = beside(path).name
    for each in path.parent.iterdir():
        if (each.name == name or each.name.startswith(f"{name}-")) and not _is_of_others(each):
            each.unlink(missing_ok=True)


def _is_of_others(file: Path) -> bool:
    """Whether it is a folder or a database, which somebody gave that name."""
    if file.is_symlink() or not file.is_file():
        return file.is_dir() and not file.is_symlink()
    with file.open("rb") as opened:
        return opened.read(len(HEADER)) == HEADER


def _given(query: TextQuery, changed: int = 0) -> dict[str, object]:
    """What statements take."""
    return {
        "model": query.model,
        "bytes": len(query.vector),
        "changed": changed,
        "conversation": query.conversation,
        "speaker": query.speaker,
        "since": query.since,
        "until": query.until,
    }


def _in_rows(connection: sqlite3.Connection, query: TextQuery) -> Iterator[_Found]:
    rows = connection.execute(_WITHIN, _given(query))
    while chunk := rows.fetchmany(_AT_ONCE):
        ids, numbers = zip(*chunk, strict=True)
        yield from _best(map(_Found, ids, cosines(numbers, query.vector)), query.limit)


def _best(found: Iterable[_Found], limit: int) -> list[_Found]:
    return nsmallest(limit, found, key=lambda each: (-each.cosine, each.id))


def _in_file(connection: sqlite3.Connection, mapped: _Mapped, query: TextQuery, there: int) -> Iterator[_Found]:
    """Yield what is nearest among the mapped vectors, and all that has changed since; the database holds `there`."""
    import numpy

    given = _given(query, mapped.changed)
    changed = connection.execute(_CHANGED, given).fetchall()
    yield from map(_Found, (id for id, _, _ in changed), cosines([each for *_, each in changed], query.vector))
    near = mapped.numbers @ numpy.frombuffer(query.vector, "<f4")
    near[numpy.isin(mapped.keys, [key for _, key, _ in changed])] = -numpy.inf
    # As many more as are gone, or were made anew.
    wanted = query.limit + max(0, len(near) - (there - len(changed)))
    least = numpy.partition(near, -wanted)[-wanted] if 0 < wanted < len(near) else -numpy.inf
    best = numpy.flatnonzero((near >= least) & (near > -numpy.inf))
    cosine = dict(zip(mapped.keys[best].tolist(), near[best].tolist(), strict=True))
    rows = connection.execute(_THERE, given | {"keys": json.dumps(list(cosine))})
    yield from (_Found(id, cosine[key]) for id, key in rows)


def _mapped(connection: sqlite3.Connection, database: Path, query: TextQuery, there: int) -> _Mapped | None:
    """The file's vectors, made anew where it is not there, is another database's or has become old; None where it
    cannot be made."""
    if mapped := _usable(connection, database, query, there):
        return mapped
    # A folder that cannot be written to, or a full disk: it goes without.
    with suppress(OSError):
        _make(connection, database, query)
    return _usable(connection, database, query, there)


def _usable(connection: sqlite3.Connection, database: Path, query: TextQuery, there: int) -> _Mapped | None:
    mapped = _opened(beside(database), query)
    return None if mapped is None or _is_old(connection, mapped, query, there) else mapped


def _is_old(connection: sqlite3.Connection, mapped: _Mapped, query: TextQuery, there: int) -> bool:
    given = _given(query, mapped.changed)
    # Changes have the time at which they were made: no other database has this one.
    if connection.execute(_IS_OF_THIS, given).fetchone() is None:
        return True
    ((changed,),) = connection.execute(_COUNT + " AND changed > :changed", given)
    most = max(FEW, len(mapped.keys) // 4)
    return bool(changed > most or len(mapped.keys) - (there - changed) > most)


def _opened(file: Path, query: TextQuery) -> _Mapped | None:
    """The file as it is, whatever it holds; None where it is none of ours, cut short, or not as it was written."""
    import numpy

    try:
        # A pipe would keep whoever opens it waiting.
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            told = msgspec.json.decode(opened.read(_HEADER), type=_Header)
        size = _HEADER + told.rows * (told.bytes + 8)
        known = (told.form, told.model, told.bytes) == (_FORM, query.model, len(query.vector))
        if not known or told.rows < 1 or file.stat().st_size != size:
            return None
        keys = numpy.memmap(file, "<i8", "r", size - 8 * told.rows, (told.rows,))
        numbers = numpy.memmap(file, "<f4", "r", _HEADER, (told.rows, told.bytes // 4))
    except (OSError, ValueError):
        return None
    if (_sum(numbers, told.bytes) + _sum(keys, 8)) % _SUMS != told.sum:
        return None
    return _Mapped(told.changed, keys, numbers)


def _sum(numbers: NDArray[Any], row: int) -> int:
    """The sum of all bits of an array, taken as whole numbers of 8 bytes, or 4 where a `row` has no such length.

    All of it is read by every search anyway, and a sum takes half the time of the product. It tells nothing of an order
    that is wrong: what a disk does is to give other bits.
    """
    whole = numbers.reshape(-1).view("<u4" if row % 8 else "<u8")
    return int(whole.sum(dtype="<u8"))


def _make(connection: sqlite3.Connection, database: Path, query: TextQuery) -> None:
    """Write the file, in its place all at once.

    Raises:
        OSError: it cannot be written.
    """
    descriptor, name = tempfile.mkstemp(prefix=f"{beside(database).name}-", dir=database.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened, closing(connection.execute(_ALL, _given(query))) as rows:
            _write(opened, rows, query)
        # Whoever may read the database may read this.
        Path(name).chmod(database.stat().st_mode & 0o777)
        if _is_of_others(beside(database)):
            raise FileExistsError(beside(database))
        Path(name).replace(beside(database))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(opened: BinaryIO, rows: sqlite3.Cursor, query: TextQuery) -> None:
    import numpy

    opened.write(bytes(_HEADER))
    row = len(query.vector)
    keys: list[int] = []
    latest = told = 0
    while chunk := rows.fetchmany(_AT_ONCE):
        some, numbers, changed = zip(*chunk, strict=True)
        opened.write(block := b"".join(numbers))
        told += _sum(numpy.frombuffer(block, "<f4"), row)
        keys += some
        latest = max(latest, *changed)
    named = numpy.array(keys, "<i8")
    opened.write(named.tobytes())
    opened.seek(0)
    header = _Header(_FORM, query.model, row, len(keys), latest, (told + _sum(named, 8)) % _SUMS)
    opened.write(msgspec.json.encode(header).ljust(_HEADER))
