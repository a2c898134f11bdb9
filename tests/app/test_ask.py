from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import Question
from memcli import questions
from memcli.questions import BadLine, read_questions

from .world import World


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_answer_quotes_and_cites(world: World) -> None:
    ran = world("ask", "Where did Ann go?")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "“I flew to Lisbon on Monday.” — Ann, 2024-03-05 [1]\n"
        "\n"
        "[1] trip, s1, message a-1, 2024-03-05 10:22\n"
        "\n"
        "What this adds up to:\n"
        "  Ann travels (i_1, supported by 2)\n"
    )


def test_what_is_not_in_memory_is_said_with_the_nearest_evidence(world: World) -> None:
    ran = world("ask", "Who cooks?")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "Not in memory."
    assert "[2] A guide: Lisbon has hills." in ran.out


def test_explain_shows_reading_signals_and_paths(world: World) -> None:
    out = world("ask", "Ann?", "--explain").out
    for part in ("terms: lisbon", "entities: Ann", "speaker: any", "lexical", "0.800", "[1] ann"):
        assert part in out
    data = world("ask", "Ann?", "--explain", "--json").data
    assert data["reading"] == {"terms": ["lisbon"], "entities": ["Ann"], "speaker": None}
    assert data["hits"][0]["path"] == ["ann"]


def test_evidence_only(world: World) -> None:
    ran = world("ask", "Ann?", "--no-answer")
    assert "document d-1" in ran.out
    assert "“" not in ran.out
    assert world("ask", "Ann?", "--no-answer", "--json").data["answer"] is None


def test_the_data_is_that_of_the_contract(world: World) -> None:
    data = world("ask", "Ann?", "--json").data
    assert list(data) == ["id", "question", "answer", "hits", "insights", "elapsed_ms"]
    assert list(data["answer"]) == ["text", "confidence", "found", "decided_by"]
    message, document = (hit["sources"][0] for hit in data["hits"])
    assert message == {
        "conversation": "trip",
        "session": "s1",
        "message": "a-1",
        "speaker": "Ann",
        "timestamp": "2024-03-05T10:22:00",
    }
    assert document["document"] == "d-1"
    assert "message" not in document


def test_options_reach_the_question(world: World) -> None:
    options = "--limit 3 --budget 50 --conversation trip --speaker Ann --since 2024-03 --until 2024-04-01 --order time"
    world("ask", "Ann?", *options.split())
    assert world.memory.asked == [
        Question(
            "Ann?",
            asked_at="2024-05-01T12:00:00",
            conversation="trip",
            speaker="Ann",
            since="2024-03",
            until="2024-04-01",
            limit=3,
            budget=50,
            order="time",
        )
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        ["Ann?", "--batch", "f"],
        ["Ann?", "--since", "soon"],
        ["Ann?", "--until", "2024-13"],
        ["Ann?", "--since", "24"],
        ["Ann?", "--limit", "0"],
        ["Ann?", "--order", "size"],
    ],
)
def test_what_cannot_be_asked(world: World, arguments: list[str]) -> None:
    ran = world("ask", *arguments)
    assert ran.code == 2
    assert ran.err.startswith("error: ")
    assert not world.memory.asked


@pytest.mark.parametrize("moment", ["2024", "2024-03", "2024-03-05", "2024-03-05T10:22", "2024-03-05T10:22:00+02:00"])
def test_dates_may_be_the_beginning_of_one(world: World, moment: str) -> None:
    assert world("ask", "Ann?", "--since", moment).code == 0
    assert world.memory.asked[0].since == moment


def test_exit_status_tells_whether_it_was_found(world: World) -> None:
    assert world("ask", "Ann?", "--exit-status").code == 0
    assert world("ask", "Who?", "--exit-status").code == 3
    assert world("ask", "Who?").code == 0
    assert world("ask", "-", "--exit-status", stdin=b"Who?\nWhat?\n").code == 3
    assert world("ask", "-", "--exit-status", stdin=b"Who?\nAnn?\n").code == 0


BATCH = b"""\xef\xbb\xbf{"id": "q1", "question": "Ann?", "asked_at": "2024-04-01", "conversation": "trip", "x": [1]}

Who cooks?
{"id": 7, "question": "Ann's plane?"}
"""


@pytest.mark.parametrize("flags", [[], ["--json"], ["--jsonl"]])
def test_a_batch_is_one_result_a_line_in_order(world: World, flags: list[str]) -> None:
    ran = world("ask", "-", "--limit", "1", "--speaker", "Ann", *flags, stdin=BATCH)
    results = lines(ran.out)
    assert ran.code == 0
    assert [each["id"] for each in results] == ["q1", None, "7"]
    assert [each["question"] for each in results] == ["Ann?", "Who cooks?", "Ann's plane?"]
    assert [len(each["hits"]) for each in results] == [1, 1, 1]
    first, second, _ = world.memory.asked
    assert (first.asked_at, first.conversation, first.speaker) == ("2024-04-01", "trip", "Ann")
    assert (second.asked_at, second.conversation, second.speaker) == (None, None, "Ann")


def test_a_batch_may_be_a_file(world: World) -> None:
    path = world.home / "questions.jsonl"
    path.write_bytes(BATCH)
    assert world("ask", "--batch", str(path)).out == world("ask", "--batch", "-", stdin=BATCH).out


def test_a_bad_line_is_an_error_in_its_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "LONGEST_LINE", 60)
    batch = b"\n".join(
        [
            b"Ann?",
            b'{"id": "q2", "question": 3}',
            b"{broken",
            b'{"id": ["q4"], "question": "Ann?"}',
            b'{"id": "q5"}',
            b"\xff\xfe",
            b"x" * 200,
            b'{"question": "Ann?", "conversation": 1}',
            b'{"question": "Ann \\ud83d"}',
            b"Who?",
        ]
    )
    ran = world("ask", "-", stdin=batch)
    results = lines(ran.out)
    assert ran.code == 5
    assert [each.get("line") for each in results] == [None, 2, 3, 4, 5, 6, 7, 8, 9, None]
    assert [each["id"] for each in results] == [None, "q2", None, None, "q5", None, None, None, None, None]
    assert all(each["errors"][0]["code"] == "input" for each in results[1:9])
    assert "longer than 60 bytes" in results[6]["errors"][0]["message"]


@given(st.binary(max_size=300))
def test_any_bytes_are_questions_or_bad_lines(data: bytes) -> None:
    found = list(read_questions(io.BytesIO(data), Question("")))
    assert len(found) <= data.count(b"\n") + 1
    assert all(isinstance(each, BadLine) or each.text.strip() for each in found)


def test_deeply_nested_json_is_a_bad_line() -> None:
    [bad] = read_questions(io.BytesIO(b'{"question": ' + b"[" * 100_000), Question(""))
    assert isinstance(bad, BadLine)
