"""Transcripts of Claude Code: JSON Lines, one event a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from graph.model import Form, Json, Record, Reject, Source
from graph.readers.jsonlines import JsonLine, head_objects, json_lines
from graph.readers.keys import Keys, Recent
from graph.readers.naming import stem
from graph.readers.timestamps import iso_timestamp
from graph.readers.values import LONGEST_NAME, admit, mapping, sequence, string

_NOISE = ("<command-name>", "<command-message>", "<local-command-stdout>", "<local-command-stderr>", "<bash-")


class ClaudeCodeReader:
    """What the user and the assistant wrote.

    Tool calls and their results, thinking, notices of the program and summaries of what went
    before are left out; a side chain (a subagent's talk) is kept and marked in the metadata. A
    reply leads to the nearest message before it, past all that is left out.
    """

    name: ClassVar[str] = "claude-code"
    about: ClassVar[str] = "Claude Code's transcripts (*.jsonl)"

    def claims(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        objects = head_objects(head)
        if objects:
            return any(_is_event(each) for each in objects)
        return head.startswith(b"{") and all(each in head for each in (b'"sessionId"', b'"uuid"', b'"message"'))

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:
        keys, nearest, title = Keys(), Recent(), None
        for line in json_lines(source, longest):
            if isinstance(line, Reject):
                yield line
                continue
            if line.value.get("type") == "summary":
                title = (string(line.value.get("summary")) or "")[:LONGEST_NAME] or title
                continue
            reply_to = nearest.get(string(line.value.get("parentUuid")) or "")
            uuid = string(line.value.get("uuid"))
            text = _said(line.value)
            record = _record(source, line, text, keys, title, reply_to) if text else None
            if uuid and (answered := record.key if record else reply_to):
                nearest[uuid] = answered
            if record:
                yield admit(record, source.path, longest)


def _is_event(value: Mapping[str, Json]) -> bool:
    kind = value.get("type")
    return (kind in ("user", "assistant") and "sessionId" in value and "message" in value) or (
        kind == "summary" and "leafUuid" in value
    )


def _said(event: Mapping[str, Json]) -> str:
    """Return what was written in an event; empty where it is no message."""
    if event.get("type") not in ("user", "assistant") or event.get("isMeta") or event.get("isCompactSummary"):
        return ""
    content = mapping(event.get("message")).get("content")
    blocks = [content] if isinstance(content, str) else [_block_text(each) for each in sequence(content)]
    return "\n\n".join(block for block in blocks if block.strip() and not block.lstrip().startswith(_NOISE))


def _block_text(block: Json) -> str:
    text = mapping(block).get("text") if mapping(block).get("type") == "text" else None
    return text if isinstance(text, str) else ""


def _record(source: Source, line: JsonLine, text: str, keys: Keys, title: str | None, reply_to: str | None) -> Record:
    event = line.value
    conversation = string(event.get("sessionId")) or stem(source.name)
    timestamp = iso_timestamp(event.get("timestamp"))
    return Record(
        form=Form.MESSAGE,
        key=string(event.get("uuid")) or keys.key(conversation, timestamp),
        text=text,
        conversation=conversation,
        speaker=event["type"],
        timestamp=timestamp,
        title=title,
        reply_to=reply_to,
        metadata={"sidechain": True} if event.get("isSidechain") else {},
        line=line.number,
        offset=line.offset,
    )
