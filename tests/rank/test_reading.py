"""How a question is read: names, terms, and whose words are asked for."""

from __future__ import annotations

import pytest

from graph.model import Entity, EntityMatch, Question, Reading
from graph.rank.reading import Understood, names, searched, shown, understood
from graph.rank.time_windows import Window


def match(name: str, found_by: str, *, speaks: bool = False) -> EntityMatch:
    return EntityMatch(Entity(f"e_{name}", name, "NAME"), found_by, 1, speaks)


def read(text: str, *matches: EntityMatch) -> Understood:
    return understood(Question(text), matches)


MELANIE = match("Melanie", "mel", speaks=True)
CAROLINE = match("Caroline", "caroline", speaks=True)


def found(understood: Understood) -> list[str]:
    return [each.entity.name for each in understood.entities]


def test_the_longest_name_wins() -> None:
    york, new_york = match("York", "york"), match("New York", "new york")
    assert found(read("Who moved to New York?", york, new_york)) == ["New York"]
    assert found(read("Who moved from York to New York?", york, new_york)) == ["New York", "York"]


def test_a_word_that_nobody_says_is_not_searched_for() -> None:
    assert read(f"Lisbon {'a' * 501} {'b' * 500}").terms == ("lisbon", "b" * 500)
    assert read("a" * 1_000_000).terms == ()


def test_of_overlapping_names_one_is_taken() -> None:
    left, right = match("Ann Lee", "ann lee"), match("Lee Park", "lee park")
    assert found(read("Was Ann Lee Park there?", left, right)) == ["Ann Lee"]


def test_a_prefix_names_a_speaker() -> None:
    assert "mel" in names(Question("What did Mel paint?"))
    assert read("What did Mel paint?", MELANIE).speaker == "Melanie"


def test_a_name_that_is_not_in_the_question_is_not_read() -> None:
    assert read("What was painted?", MELANIE) == Understood(("painted",), (), None)


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("What did Caroline say?", "Caroline"),
        ("What did Caroline’s friend say?", "Caroline"),
        ("What did Caroline say to Mel?", None),
        ("What was said?", None),
    ],
)
def test_a_speaker_counts_where_there_is_exactly_one(text: str, speaker: str | None) -> None:
    assert read(text, MELANIE, CAROLINE).speaker == speaker


def test_who_does_not_speak_is_no_speaker() -> None:
    assert read("What did Bob say?", match("Bob", "bob")).speaker is None
    assert read("What did Bob say to Caroline?", match("Bob", "bob"), CAROLINE).speaker == "Caroline"


USER = match("user", "user", speaks=True)


@pytest.mark.parametrize("text", ["What did I buy?", "what's my name", "Where have I’ve been?", "Was it mine?"])
def test_the_first_person_is_the_user(text: str) -> None:
    assert "user" in names(Question(text))
    assert read(text, USER).speaker == "user"


@pytest.mark.parametrize("text", ["What did you buy?", "Is it mining?", "Which island is it?"])
def test_nobody_else_is(text: str) -> None:
    assert "user" not in names(Question(text))
    assert read(text, USER).speaker is None


def test_a_name_comes_before_the_first_person() -> None:
    assert read("What did Caroline tell me?", USER, CAROLINE).speaker == "Caroline"


def test_stop_words_are_neither_terms_nor_names() -> None:
    question = Question("What is the Who about?")
    assert not {"what", "is", "the", "who", "about"} & set(names(question))
    assert "the who" in names(question)
    assert read("When did the cat eat?").terms == ("cat", "eat")


def test_a_question_of_stop_words_keeps_them() -> None:
    assert read("Who is it?").terms == ("who", "is", "it")


def test_terms_come_once_in_order() -> None:
    assert read("Cat, dog, cat's CAT?").terms == ("cat", "dog")


@pytest.mark.parametrize("text", ["", "???", "😀", "\x00\ud800"])
def test_a_question_may_say_nothing(text: str) -> None:
    assert read(text, MELANIE) == Understood((), (), None)


def test_a_very_long_question_is_read_from_its_beginning() -> None:
    question = Question(" ".join(f"word{number}" for number in range(10_000)))
    runs = names(question)
    assert len(runs) <= 200 * 10
    assert "word199" in runs
    assert "word200" not in runs
    assert len(understood(question, [match("late", "word9999")]).terms) == 200
    assert understood(question, [match("late", "word9999")]).entities == ()


