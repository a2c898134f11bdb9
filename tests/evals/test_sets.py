"""Question sets: what is found, what is read, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError, NotFoundError
from memcli.evals.sets import LONGEST_LINE, EvalQuestion, EvalSet, discover


def write_set(folder: Path, *questions: object) -> EvalSet:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [each if isinstance(each, str) else json.dumps(each) for each in questions]
    (folder / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return EvalSet(folder.name, folder)


def question(**fields: Any) -> dict[str, Any]:
    return {"id": "q", "question": "Who?", "answer": "Ann", "category": "1", "gold": ["a"]} | fields


def test_a_folder_is_a_set_or_a_folder_of_sets(tmp_path: Path) -> None:
    write_set(tmp_path / "two")
    write_set(tmp_path / "one")
    (tmp_path / "none").mkdir()
    assert [each.name for each in discover(tmp_path)] == ["one", "two"]
    assert [each.name for each in discover(tmp_path, ["two"])] == ["two"]
    assert [each.folder for each in discover(tmp_path / "one")] == [tmp_path / "one"]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="not a folder"):
        discover(tmp_path / "gone")
    with pytest.raises(NotFoundError, match=r"no questions\.jsonl"):
        discover(tmp_path)
    write_set(tmp_path / "one")
    with pytest.raises(NotFoundError, match="no set two") as caught:
        discover(tmp_path, ["one", "two"])
    assert caught.value.hint == "there are: one"


def test_the_inputs_are_all_but_questions_and_hidden_files(tmp_path: Path) -> None:
    each = write_set(tmp_path)
    for name in ("messages.jsonl", ".hidden", "b.md"):
        (tmp_path / name).touch()
    (tmp_path / "chat").mkdir()
    assert [path.name for path in each.inputs] == ["b.md", "chat", "messages.jsonl"]


def test_the_digest_is_of_names_and_bytes_and_of_nothing_else(tmp_path: Path) -> None:
    def made(name: str, inner: str, text: str) -> str:
        each = write_set(tmp_path / name, question())
        (each.folder / "chat").mkdir()
        (each.folder / "chat" / inner).write_text(text)
        return each.digest()

    assert made("a", "x", "text") == made("b", "x", "text")
    assert len({made("c", "x", "text"), made("d", "y", "text"), made("e", "x", "other")}) == 3


def test_a_question_is_read(tmp_path: Path) -> None:
    row = question(answer=2022, gold=["a", 7], conversation="c", asked_at="2024-01-01", extra={})
    expected = EvalQuestion("q", "Who?", "2022", "1", frozenset({"a", "7"}), True, "2024-01-01", "c")
    assert write_set(tmp_path, "", row, "").questions() == [expected]


def test_a_question_needs_no_more_than_its_text(tmp_path: Path) -> None:
    expected = EvalQuestion("2", "Who?", "", "", frozenset(), False)
    assert write_set(tmp_path, "", {"question": "Who?"}).questions() == [expected]


@pytest.mark.parametrize(
    ("fields", "answerable"),
    [
        ({}, True),
        ({"gold": []}, False),
        ({"category": "5"}, False),
        ({"category": 5}, False),
        ({"category": "adversarial"}, False),
        ({"id": "q_abs"}, False),
        ({"category": "5", "answerable": True}, True),
        ({"gold": [], "answerable": True}, True),
        ({"answerable": False}, False),
    ],
)
def test_what_is_answerable(tmp_path: Path, fields: dict[str, Any], answerable: bool) -> None:
    assert write_set(tmp_path, question(**fields)).questions()[0].answerable is answerable


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        "[1]",
        "{}",
        '{"question": " "}',
        '{"question": 3}',
        '{"question": "Who?", "gold": "a"}',
        '{"question": "Who?", "gold": [["a"]]}',
        r'{"question": "Who \ud800?"}',
        r'{"question": "Who?", "conversation": "\ud800"}',
        "[" * 100_000,
        '{"question": "' + "x" * LONGEST_LINE + '"}',
    ],
    ids=["text", "list", "empty", "blank", "number", "gold", "gold-list", "half", "half-conversation", "deep", "long"],
)
def test_what_is_no_question_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match=r"questions\.jsonl:2: not a question"):
        write_set(tmp_path, question(), line).questions()


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    each = write_set(tmp_path, question())
    (tmp_path / "questions.jsonl").write_bytes(b'{"question": "\xff\xfe"}')
    with pytest.raises(InputError, match=":1: not a question"):
        each.questions()
