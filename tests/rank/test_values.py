"""The value that a passage gives to a question."""

from __future__ import annotations

import pytest

from graph.model import Form, Interaction
from graph.rank.answer_type import expected
from graph.rank.names import names, titles
from graph.rank.values import Asked, by_day, numbers_of, value
from graph.rank.wanted import Wanted
from graph.stems import stem
from graph.text import terms


def message(text: str, timestamp: str | None = "2023-05-08T13:56:00", speaker: str = "Ann") -> Interaction:
    return Interaction("m_1", Form.MESSAGE, "1", text, "c", "s", 0, speaker, timestamp)


def asked(question: str, speaker: str | None = None) -> Asked:
    words = sorted({stem(term) for term in terms(question)} - {"ann"})
    return Asked(question, expected(question), Wanted(dict.fromkeys(words, 1 / (len(words) or 1))), speaker)


def told(question: str, text: str, speaker: str | None = None, timestamp: str | None = "2023-05-08T13:56:00") -> str:
    return value(text, message(text, timestamp), asked(question, speaker))


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("When did Ann go to the choir?", "I went to the choir yesterday.", "7 May 2023"),
        ("When will Ann sing?", "We sing on Friday.", "12 May 2023"),
        ("When is the rehearsal?", "The rehearsal was moved from Monday 3 July to 4 July.", "4 July 2023"),
        ("When was Ann in Porto?", "I was in Porto from 3 May to 5 May 2023.", "3 May 2023"),
        ("When did Ann start to ski?", "I have skied for ten years now.", "2013"),
        ("What time is the ferry?", "The ferry leaves at 6:45 from the pier.", "6:45"),
        ("Where does Ann keep the key?", "It hangs in the left cupboard of the hall.", "in the left cupboard"),
        ("Where did Ann sing?", "We sang all night in Porto.", "Porto"),
        ("Which city did Ann visit?", "I flew from Lisbon to St. Gallen and visited friends.", "St. Gallen"),
        ("Who filed the report?", "I filed the report.", "Ann"),
        ("Who helped Ann with the fence?", "My neighbour Olga Pinto helped with the fence, Bob.", "Olga Pinto"),
        ("Who has the cat?", "Łukasz and Zosia. Nobody else.", "Łukasz and Zosia"),
        ("Who has the cat?", "And then Olga Pinto & Bob had it.", "Olga Pinto & Bob"),
        ("How many steps are there?", "There are 58 steep steps, built in 1961.", "58"),
        ("How many cats does Ann have?", "I have two dogs and three cats.", "three"),
        ("How much was the vet?", "The vet took £140 for it!", "£140"),
        ("How long did Ann wait?", "I waited almost two hours.", "almost two hours"),
        ("How often does Ann run?", "I run twice a week.", "twice a week"),
        ("Which book did Ann read?", "I read “The Salt Path” on the train.", "The Salt Path"),
        ("Does Ann like walnuts?", "No, I hate walnuts.", "no"),
        ("Does Ann like walnuts?", "Yep, walnuts are great.", "yes"),
    ],
)
def test_a_value_of_the_type_asked_for(question: str, text: str, answer: str) -> None:
    assert told(question, text) == answer


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When did Ann sing?", "I sang with all of them."),
        ("Where did Ann sing?", "We sang all night."),
        ("Where is Porto?", "I love Porto."),
        ("Who sang?", "Thanks, Bob! That was fun."),
        ("How many cats does Ann have?", "It has been 58 days."),
        ("How many cats does Ann have?", "I wrote of cats in 2019."),
        ("Does Ann like walnuts?", "Walnuts again."),
        ("What did Ann sing?", "I sang “Fado” in Porto yesterday."),
        ("Wann hat Ann gesungen?", "Gestern habe ich in Porto gesungen."),
        ("Where is the key?", "[image: a key in the left cupboard]"),
    ],
)
def test_none_is_better_than_another(question: str, text: str) -> None:
    assert told(question, text) == ""


def test_dates_are_read_only_where_something_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr("graph.rank.values.dates", lambda text, _: read.append(text) or [])
    assert not numbers_of("There are 12 dogs, and no other pets.", "cats", None)
    assert read == []
    assert [each.text for each in numbers_of("There are 12 cats.", "cats", None)] == ["12"]
    assert read == ["There are 12 cats."]


def test_of_several_the_one_beside_what_is_asked() -> None:
    text = "The pier opened in 1961 and the ferry stopped in 1987."
    assert told("When did the ferry stop?", text) == "1987"
    assert told("When did the pier open?", text) == "1961"
    text = "The quartet came in 1961! The wedding will be held by the old lighthouse in 1987."
    assert told("When is the wedding?", text) == "1987"


