"""Recall on a small memory: what restricts it, what the graph adds, and how often it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.memory import Memory
from graph.model import Form, Question
from graph.recall import Evidence, recall
from graph.settings import Settings
from tests.ingest.memories import ingested, long_talk, written
from tests.recall.world import CountingStore, filled, recalled

SECOND_HOP = "By which water is the work of Halldóra Bríem?"
TEXT_ALONE = Settings(recall_graph=0, recall_graph_documents=0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("recall"))


def keys(evidence: Evidence) -> list[str]:
    return [each.interaction.key for each in evidence.ranked]


# --- What restricts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"conversation": "work"}, {"work-5", "work-6"}),
        ({"conversation": "trip"}, {"trip-3"}),
        ({"conversation": "nowhere"}, set()),
        ({"speaker": "Ann"}, {"work-5"}),
        ({"speaker": "Dan"}, {"work-6"}),
        ({"since": "2024-04-02"}, {"work-6"}),
        ({"until": "2024-03-31"}, {"trip-3"}),
        ({"until": "2024-04-01"}, {"trip-3", "work-5"}),
        ({"since": "2024-04-01", "until": "2024-04-01T23"}, {"work-5"}),
        ({"conversation": "work", "speaker": "Ann", "since": "2024-04-02"}, set()),
    ],
)
def test_hits_lie_within_what_is_asked(store: Path, more: dict[str, Any], expected: set[str]) -> None:
    found = recalled(store, "Who was at the lighthouse?", **more)
    assert expected <= set(keys(found))
    for each in found.ranked:
        said = each.interaction
        assert said.conversation == more.get("conversation", said.conversation)
        assert said.speaker == more.get("speaker", said.speaker)
        assert said.timestamp is None or more.get("since", "") <= said.timestamp
        assert said.timestamp is None or said.timestamp[: len(more.get("until", ""))] <= more.get("until", "")
    if more.keys() & {"since", "until", "conversation", "speaker"}:
        assert all(each.interaction.form is Form.MESSAGE for each in found.ranked)


def test_nothing_restricts_by_itself(store: Path) -> None:
    assert {"trip-3", "work-5", "work-6"} <= set(keys(recalled(store, "Who was at the lighthouse?")))


# --- What ranks ----------------------------------------------------------------------------------


def test_the_one_who_is_asked_about_comes_first(store: Path) -> None:
    assert keys(recalled(store, "What was painted by Ann?"))[0] == "trip-4"
    found = recalled(store, "What was painted by Mel?")
    assert (found.read.speaker, keys(found)[0]) == ("Melanie", "trip-3")


def test_the_first_person_is_the_user(store: Path) -> None:
    assert recalled(store, "What have I bought?").read.speaker == "user"


def test_an_answer_is_found_by_its_question(store: Path) -> None:
    found = recalled(store, "Which food is somebody allergic to?", conversation="trip")
    assert "trip-1" in keys(found)[:3]


def test_the_graph_finds_the_second_hop_that_full_text_misses(store: Path) -> None:
    assert keys(recalled(store, SECOND_HOP, TEXT_ALONE)) == ["Halldóra Bríem"]
    assert keys(recalled(store, SECOND_HOP))[:2] == ["Halldóra Bríem", "Kestrel Pavilion"]


def test_walks_end_at_their_rim(store: Path) -> None:
    assert keys(recalled(store, SECOND_HOP, Settings(recall_hops=1))) == ["Halldóra Bríem"]


def test_hits_have_their_notes(store: Path) -> None:
    found = recalled(store, SECOND_HOP)
    assert len(found.ranked) > 1
    assert {each.interaction.id for each in found.ranked} <= set(found.notes)


def test_scores_fall_and_are_above_zero(store: Path) -> None:
    scores = [each.score for each in recalled(store, SECOND_HOP).ranked]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


@pytest.mark.parametrize("text", ["Xyzzy plugh?", "", "???", '" OR * NEAR(', "\x00", "a" * 100_000])
def test_what_is_nowhere_is_not_found(store: Path, text: str) -> None:
    assert recalled(store, text).ranked == ()


def test_ten_thousand_words_are_a_question_too(store: Path) -> None:
    assert keys(recalled(store, "lighthouse " + "word " * 10_000))[0] in {"trip-3", "work-5", "work-6"}


def test_the_same_question_finds_the_same(store: Path) -> None:
    assert recalled(store, SECOND_HOP) == recalled(store, SECOND_HOP)


# --- How often it reads --------------------------------------------------------------------------


@pytest.mark.parametrize("size", [8, 400])
def test_six_reads_are_enough(tmp_path: Path, size: int) -> None:
    ingested(tmp_path / "memory.db", written(tmp_path / "talk.jsonl", long_talk(size)))
    store = CountingStore(tmp_path / "memory.db")
    found = recall(Question("What does Carla think of Lisbon and Kilimanjaro?"), store, Settings())  # type: ignore[arg-type]
    assert found.ranked
    assert store.calls.total() <= 6
    store.close()


def test_an_empty_memory_has_nothing(tmp_path: Path) -> None:
    with Memory.open(Settings(store=f"sqlite:///{tmp_path / 'memory.db'}"), create=True) as memory:
        reply = memory.ask(Question("Who was at the lighthouse?"))
    assert (reply.hits, reply.insights, reply.answer.found) == ((), (), False)


# --- What a question says besides its terms ------------------------------------------------------


def test_the_time_that_is_named_comes_first(store: Path) -> None:
    text = "What of the lighthouse on 2 April 2024?"
    assert keys(recalled(store, text))[0] == "work-6"
    assert keys(recalled(store, text, Settings(recall_when=1)))[0] != "work-6"


def test_a_time_may_lean_on_the_day_of_asking(store: Path) -> None:
    asked = recalled(store, "What of the lighthouse last month?", asked_at="2024-04-20")
    assert {each.interaction.key: each.signals["when"] for each in asked.ranked}["trip-3"] == 2.5


def test_of_several_speakers_the_first_tells(store: Path) -> None:
    assert keys(recalled(store, "What did Dan tell Ann of the lighthouse report?"))[0] == "work-6"
    assert keys(recalled(store, "What did Ann tell Dan of the lighthouse report?"))[0] == "work-5"


def test_a_reply_may_gain_by_its_question(store: Path) -> None:
    def share(reply: float) -> float:
        found = recalled(store, "Which food is Ann allergic to?", Settings(recall_reply=reply))
        return next(each.signals["near"] for each in found.ranked if each.interaction.key == "trip-1")

    assert share(0.0) < share(0.25)


def test_noun_phrases_may_start_walks_like_names(store: Path) -> None:
    def share(common: float) -> float:
        found = recalled(store, "Which town of potters has the Marsh Pavilion?", Settings(recall_common=common))
        return next(each.signals["ppr"] for each in found.ranked if each.interaction.key == "Vorsk")

    assert share(0.1) < share(1.0)
