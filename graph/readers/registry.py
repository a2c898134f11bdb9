"""Which readers there are, and which one a source is for."""

from __future__ import annotations

import re

from graph.errors import InputError, UsageError
from graph.model import Source
from graph.ports import Reader
from graph.readers.chatgpt import ChatGptReader
from graph.readers.claude_code import ClaudeCodeReader
from graph.readers.decode import binary_kind, head_of, not_text
from graph.readers.document import DocumentReader
from graph.readers.naming import suffix
from graph.readers.plain import PlainReader
from graph.readers.question_set import QuestionSetReader
from graph.readers.subtitles import SubtitlesReader
from graph.readers.transcript import TranscriptReader
from graph.readers.whatsapp import WhatsAppReader

READERS: tuple[Reader, ...] = (
    ChatGptReader(),
    ClaudeCodeReader(),
    PlainReader(),
    WhatsAppReader(),
    SubtitlesReader(),
    TranscriptReader(),
    DocumentReader(),
)
"""In the order in which they are asked; the last takes all that is text."""

QUESTION_SET = QuestionSetReader()
"""For files that are left out: no format that could be asked for, and so none of `READERS`."""

_JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\]{])")


def reader_named(name: str) -> Reader:
    """Return the reader that `--format` calls `name`.

    Raises:
        UsageError: there is none.
    """
    for reader in READERS:
        if reader.name == name:
            return reader
    raise UsageError(f"no format is called {name!r}", f"formats are {', '.join(each.name for each in READERS)}")


def sniff(source: Source) -> Reader:
    """Return the first reader that claims a source by its name and its first 64 KiB; `QUESTION_SET` for questions.

    Raises:
        InputError: the source cannot be read, is not text, or is JSON of no known format.
    """
    head = head_of(source)
    for reader in (*READERS[:-1], QUESTION_SET):
        if reader.claims(source.name, head):
            return reader
    ending = suffix(source.name)
    if head.strip() and (ending in _JSON_SUFFIXES or (not ending and _JSON.match(head))):
        raise InputError(
            f"{source.path}: JSON of no known format", "see docs/reference/formats.md, or name one with --format"
        )
    if not READERS[-1].claims(source.name, head):
        raise not_text(source, binary_kind(head))
    return READERS[-1]
