"""Any other text: Markdown, plain text, source; cut into sections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from graph.model import Form, Record, Reject, Source
from graph.readers.decode import head_of, head_text, text_lines
from graph.readers.naming import stem
from graph.readers.sections import find_heading, sections_of
from graph.readers.values import LONGEST_NAME, admit


class DocumentReader:
    """Every section is a record; joined, they are the whole text, word for word."""

    name: ClassVar[str] = "document"
    about: ClassVar[str] = "Markdown and plain text, in sections of about 300 words"

    def claims(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        return head_text(head) is not None

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:
        title = _title(source)
        line, offset = 1, 0

        def pieces() -> Iterator[str]:
            nonlocal offset
            for each in text_lines(source):
                offset = each.offset
                yield each.text

        for text in sections_of(pieces()):
            if text.strip():
                record = Record(Form.DOCUMENT, source.name, text, title=title, line=line, offset=offset)
                yield admit(record, source.path, longest)
            line += text.count("\n")


def _title(source: Source) -> str:
    """Return the first heading, or what the file is called."""
    lines = (head_text(head_of(source)) or "").splitlines()
    heading = next(filter(None, map(find_heading, lines)), None)
    title = heading[1] if heading else stem(source.name).rpartition("/")[2]
    return title[:LONGEST_NAME]
