"""The sample data are read whole, and every piece of evidence that a question names is there."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from graph.model import Form, Record, Reject
from graph.readers.discovery import discover
from graph.readers.registry import sniff
from graph.settings import Settings

SAMPLES = Path(__file__).resolve().parents[1] / "sample_data"
BESIDE = frozenset({"README.md", "questions.jsonl"})
"""Files that describe the data and are not part of them."""
ANSWERABLE = frozenset({"single", "multi", "temporal", "update", "preference", "document"})


def read_samples() -> tuple[dict[str, list[Record]], list[Reject]]:
    """Return the records of each file by its name, and all rejects."""
    records: dict[str, list[Record]] = {}
    rejects: list[Reject] = []
    for source in discover([SAMPLES], None):
        if isinstance(source, Reject):
            rejects.append(source)
        elif source.name not in BESIDE:
            found = list(sniff(source).read(source, Settings().ingest_longest))
            records[source.name] = [each for each in found if isinstance(each, Record)]
            rejects += [each for each in found if isinstance(each, Reject)]
    return records, rejects


def read_questions() -> list[dict[str, Any]]:
    lines = (SAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def samples() -> tuple[dict[str, list[Record]], list[Reject]]:
    return read_samples()


@pytest.fixture(scope="module")
def records(samples: tuple[dict[str, list[Record]], list[Reject]]) -> list[Record]:
    return [each for found in samples[0].values() for each in found]


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return read_questions()


def test_nothing_is_rejected(samples: tuple[dict[str, list[Record]], list[Reject]]) -> None:
    assert samples[1] == []


def test_each_file_is_read_by_the_reader_of_its_format() -> None:
    sources = [each for each in discover([SAMPLES], None) if not isinstance(each, Reject)]
    assert {each.name: sniff(each).name for each in sources if each.name not in BESIDE} == {
        "WhatsApp Chat with Allotment Crew.txt": "whatsapp",
        "chatgpt/conversations.json": "chatgpt",
        "claude-code/session.jsonl": "claude-code",
        "documents.jsonl": "plain",
        "friends.jsonl": "plain",
        "meetings.md": "transcript",
    }


def test_number_of_messages_and_documents(records: list[Record]) -> None:
    messages = [each for each in records if each.form is Form.MESSAGE]
    assert 400 <= len(messages) <= 480
    assert all(each.text.strip() for each in messages)
    assert len({each.key for each in records if each.form is Form.DOCUMENT}) == 8


def test_a_year_is_covered(records: list[Record]) -> None:
    months = {each.timestamp[:7] for each in records if each.timestamp}
    assert months == {f"2025-{month:02d}" for month in range(1, 13)}
    assert all(each.timestamp for each in records)


def test_replies_name_messages(records: list[Record]) -> None:
    keys = {each.key for each in records}
    assert {each.reply_to for each in records if each.reply_to} <= keys


def test_gold_ids_are_there_exactly_once(records: list[Record], questions: list[dict[str, Any]]) -> None:
    # A document may be read in several sections, which share its id.
    units = {(each.form, each.conversation, each.key) for each in records if each.form is Form.DOCUMENT}
    counts = Counter(key for _, _, key in units)
    counts.update(each.key for each in records if each.form is Form.MESSAGE)
    gold = {key for each in questions for key in each["gold"]}
    assert {key: counts[key] for key in gold if counts[key] != 1} == {}


def test_gold_sessions_and_conversations_are_those_of_the_evidence(
    records: list[Record], questions: list[dict[str, Any]]
) -> None:
    by_key = {each.key: each for each in records}
    for question in questions:
        evidence = [by_key[key] for key in question["gold"]]
        if "gold_sessions" in question:
            assert question["gold_sessions"] == sorted({each.session for each in evidence}), question["id"]
        if "conversation" in question:
            assert {each.conversation for each in evidence} == {question["conversation"]}, question["id"]


def test_questions_are_well_formed(questions: list[dict[str, Any]]) -> None:
    assert len({each["id"] for each in questions}) == len(questions) >= 60
    assert {each["category"] for each in questions} == ANSWERABLE | {"unanswerable"}
    for each in questions:
        assert each["question"].endswith("?")
        assert bool(each["gold"]) == (each["category"] in ANSWERABLE), each["id"]
        assert len(set(each["gold"])) == len(each["gold"])
        assert each["category"] != "multi" or len(each["gold"]) > 1, each["id"]
        assert each["gold"] or each["answer"] == "not in memory"
