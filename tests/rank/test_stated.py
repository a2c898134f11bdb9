"""The value that a fact gives to a question."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from graph.model import Entity, EntityMatch, Fact
from graph.rank.answer_type import expected
from graph.rank.reading import Understood
from graph.rank.stated import stated

LIKES = Fact("f_1", "Ann likes Bob", "Ann", "likes", "Bob")


def read(*names: str) -> Understood:
    entities = tuple(EntityMatch(Entity(f"e_{each}", each, "PERSON"), each.lower(), 1, True) for each in names)
    return Understood((), entities, names[0] if len(names) == 1 else None)


def answered(question: str, fact: Fact, *names: str) -> str:
    return stated([fact], question, read(*names), expected(question), "2024-05-01")


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Does Ann like Bob?", "yes"),
        ("Does Bob like Ann?", ""),
        ("Does Bob say that Ann likes Bob?", ""),
        ("What does Ann like?", "Bob"),
        ("What does Bob like?", ""),
        ("Who likes Bob?", ""),
    ],
)
def test_who_it_is_about_comes_first(question: str, value: str) -> None:
    names = [name for name in ("Ann", "Bob") if name in question]
    assert answered(question, LIKES, *names) == value


@pytest.mark.parametrize(
    "fact",
    [
        replace(LIKES, state="doubtful"),
        replace(LIKES, valid_to=""),
        replace(LIKES, valid_to="2024"),
        replace(LIKES, retracted_at="2024"),
        replace(LIKES, text="Ann never likes Bob"),
    ],
)
def test_what_does_not_hold_says_nothing(fact: Fact) -> None:
    assert answered("Does Ann like Bob?", fact, "Ann", "Bob") == ""