# --- Several people, times, noun phrases ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "teller"),
    [
        ("What did Caroline say to Mel?", "Caroline"),
        ("Which book did Mel recommend to Caroline?", "Melanie"),
        ("What does Mel think of Caroline's plan?", "Melanie"),
        ("What did Mel and Caroline paint?", None),
        ("Was it Mel or Caroline?", None),
        ("What have both Caroline and also Mel seen?", None),
        ("What does Mel have in common with Caroline?", None),
        ("What did Caroline say?", None),
        ("What was said?", None),
        ("Was sagte Caroline zu Mel?", "Caroline"),
    ],
)
def test_of_several_the_first_tells_unless_they_are_named_together(text: str, teller: str | None) -> None:
    assert read(text, MELANIE, CAROLINE).teller == teller


def test_names_of_speakers_are_no_terms_where_there_are_others() -> None:
    assert read("Which book did Mel recommend to Caroline?", MELANIE, CAROLINE).terms == ("book", "recommend")
    assert read("Mel and Caroline?", MELANIE, CAROLINE).terms == ("mel", "caroline")


def test_times_are_read_against_the_day_of_asking() -> None:
    question = Question("What did Mel paint last year?", asked_at="2024-03-01T10:00:00")
    assert understood(question, ()).windows == (Window("2023-01-01", "2023-12-31"),)
    assert read("What did Mel paint last year?").windows == ()


def test_noun_phrases_are_common_beside_names_only() -> None:
    director = EntityMatch(Entity("e_director", "director", "CONCEPT"), "director", 3, False)
    garbo = match("Garbo", "garbo")
    assert read("Who is the director of Garbo?", director, garbo).common == {"e_director"}
    assert read("Who is the director?", director).common == frozenset()
    assert read("Who is Garbo?", garbo).common == frozenset()


def test_names_that_are_written_small_are_words_where_others_are_not() -> None:
    garbo, die, birth = match("Garbo", "garbo"), match("Die", "die"), match("Place of Birth", "place of birth")
    assert read("Where did Garbo die?", garbo, die).common == {"e_Die"}
    assert read("Did Garbo see Die?", garbo, die).common == frozenset()
    assert read("Did Garbo see iDie?", garbo, match("iDie", "idie")).common == frozenset()
    assert read("where did garbo die?", garbo, die).common == frozenset()
    assert read("Did they die?", die).common == frozenset()
    # Nobody meets a longer name by chance, and who speaks is meant however they are written.
    assert read("What is Garbo's place of birth?", garbo, birth).common == frozenset()
    assert read("What did Garbo tell mel?", garbo, MELANIE).common == frozenset()


def test_a_long_title_is_one_name() -> None:
    title = "The Trail of the Lonesome Pine"
    film = match(f"{title} (1923)", f"{title} 1923".lower())
    assert found(read(f"Who made {title} (1923)?", match("Pine", "pine"), film)) == [f"{title} (1923)"]


def test_what_is_understood_is_shown() -> None:
    question = Question("What did Mel tell Caroline in May 2023, on 7 May 2023?")
    shows = shown(understood(question, [MELANIE, CAROLINE]))
    assert shows == Reading(
        ("tell", "may", "2023", "7"), ("Melanie", "Caroline"), "Melanie", ("2023-05-07", "2023-05-01/2023-05-31")
    )


def test_an_irregular_verb_is_searched_for_in_all_its_forms() -> None:
    assert searched(read("What did Mel buy there?", MELANIE)) == ("buy", "bought")


def test_who_is_called_so_in_full_is_meant() -> None:
    ann, annie = match("Ann", "ann", speaks=True), match("Annie", "ann", speaks=True)
    for matches in ((ann, annie), (annie, ann)):
        assert read("Where does Ann live?", *matches).speaker == "Ann"
        assert found(read("Where does Ann live?", *matches)) == ["Ann"]
    assert read("Where does Ann live?", annie).speaker == "Annie"
    # A thing of that name is no reason to hear nobody.
    assert read("What did Mel paint?", match("Mel", "mel"), MELANIE).speaker == "Melanie"
