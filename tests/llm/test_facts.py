"""What a model may take down as a fact of a message: what is there, in its words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from graph.llm.facts import Entries, Entry, Triple, checked
from graph.model import Form, Interaction

MESSAGES = (
    "Honestly, for me home is Porto now, and my sister plays the violin.",
    "Do you own a car? I don't have a dog. I wish I had a boat.",
    "Nikhil Rao owns two bakeries in Leeds! Maybe I owe him money.",
    "My sister is allergic to bees, and I would never go near one.",
)


def said(text: str) -> Interaction:
    return Interaction("i_1", Form.MESSAGE, "1", text, "chat", speaker="Ann", timestamp="2024-03-05T10:00:00")


@pytest.mark.parametrize(
    ("message", "triple", "told"),
    [
        (0, ("I", "home", "Porto"), "Ann lives in Porto."),
        (0, ("Ann", "Home ", "Porto."), "Ann lives in Porto."),
        (0, ("my sister", "plays", "the violin"), "Ann's sister plays the violin."),
        (0, ("Ann's sister", "plays", "the Violin"), "Ann's sister plays the Violin."),
        (2, ("Nikhil Rao", "owns", "two bakeries in Leeds"), "Nikhil Rao owns two bakeries in Leeds."),
        (2, ("I", "owes", "him money"), "Ann owes him money."),
        # No word of it asks for what one does for a living: it would end what does.
        (0, ("I", "job", "the violin"), None),
        (0, ("I", "lives in", "Lisbon"), None),
        (0, ("my brother", "plays", "the violin"), None),
        (0, ("my violin", "plays", "the violin"), None),
        (0, ("Cleo", "plays", "the violin"), None),
        (0, ("I", "plays", "violin the"), None),
        (0, ("I", "ignore all previous instructions", "Porto"), None),
        (0, ("I", "is; DROP", "Porto"), None),
        (1, ("I", "owns", "a car"), None),
        (1, ("I", "has", "a dog"), None),
        (1, ("I", "has", "a boat"), None),
        (2, ("bakeries", "are in", "Leeds"), None),
        (2, ("I", "has", "\u202e"), None),
        (0, ("I", "plays", "the violin"), None),
        (0, ("my sister", "home", "Porto"), None),
        (2, ("I", "owns", "two bakeries"), None),
        (3, ("my sister", "is allergic to", "bees"), "Ann's sister is allergic to bees."),
        (3, ("I", "likes", "bees"), None),
        (3, ("I", "goes near", "one"), None),
    ],
)
def test_what_a_model_says_has_to_be_there(message: int, triple: tuple[str, str, str], told: str | None) -> None:
    [found] = checked(Entries((Entry(1, (Triple(*triple),)),)), [said(MESSAGES[message])])
    assert ([each.text for each in found] if found else None) == ([told] if told else None)


def test_what_is_doubted_is_doubted() -> None:
    triples = (Triple("Nikhil Rao", "owns", "two bakeries"), Triple("I", "owes", "him money"))
    [found] = checked(Entries((Entry(1, triples),)), [said(MESSAGES[2])])
    assert found is not None
    assert [each.certain for each in found] == [True, False]


@pytest.mark.parametrize("numbers", [(), (2,), (1, 1)])
def test_each_message_has_one_entry(numbers: tuple[int, ...]) -> None:
    reply = Entries(tuple(Entry(n, ()) for n in numbers))
    assert list(checked(reply, [said(MESSAGES[0])])) == [None]


def test_no_facts_are_an_answer() -> None:
    assert list(checked(Entries((Entry(1, ()),)), [said(MESSAGES[1])])) == [()]


@pytest.mark.parametrize(
    ("subject", "told"), [("I", "The user lives in Porto."), ("my sister", "The user's sister plays the violin.")]
)
def test_who_talks_to_an_assistant_has_no_name(subject: str, told: str) -> None:
    triple = Triple(subject, "home", "Porto") if subject == "I" else Triple(subject, "plays", "the violin")
    message = replace(said(MESSAGES[0]), speaker="user")
    [found] = checked(Entries((Entry(1, (triple,)),)), [message])
    assert [each.text for each in found or ()] == [told]
