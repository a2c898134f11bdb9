"""Values out of foreign JSON, and what every record has to fulfil."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from graph.model import Json, Record, Reject

LONGEST_NAME = 1_000
"""Characters of an id, a title or a name; longer ones are not what they say they are."""
DEEPEST = 50
"""Levels of nesting in metadata."""


def string(value: Json) -> str | None:
    """Return a string or a number as text, without blanks around it; None for all else and for blanks."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def mapping(value: Json) -> Mapping[str, Json]:
    """Return `value` where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Json) -> list[Json]:
    """Return `value` where it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def admit(record: Record, path: str, longest: int) -> Record | Reject:
    """Return the record where it can be stored and shown as it is, else a Reject that says why not."""
    reason = _flaw(record, longest)
    return Reject(path, record.line, reason) if reason else record


def _flaw(record: Record, longest: int) -> str | None:
    if not record.text.strip():
        return "no text"
    names = (record.key, record.conversation, record.session, record.speaker, record.title, record.reply_to)
    if any(name and len(name) > LONGEST_NAME for name in names):
        return f"an id, a title or a name of more than {LONGEST_NAME:,} characters"
    try:
        if len(record.text.encode("utf-8")) > longest:
            return f"longer than {longest:,} bytes"
        for value in _leaves([record.text, *names, record.metadata]):
            if isinstance(value, float) and not math.isfinite(value):
                return "a number out of range"
            if isinstance(value, str) and "\x00" in value:
                return "a NUL character in the text"
            if isinstance(value, str):
                value.encode("utf-8")
    except UnicodeEncodeError:
        return "half a surrogate pair in the text"
    except RecursionError:
        return "nested too deeply"
    return None


def _leaves(value: Json, depth: int = 0) -> Iterator[Json]:
    """Yield all that is no container, keys included.

    Raises:
        RecursionError: `value` is nested deeper than `DEEPEST` levels.
    """
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, Mapping):
        yield from value
        value = list(value.values())
    if not isinstance(value, list):
        yield value
        return
    for each in value:
        yield from _leaves(each, depth + 1)
