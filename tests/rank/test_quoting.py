"""What of the best messages is quoted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from graph.model import Entity, EntityMatch, Form, Interaction
from graph.rank.answer_type import Expected
from graph.rank.fusion import Scored
from graph.rank.quoting import placed, quoted, told
from graph.rank.reading import Understood
from graph.rank.values import Asked
from graph.rank.wanted import Wanted, wanted
from graph.stems import stem, stems


def turn(position: int, speaker: str, text: str, score: float = 1.0) -> Scored:
    said = Interaction(f"m_{position}", Form.MESSAGE, str(position), text, "c", "s", position, speaker)
    return Scored(said, score, {})


def want(*terms: str) -> Wanted:
    return Wanted({stem(term): 1 / len(terms) for term in terms})


def texts(chosen: Sequence[Scored], wanted: Wanted) -> list[str]:
    return [quotation.text for quotation in quoted(chosen, placed(chosen), asked(wanted))[0]]


def asked(wanted: Wanted) -> Asked:
    return Asked("", Expected(), wanted)


@pytest.mark.parametrize(
    "forms",
    [
        ("plan", "plans", "planned", "planning"),
        ("allergy", "allergies"),
        ("paint", "painted", "painting", "paints", "painter"),
        ("bake", "baked", "baking", "baker"),
        ("cat", "cats"),
        ("play", "plays", "played", "playing", "player"),
        ("birthday", "birthdays"),
        ("study", "studies", "studied", "studying"),
        ("movie", "movies"),
    ],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


def test_words_that_only_begin_alike_differ() -> None:
    assert len({stem(word) for word in ("camp", "campaign", "interest", "internet", "car", "cat")}) == 6


def test_rare_terms_weigh_more_and_all_weigh_one() -> None:
    said = [turn(0, "Ann", "The cat sat."), turn(1, "Ann", "A cat and walnuts."), turn(2, "Ann", "My cats.")]
    found = wanted(Understood(("cat", "walnuts"), (), None), said)
    assert sum(found.weight.values()) == pytest.approx(1)
    assert found.weight[stem("walnuts")] > found.weight["cat"] > 0


def test_people_are_not_what_is_asked() -> None:
    ann = EntityMatch(Entity("e_1", "Inês", "PERSON"), "ines", 3, True)
    assert set(wanted(Understood(("inês", "walnuts"), (ann,), "Inês"), []).weight) == {stem("walnuts")}
    assert set(wanted(Understood(("inês",), (ann,), "Inês"), []).weight) == {stem("inês")}
    assert len(wanted(Understood(("inês", "walnuts"), (replace(ann, speaks=False),), None), []).weight) == 2


def test_what_covers_is_counted_once_whatever_its_form() -> None:
    assert want("cats", "walnut").covered(stems("The cat and cats.", None)) == pytest.approx(0.5)
    assert want("cats", "walnut").covered(stems("Cat", "walnuts!")) == pytest.approx(1)
    assert Wanted({}).covered(stems("Cat")) == 0


def test_letters_of_unspaced_scripts_are_covered() -> None:
    assert Wanted({"东": 0.5, "京": 0.5}).covered(stems("我去了东京")) == pytest.approx(1)


@pytest.mark.parametrize("text", ["Where?", "Where? ", "“Where?”", "去哪里？", "أين؟"])
def test_what_asks_does_not_tell(text: str) -> None:
    assert told(turn(0, "Ann", f"So. {text}").interaction) == "So."
    assert told(turn(0, "Ann", f"{text}\nThere.").interaction) == "There."


def test_the_best_sentence_is_quoted_with_those_around_it() -> None:
    long = "And then we went on for hours and hours about other matters that nobody will ever want to hear of again."
    said = turn(0, "Ann", f"{long} I can't eat walnuts. They make me ill. {long}")
    assert texts([said], want("walnuts")) == ["I can't eat walnuts. They make me ill."]


def test_a_question_in_between_ends_a_quotation() -> None:
    said = turn(0, "Ann", "Not me. Do you bake? I bake bread every day. Do you? So there.")
    assert texts([said], want("bake")) == ["I bake bread every day."]


@pytest.mark.parametrize("text", ["Where did Ann bake bread?", "# Bread that we bake", "", "…", "\n \n"])
def test_what_tells_nothing_is_not_quoted(text: str) -> None:
    assert texts([turn(0, "Ann", text)], want("bake", "bread")) == []


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "3. ", "12) "])
def test_marks_of_lists_are_left_out(mark: str) -> None:
    said = turn(0, "Ann", f"# Bread\n\n{mark}We bake bread.\n{mark}We eat cake.")
    assert texts([said], want("bread")) == ["We bake bread."]


@pytest.mark.parametrize(
    "text", ["The code is 2093. Old codes fail.", "We bake - and eat - bread.", "2 * 3) is 6 * 1."]
)
def test_what_looks_like_one_within_a_line_stays(text: str) -> None:
    assert texts([turn(0, "Ann", text)], want("bread")) == [text]


def test_the_reply_is_quoted_and_not_the_question() -> None:
    talk = [
        turn(0, "Bob", "Hello Ann. What food are you allergic to?", 1.0),
        turn(2, "Bob", "The cat loves food.", 0.9),
        turn(1, "Ann", "Walnuts, and only walnuts.", 0.5),
    ]
    found, _ = quoted(talk, placed(talk), asked(want("food", "allergic")))
    assert [(each.text, each.hit) for each in found] == [
        ("Walnuts, and only walnuts.", 3),
        ("Hello Ann.", 1),
        ("The cat loves food.", 2),
    ]


def test_nobody_answers_themselves() -> None:
    talk = [turn(1, "Ann", "So there it is, after all.", 1.0), turn(2, "Ann", "We eat food in here.", 1.0)]
    before = turn(0, "Ann", "What food?")
    assert quoted(talk, placed([*talk, before]), asked(want("food")))[0][0].hit == 2


def test_what_says_more_is_quoted_first() -> None:
    talk = [turn(0, "Ann", "Yes."), turn(5, "Bob", "Olga sells bread in Porto.")]
    assert texts(talk, want("cat")) == ["Olga sells bread in Porto.", "Yes."]


def test_quotations_are_few_and_short() -> None:
    talk = [turn(3 * place, "Ann", "Bread " * 2_000) for place in range(20)]
    found = texts(talk, want("bread"))
    assert len(found) == 3
    assert all(len(text) <= 400 for text in found)


@pytest.mark.parametrize("text", ["好。" * 20_000, "A. " * 20_000, "a " * 60_000, "." * 60_000, "?" * 60_000])
def test_endless_texts_are_read_once(text: str) -> None:
    assert len(texts([turn(0, "Ann", text)], want("a"))) <= 1
