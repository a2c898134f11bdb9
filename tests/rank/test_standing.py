"""What is asked for from then on is told from what is asked once."""

from __future__ import annotations

import pytest

from graph.rank.standing import standing


@pytest.mark.parametrize(
    "text",
    [
        "Always include version numbers when I ask about libraries.",
        "Great, that works. Please keep it to five lines whenever I ask for a summary!",
        "From now on, call me Sam.",
        "Whenever I mention a price, give it in euros.",
        "Also, don’t use tables if I ask about the plan",
        "I'd like you to quote the file every time we discuss a bug.",
        "Going forward please answer in French.",
    ],
)
def test_what_is_to_be_done_from_then_on(text: str) -> None:
    assert standing(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Always happy to help!",
        "Please include the version numbers.",
        "Don't hesitate to write in the future.",
        "If I need anything, I'll be sure to ask.",
        "Thanks for the offer. If we need help, we'll let you know.",
        "When I ask about libraries, he never answers.",
        "I want to travel more in the future.",
        "Should you always include numbers when I ask?",
        "Always include numbers when I ask. " * 30,
    ],
)
def test_what_is_not(text: str) -> None:
    assert not standing(text)


@pytest.mark.parametrize("part", ["when I ask ", "and so also ", "from now on, ", "please ", "'", "I'd like "])
def test_odd_texts_are_read_to_the_end(part: str) -> None:
    assert not standing((part * 600)[:600] + "?")
