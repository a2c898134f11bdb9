"""A batch of questions: one a line, as JSON or as plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from graph.errors import InputError
from graph.model import Question
from graph.readers.decode import raw_lines
from memcli.render.text import is_text

LONGEST_LINE = 1_000_000


class BadLine(Struct, frozen=True):
    """A line that is no question. `id` is what the line says, where it can be read."""

    line: int
    error: InputError
    id: str | None = None


def read_questions(stream: BinaryIO, like: Question) -> Iterator[Question | BadLine]:
    """Yield each line's question in order, lazily; what a line does not say is taken from `like`.

    Empty lines are passed over.
    """
    for line in raw_lines(stream, LONGEST_LINE):
        if line.data is None:
            yield _bad(line.number, f"line {line.number} is longer than {LONGEST_LINE} bytes")
        elif (found := _question(line.number, line.data, like)) is not None:
            yield found


def _question(number: int, line: bytes, like: Question) -> Question | BadLine | None:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError:
        return _bad(number, f"line {number} is not UTF-8")
    if not text.startswith("{"):
        return replace(like, text=text) if text else None
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return _bad(number, f"line {number} begins like JSON and is none")
    return _from_fields(number, fields, like)


def _from_fields(number: int, fields: dict[str, Any], like: Question) -> Question | BadLine:
    id = fields.get("id")
    # Ids that are numbers are common, and come back as the text that names them.
    id = str(id) if isinstance(id, int) and not isinstance(id, bool) else id
    known = id if isinstance(id, str) else None
    for name in ("id", "question", "asked_at", "conversation"):
        value = id if name == "id" else fields.get(name)
        if value is not None and not (isinstance(value, str) and is_text(value)):
            return _bad(number, f"line {number}: {name!r} is not text", known)
    text = fields.get("question") or ""
    if not text.strip():
        return _bad(number, f"line {number} has no question", known)
    given = {name: value for name in ("asked_at", "conversation") if (value := fields.get(name))}
    return replace(like, text=text, id=known, **given)


def _bad(number: int, message: str, id: str | None = None) -> BadLine:
    return BadLine(number, InputError(message, 'a line is a question in UTF-8, or a JSON object with "question"'), id)
