from __future__ import annotations

import io
import json
from functools import partial

import pytest

from graph.model import Form, Record, Reject, Source
from graph.readers.plain import PlainReader

from .samples import json_lines, read, records, rejects


def lines(*values: object) -> list[Record | Reject]:
    return read(PlainReader(), json_lines(*values), "folder/chat.jsonl")


def test_fields_of_a_message() -> None:
    message = {"conversation": "c", "session": "s", "id": "7", "speaker": "Ana", "timestamp": "2025-03-04T10:22:00Z"}
    (record,) = records(lines({**message, "text": "Hi", "reply_to": "6", "mood": {"calm": True}}))
    assert record == Record(
        Form.MESSAGE, "7", "Hi", "c", "s", "Ana", "2025-03-04T10:22:00+00:00", None, "6", {"mood": {"calm": True}}, 1,
        record.offset,
    )  # fmt: skip


def test_numbers_are_ids() -> None:
    (record,) = records(lines({"conversation": 12, "id": 7, "reply_to": 6, "text": "Hi"}))
    assert (record.conversation, record.key, record.reply_to) == ("12", "7", "6")


def test_a_speaker_makes_a_message_of_the_conversation_that_the_file_is() -> None:
    (record,) = records(lines({"speaker": "Ana", "text": "Hi"}))
    assert (record.form, record.conversation) == (Form.MESSAGE, "folder/chat")


def test_a_long_document_comes_in_sections_of_one_key() -> None:
    text = "\n\n".join(f"Paragraph {n} " + "word " * 50 for n in range(20))
    found = records(lines({"id": "d", "title": "T", "text": text}))
    assert len(found) > 3
    assert {(each.key, each.title, each.form) for each in found} == {("d", "T", Form.DOCUMENT)}
    assert "".join(each.text for each in found) == text


def test_absurd_time_is_kept_beside() -> None:
    (record,) = records(lines({"conversation": "c", "text": "Hi", "timestamp": "the day after"}))
    assert record.timestamp is None
    assert record.metadata == {"timestamp": "the day after"}


def test_messages_without_ids_are_counted_by_time() -> None:
    at = {"conversation": "c", "text": "Hi", "timestamp": "2025-03-04"}
    found = records(lines(at, {"conversation": "c", "text": "x"}, at, {**at, "conversation": "d"}))
    assert [each.key for each in found] == ["2025-03-04#1", "#1", "2025-03-04#2", "2025-03-04#1"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "a', "not JSON"),
        (b"[1]", "not a JSON object"),
        (b'{"text": 1}', "text is not a string"),
        (b'{"speaker": "Ana"}', "no text"),
        (b'{"text": " \\n"}', "no text"),
        (b'{"text": "a", "speaker": ["Ana"]}', "speaker is not a string"),
        (b'{"text": "a", "id": true}', "id is not a string"),
        (b'{"text": "a\\u0000b"}', "NUL"),
        (b'{"text": "\\ud800"}', "surrogate"),
        (b'{"text": "a", "more": {"\\ud800": 1}}', "surrogate"),
        (b'{"text": "\xff"}', "not UTF-8"),
        (b'{"text": "a", "n": NaN}', "not JSON"),
        (b'{"text": "a", "n": 1e999}', "out of range"),
        (b'{"text": "a", "n": ' + b"1" * 5000 + b"}", "not JSON"),
        (b'{"text": "a", "n": ' + b"[" * 100 + b"]" * 100 + b"}", "nested too deeply"),
        (b'{"text": "a", "n": ' + b"[" * 40_000 + b"]" * 40_000 + b"}", "nested too deeply"),
        (b'{"text": "a", "id": "' + b"i" * 2000 + b'"}', "an id"),
    ],
)
def test_a_bad_line_is_rejected_and_the_next_is_read(line: bytes, reason: str) -> None:
    found = read(PlainReader(), b"\n" + line + b"\n" + json_lines({"text": "good"}))
    (reject,) = rejects(found)
    assert reject.line == 2
    assert reason in reject.reason
    assert [each.text for each in records(found)] == ["good"]


def test_a_huge_line_is_never_held() -> None:
    class Counted(io.BytesIO):
        largest = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            data = super().readline(size)
            Counted.largest = max(Counted.largest, len(data))
            return data

    data = b'{"text": "' + b"x" * 2_000_000 + b'"}\n' + json_lines({"text": "good"})
    found = list(PlainReader().read(Source("x", "x", partial(Counted, data)), 1000))
    assert [type(each) for each in found] == [Reject, Record]
    assert records(found)[0].line == 2
    assert records(found)[0].offset == len(data)
    assert Counted.largest <= 64 * 1024


def test_questions_are_not_messages() -> None:
    claims = PlainReader().claims
    assert not claims("questions.jsonl", json_lines({"id": "1", "question": "Who?"}))
    assert claims("x.jsonl", json_lines({"text": "Hi"}))
    assert claims("x.jsonl", b'{"conversation": "c", "text": "' + b"x" * 70_000)
    assert not claims("x.json", json.dumps([{"text": "Hi"}]).encode())


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    (record,) = records(read(PlainReader(), b"\xef\xbb\xbf" + json_lines({"text": "Hi"})))
    assert record.text == "Hi"
