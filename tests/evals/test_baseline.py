"""The floor: plain BM25."""

from __future__ import annotations

import pytest

from graph.model import Form, Record
from memcli.evals.baseline import Floor, match_expression
from memcli.evals.measures import Evidence


def message(key: str, text: str, conversation: str = "c", speaker: str | None = "Ann") -> Record:
    return Record(Form.MESSAGE, key, text, conversation=conversation, speaker=speaker)


RECORDS = [
    message("1", "I painted a sunrise by the lake"),
    message("2", "What a lovely day", speaker="Bob"),
    message("3", "Painting is fun", conversation="d", speaker="Bob"),
    Record(Form.DOCUMENT, "doc", "It lies in the north.", title="Lake Mirror"),
]


def keys(floor: Floor, question: str, conversation: str | None = None, limit: int = 10) -> list[str]:
    hits, _ = floor.search(question, conversation, limit)
    return [key for hit in hits for key in hit.ids]


def test_stop_words_are_dropped_and_words_joined_once() -> None:
    assert match_expression("What did the Painter paint, paint?") == '"painter" OR "paint"'
    assert match_expression("What is it?") == ""


def test_words_are_stemmed_and_speaker_and_title_are_searched() -> None:
    with Floor(RECORDS) as floor:
        assert sorted(keys(floor, "Who paints?")) == ["1", "3"]
        assert sorted(keys(floor, "What did Bob say?")) == ["2", "3"]
        assert keys(floor, "Where is the mirror?") == ["doc"]


def test_a_question_of_a_conversation_is_answered_from_it() -> None:
    with Floor(RECORDS) as floor:
        assert keys(floor, "Who paints?", "d") == ["3"]
        assert keys(floor, "Who paints?", "e") == []


def test_hits_come_best_first_with_the_words_of_their_text() -> None:
    with Floor(RECORDS) as floor:
        hits, best = floor.search("Who painted the sunrise?", None, 1)
    assert hits == [Evidence(frozenset({"1"}), 7)]
    assert best == "Ann: I painted a sunrise by the lake"


def test_gold_ids_without_a_record_are_counted() -> None:
    with Floor(RECORDS) as floor:
        assert floor.missing(["1", "doc", "9", "9", "8"]) == 2


@pytest.mark.parametrize(
    "question",
    ["", "²", '"; DROP TABLE record', "NEAR( * ^ {a}:b", "\x00", "\ud800", " ".join(map(str, range(10_000)))],
)
def test_no_question_is_a_query_of_its_own(question: str) -> None:
    with Floor(RECORDS) as floor:
        assert keys(floor, question) == []
        assert floor.missing(["1"]) == 0
