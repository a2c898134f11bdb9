from __future__ import annotations

from graph.model import Record
from graph.readers.claude_code import ClaudeCodeReader

from .samples import json_lines, read, records


def event(key: str, content: object, kind: str = "user", parent: str | None = None, **more: object) -> dict:
    message = {"role": kind, "content": content}
    return {"type": kind, "sessionId": "s", "uuid": key, "parentUuid": parent, "message": message, **more}


def messages(*events: object) -> list[Record]:
    return records(read(ClaudeCodeReader(), json_lines(*events), "session.jsonl"))


def test_words_only_and_replies_past_tools() -> None:
    text, call = {"type": "text", "text": "I look."}, {"type": "tool_use", "name": "Read", "input": {}}
    found = messages(
        {"type": "summary", "summary": "The oven", "leafUuid": "x"},
        event("1", "It is cold", timestamp="2025-03-04T10:22:00.000Z"),
        event("2", [{"type": "thinking", "thinking": "hm"}, text, call, text], "assistant", "1"),
        event("3", [{"type": "tool_result", "content": "no"}], "user", "2"),
        event("4", [call], "assistant", "3"),
        event("5", "Thanks", "user", "4"),
    )
    assert [(each.key, each.speaker, each.text, each.reply_to) for each in found] == [
        ("1", "user", "It is cold", None),
        ("2", "assistant", "I look.\n\nI look.", "1"),
        ("5", "user", "Thanks", "2"),
    ]
    assert {(each.conversation, each.title) for each in found} == {("s", "The oven")}
    assert found[0].timestamp == "2025-03-04T10:22:00+00:00"


def test_meta_commands_and_summaries_are_left_out_and_side_chains_marked() -> None:
    found = messages(
        event("1", "Caveat", isMeta=True),
        event("2", "<command-name>/clear</command-name>"),
        event("3", "This goes on from before", isCompactSummary=True),
        event("4", "Look for it", isSidechain=True),
        {"type": "system", "sessionId": "s", "content": "compacted"},
    )
    assert [(each.text, each.metadata) for each in found] == [("Look for it", {"sidechain": True})]


def test_without_ids_keys_are_counted() -> None:
    bare = {"type": "user", "message": {"content": "Hi"}}
    assert [(each.conversation, each.key) for each in messages(bare, bare)] == [("session", "#1"), ("session", "#2")]


def test_claims_by_content() -> None:
    claims = ClaudeCodeReader().claims
    assert claims("x", json_lines({"type": "file-history-snapshot"}, event("1", "Hi")))
    assert not claims("x", json_lines({"type": "user", "text": "Hi", "sessionId": "s"}))
