"""What people say of themselves, as others would put it."""

from __future__ import annotations

import pytest

from graph.extract.rules import RuleExtractor
from graph.model import Extraction, Form, Interaction, Mention
from graph.tiers.statements import statements
from graph.tiers.wording import reported


def told(text: str, speaker: str | None = "Ann", extraction: Extraction | None = None) -> list[str]:
    said = Interaction("m_1", Form.MESSAGE, "1", text, "c", "s", 0, speaker)
    return [each.text for each in statements(said, extraction or RuleExtractor().extract([text])[0])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love hiking in the hills with my dog!", "Ann likes hiking in the hills with their dog."),
        ("Thanks! I like to read before bed.", "Ann likes to read."),
        ("I'm a big fan of Nintendo games, and so is Bob", "Ann likes Nintendo games."),
        ("We talked, and I hate Mondays.", "Ann dislikes Mondays."),
        ("I’m lactose intolerant, so no ice cream for me", "Ann is lactose intolerant."),
        ("I've finally decided to sell my car.", "Ann decided to sell their car."),
        ("I decided not to go to Porto.", "Ann decided not to go to Porto."),
        ("We agreed to meet in Lisbon on Friday.", "Ann and others agreed to meet in Lisbon on Friday."),
        ("Every morning I go running by the river.", "Ann goes running by the river every morning."),
        ("I usually watch films with my sister.", "Ann usually watches films with their sister."),
        ("I play tennis with Bob every Sunday.", "Ann plays tennis with Bob every Sunday."),
        ("I love Korean and home-made food!", "Ann likes Korean and home-made food."),
        ("I love Korean and Bob eats food.", "Ann likes Korean."),
        ("We talked, I hate Mondays and love music.", "Ann dislikes Mondays."),
        ("I like Netflix and watch shows.", "Ann likes Netflix."),
        ("I like Netflix and sometimes hear songs.", "Ann likes Netflix."),
        ("I love Netflix and bought games.", "Ann likes Netflix."),
        ("I love Korean and frozen food.", "Ann likes Korean and frozen food."),
        ("I usually play CS:GO, but not today.", "Ann usually plays CS:GO."),
        ("I never eat meat.", "Ann never eats meat."),
        ("I'm a nurse at the hospital.", "Ann is a nurse."),
        ("I work as a translator for a small press.", "Ann works as a translator for a small press."),
        ("My brother is allergic to walnuts.", "Ann's brother is allergic to walnuts."),
        ("My dog's name is Rex, he is old.", "Ann's dog is called Rex."),
        ("I have two cats and a garden.", "Ann has two cats."),
        ("My favorite band is Radiohead!", "Ann's favorite band is Radiohead."),
        ("I grew up in Porto.", "Ann grew up in Porto."),
        ("I'm planning to visit Porto next summer.", "Ann plans to visit Porto."),
        ("I just signed up for a pottery class yesterday.", "Ann signed up for a pottery class."),
        ("I visited the US? No, I moved to the US.", "Ann moved to the US."),
        ("I don't like Lisbon any more.", "Ann dislikes Lisbon."),
        ("As you know, I hate Mondays.", "Ann dislikes Mondays."),
        ("You know I love Lisbon.", "Ann likes Lisbon."),
        ("I can't eat Brie.", "Ann cannot eat Brie."),
        ("I don't drink Guinness after six.", "Ann does not drink Guinness."),
        ("I've been vegetarian since I was 16.", "Ann is vegetarian."),
        ("We have two dogs, Rex and Milo.", "Ann has two dogs."),
        ("I got a new job at Acme!", "Ann works for Acme."),
        ("I moved to Évora last year.", "Ann moved to Évora."),
        ("I live in Łódź.", "Ann lives in Łódź."),
        ("I work at St. John's.", "Ann works for St. John's."),
        ("We got engaged on Sunday!!", "Ann got engaged."),
        ("I can't eat gluten, do they have anything?", "Ann cannot eat gluten."),
        ("My mother Carol turned 70 yesterday.", "Ann's mother turned 70."),
        ("My first meeting with the boss is on Thursday.", "Ann's first meeting is on Thursday."),
        ("The review was moved to Friday.", "Ann's review is on Friday."),
        ("My doctor's appointment is on Friday.", "Ann's doctor's appointment is on Friday."),
        ("I got a new number, it's 0499 65 43 21", "Ann's phone number is 0499 65 43 21."),
        ("We moved to Turin in August.", "Ann moved to Turin."),
        ("I started at Contoso yesterday.", "Ann works for Contoso."),
        ("I drive a Volvo, mostly.", "Ann drives a Volvo."),
        ("I'm based in Lisbon now.", "Ann lives in Lisbon."),
        ("My sister Eva lives in Berlin.", "Ann's sister lives in Berlin."),
        ("My birthday is on the 3rd of May.", "Ann's birthday is on the 3rd of May."),
        ("My new number is 07700 900417.", "Ann's phone number is 07700 900417."),
    ],
)
def test_what_is_told(text: str, expected: str) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "You know she said I love Lisbon",
        'Bob told us: "well, I love Lisbon" and left',
        "If I live in Lisbon one day",
        "I love it there.",
        "My birthday is tomorrow.",
        "My number is 7.",
        "I can't eat that.",
        "Do you know I love Lisbon",
        "I drive a lot.",
        "I have a new number 5 bus ticket.",
        "I'm vegan on Mondays.",
        "I can't eat any more.",
        "I love that.",
        "I love your painting!",
        "I decided to do it.",
        "I decided to.",
        "I usually think so.",
        "I am a bit tired.",
        "I have two minutes.",
        "My favorite is the blue one.",
        "I always go there.",
        "I love the way the light falls on the long grass of the wide meadow behind the old house",
        "I was in Lisbon.",
        "I'd love to work for Acme.",
        "I don't live in Porto.",
    ],
)
def test_what_is_not(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "and " * 25_000,
        "x" + "\n" * 100_000,
        "I love " + " " * 100_000,
        "I go " + " " * 100_000,
        "maybe, " * 15_000,
        "and I go " * 10_000,
        "I love tea" + " now" * 25_000,
        "I am single" + "  " * 50_000 + "x",
    ],
)
def test_endless_clauses_are_read_in_part(text: str) -> None:
    assert list(statements(Interaction("m_1", Form.MESSAGE, "1", text, "c", "s", 0, "Ann"), Extraction((), ()))) == []


