"""A JSON array of objects, read one object at a time."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec import Struct

from graph.model import Json, Reject, Source
from graph.readers.decode import reading

LARGEST = 32 * 1024 * 1024
"""Bytes of one object, held in memory while it is read."""
DEEPEST = 100
"""Levels of nesting in the file."""


class StreamedObject(Struct, frozen=True):
    """One object, which one it is (from 1), and about how many bytes were read up to its end."""

    ordinal: int
    value: dict[str, Json]
    offset: int


class BrokenStreamError(ValueError):
    """The file cannot be read on from here."""


class _Meter:
    """Counts what the parser reads, and stops it where one value never ends."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = 0
        self.mark = 0

    def read(self, size: int = -1) -> bytes:
        first = self.position == 0 and size > 0
        data = self._file.read(size)
        self.position += len(data)
        if self.position - self.mark > LARGEST:
            raise BrokenStreamError(f"a value is longer than {LARGEST:,} bytes")
        return data.removeprefix(codecs.BOM_UTF8) if first else data


def objects(source: Source) -> Iterator[StreamedObject | Reject]:
    """Yield the objects of the array that the source is, or the one object that it is.

    Where the file is cut off or damaged, what came before stays and a Reject says where it ends.

    Raises:
        InputError: the source cannot be read.
    """
    import ijson

    count = 0
    # The fast parser stops at numbers beyond 64 bits; the other one takes over from there.
    for parser, last in ((ijson, False), (ijson.get_backend("python"), True)):
        with reading(source) as file:
            meter = _Meter(file)
            try:
                for ordinal, value in enumerate(_values(meter, parser, use_float=not last), 1):
                    if ordinal > count:
                        count = ordinal
                        yield _checked(source, ordinal, value, meter.position)
            except BrokenStreamError as error:
                yield Reject(source.path, count + 1, str(error))
            except (ijson.JSONError, ValueError, ArithmeticError) as error:
                if not last and "overflow" in str(error):
                    continue
                reason = f"not JSON, or cut off, after {count} conversations (near byte {meter.position:,})"
                yield Reject(source.path, count + 1, reason)
            return


def _checked(source: Source, ordinal: int, value: Json, offset: int) -> StreamedObject | Reject:
    if isinstance(value, dict):
        return StreamedObject(ordinal, value, offset)
    return Reject(source.path, ordinal, value if isinstance(value, str) else "not a JSON object")


def _values(meter: _Meter, parser: Any, use_float: bool) -> Iterator[Json]:
    """Yield the values; a string in the place of one says why it was passed over.

    `basic_parse` and not `items`, whose path grows with every level and so, on hostile nesting,
    with its square. Without `use_float` the fast parser crashes on whole numbers of thousands of
    digits.
    """
    from ijson import ObjectBuilder

    builder: Any = None
    depth, start, outermost = 0, 0, True
    for event, value in parser.basic_parse(meter, use_float=use_float):
        meter.mark = meter.position
        if outermost:
            outermost = False
            if event == "start_array":
                continue
        if depth == 0:
            if event == "end_array":
                continue
            builder, start = ObjectBuilder(), meter.position
        if builder and meter.position - start > LARGEST:
            builder = None
        if builder:
            builder.event(event, value)
        depth += (event in ("start_map", "start_array")) - (event in ("end_map", "end_array"))
        if depth > DEEPEST:
            raise BrokenStreamError("nested too deeply")
        if depth == 0:
            yield builder.value if builder else f"longer than {LARGEST:,} bytes"
