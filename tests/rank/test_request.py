"""What a request is about, and whether it asks for a whole."""

from __future__ import annotations

import pytest

from graph.model import Question
from graph.rank.reading import understood
from graph.rank.request import surveys, topic


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Can you give me a comprehensive summary of how my garden has changed over time?", ("garden", "changed")),
        ("Could you please walk me through the order in which we discussed the shed across our chats?", ("shed",)),
        ("Can you list different aspects of the shed, in order? Mention only five items.", ("shed",)),
        ("Please summarise the talks about the shed.", ("talks", "shed")),
        ("Can you tell me about Bob's kiln?", ("bob", "kiln")),
        ("What happened to Bob's wrist?", ("bob", "wrist")),
        ("What are Ann's cats called?", ("ann", "cats")),
        ("Who called Ann?", ("called", "ann")),
        # Nothing but a request is left whole, and so is what only looks like one.
        ("Can you give me a summary of it?", ("give", "summary")),
        ("Where is the summary?", ("summary",)),
        ("Did Ann tell Bob in order to help?", ("ann", "tell", "bob", "order", "help")),
        ("Did Ann mention only the shed?", ("ann", "mention", "shed")),
        ("Are the papers of Ann in order?", ("papers", "ann", "order")),
        ("Did the talk run over time?", ("talk", "run", "time")),
        ("How has the shed changed over time?", ("shed", "changed")),
        ('Who said "could you tell me the time"?', ("said", "tell", "time")),
        ("When did Ann send the yearly summary of sales?", ("ann", "send", "yearly", "summary", "sales")),
        ("Kannst du mir eine Zusammenfassung geben?", ("kannst", "du", "mir", "eine", "zusammenfassung", "geben")),
    ],
)
def test_the_words_of_a_request_are_not_searched_for(text: str, terms: tuple[str, ...]) -> None:
    assert understood(Question(text), ()).terms == terms


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Can you give me a summary of the garden?", True),
        ("Summarize the garden.", True),
        ("Could you summarise the garden?", True),
        ("In which order did it grow?", False),
        ("List the order in which I mentioned the kilns.", True),
        ("Can you tell me when the summary is due?", False),
        ("When did Ann send the yearly summary of sales?", False),
        ("What is the summary of the talk?", True),
        ("I would like a short overview of the garden.", True),
        ('Who wrote "summarise the garden. A summary of it."?', False),
    ],
)
def test_a_summary_is_a_whole(text: str, whole: bool) -> None:
    assert surveys(text) is whole


def test_a_long_request_keeps_what_is_not_looked_at() -> None:
    assert topic("Over time " + "x" * 10_000).endswith("x" * 8_000)
    assert topic("") == ""
