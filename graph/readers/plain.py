"""memcli's own form: JSON Lines, one message or document a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from graph.model import Form, Json, Record, Reject, Source
from graph.readers.jsonlines import JsonLine, head_objects, json_lines
from graph.readers.keys import Keys
from graph.readers.naming import stem
from graph.readers.sections import sections
from graph.readers.timestamps import iso_timestamp
from graph.readers.values import admit, string

_MESSAGE = frozenset({"conversation", "session", "id", "speaker", "timestamp", "text", "reply_to"})
_DOCUMENT = frozenset({"id", "title", "timestamp", "text"})


class PlainReader:
    """A line with a `conversation` or a `speaker` is a message, any other a document."""

    name: ClassVar[str] = "plain"
    about: ClassVar[str] = "JSON Lines of messages and documents, one a line"

    def claims(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        objects = head_objects(head)
        if objects:
            return any(isinstance(each.get("text"), str) for each in objects)
        # The first line may be longer than what there is to see.
        return b"\n" not in head.rstrip() and head.lstrip().startswith(b"{") and b'"text"' in head

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:
        keys = Keys()
        for line in json_lines(source, longest):
            if isinstance(line, Reject):
                yield line
            elif problem := _problem(line.value):
                yield Reject(source.path, line.number, problem)
            elif line.value.get("conversation") is not None or line.value.get("speaker") is not None:
                yield admit(_message(source, line, keys), source.path, longest)
            else:
                yield from _document(source, line, longest)


def _problem(value: Mapping[str, Json]) -> str | None:
    """Return what is wrong with the types of a line's fields."""
    text = value.get("text")
    if not isinstance(text, str):
        return "no text" if text is None else "text is not a string"
    for name in sorted((_MESSAGE | _DOCUMENT) - {"text", "timestamp"}):
        given = value.get(name)
        if isinstance(given, bool) or not isinstance(given, str | int | float | None):
            return f"{name} is not a string"
    return None


def _message(source: Source, line: JsonLine, keys: Keys) -> Record:
    value = line.value
    conversation = string(value.get("conversation")) or stem(source.name)
    timestamp, metadata = _rest(value, _MESSAGE)
    return Record(
        form=Form.MESSAGE,
        key=string(value.get("id")) or keys.key(conversation, timestamp),
        text=value["text"],
        conversation=conversation,
        session=string(value.get("session")) or "",
        speaker=string(value.get("speaker")),
        timestamp=timestamp,
        reply_to=string(value.get("reply_to")),
        metadata=metadata,
        line=line.number,
        offset=line.offset,
    )


def _document(source: Source, line: JsonLine, longest: int) -> Iterator[Record | Reject]:
    value = line.value
    timestamp, metadata = _rest(value, _DOCUMENT)
    texts = (text for text in sections(value["text"]) if text.strip())
    for text in texts if value["text"].strip() else ("",):
        record = Record(
            form=Form.DOCUMENT,
            key=string(value.get("id")) or f"{source.name}#{line.number}",
            text=text,
            timestamp=timestamp,
            title=string(value.get("title")),
            metadata=metadata,
            line=line.number,
            offset=line.offset,
        )
        admitted = admit(record, source.path, longest)
        yield admitted
        if isinstance(admitted, Reject):
            return


def _rest(value: Mapping[str, Json], known: frozenset[str]) -> tuple[str | None, dict[str, Json]]:
    """Return the timestamp, and all that the form does not know; a time that is none is kept there."""
    metadata = {name: each for name, each in value.items() if name not in known}
    given = value.get("timestamp")
    timestamp = iso_timestamp(given)
    if timestamp is None and given is not None:
        metadata["timestamp"] = given
    return timestamp, metadata
