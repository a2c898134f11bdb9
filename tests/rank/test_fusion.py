"""The scores of candidates, in exact numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from graph.model import Form, Interaction
from graph.rank.fusion import Scored, fuse
from graph.settings import Settings

SAID = Interaction("m_1", Form.MESSAGE, "1", "I went to Lisbon.", "c", "s", 0, "Ann")
OTHER = replace(SAID, id="m_2", speaker="Bob")
PAGE = replace(SAID, id="m_3", form=Form.DOCUMENT, speaker=None)
CHOSEN = Settings(recall_graph=0.5, recall_graph_documents=3.0, recall_speaker=2.0, recall_asking=0.9)


def scores(*candidates: Interaction, lexical: Mapping[str, float], graph: Mapping[str, float], **more: Any) -> Any:
    found = fuse(candidates, lexical, graph, more.get("voices", ()), more.get("settings", CHOSEN), {})
    return {each.interaction.id: each.score for each in found}


def test_a_message_is_a_mean_of_text_and_graph_each_by_its_best() -> None:
    found = scores(SAID, OTHER, lexical={"m_1": 4.0, "m_2": 3.0}, graph={"m_1": 0.01, "m_2": 0.04})
    assert found == pytest.approx({"m_1": (1 + 0.5 * 0.25) / 1.5, "m_2": (0.75 + 0.5 * 1) / 1.5})


def test_a_document_leans_on_the_graph() -> None:
    other = replace(PAGE, id="m_4")
    found = scores(PAGE, other, lexical={"m_3": 2.0, "m_4": 1.0}, graph={"m_3": 0.1, "m_4": 0.2})
    assert found == pytest.approx({"m_3": (1 + 3 * 0.6) / 4, "m_4": (0.6 + 3 * 1) / 4})


def test_between_messages_and_documents_full_text_tells() -> None:
    found = scores(SAID, PAGE, lexical={"m_1": 4.0, "m_3": 1.0}, graph={"m_1": 0.001, "m_3": 0.9})
    assert found == pytest.approx({"m_1": 1.0, "m_3": (0.25 + 3 * 0.25) / 4})


def test_the_graph_may_count_for_nothing() -> None:
    found = scores(SAID, OTHER, lexical={"m_1": 2.0, "m_2": 1.0}, graph={"m_2": 1.0}, settings=Settings(recall_graph=0))
    assert found == pytest.approx({"m_1": 1.0, "m_2": 0.5})


def test_the_graph_may_count_alone() -> None:
    assert scores(SAID, lexical={}, graph={"m_1": 0.2}) == pytest.approx({"m_1": 0.5 / 1.5})


@pytest.mark.parametrize(("speaker", "factor"), [("Ann", 2.0), ("ANN", 2.0), ("Bob", 1.0), (None, 1.0)])
def test_who_is_asked_about_counts_more(speaker: str | None, factor: float) -> None:
    found = scores(SAID, lexical={"m_1": 1.0}, graph={"m_1": 1.0}, voices=(speaker,) if speaker else ())
    assert found == pytest.approx({"m_1": factor})


def test_a_question_counts_less() -> None:
    asked = replace(SAID, text="Who went to Lisbon?  ")
    assert scores(asked, lexical={"m_1": 1.0}, graph={"m_1": 1.0}) == pytest.approx({"m_1": 0.9})
    assert scores(replace(PAGE, text="Who?"), lexical={"m_3": 1.0}, graph={"m_3": 1.0}) == pytest.approx({"m_3": 1.0})


def test_the_best_come_first_and_ids_decide() -> None:
    twins = [replace(SAID, id=id) for id in ("m_9", "m_5", "m_7")]
    found = fuse(twins, {"m_9": 1.0, "m_5": 1.0, "m_7": 2.0}, {}, (), CHOSEN, {})
    assert [each.interaction.id for each in found] == ["m_7", "m_5", "m_9"]


def test_no_candidates_no_scores() -> None:
    assert fuse([], {}, {}, ("Ann",), CHOSEN, {}) == []


def test_the_parts_are_told() -> None:
    said = replace(SAID, text="Who?")
    (found,) = fuse([said], {"m_1": 3.0}, {"m_1": 0.2}, ("Ann",), CHOSEN, {"text": {"m_1": 0.5}})
    parts = {"text": 0.5, "near": 1.0, "ppr": 1.0, "speaker": 2.0, "asking": 0.9}
    assert found == Scored(said, 1.8, parts)
