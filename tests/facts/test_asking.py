"""Facts in answers: what holds comes first, as of a day, and is shown with what was before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.model import Question, Reply
from tests.facts.test_facts import CORRECTED, MOVES, take_in, told
from tests.ingest.memories import memory

OLD = told(
    "2022-01-10",
    "Ann: I live in Lisbon, where the trams live up to their fame, and I live well there, Bob.",
    "Bob: Where do you live in Lisbon, Ann?",
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return take_in(tmp_path / "a", OLD, *MOVES[1:])


def asked(store: Path, text: str, *, facts: bool = True, **more: Any) -> Reply:
    with memory(store, create=False, recall_facts=facts) as opened:
        return opened.ask(Question(text, asked_at="2024-05-01T12:00:00", **more))


def texts(reply: Reply) -> list[str]:
    return [hit.text.partition(",")[0].rstrip(".") for hit in reply.hits]


def test_what_holds_comes_before_what_has_ended(store: Path) -> None:
    assert texts(asked(store, "Where does Ann live?", facts=False))[0] == "I live in Lisbon"
    found = asked(store, "Where does Ann live?")
    assert texts(found)[0] == "I moved to Braga last month"
    assert found.hits[0].signals["current"] == 1
    (fact,) = found.facts
    assert (fact.value, fact.valid_from, fact.valid_to, fact.hit) == ("Braga", "2024-02", None, 1)
    assert fact.before == ("Porto", "Lisbon")
    assert 1 not in fact.replaced
    assert fact.replaced


@pytest.mark.parametrize(
    "text",
    [
        "Where did Ann live before?",
        "Where did Ann first live?",
        "Where did Ann live previously?",
        "Where did Ann use to live, originally?",
        "Where did Ann live in January 2022?",
    ],
)
def test_who_asks_for_the_past_is_told_the_past(store: Path, text: str) -> None:
    assert texts(asked(store, text)) == texts(asked(store, text, facts=False))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Where does Ann currently live?", "Braga"),
        ("Where does Ann live these days?", "Braga"),
        ("Where did Ann first live?", "Lisbon"),
        ("Where did Ann live before?", "Porto"),
        ("Where did Ann live before she moved to Porto?", "Lisbon"),
        ("Before she moved to Porto, where did Ann live?", "Lisbon"),
        ("Where did Ann live in January 2022?", "Lisbon"),
        ("Where did Ann live two years ago?", "Lisbon"),
        ("Where did Ann live before May 2023?", ""),
        ("Where does Ann want to live?", ""),
        ("Who does Ann live with?", ""),
        ("Why does Ann live there?", ""),
        ("Where else does Ann live?", ""),
        ("Where would Ann live?", ""),
        ("Where will Ann live?", ""),
        ("Where did Ann live before breakfast?", ""),
        ("Where did Ann live before that?", "Porto"),
        ("How does Ann live?", ""),
        ("What city does Ann live in?", ""),
        ("What is Ann's home?", "Braga"),
        ("What does Ann's home smell of?", ""),
    ],
)
def test_the_value_that_is_asked_for(store: Path, text: str, value: str) -> None:
    assert asked(store, text).answer.value == value


def test_what_is_asked_for_has_the_type_of_the_relation(tmp_path: Path) -> None:
    said = told(
        "2023-01-10", "Ann: I work for Acme. I'm a nurse.", "Ann: My favourite book is Emma. My birthday is on 5 May."
    )
    store = take_in(tmp_path / "a", said)
    for text, value in (
        ("Where does Ann work?", "Acme"),
        ("Who does Ann work for?", "Acme"),
        ("What is the name of Ann's employer?", "Acme"),
        ("What is Ann's job?", "a nurse"),
        ("What is Ann's favourite book?", "Emma"),
        ("When is Ann's birthday?", "5 May"),
        ("Who does Ann work with?", ""),
    ):
        assert asked(store, text).answer.value == value, text


def test_where_somebody_lives_is_not_where_they_work(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", told("2026-03-15", "Dad: I work nights, and I live in Leeds."))
    assert asked(store, "Where does Dad work?").answer.value == ""
    assert asked(store, "Where does Dad live?").answer.value == "Leeds"
    theirs = take_in(tmp_path / "b", told("2026-03-15", "Ann: My dad lives in Leeds and works at the mill."))
    assert asked(theirs, "Where does Dad work?").answer.value == ""
    assert asked(theirs, "Where does Dad live?").answer.value == "Leeds"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("When does Tom's flight land?", "3 May 2024"),
        ("What time does Tom's flight land?", "14:20"),
        ("When did Tom's ferry land?", "26 April 2024"),
    ],
)
def test_what_is_due_lies_ahead(tmp_path: Path, text: str, value: str) -> None:
    said = ["Tom: My flight lands at 14:20 on Friday.", "Ann: See you!", "Tom: My ferry landed at 9:10 on Friday."]
    assert asked(take_in(tmp_path / "a", told("2024-04-29", *said)), text).answer.value == value


ALONE = (
    told("2022-01-10", "Marta: I live in Lisbon.", "Bob: What a fine day it is for a walk by the sea!"),
    told("2023-05-20", "Marta: I moved to Porto.", "Bob: Where does one live well?"),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Where does Marta live?", "Porto"),
        ("Where did Marta live before?", "Lisbon"),
        ("What does Marta do for a living?", ""),
        ("Where does Bob live?", ""),
        ("Does Marta live by the sea?", ""),
        ("Who does Marta live with?", ""),
    ],
)
def test_what_is_asked_for_is_found_in_other_words(tmp_path: Path, text: str, value: str) -> None:
    reply = asked(take_in(tmp_path / "a", *(each[:1] for each in ALONE)), text)
    assert reply.answer.value == value
    assert not value or value in reply.hits[reply.answer.quotations[0].hit - 1].text


def test_what_is_asked_for_is_one_hit(tmp_path: Path) -> None:
    found = texts(asked(take_in(tmp_path / "a", *ALONE), "Where does Marta live now?"))
    assert found[0] == "I moved to Porto"
    assert len(found) == len(set(found))


def test_what_is_asked_for_comes_into_hits_that_lack_it(tmp_path: Path) -> None:
    fine = [f"Bob: Marta and I live well on {number} olives." for number in range(5)]
    store = take_in(tmp_path / "a", told("2023-05-20", *fine), told("2022-01-10", "Marta: I moved to Porto."))
    found = asked(store, "Where does Marta live?", limit=3)
    assert (found.answer.value, len(found.hits)) == ("Porto", 3)
    assert found.hits[0].text == "I moved to Porto."
    assert "I moved to Porto." not in texts(asked(store, "Where does Marta live by the sea?", limit=3))


def test_who_is_called_by_their_kin_is_asked_about_as_they_are(tmp_path: Path) -> None:
    said = (told("2026-03-15", "Dad: I live in Leeds."), told("2026-04-15", "Dad: I live in York."))
    store = take_in(tmp_path / "a", *said, told("2026-05-15", "Ann: My dad lives in Rome."))
    assert asked(store, "Where does Dad live?").answer.value == "York"
    (fact,) = (each for each in asked(store, "Where does Ann's dad live?").facts if each.subject == "Ann's dad")
    assert fact.value == "Rome"


def test_what_is_over_is_no_answer(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", MOVES[0], told("2023-05-20", "Ann: I no longer live in Lisbon."))
    found = asked(store, "Where does Ann live?")
    assert found.answer.value == ""
    assert texts(found)[0] == "I no longer live in Lisbon"
    (fact,) = found.facts
    assert (fact.value, fact.valid_to) == ("Lisbon", "2023-05-20")
    assert asked(store, "Where does Ann live?", as_of="2023-05-19").answer.value == "Lisbon"
    assert asked(store, "Where did Ann live before?").answer.value == "Lisbon"


def test_what_is_over_twice_was_one_value(tmp_path: Path) -> None:
    said = (told("2023-01-10", "Ann: I work for Acme."), told("2023-03-10", "Ann: I no longer work for Acme."))
    store = take_in(tmp_path / "a", *said, told("2023-04-10", "Ann: I left my job."))
    assert asked(store, "Where did Ann work before?").answer.value == "Acme"


def test_how_long_is_counted_from_the_day_that_is_told(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", MOVES[1], told("2023-08-21", "Ann: I adopted a puppy yesterday."))
    found = asked(store, "How long between Ann moving to Porto and adopting a puppy?").answer.value
    assert found == "about 3.5 months, from about 6 May 2023 to 20 August 2023"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("I painted the fence last week.", "about 6 days, since about 25 April 2024"),
        ("Last week was cold, and yesterday I painted the fence.", "2 days, since 29 April 2024"),
        ("Yesterday was cold, and I painted the fence on Sunday.", "3 days, since 28 April 2024"),
        ("I painted the fence last year.", ""),
        ("I painted the fence.", "1 day, since 30 April 2024"),
    ],
)
def test_a_time_that_is_no_day_is_about_one(tmp_path: Path, said: str, value: str) -> None:
    store = take_in(tmp_path / "a", told("2024-04-30", f"Ann: {said}"))
    assert asked(store, "How many days ago did Ann paint the fence?").answer.value == value


def test_whose_appointment_it_is_need_not_be_said(tmp_path: Path) -> None:
    said = [
        *told("2024-06-05", "Ann: The meeting is on Monday."),
        *told("2024-06-06", "Ann: The meeting was moved to Tuesday."),
    ]
    store = take_in(tmp_path / "a", said)
    assert asked(store, "When is the meeting?").answer.value == "11 June 2024"
    assert asked(store, "When is Bob's meeting?").facts == ()


@pytest.mark.parametrize(
    ("text", "value"), [("Where did Ann live before?", "Leeds"), ("Where did Bob work before?", "Initech")]
)
def test_what_is_over_was_before(tmp_path: Path, text: str, value: str) -> None:
    said = told(
        "2024-02-03", "Ann: I moved from Leeds to York on Saturday.", "Bob: I quit my job at Initech on Friday."
    )
    found = asked(take_in(tmp_path / "a", said), text).answer
    assert (found.value, found.found) == (value, True)


def test_a_correction_is_the_answer_to_a_question_that_says_more(tmp_path: Path) -> None:
    store = take_in(
        tmp_path / "a",
        told("2024-01-08", "Ann: My first meeting with the boss is on Thursday.", "Ann: No wait, I meant Friday."),
    )
    found = asked(store, "When is Ann's meeting with the boss?").answer
    assert (found.value, found.quotations[0].text) == ("12 January 2024", "No wait, I meant Friday.")


def test_a_corrected_date_is_the_answer(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", CORRECTED)
    assert asked(store, "When is Ann's meeting?").answer.value == "6 March 2024"


@pytest.mark.parametrize(
    "text", ["What does Ann say of trams?", "Where does Bob live?", "Where does Ann's sister live?"]
)
def test_who_asks_for_something_else_is_told_no_fact(store: Path, text: str) -> None:
    assert asked(store, text).facts == ()


@pytest.mark.parametrize(
    ("as_of", "value", "valid_from", "before"),
    [
        ("2022", "Lisbon", "2022-01-10", ()),
        ("2023-05-19", "Lisbon", "2022-01-10", ()),
        ("2023-05", "Porto", "2023-05-06", ("Lisbon",)),
        ("2024-02-10T09:00", "Porto", "2023-05-06", ("Lisbon",)),
    ],
)
def test_as_of_a_day(store: Path, as_of: str, value: str, valid_from: str, before: tuple[str, ...]) -> None:
    found = asked(store, "Where does Ann live?", as_of=as_of)
    (fact,) = found.facts
    assert (fact.value, fact.valid_from, fact.valid_to, fact.before) == (value, valid_from, None, before)
    assert all((hit.timestamp or "")[: len(as_of)] <= as_of for hit in found.hits)
    assert found.insights == ()


def test_relative_times_are_seen_from_the_day_asked_as_of(store: Path) -> None:
    found = asked(store, "Where did Ann move last week?", as_of="2023-05-25", explain=True)
    assert found.reading.times == ("2023-05-15/2023-05-21",)
    assert asked(store, "What is new?", as_of="2023-05", until="2023-05-20").question.until == "2023-05-20"


def test_a_doubt_is_shown(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", MOVES[0], told("2023-05-20", "Ann: Maybe I live in Porto."))
    (fact,) = asked(store, "Where does Ann live?").facts
    assert (fact.value, fact.before, fact.open) == ("Lisbon", (), ("Porto",))


COUNTS = (
    told("2023-05-11", "Ann: I did attend three sessions of the support group, and I did like the sessions."),
    told("2023-06-11", "Ann: Two sessions of yoga a week and ten sessions of boxing are a lot."),
    told(
        "2023-10-30",
        "Ann: It was the support group again, of which I have seen 5 sessions.",
        "Bob: I attended nine sessions!",
    ),
)


def test_a_number_answers_where_the_same_is_counted(tmp_path: Path) -> None:
    said = "Ann: I have added two new projects, so that now the gallery has 10 cards of projects."
    store = take_in(tmp_path / "a", told("2023-05-11", said))
    for question, value in (
        ("How many new projects has Ann added?", "two"),
        ("How many project cards does the gallery of Ann have after she added the new projects?", "10"),
    ):
        assert asked(store, question).answer.value == value


def test_the_latest_count_comes_first(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *COUNTS)
    text = "How many sessions of the support group did Ann attend?"
    assert asked(store, text, facts=False).hits[0].timestamp == "2023-05-11T10:00:00"
    found = asked(store, text)
    assert [hit.timestamp for hit in found.hits[:2]] == ["2023-10-30T10:00:00", "2023-05-11T10:00:00"]
    assert len(found.hits) == len(asked(store, text, facts=False).hits)
    for other in ("How many sessions did Ann attend before?", "How did Ann like the sessions of the support group?"):
        assert texts(asked(store, other)) == texts(asked(store, other, facts=False))


TALK = [
    {"conversation": "talk", "id": str(number), "speaker": speaker, "text": text}
    for number, (speaker, text) in enumerate(
        (
            ("Bob", "I moved to Rome in 2019."),
            ("Ann", "I live in Lisbon. I have two dogs, and they love the garden."),
            ("Bob", "I'm vegetarian, so no ham for me. I speak Italian. I live in Paris."),
            ("Ann", "I moved to Porto. I decided not to sell the boat."),
        )
    )
]


@pytest.mark.parametrize(("text", "value", "before"), [("Bob", "Paris", ("Rome",)), ("Ann", "Porto", ("Lisbon",))])
def test_in_one_conversation_what_is_said_later_holds_without_a_time(
    tmp_path: Path, text: str, value: str, before: tuple[str, ...]
) -> None:
    reply = asked(take_in(tmp_path / "a", TALK), f"Where does {text} live?")
    (fact,) = reply.facts
    assert (fact.value, fact.before, fact.valid_to, reply.answer.value) == (value, before, None, value)


def test_in_another_conversation_what_has_no_time_ends_nothing(tmp_path: Path) -> None:
    other = [{"conversation": "other", "id": "1", "speaker": "Bob", "text": "I live in Paris."}]
    (fact,) = asked(take_in(tmp_path / "a", TALK[:1], other), "Where does Bob live?").facts
    assert (fact.value, fact.valid_from, fact.before) == ("Rome", "2019", ("Paris",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Does Ann have dogs?", "yes"),
        ("Does Ann have two dogs?", "yes"),
        ("Is Bob vegetarian?", "yes"),
        ("Does Bob speak Italian?", "yes"),
        ("What does Bob speak?", "Italian"),
        ("Does Ann have three dogs?", ""),
        ("Doesn't Ann have dogs?", ""),
        ("Does Ann only have dogs?", ""),
        ("Will Ann have dogs?", ""),
        ("Is Ann vegetarian?", ""),
        ("Did Ann move from Porto?", ""),
        ("Did Ann decide to sell the boat?", ""),
        ("Does Ann live in Lisbon?", ""),
    ],
)
def test_a_fact_that_says_all_that_is_asked_gives_the_value(tmp_path: Path, text: str, value: str) -> None:
    reply = asked(take_in(tmp_path / "a", TALK), text)
    assert reply.answer.value == value
    if value:
        assert reply.hits[reply.answer.quotations[0].hit - 1].text in [each["text"] for each in TALK[1:]]
