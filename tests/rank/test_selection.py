"""Which of the ranked become hits."""

from __future__ import annotations

import pytest

from graph.model import Form, Interaction, Question
from graph.rank.fusion import Scored
from graph.rank.selection import selected


def scored(id: str, words: int, form: Form = Form.MESSAGE, key: str = "") -> Scored:
    return Scored(Interaction(id, form, key or id, "word " * words), 1.0, {})


def ids(ranked: list[Scored], limit: int = 10, budget: int | None = None) -> list[str]:
    question = Question("?", limit=limit, budget=budget)
    return [each.interaction.id for each in selected(ranked, question, lambda each: each.interaction.text)]


RANKED = [scored("a", 5), scored("b", 3), scored("c", 1)]


@pytest.mark.parametrize(("limit", "expected"), [(1, ["a"]), (2, ["a", "b"]), (9, ["a", "b", "c"])])
def test_a_limit_counts_hits(limit: int, expected: list[str]) -> None:
    assert ids(RANKED, limit) == expected


@pytest.mark.parametrize(("budget", "expected"), [(1, ["a"]), (7, ["a"]), (8, ["a", "b"]), (9, ["a", "b", "c"])])
def test_a_budget_counts_words_and_has_room_for_the_first(budget: int, expected: list[str]) -> None:
    assert ids(RANKED, budget=budget) == expected


def test_a_document_has_one_hit_and_a_conversation_many() -> None:
    pages = [scored(f"s{number}", 1, Form.DOCUMENT, "otters") for number in range(3)]
    turns = [scored("m1", 1, key="otters"), scored("m2", 1, key="otters")]
    assert ids([*pages, *turns, scored("zoo", 1, Form.DOCUMENT)], limit=4) == ["s0", "m1", "m2", "zoo"]


def test_of_nothing_nothing_is_chosen() -> None:
    assert ids([]) == []
