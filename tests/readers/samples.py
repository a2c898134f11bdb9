"""One small source of every format, and what tests read with."""

from __future__ import annotations

import io
import json
from functools import partial

from graph.model import Record, Reject, Source
from graph.ports import Reader

LONGEST = 100_000


def source_of(data: bytes | str, name: str = "chat.txt") -> Source:
    data = data.encode() if isinstance(data, str) else data
    return Source(name, f"/somewhere/{name}", partial(io.BytesIO, data), len(data))


def read(reader: Reader, data: bytes | str, name: str = "chat.txt", longest: int = LONGEST) -> list[Record | Reject]:
    return list(reader.read(source_of(data, name), longest))


def records(found: list[Record | Reject]) -> list[Record]:
    return [each for each in found if isinstance(each, Record)]


def rejects(found: list[Record | Reject]) -> list[Reject]:
    return [each for each in found if isinstance(each, Reject)]


def json_lines(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def node(key: str, parent: str | None, *children: str, role: str | None = None, text: str = "", **more: object) -> dict:
    """A node of ChatGPT's tree; without a role it has no message."""
    message = role and {"id": f"m-{key}", "author": {"role": role}, "content": {"parts": [text]}, **more}
    return {key: {"id": key, "parent": parent, "children": list(children), "message": message}}


CONVERSATION = {
    "title": "Bread",
    "conversation_id": "c1",
    "current_node": "b2",
    "mapping": {
        **node("root", None, "sys"),
        **node("sys", "root", "u1", role="system", text="You bake."),
        **node("u1", "sys", "a1", "b1", role="user", text="How long does dough rest?", create_time=1700000000.5),
        **node("a1", "u1", role="assistant", text="An hour."),
        **node("b1", "u1", "b2", role="tool", text="looked it up"),
        **node("b2", "b1", role="assistant", text="Overnight."),
    },
}

SAMPLES: dict[str, tuple[str, bytes]] = {
    "plain": (
        "chat.jsonl",
        json_lines(
            {
                "conversation": "kitchen",
                "id": "1",
                "speaker": "Ana",
                "timestamp": "2025-03-04T10:22:00Z",
                "text": "Hej å",
            },
            {"conversation": "kitchen", "speaker": "Bo", "text": "Salt?", "reply_to": "1", "mood": ["calm"]},
            {"id": "d1", "title": "Rye", "text": "Rye rises slowly.\n\nIt keeps for a week."},
        ),
    ),
    "chatgpt": ("conversations.json", json.dumps([CONVERSATION, {**CONVERSATION, "conversation_id": "c2"}]).encode()),
    "claude-code": (
        "session.jsonl",
        json_lines(
            {"type": "summary", "summary": "Fix the oven", "leafUuid": "x"},
            {"type": "user", "sessionId": "s1", "uuid": "1", "message": {"role": "user", "content": "It is cold"}},
            {
                "type": "assistant",
                "sessionId": "s1",
                "uuid": "2",
                "parentUuid": "1",
                "timestamp": "2025-03-04T10:22:00.000Z",
                "message": {"content": [{"type": "text", "text": "I look."}, {"type": "tool_use", "input": {}}]},
            },
        ),
    ),
    "whatsapp": (
        "WhatsApp Chat with Ana.txt",
        "13/03/2025, 10:22 - Messages are end-to-end encrypted.\n"
        "13/03/2025, 10:22 - Ana: Hello\nsecond line\n"
        "13/03/2025, 10:23 - Bo 🤓: <Media omitted>\n"
        "13/03/2025, 10:23 - Bo 🤓: Så\n".encode(),
    ),
    "subtitles": (
        "standup.vtt",
        "WEBVTT - Standup\n\nNOTE made by hand\n\n1\n00:01.000 --> 00:04.000\n<v Ana>The oven\nis fixed.</v>\n\n"
        "00:04.000 --> 00:06.500 align:start\n<v Ana>It is warm.</v>\n\n"
        "01:00:07.000 --> 01:00:08.000\n<v.loud Bo Ek>Så &amp; good.</v>\n".encode(),
    ),
    "transcript": (
        "standup.md",
        b"# Standup 2025-03-04\n\nEveryone was there.\n\n**Ana:** The oven is fixed.\nIt is warm.\n\n"
        b"**Bo:** Good.\n\n**Ana:** Then we bake.\n",
    ),
    "document": ("rye.md", "# Rye\n\nRye rises slowly – å.\n\n## Keeping\n\nA week, in a cloth.\n".encode()),
}
"""By the reader's name: what the source is called and what is in it."""
