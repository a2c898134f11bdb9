"""The rules of linking and evolution on their own."""

from __future__ import annotations

import math
import random

import pytest
from msgspec.structs import replace

from graph.evolution.corrections import corrections
from graph.evolution.linking import overlap, telling
from graph.evolution.mixture import higher
from graph.evolution.revision import revised
from graph.model import PERSON, Edge, EdgeKind, Form, Interaction, Note, Relation


def turn(position: int, speaker: str, text: str, **more: str) -> Interaction:
    return Interaction(f"m_{position}", Form.MESSAGE, str(position), text, "c", "s", position, speaker, **more)


def test_two_kinds_of_scores_are_told_apart_wherever_they_lie() -> None:
    chance = random.Random(3)
    for low, high in ((0.0, 0.5), (0.2, 0.6), (0.5, 0.9)):
        lows = [chance.gauss(low, 0.03) for _ in range(60)]
        highs = [chance.gauss(high, 0.05) for _ in range(15)]
        assert max(lows) < higher(lows + highs) <= round(min(highs), 4)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([], math.inf), ([0.4], math.inf), ([0.3, 0.3, 0.30001], math.inf), ([0.0, 0.5], 0.5), ([0.0, 0.5, 0.5], 0.5)],
)
def test_few_scores(scores: list[float], expected: float) -> None:
    assert higher(scores) == expected


def test_the_order_of_scores_does_not_matter() -> None:
    chance = random.Random(5)
    scores = [chance.random() for _ in range(40)]
    assert len({higher(chance.sample(scores, len(scores))) for _ in range(10)}) == 1


def test_overlap_is_of_the_shorter_text() -> None:
    one, other = telling("The Storchen hotel in Zürich"), telling("We went to the Storchen, a hotel with a lake view.")
    assert overlap(one, other) == overlap(other, one) == pytest.approx(2 / 3)
    assert overlap(one, frozenset()) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "No, I meant Tuesday.",
        "Sorry, I meant the other one",
        "Oops - correction: it is 5 pm",
        "Wait, scratch that.",
        "*Tuesday",
        "I was wrong about the train",
    ],
)
def test_who_corrects_themselves_supersedes_what_they_said_last(text: str) -> None:
    window = [turn(0, "Ann", "It is on Monday."), turn(1, "Bob", "Fine."), turn(2, "Ann", text)]
    assert list(corrections(window, frozenset({"m_2"}))) == [(window[2], window[0], Relation.SUPERSEDES)]
    assert list(corrections(window, frozenset())) == []


@pytest.mark.parametrize(
    "text", ["That's not true!", "No, that is wrong.", "You\u2019re mistaken, it was May", "I disagree"]
)
def test_who_denies_contradicts_what_was_said_just_before(text: str) -> None:
    window = [turn(0, "Bob", "Hm."), turn(1, "Ann", "It is on Monday."), turn(2, "Bob", text)]
    assert list(corrections(window, frozenset({"m_2"}))) == [(window[2], window[1], Relation.CONTRADICTS)]


@pytest.mark.parametrize(
    "text",
    [
        "No, thanks.",
        "Actually, I like it.",
        "I meant to call you.",
        "Is that wrong?",
        "She said that's wrong.",
        "No way!",
    ],
)
def test_little_is_a_correction(text: str) -> None:
    window = [turn(0, "Bob", "Hm."), turn(1, "Ann", "It is on Monday."), turn(2, "Bob", text)]
    assert list(corrections(window, frozenset({"m_2"}))) == []


def test_a_correction_reaches_a_few_turns_back() -> None:
    window = [
        turn(0, "Ann", "Monday."),
        *(turn(place, "Bob", "x") for place in range(1, 9)),
        turn(9, "Ann", "*Tuesday"),
    ]
    assert list(corrections(window, frozenset({"m_9"}))) == []
    assert list(corrections([*window[:8], turn(8, "Ann", "*Tuesday")], frozenset({"m_8"})))


NOTE = Note("n_1", "The hotel", "Ann, about hotel.", ("hotel",), ("message", "question"))
LATER = Note("n_2", "The lake", "Bob, about lake.", ("lake", "storchen", "new york"), ("message", "place"))
SAID = turn(2, "Bob", "The Storchen is at the lake.", timestamp="2024-03-06T09:00:00")


def link(relation: Relation) -> Edge:
    return Edge("n_2", "n_1", EdgeKind.LINKS_TO, 0.5, relation.value, "both mention x")


def test_a_note_gains_the_keywords_that_it_says_itself() -> None:
    after = revised(NOTE, "Is the Storchen hotel in New York?", link(Relation.SAME_TOPIC), LATER, SAID)
    assert after == replace(NOTE, keywords=("hotel", "storchen", "new york"))


def test_what_elaborates_a_note_gives_its_tags() -> None:
    after = revised(NOTE, "x", link(Relation.ELABORATES), LATER, SAID)
    assert after == replace(NOTE, tags=("message", "question", "place"))


@pytest.mark.parametrize(
    ("relation", "told"),
    [
        (Relation.ANSWERS, "Answered by Bob, "),
        (Relation.SUPERSEDES, "Corrected by Bob, "),
        (Relation.CONTRADICTS, "Contradicted by Bob, "),
    ],
)
def test_the_context_tells_once_what_became_of_it(relation: Relation, told: str) -> None:
    after = revised(NOTE, "x", link(relation), LATER, SAID)
    assert after.context.startswith(f"Ann, about hotel. {told}")
    assert "2024" in after.context
    assert revised(after, "x", link(relation), LATER, SAID) == after


def test_what_a_person_edited_stays() -> None:
    edited = replace(NOTE, decided_by=PERSON)
    for relation in Relation:
        assert revised(edited, "Is the Storchen in New York?", link(relation), LATER, SAID) == edited
