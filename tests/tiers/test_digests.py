"""The sentences that stand for a run of messages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from graph.model import Form, Interaction
from graph.tiers.digests import central


def said(*texts: str) -> list[Interaction]:
    return [
        Interaction(f"m_{number}", Form.MESSAGE, str(number), text, speaker="Ann") for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        # What most say, in order, and word for word.
        (
            ["Hi!", "The old boat leaks. I had soup.", "Is the old boat leaking?", "We tar the old boat, then."],
            ["The old boat leaks.", "We tar the old boat, then."],
        ),
        # What one has said the next one need not say.
        (
            ["The old boat leaks again.", "The old boat leaks again!", "Bread costs more, bread bakers say."],
            ["The old boat leaks again.", "Bread costs more, bread bakers say."],
        ),
        # Where nothing else was said, questions and short ones.
        (["Is the old boat leaking?"], ["Is the old boat leaking?"]),
        (["Boats!"], ["Boats!"]),
        (["船が漏れています。新しい船が要ります。"], ["船が漏れています。", "新しい船が要ります。"]),
        (["and the of", "", "!!!"], []),
        ([], []),
    ],
)
def test_what_most_of_it_says(texts: Sequence[str], wanted: Sequence[str]) -> None:
    assert [each.text for each in central(said(*texts), 2)] == wanted


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        # Who says a word often says it once.
        (
            ["Cats purr loud. Cats sleep long. Cats eat fish. Cats hate rain.", "A boat sails north.", "A boat sails."],
            "A boat sails north.",
        ),
        # However likely the words of others are, one with the likeliest is taken.
        (
            ["A boat sank near Dover.", *["Tar, planks, oil!"] * 3, "Dad's boat capsized.", "Boat.", "A boat leaks."],
            "Dad's boat capsized.",
        ),
    ],
)
def test_how_likely_a_word_is(texts: Sequence[str], wanted: str) -> None:
    assert [each.text for each in central(said(*texts), 1)] == [wanted]


def test_a_long_sentence_is_cut_and_tells_whose_it_is() -> None:
    (quote,) = central(said("boats and planks " * 100_000), 3)
    assert quote.text.endswith("…")
    assert len(quote.text) <= 240
    assert (quote.said, quote.speaker) == ("m_0", "Ann")