def test_no_clause_ends_within_a_name() -> None:
    text = "My goal is to give kids a safe and loving home."
    chunk = Extraction((Mention("safe and loving home", "CONCEPT", text.index("safe"), len(text) - 1),), ())
    assert told(text, extraction=chunk) == ["Ann's goal is to give kids a safe and loving home."]


def test_a_program_has_no_life() -> None:
    assert told("I love Lisbon.", "assistant") == []
    assert told("I love Lisbon.", "user") == ["The user likes Lisbon."]


def test_cues_are_what_it_is_about() -> None:
    said = Interaction("m_1", Form.MESSAGE, "1", "I love Lisbon.", "c", "s", 0, "Ann")
    [found] = statements(said, RuleExtractor().extract([said.text])[0])
    assert "lisbon" in found.cues


@pytest.mark.parametrize(
    ("sentence", "speaker", "expected"),
    [
        ("I visited the old library in Porto yesterday.", "Ann", "Ann visited the old library in Porto."),
        ("Well, I've had a love for horses since school!", "Ann", "Ann has had a love for horses since school."),
        ("I'm a volunteer at the animal shelter.", "Ann", "Ann is a volunteer at the animal shelter."),
        ("Lisbon is the capital of Portugal.", "Ann", "Lisbon is the capital of Portugal."),
        ("Lisbon lies on seven steep hills.", None, "Lisbon lies on seven steep hills."),
        ("Lisbon lies on seven steep hills.", "Ann", None),
        ("I'm so happy for all of the support.", "Ann", None),
        ("I think the library in Porto is old.", "Ann", None),
        ("I visited the library with her sister.", "Ann", None),
        ("Was the library in Porto open?", "Ann", None),
        ("I visited Porto.", "Ann", None),
        ("Lisbon is the home of my old aunt.", "Ann", None),
    ],
)
def test_what_is_reported(sentence: str, speaker: str | None, expected: str | None) -> None:
    assert reported(sentence, speaker, ["Lisbon"]) == expected


def test_who_says_as_what_they_work_may_say_where() -> None:
    assert told("I work as a nurse at Acme.") == ["Ann works as a nurse at Acme.", "Ann works for Acme."]
    assert told("I'm a senior developer at Acme.") == ["Ann is a senior developer.", "Ann works for Acme."]


def test_a_town_may_be_taken_for_something_else() -> None:
    text = "I moved from Malmö to Lund."
    taken = Extraction((Mention("Malmö", "ORG", 13, 18), Mention("Lund", "PERSON", 22, 26)), ())
    assert told(text, extraction=taken) == ["Ann moved to Lund.", "Ann moved from Malmö."]
    taken = Extraction((Mention("Malmö", "PRODUCT", 13, 18), Mention("Lund", "PERSON", 22, 26)), ())
    assert "Ann moved to Lund." not in told(text, extraction=taken)
