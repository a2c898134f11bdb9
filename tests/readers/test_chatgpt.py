from __future__ import annotations

import json

import pytest

from graph.model import Record
from graph.readers import jsonstream
from graph.readers.chatgpt import ChatGptReader

from .samples import CONVERSATION, node, read, records, rejects


def messages(*conversations: object) -> list[Record]:
    found = read(ChatGptReader(), json.dumps(conversations), "conversations.json")
    assert not rejects(found)
    return records(found)


def tree(*nodes: dict, **more: object) -> dict:
    return {"id": "c", "mapping": {key: value for each in nodes for key, value in each.items()}, **more}


def test_the_branch_shown_last_comes_first_and_replies_lead_past_tools() -> None:
    found = messages(CONVERSATION)
    assert [(each.key, each.speaker, each.text, each.reply_to) for each in found] == [
        ("m-u1", "user", "How long does dough rest?", None),
        ("m-b2", "assistant", "Overnight.", "m-u1"),
        ("m-a1", "assistant", "An hour.", "m-u1"),
    ]
    assert [each.metadata for each in found] == [{}, {}, {"branch": "alternative"}]
    assert {(each.conversation, each.title) for each in found} == {("c1", "Bread")}
    assert found[0].timestamp == "2023-11-14T22:13:20.500000+00:00"


def test_without_a_current_node_the_last_children_are_shown() -> None:
    found = messages({**CONVERSATION, "current_node": None})
    assert [each.key for each in found] == ["m-u1", "m-b2", "m-a1"]


def test_media_are_noted_and_messages_without_words_left_out() -> None:
    image = {"content_type": "image_asset_pointer", "asset_pointer": "file://1"}
    spoken = {"content_type": "audio_transcription", "text": "what I said"}
    found = messages(
        tree(
            node("a", None, "b", role="user", content={"parts": [image, "What is it?", {"content_type": "pdf"}]}),
            node("b", "a", "c", role="user", content={"parts": [image]}),
            node("c", "b", "d", role="user", content={"parts": [spoken]}),
            node("d", "c", role="user", content={"content_type": "code", "text": "print(1)"}),
        )
    )
    assert [each.text for each in found] == ["[image]\nWhat is it?\n[attachment]", "what I said", "print(1)"]


def test_hidden_messages_and_those_to_tools_are_left_out() -> None:
    hidden = {"is_visually_hidden_from_conversation": True}
    found = messages(
        tree(
            node("a", None, "b", role="user", text="hidden", metadata=hidden),
            node("b", "a", "c", role="assistant", text="search(bread)", recipient="browser"),
            node("c", "b", role="assistant", text="Found.", recipient="all", metadata={"model_slug": "m1"}),
        )
    )
    assert [(each.text, each.metadata) for each in found] == [("Found.", {"model": "m1"})]


def test_loops_and_loose_ends_are_read_once() -> None:
    found = messages(
        tree(
            node("a", "c", "b", "b", "nowhere", role="user", text="1"),
            node("b", "a", "c", role="user", text="2"),
            node("c", "b", "a", role="user", text="3"),
            node("loose", "nowhere", "loose", role="user", text="4"),
            current_node="b",
        )
    )
    assert sorted(each.text for each in found) == ["1", "2", "3", "4"]


def test_a_long_thread_does_not_exhaust_the_stack() -> None:
    nodes = [node(str(n), str(n - 1), str(n + 1), role="user", text=f"t{n}") for n in range(5_000)]
    found = messages(tree(*nodes))
    assert len(found) == 5_000
    assert found[-1].reply_to == "m-4998"


def test_what_comes_before_the_damage_stays() -> None:
    data = json.dumps([CONVERSATION, CONVERSATION]).encode()
    found = read(ChatGptReader(), data[:-40])
    assert len(records(found)) == 3
    (reject,) = rejects(found)
    assert reject.line == 2
    assert "cut off" in reject.reason


def test_nesting_without_end_is_refused() -> None:
    (reject,) = rejects(read(ChatGptReader(), b'[{"a":' + b"[" * 100_000))
    assert "nested" in reject.reason


def test_a_conversation_too_large_to_hold_is_passed_over(monkeypatch) -> None:
    monkeypatch.setattr(jsonstream, "LARGEST", 200_000)
    large = tree(*(node(str(n), None, role="user", text="x" * 1000) for n in range(500)))
    found = read(ChatGptReader(), json.dumps([large, CONVERSATION]))
    assert [each.reason for each in rejects(found)] == ["longer than 200,000 bytes"]
    assert len(records(found)) == 3


def test_a_value_without_end_stops_the_reading(monkeypatch) -> None:
    monkeypatch.setattr(jsonstream, "LARGEST", 200_000)
    found = read(ChatGptReader(), b'[{"title": "' + b"x" * 1_000_000)
    assert [each.reason for each in rejects(found)] == ["a value is longer than 200,000 bytes"]


def test_one_conversation_alone_and_a_byte_order_mark() -> None:
    assert len(records(read(ChatGptReader(), b"\xef\xbb\xbf" + json.dumps(CONVERSATION).encode()))) == 3


def test_a_conversation_without_an_id_is_named_after_the_file() -> None:
    (record,) = messages({"mapping": node("a", None, role="user", text="Hi")})
    assert record.conversation == "conversations#1"


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 30, "1e400"])
def test_large_numbers_do_not_end_the_reading(number: str) -> None:
    data = json.dumps([CONVERSATION, {**CONVERSATION, "size": 0}, CONVERSATION]).replace(
        '"size": 0', f'"size": {number}'
    )
    found = read(ChatGptReader(), data)
    assert len(records(found)) == 9
    assert not rejects(found)


@pytest.mark.parametrize("digits", [5_000, 1_000_000])
def test_numbers_that_nothing_can_hold_end_it_in_words(digits: int) -> None:
    data = json.dumps([CONVERSATION, {**CONVERSATION, "size": 0}]).replace('"size": 0', f'"size": {"1" * digits}')
    found = read(ChatGptReader(), data)
    assert len(records(found)) == 3
    assert [each.line for each in rejects(found)] == [2]
