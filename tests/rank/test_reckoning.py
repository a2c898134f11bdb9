"""Answers that are reckoned from several messages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from graph.model import Form, Interaction
from graph.rank.answer_type import expected
from graph.rank.fusion import Scored
from graph.rank.parts import Operation, Parts, parts
from graph.rank.reckoning import Reckoned, reckoned
from graph.rank.values import Asked
from graph.rank.wanted import Wanted
from graph.stems import stem
from graph.text import terms

DIARY = (
    ("2023-03-14T09:00:00", "I bought the smoker yesterday and paid $250 for it."),
    ("2023-03-20T09:00:00", "The fence is finished! I painted it on Sunday."),
    ("2023-04-02T09:00:00", "Today was the spring fair, all three of us sang."),
    ("2023-04-05T09:00:00", "I spent $40 on charcoal, and the video of the fair has 120 views already."),
    ("2023-04-09T09:00:00", "My clip of the fence got 35 views."),
)


def hits(lines: Sequence[tuple[str, str]] = DIARY, form: Form = Form.MESSAGE) -> list[Scored]:
    return [
        Scored(Interaction(f"i_{at}", form, f"{at}", text, "c", "s", 2 * at, "Ann", when), 1 - at / 100, {})
        for at, (when, text) in enumerate(lines)
    ]


def told(question: str, chosen: Sequence[Scored] | None = None, today: str | None = "2023-04-12") -> Reckoned | None:
    asked_for = parts(question)
    assert asked_for is not None
    words = sorted({stem(term) for term in terms(question)})
    want = Wanted({word: 1 / len(words) for word in words})
    return reckoned(
        asked_for, hits() if chosen is None else chosen, {}, Asked(question, expected(question), want), today
    )


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        (
            "How many days before the fair did I paint the fence?",
            Parts(Operation.BETWEEN, ("the fair", "I paint the fence"), "day"),
        ),
        (
            "How many weeks passed between when I sold the car and when I moved, and sang?",
            Parts(Operation.BETWEEN, ("I sold the car", "I moved, and sang"), "week"),
        ),
        (
            "How long had passed since I read Salt and Light when the lamp broke?",
            Parts(Operation.BETWEEN, ("I read Salt and Light", "the lamp broke")),
        ),
        (
            "How many days did it take for the lamp to arrive after I ordered it?",
            Parts(Operation.BETWEEN, ("I ordered it", "the lamp to arrive"), "day"),
        ),
        ("How many months ago did I move?", Parts(Operation.SINCE, ("I move",), "month")),
        ("How long has it been since the fair?", Parts(Operation.SINCE, ("the fair",))),
        ("Which came first, the fair or the rain?", Parts(Operation.FIRST, ("the fair", "the rain"))),
        ("Who was born later, Ann or Bob?", Parts(Operation.LAST, ("Ann", "Bob"))),
        (
            "How much more expensive was the taxi than the train?",
            Parts(Operation.DIFFERENCE, ("the taxi", "the train")),
        ),
        (
            "What is the total number of views on my first clip and the fair's video?",
            Parts(Operation.TOTAL, ("my first clip", "the fair's video"), counted="views"),
        ),
        (
            "What is the total amount I spent on the smoker and the charcoal combined?",
            Parts(Operation.TOTAL, ("the smoker", "the charcoal")),
        ),
    ],
)
def test_what_is_to_be_reckoned(question: str, understood: Parts) -> None:
    assert parts(question) == understood


@pytest.mark.parametrize(
    "question",
    [
        "How long did Ann wait?",
        "How many days are there in May?",
        "Which film whose director was born first, Salt or Light?",
        "Which film has the director who died later, Salt or Light?",
        "Which book did Ann read first?",
        "What is the total amount I spent on charcoal?",
        "Where were Ann and Bob?",
        "",
        "and " * 5000,
    ],
)
def test_what_was_said_is_not_reckoned(question: str) -> None:
    assert parts(question) is None


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How many days before the fair did I paint the fence?", "14 days, from 19 March 2023 to 2 April 2023"),
        ("How many weeks before the fair did I paint the fence?", "2 weeks, from 19 March 2023 to 2 April 2023"),
        ("How long after I bought the smoker did I paint the fence?", "6 days, from 13 March 2023 to 19 March 2023"),
        ("How many days ago did I buy the smoker?", "30 days, since 13 March 2023"),
        ("How many months ago did I buy the smoker?", "about 1 month, since 13 March 2023"),
        ("Which came last, the smoker or the fair?", "the fair (2 April 2023; the other 13 March 2023)"),
        ("What is the total amount I spent on the smoker and the charcoal?", "$290 = $250 + $40"),
        ("How much more expensive was the charcoal than the smoker?", "$210 = $250 − $40"),
        ("What is the total number of views on the fence clip and the fair video?", "155 = 35 + 120"),
    ],
)
def test_the_value_names_its_parts(question: str, value: str) -> None:
    found = told(question)
    assert found is not None
    assert found.value == value
    assert found.covered >= 0.6
    assert all(each.text in DIARY[each.hit - 1][1] for each in found.quotations)


@pytest.mark.parametrize(
    "question",
    [
        "How many days before the wedding did I paint the fence?",
        "How many days passed between the smoker and the smoker?",
        "What is the total amount I spent on the fence and the fair?",
        "How much more expensive was the fair than the charcoal?",
    ],
)
def test_nothing_is_reckoned_from_what_is_not_told(question: str) -> None:
    assert told(question) is None


def test_without_hits_or_a_day_of_asking_there_is_no_span() -> None:
    assert told("How many days ago did I buy the smoker?", today=None) is None
    assert told("How many days ago did I buy the smoker?", today="2023-01-01") is None
    assert told("How many days ago did I buy the smoker?", []) is None


def test_lives_and_years_are_compared() -> None:
    lives = [
        ("", "Olga Pinto (3 May 1901 – 1980) was a painter who moved to Porto in 1899."),
        ("", "Ivo Brand (1899 – 7 June 1970) was a potter."),
    ]
    chosen = [
        Scored(Interaction(f"d_{at}", Form.DOCUMENT, f"d{at}", text, title=text[: text.index(" (")]), 1.0, {})
        for at, (_, text) in enumerate(lives)
    ]
    born = told("Who was born first, Olga Pinto or Ivo Brand?", chosen)
    died = told("Who died first, Olga Pinto or Ivo Brand?", chosen)
    assert born is not None
    assert died is not None
    assert born.value == "Ivo Brand (1899; the other 3 May 1901)"
    assert died.value == "Ivo Brand (7 June 1970; the other 1980)"


@pytest.mark.parametrize("today", [None, "soon", "2023/04/12 (Wed) 10:00", "2023-04"])
def test_without_a_day_of_asking_nothing_is_counted_from_it(today: str | None) -> None:
    assert told("How many days ago did I paint the fence?", today=today) is None


def test_long_spans_are_told_in_figures() -> None:
    found = told("How many days ago did I buy the smoker?", today="9999-12-31")
    assert found is not None
    assert found.value == "2913467 days, since 13 March 2023"


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        ("$0.00000001", "$2", "$2.00000001 = $0.00000001 + $2"),
        (
            "$1234567890123456789",
            "$0.0000000000000001",
            "$1,234,567,890,123,456,789.0000000000000001 = $1,234,567,890,123,456,789 + $0.0000000000000001",
        ),
        ("$" + "9" * 23, "$2", None),
    ],
)
def test_no_figure_of_an_amount_is_lost(one: str, other: str, value: str | None) -> None:
    chosen = hits([("2023-03-14", f"I paid {one} for the horse."), ("2023-03-15", f"I paid {other} for the saddle.")])
    found = told("What is the total cost of the horse and the saddle?", chosen)
    assert (found and found.value) == value
