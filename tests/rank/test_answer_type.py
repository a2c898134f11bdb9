"""What type of answer questions expect."""

from __future__ import annotations

import pytest

from graph.rank.answer_type import AnswerType, expected


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did Ann paint the shed?", "date"),
        ("  “Since when does Ann paint?”", "date"),
        ("In which year did Ann move?", "date"),
        ("What month was Ann in Porto?", "date"),
        ("What time does the ferry leave?", "time"),
        ("Where is the key?", "place"),
        ("Which city did Ann visit?", "place"),
        ("What is the name of the town?", "place"),
        ("Who is the mayor of Vorsk?", "person"),
        ("With whom did Ann paint?", "person"),
        ("Whose kayak is it?", "person"),
        ("How many steps are there?", "number"),
        ("How old is Ann?", "number"),
        ("How much did the vet cost?", "amount"),
        ("How far is Porto?", "amount"),
        ("How long did Ann wait?", "duration"),
        ("How many days did Ann wait?", "duration"),
        ("How often does Ann run?", "frequency"),
        ("Which book did Ann read?", "title"),
        ("Did Ann paint the shed?", "yes_no"),
        ("Isn't Ann a painter?", "yes_no"),
        ("Can you list what Ann said?", ""),
        ("Is it Ann or Bob?", ""),
        ("Who is older, Ann or Bob?", ""),
        ("Who is Ann?", ""),
        ("What did Ann paint?", ""),
        ("What kind of city is it?", ""),
        ("Why?", ""),
        ("", ""),
        ("Wann hat Ann gemalt?", ""),
        ("东京在哪里？", ""),
    ],
)
def test_the_words_of_a_question_tell_its_type(question: str, kind: str) -> None:
    assert expected(question).kind == kind


def test_what_is_counted_is_known() -> None:
    assert expected("How many more turtles does Ann have?").counted == "turtles"
    assert expected("How many of them are there?").counted == ""
    assert expected("How many model kits have I bought?").counted == "kits"
    assert expected("How many different kinds of wine did Ann try?").counted == "kinds"
    assert expected("How many people attended the wedding?").counted == "people"
    assert expected("How many did Ann see?").counted == ""
    assert expected("How old is Ann?").counted == "years"
    assert expected("Where is Ann?").counted == ""


def test_what_lies_ahead_is_known() -> None:
    assert expected("When will Ann paint?").ahead
    assert expected("When does Ann plan to paint?").ahead
    assert not expected("When did Ann paint?").ahead


def test_who_does_is_told_from_whom_it_is_done_to() -> None:
    assert expected("Who filed the report?").doer
    assert not expected("Who did Ann meet?").doer
    assert not expected("Who was late?").doer


@pytest.mark.parametrize("text", ["when " * 20_000, "9" * 100_000, "ÿ" * 100_000, " " * 100_000, "how many " * 12_000])
def test_endless_questions_are_looked_at_in_part(text: str) -> None:
    assert expected(text).kind in list(AnswerType)
