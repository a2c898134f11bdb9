"""Question sets, which lie beside the data they ask of: recognised, so that they are not taken for broken data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from graph.model import Record, Reject, Source
from graph.readers.jsonlines import head_objects


class QuestionSetReader:
    """JSON Lines of questions hold nothing to remember: there is nothing in them to read."""

    name: ClassVar[str] = "question-set"
    about: ClassVar[str] = "questions with known evidence, which are left out"

    def claims(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        objects = head_objects(head)
        return bool(objects) and all(isinstance(each.get("question"), str) and "text" not in each for each in objects)

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:  # noqa: ARG002 - nothing is read
        return iter(())
