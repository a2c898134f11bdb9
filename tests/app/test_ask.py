from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import Question
from memcli import questions
from memcli.questions import BadLine, read_questions

from .world import World, with_chat

QUESTION = "Who became secretary of the allotment committee?"
NOWHERE = "Xyzzy plugh?"


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def sources(world: World, *options: str) -> list[dict[str, Any]]:
    data = world("ask", QUESTION, "--json", *options).data
    return [source for hit in data["hits"] for source in hit["sources"]]


def test_an_answer_quotes_and_cites_and_says_no_more(world: World) -> None:
    ran = world("ask", QUESTION)
    assert (ran.code, ran.err) == (0, "")
    quoted, cited, *insights = ran.out.rstrip("\n").split("\n\n")
    assert "secretary" in quoted
    numbers = [re.fullmatch(r"“.+” — .+ \[(\d+)\]", line) for line in quoted.splitlines()]
    places = [re.fullmatch(r"\[(\d+)\] .+", line) for line in cited.splitlines()]
    assert all(numbers)
    assert all(places)
    assert {each and each[1] for each in numbers} == {each and each[1] for each in places}
    assert all(line.startswith("· ") for block in insights for line in block.splitlines())


def test_evidence_is_a_line_a_hit(world: World) -> None:
    ran = world("ask", QUESTION, "--no-answer", "--limit", "3")
    hits = world("ask", QUESTION, "--no-answer", "--limit", "3", "--json").data["hits"]
    shown = [line for line in ran.out.splitlines() if line.startswith("[")]
    assert [line.partition("]")[0] for line in shown] == ["[1", "[2", "[3"]
    for line, hit in zip(shown, hits, strict=True):
        assert hit["timestamp"][:10] in line
        assert (hit["sources"][0].get("speaker") or hit["title"]) in line
        assert " ".join(hit["text"].split())[:20] in line


def test_a_question_is_remembered_by_one_memory_where_somebody_wants_it(empty: World) -> None:
    mine = with_chat(empty, '{"speaker": "Ann", "text": "The cat food is in the barn."}\n')

    def asked() -> list[str]:
        found = mine("graph", "export", "--format", "jsonl").out
        return [each["text"] for each in lines(found) if each.get("form") == "asked"]

    assert mine("ask", "Where is the cat food?").code == 0
    assert asked() == []
    mine.env["MEMCLI_ASK_REMEMBER"] = "true"
    assert mine("ask", "Where is the food of the cat?", "--no-remember").code == 0
    assert asked() == []
    assert mine("ask", "--batch", "-", stdin=b"What is in the barn?\nWho is Ann?\n").code == 0
    assert sorted(asked()) == ["What is in the barn?", "Who is Ann?"]
    mine.env["MEMCLI_ASK_REMEMBER"] = "false"
    mine("space", "create", "other")
    ran = mine("ask", "Who?", "--remember", "--space", "default", "--space", "other")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: --remember enters a question into one memory")


def test_what_is_not_in_memory_is_said(world: World) -> None:
    ran = world("ask", NOWHERE)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Not in memory.")
    assert world("ask", NOWHERE, "--json").data["answer"]["found"] is False


def test_what_may_be_in_memory_is_shown(world: World) -> None:
    question = "Which animals frightened the secretary of the committee?"
    told = world("ask", question, "--json").data
    assert (told["answer"]["found"], told["answer"]["confidence"] >= 0.5) == (False, True)
    first, *hits = world("ask", question).out.splitlines()
    assert first == "Not in memory, as far as its words tell. What comes nearest:"
    assert [line.partition("]")[0] for line in hits] == ["[1", "[2", "[3"]


def test_explain_shows_reading_hits_and_signals(world: World) -> None:
    out = world("ask", QUESTION, "--explain").out
    for part in ("terms: ", "secretary", "entities: ", "speaker: any", "text", "[10] "):
        assert part in out
    data = world("ask", QUESTION, "--explain", "--json").data
    assert "secretary" in data["reading"]["terms"]
    assert all("path" in hit for hit in data["hits"])


def test_the_data_is_that_of_the_contract(world: World) -> None:
    data = world("ask", QUESTION, "--json").data
    assert list(data) == ["id", "question", "answer", "hits", "insights", "facts", "elapsed_ms"]
    assert list(data["answer"]) == ["text", "value", "kind", "confidence", "found", "decided_by", "id", "wording"]
    assert [hit["rank"] for hit in data["hits"]] == list(range(1, 11))
    found = [source for hit in data["hits"] for source in hit["sources"]]
    message = next(each for each in found if "message" in each)
    document = next(each for each in found if "document" in each)
    assert list(message) == ["conversation", "session", "message", "speaker", "timestamp"]
    assert "message" not in document
    assert world("ask", QUESTION, "--no-answer", "--json").data["answer"] is None


