"""ChatGPT's export: `conversations.json`, an array of message trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from msgspec.structs import replace

from graph.model import Form, Json, Record, Reject, Source
from graph.readers.jsonstream import StreamedObject, objects
from graph.readers.naming import stem
from graph.readers.timestamps import iso_timestamp
from graph.readers.tree import TreeNode, depth_first
from graph.readers.values import LONGEST_NAME, admit, mapping, sequence, string

_MEDIA = {"image": "[image]", "audio": "[audio]", "video": "[video]"}


class ChatGptReader:
    """What the user and the assistant said to each other, one conversation in memory at a time.

    The branch last shown comes first, then the others (regenerated answers, edited questions),
    marked in the metadata. System messages, hidden ones, tools, what the assistant writes to
    tools, and messages without words are left out; a reply leads past them.
    """

    name: ClassVar[str] = "chatgpt"
    about: ClassVar[str] = "ChatGPT's data export (conversations.json, or the zip as downloaded)"

    def claims(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return start.startswith((b"[", b"{")) and b'"mapping"' in head

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:
        ordinal = 0
        for each in objects(source):
            if isinstance(each, Reject):
                yield each
                continue
            for record in _messages(source, each):
                ordinal += 1
                yield admit(replace(record, line=ordinal, offset=each.offset), source.path, longest)


def _messages(source: Source, streamed: StreamedObject) -> Iterator[Record]:
    conversation = streamed.value
    name = string(conversation.get("conversation_id")) or string(conversation.get("id"))
    title = (string(conversation.get("title")) or "")[:LONGEST_NAME] or None
    nearest: dict[str, str] = {}
    for node in depth_first(mapping(conversation.get("mapping")), conversation.get("current_node")):
        reply_to = nearest.get(node.parent or "")
        record = _message(node, reply_to)
        if answered := record.key if record else reply_to:
            nearest[node.id] = answered
        if record:
            yield replace(record, conversation=name or f"{stem(source.name)}#{streamed.ordinal}", title=title)


def _message(node: TreeNode, reply_to: str | None) -> Record | None:
    """Return the message of a node, or None where it has none that was said."""
    message = mapping(node.value.get("message"))
    details = mapping(message.get("metadata"))
    speaker = mapping(message.get("author")).get("role")
    addressee = string(message.get("recipient")) or "all"
    text = _text(mapping(message.get("content")))
    hidden = details.get("is_visually_hidden_from_conversation") or details.get("is_user_system_message")
    if speaker not in ("user", "assistant") or addressee != "all" or hidden or not text:
        return None
    metadata: dict[str, Json] = {} if node.main else {"branch": "alternative"}
    if model := string(details.get("model_slug")):
        metadata["model"] = model
    return Record(
        form=Form.MESSAGE,
        key=string(message.get("id")) or node.id,
        text=text,
        speaker=speaker,
        timestamp=iso_timestamp(message.get("create_time")),
        reply_to=reply_to,
        metadata=metadata,
    )


def _text(content: Mapping[str, Json]) -> str:
    """Return the words of a message with its media noted between them; empty where it has no words."""
    parts = sequence(content.get("parts")) or [content.get("text")]
    words = [each if isinstance(each, str) else mapping(each).get("text") for each in parts]
    if not any(isinstance(each, str) and each.strip() for each in words):
        return ""
    noted = [word if isinstance(word, str) else _medium(part) for word, part in zip(words, parts, strict=True)]
    return "\n".join(each for each in noted if each)


def _medium(part: Json) -> str:
    kind = string(mapping(part).get("content_type")) or ""
    return next((note for medium, note in _MEDIA.items() if medium in kind), "[attachment]" if kind else "")
