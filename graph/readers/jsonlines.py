"""JSON Lines: one object a line, a bad line being no reason to stop."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

from msgspec import Struct

from graph.model import Json, Reject, Source
from graph.readers.decode import RawLine, raw_lines, reading

_LOOKED_AT = 100
"""Lines by which a format is recognised."""


class JsonLine(Struct, frozen=True):
    """One object, the line it is on (from 1), and the bytes read up to its end."""

    number: int
    value: dict[str, Json]
    offset: int


def json_lines(source: Source, longest: int) -> Iterator[JsonLine | Reject]:
    """Yield the object of each line that is not blank, or a Reject for it.

    Raises:
        InputError: the source cannot be read.
    """
    with reading(source) as file:
        for line in raw_lines(file, longest):
            if line.data is None:
                yield Reject(source.path, line.number, f"longer than {longest:,} bytes")
                continue
            data = line.data.removeprefix(codecs.BOM_UTF8) if line.number == 1 else line.data
            if data.strip():
                yield _parsed(source.path, line, data)


def head_objects(head: bytes) -> list[dict[str, Json]]:
    """Return the objects in the first complete lines of a source."""
    lines = head.removeprefix(codecs.BOM_UTF8).split(b"\n")[:_LOOKED_AT]
    parsed = (_parsed("", RawLine(0, line, 0), line) for line in lines if line.lstrip().startswith(b"{"))
    return [line.value for line in parsed if isinstance(line, JsonLine)]


def _parsed(path: str, line: RawLine, data: bytes) -> JsonLine | Reject:
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError:
        return Reject(path, line.number, "not UTF-8")
    except json.JSONDecodeError as error:
        return Reject(path, line.number, f"not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Reject(path, line.number, "nested too deeply")
    except ValueError as error:
        return Reject(path, line.number, f"not JSON: {error}")
    if not isinstance(value, dict):
        return Reject(path, line.number, "not a JSON object")
    return JsonLine(line.number, value, line.offset)


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is not a number")