def test_options_restrict_the_hits(world: World) -> None:
    assert len(sources(world, "--limit", "3")) == 3
    assert {each["conversation"] for each in sources(world, "--conversation", "meetings")} == {"meetings"}
    assert {each["speaker"] for each in sources(world, "--speaker", "Dot")} == {"Dot"}
    assert {each["timestamp"][:7] for each in sources(world, "--since", "2025-03", "--until", "2025-03")} == {"2025-03"}
    times = [each["timestamp"] for each in sources(world, "--order", "time")]
    assert times == sorted(times)
    words = [len(hit["text"].split()) for hit in world("ask", QUESTION, "--budget", "60", "--json").data["hits"]]
    assert words
    assert len(words) == 1 or sum(words) <= 60


def test_options_reach_the_question(scripted: World) -> None:
    options = "--limit 3 --budget 50 --conversation trip --speaker Ann --since 2024-03 --until 2024-04-01 --order time"
    scripted("ask", "Ann?", *options.split())
    assert scripted.memory.asked == [
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


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_explaining_asks_for_paths(scripted: World, flags: tuple[str, ...]) -> None:
    scripted("ask", "Ann?", *flags)
    scripted("ask", "Ann?", "--explain", *flags)
    assert [each.explain for each in scripted.memory.asked] == [False, True]


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
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")


@pytest.mark.parametrize("moment", ["2024", "2024-03", "2024-03-05", "2024-03-05T10:22", "2024-03-05T10:22:00+02:00"])
def test_dates_may_be_the_beginning_of_one(scripted: World, moment: str) -> None:
    assert scripted("ask", "Ann?", "--since", moment).code == 0
    assert scripted.memory.asked[0].since == moment


@pytest.mark.parametrize("moment", ["20240305", "2024-W10", "2024-03-05T1022", "2024-13", "", "2024-03-05 "])
def test_dates_that_do_not_compare_as_text_are_refused(scripted: World, moment: str) -> None:
    ran = scripted("ask", "Ann?", "--since", moment)
    assert (ran.code, scripted.memory.asked) == (2, [])
    assert "is no date" in ran.err


def test_a_date_and_a_time_may_be_words_of_their_own(scripted: World) -> None:
    assert scripted("ask", "Ann?", "--until", "2024-03-05 10:22").code == 0
    assert scripted.memory.asked[0].until == "2024-03-05T10:22"


def test_where_everybody_asks_nobody_answers(empty: World) -> None:
    lines = [f'{{"conversation": "c", "speaker": "{who}", "text": "Kayak paddle?"}}' for who in ("Ann", "Bob", "Kayak")]
    assert empty("ingest", "-", stdin="\n".join(lines).encode()).code == 0
    answer = empty("ask", "Kayak paddle", "--json").data["answer"]
    assert (answer["found"], answer["text"]) == (False, "")
    assert empty("ask", "Kayak paddle").out.startswith("Not in memory")


def test_exit_status_tells_whether_it_was_found(world: World) -> None:
    assert world("ask", QUESTION, "--exit-status").code == 0
    assert world("ask", NOWHERE, "--exit-status").code == 3
    assert world("ask", NOWHERE).code == 0
    assert world("ask", "-", "--exit-status", stdin=f"{NOWHERE}\n".encode() * 2).code == 3
    assert world("ask", "-", "--exit-status", stdin=f"{NOWHERE}\n{QUESTION}\n".encode()).code == 0


BATCH = b"""\xef\xbb\xbf{"id": "q1", "question": "Who chairs?", "asked_at": "2025-04-01", "conversation": "meetings"}

Who cooks?
{"id": 7, "question": "Whose bees?", "x": [1]}
"""


@pytest.mark.parametrize("flags", [[], ["--json"], ["--jsonl"]])
def test_a_batch_is_one_result_a_line_in_order(world: World, flags: list[str]) -> None:
    ran = world("ask", "-", "--limit", "1", *flags, stdin=BATCH)
    results = lines(ran.out)
    assert ran.code == 0
    assert [each["id"] for each in results] == ["q1", None, "7"]
    assert [each["question"] for each in results] == ["Who chairs?", "Who cooks?", "Whose bees?"]
    assert [len(each["hits"]) for each in results] == [1, 1, 1]
    assert results[0]["hits"][0]["sources"][0]["conversation"] == "meetings"


def test_a_batch_may_be_a_file(world: World) -> None:
    path = world.home / "questions.jsonl"
    path.write_bytes(BATCH)
    of_file, of_stdin = (
        [each | {"elapsed_ms": 0} for each in lines(ran.out)]
        for ran in (world("ask", "--batch", str(path)), world("ask", "--batch", "-", stdin=BATCH))
    )
    assert of_file == of_stdin


def test_a_bad_line_is_an_error_in_its_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "LONGEST_LINE", 60)
    batch = b"\n".join(
        [
            b"Who chairs?",
            b'{"id": "q2", "question": 3}',
            b"{broken",
            b'{"id": ["q4"], "question": "Ann?"}',
            b'{"id": "q5"}',
            b"\xff\xfe",
            b"x" * 200,
            b'{"question": "Ann?", "conversation": 1}',
            b'{"question": "Ann \\ud83d"}',
            b"Who cooks?",
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