def test_a_life_has_a_beginning_and_an_end() -> None:
    text = "Olga Pinto (4 May 1861 – 20 June 1930) painted."
    assert told("When was Olga Pinto born?", text) == "4 May 1861"
    assert told("When did Olga Pinto die?", text) == "20 June 1930"


@pytest.mark.parametrize(
    ("timestamp", "answer"),
    [
        ("2023-05-08T00:30:00+14:00", "7 May 2023"),
        ("2023-05-07T23:30:00-10:00", "6 May 2023"),
        ("2023-05-08", "7 May 2023"),
        ("1970-01-01", "31 December 1969"),
        (None, ""),
    ],
)
def test_yesterday_is_that_of_who_speaks(timestamp: str | None, answer: str) -> None:
    assert told("When did Ann go?", "I went yesterday.", timestamp=timestamp) == answer


def test_who_is_asked_about_did_not_do_it_for_another() -> None:
    assert told("Who invited Ann?", "I was glad.", speaker="Ann") == ""


def test_what_covers_too_little_gives_no_value() -> None:
    said = message("I went to Porto yesterday.")
    assert value(said.text, said, asked("When did Ann go to Porto?"), 0.3) == ""
    assert value(said.text, said, asked("When did Ann go to Porto?"), 0.5) == "7 May 2023"
    assert value(said.text, said, asked("Where did Ann go?"), 0.45) == ""


def day_of_telling(question: str, text: str, covered: float = 0.9, timestamp: str | None = "2023-05-08") -> str:
    return by_day(text, message(text, timestamp), asked(question), covered)


def test_what_was_told_had_happened_by_then() -> None:
    assert day_of_telling("When did Ann get the flat?", "I got the flat!") == "by 8 May 2023"
    assert day_of_telling("When did Ann get the flat?", "I got the flat!", 0.5) == ""
    assert day_of_telling("When will Ann get the flat?", "I got the flat!") == ""
    assert day_of_telling("Who got the flat?", "I got the flat!") == ""
    assert day_of_telling("When did Ann get the flat?", "I got the flat!", timestamp=None) == ""


@pytest.mark.parametrize(
    "text",
    ["I'll get the flat soon.", "I haven't got the flat.", "I hope to get the flat!", "If I get the flat, we dance."],
)
def test_what_has_not_happened_has_no_day(text: str) -> None:
    assert day_of_telling("When did Ann get the flat?", text) == ""


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("When did Ann go on holiday?", "That was my first holiday in six years.", ""),
        ("When did Ann get the job back?", "I got the job back after 3 years.", ""),
        ("When did Ann first see the sea?", "I saw the sea 3 years later.", ""),
        ("When did Ann start the choir?", "Every 3 years we start a choir.", ""),
        ("When did Ann start at the mill?", "I worked at the mill for 3 years.", ""),
        ("When did Ann start at the mill?", "I've worked at the mill for 3 years.", "2020"),
        ("When must Ann hand in the essay?", "I must hand in the essay by 3 July.", "by 3 July 2023"),
        ("When did Ann sell the boat?", "I sold the boat before the 3rd of May.", "before 3 May 2023"),
        ("When will Ann sing?", "I sing in two weeks.", "about 22 May 2023"),
    ],
)
def test_a_duration_is_no_date_and_a_limit_is_told_as_one(question: str, text: str, answer: str) -> None:
    assert told(question, text) == answer


def test_names_are_runs_of_capitals() -> None:
    text = "Then J. K. Müller's aunt in Port of Spain saw the Mt. Alba train. Walnuts! In March, Ann Lee. Hey Bob!"
    assert [each.text for each in names(text)] == ["J. K. Müller", "Port of Spain", "Mt. Alba", "Ann Lee"]
    assert [each.text for each in titles('“Dune,” she said, and "It".')] == ["Dune", "It"]


@pytest.mark.parametrize(
    "text", ["A " * 50_000, "1" * 100_000, "[" * 100_000, "“" * 100_000, "Ǆ\u0301" * 50_000, "in the " * 15_000]
)
@pytest.mark.parametrize(
    "question", ["When?", "Where?", "Who sang?", "How many cats?", "How much?", "Which book?", "Did Ann?"]
)
def test_endless_passages_are_read_in_part(question: str, text: str) -> None:
    assert len(value(text, message(text), asked(question))) <= 400
