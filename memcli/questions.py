"""A batch of questions: one a line, as JSON or as plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from graph.errors import InputError
from graph.model import Question
from memcli.render.text import is_text

LONGEST_LINE = 1_000_000


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no question. `id` is what the line says, where it can be read."""

    line: int
    error: InputError
    id: str | None = None


def read_questions(stream: BinaryIO, like: Question) -> Iterator[Question | BadLine]:
    """Yield each line's question in order, lazily; what a line does not say is taken from `like`.

    Empty lines are passed over.
    """
    for number, line in enumerate(_lines(stream), 1):
        if line is None:
            yield BadLine(number, InputError(f"line {number} is longer than {LONGEST_LINE} bytes"))
        elif (found := _question(number, line, like)) is not None:
            yield found


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines; None for one that is too long."""
    while line := stream.readline(LONGEST_LINE + 1):
        whole = len(line) <= LONGEST_LINE
        while not whole and line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)
        yield line if whole else None


def _question(number: int, line: bytes, like: Question) -> Question | BadLine | None:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError:
        return BadLine(number, InputError(f"line {number} is not UTF-8"))
    if not text.startswith("{"):
        return replace(like, text=text) if text else None
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return BadLine(number, InputError(f"line {number} begins like JSON and is none"))
    return _from_fields(number, fields, like)


def _from_fields(number: int, fields: dict[str, Any], like: Question) -> Question | BadLine:
    id = fields.get("id")
    # Ids that are numbers are common, and come back as the text that names them.
    id = str(id) if isinstance(id, int) and not isinstance(id, bool) else id
    known = id if isinstance(id, str) else None
    for name in ("id", "question", "asked_at", "conversation"):
        value = id if name == "id" else fields.get(name)
        if value is not None and not (isinstance(value, str) and is_text(value)):
            return BadLine(number, InputError(f"line {number}: {name!r} is not text"), known)
    text = fields.get("question") or ""
    if not text.strip():
        return BadLine(number, InputError(f"line {number} has no question"), known)
    given = {name: value for name in ("asked_at", "conversation") if (value := fields.get(name))}
    return replace(like, text=text, id=known, **given)
