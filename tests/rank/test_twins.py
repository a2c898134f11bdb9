"""Messages that say the same are one hit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from graph.model import Form, Interaction
from graph.rank.fusion import Scored
from graph.rank.twins import gathered

SAID = Interaction("m_1", Form.MESSAGE, "1", "I left the key to the shed under the blue pot.", "a", speaker="Ann")


def ranked(*others: Interaction) -> list[Scored]:
    return [Scored(each, 1 / number, {}) for number, each in enumerate((SAID, *others), 1)]


@pytest.mark.parametrize(
    ("text", "conversation", "speaker"),
    [
        (SAID.text, "b", "Ann"),
        (SAID.text, "a", "Bob"),
        ("I LEFT the key, to the shed, under the blue pot", "a", None),
        ("So I left the key to the shed under the blue pot!", "a", "Ann"),
    ],
)
def test_what_says_the_same_is_one_hit_with_two_sources(text: str, conversation: str, speaker: str | None) -> None:
    copy = replace(SAID, id="m_2", text=text, conversation=conversation, speaker=speaker)
    last = replace(SAID, id="m_3", text="The pot is blue.")
    kept, twins = gathered(ranked(copy, last), 10)
    assert [each.interaction.id for each in kept] == ["m_1", "m_3"]
    assert {id: [each.interaction.id for each in some] for id, some in twins.items()} == {"m_1": ["m_2"]}


@pytest.mark.parametrize(
    "more",
    [
        {"text": "I left the key to the shed under the red box."},
        {"text": "I never left the key to the shed under the blue pot."},
        {"text": "I left the 2 key to the shed under the blue pot."},
        {"conversation": "b", "speaker": "Bob"},
        {"conversation": "b", "speaker": None},
        {"form": Form.DOCUMENT},
    ],
)
def test_what_says_something_else_is_another(more: dict[str, object]) -> None:
    kept, twins = gathered(ranked(replace(SAID, id="m_2", **more)), 10)
    assert (len(kept), twins) == (2, {})


def test_short_texts_and_those_further_down_stay_apart() -> None:
    short = [Scored(replace(SAID, id=f"m_{number}", text="Hello there, Bob!"), 1.0, {}) for number in range(3)]
    assert gathered(short, 10) == (short, {})
    far = ranked(replace(SAID, id="m_2", text="x"), replace(SAID, id="m_3"))
    assert len(gathered(far, 2)[0]) == 3


def test_copies_have_no_word_in_the_place_of_another() -> None:
    text = "The whole team has dinner at the old harbour restaurant with Bob and his wife at seven on Monday evening."
    one, other = (replace(SAID, id=f"m_{day}", text=text.replace("Monday", day)) for day in ("Monday", "Tuesday"))
    found = [Scored(one, 1.0, {}), Scored(other, 0.5, {})]
    assert gathered(found, 10) == (found, {})
