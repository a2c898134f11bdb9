"""What a question lends to its reply, in exact numbers."""

from __future__ import annotations

import pytest

from graph.model import EdgeKind, Form, Interaction, Subgraph
from graph.rank.replies import replied

ORDER = Subgraph(("a", "b", "c"), ((0, 1, EdgeKind.NEXT, 1.0), (1, 2, EdgeKind.NEXT, 1.0)))


def said(id: str, speaker: str, text: str, form: Form = Form.MESSAGE) -> Interaction:
    return Interaction(id, form, id, text, speaker=speaker)


def talk(asking: str, *, by: str = "Ann") -> list[Interaction]:
    return [said("a", by, asking), said("b", "Bob", "In the left cupboard."), said("c", "Ann", "Thanks.")]


@pytest.mark.parametrize(
    "asking", ["Where is the food?", "Where is it?”  \n", "食物在哪里？", "أين الطعام؟", "(Where?)"]
)
def test_a_question_lends_to_its_reply(asking: str) -> None:
    found = replied({"a": 0.9, "b": 0.1}, {"a": 0.8}, talk(asking), ORDER, 0.25)
    assert found == pytest.approx({"a": 0.9, "b": 0.1 + 0.25 * 0.8})


def test_a_reply_need_not_have_been_found() -> None:
    assert replied({"a": 0.9}, {"a": 0.8}, talk("Where?"), ORDER, 0.5) == pytest.approx({"a": 0.9, "b": 0.4})


@pytest.mark.parametrize("asking", ["The food is here.", "", "Where? Here!", "word " * 40 + "where?"])
def test_what_tells_lends_no_more(asking: str) -> None:
    assert replied({"a": 0.9, "b": 0.1}, {"a": 0.8}, talk(asking), ORDER, 0.25) == {"a": 0.9, "b": 0.1}


def test_nobody_answers_themselves() -> None:
    assert replied({"a": 0.9}, {"a": 0.8}, talk("Where is it?", by="Bob"), ORDER, 0.25) == {"a": 0.9}


def test_only_the_order_of_turns_lends() -> None:
    edges = Subgraph(("a", "b"), ((0, 1, EdgeKind.DERIVED_FROM, 1.0),))
    assert replied({"a": 0.9}, {"a": 0.8}, talk("Where is it?"), edges, 0.25) == {"a": 0.9}
    assert replied({"a": 0.9}, {"a": 0.8}, [], ORDER, 0.25) == {"a": 0.9}


def test_sections_of_a_document_reply_to_nobody() -> None:
    pages = [said("a", "", "Where is it?", Form.DOCUMENT), said("b", "Bob", "Here.", Form.DOCUMENT)]
    assert replied({"a": 0.9}, {"a": 0.8}, pages, ORDER, 0.25) == {"a": 0.9}


def test_what_is_given_stays_as_it_is() -> None:
    total = {"a": 0.9}
    replied(total, {"a": 0.8}, talk("Where is it?"), ORDER, 0.25)
    assert total == {"a": 0.9}
