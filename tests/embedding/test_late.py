"""Late chunking: in which window each turn is encoded, and what it keeps of it."""

from __future__ import annotations

import math
from itertools import chain

import numpy
import pytest

from graph.embedding.interaction import condensed, direction, is_packed, mean_vector, packed
from graph.embedding.late import unsettled, vectors
from graph.model import Form, Interaction
from tests.embedding.words import DIMENSIONS, WordEmbedder, number, numbers


def turns(*texts: str, form: Form = Form.MESSAGE) -> list[Interaction]:
    return [Interaction(f"m_{at}", form, str(at), text, "talk", "s", at) for at, text in enumerate(texts)]


def words(name: str, count: int) -> str:
    return " ".join(f"{name}{at}" for at in range(count))


def window(session: list[Interaction], place: int) -> list[int]:
    """The one window in which a turn is encoded."""
    embedder = WordEmbedder()
    assert len(list(vectors(session, [place], embedder))) == 1
    (found,) = embedder.windows
    return found


def test_a_turn_is_encoded_among_those_around_it() -> None:
    session = turns("a b", "c", "d e", "f")
    assert window(session, 1) == numbers("a b c d e f")
    assert window(session, 3) == numbers("a b c d e f")


def test_it_keeps_the_vectors_of_its_own_pieces() -> None:
    session = turns("a b", "c d", "e")
    embedder = WordEmbedder()
    (made,) = vectors(session, [1], embedder)
    own = WordEmbedder().tokens(numbers("a b c d e"))[2:4]
    assert made.numbers == mean_vector([direction(own)])
    assert made.tokens == packed(set(numbers("c d")), [condensed(own, embedder.scale)])
    assert (made.node, made.model) == ("m_1", "words")
    # Elsewhere the same words mean something else.
    (alone,) = vectors(turns("c d"), [0], embedder)
    assert alone.numbers != made.numbers


def test_no_more_than_five_turns_before_and_three_after() -> None:
    session = turns(*(f"w{at}" for at in range(20)))
    assert window(session, 10) == numbers(" ".join(f"w{at}" for at in range(5, 14)))


def test_no_more_than_96_pieces_before_and_48_after() -> None:
    session = turns(words("a", 60), words("b", 60), "here", words("c", 30), words("d", 30))
    before = (numbers(session[0].text) + numbers(session[1].text))[-96:]
    after = (numbers(session[3].text) + numbers(session[4].text))[:48]
    assert window(session, 2) == [*before, number("here"), *after]


def test_turns_that_others_came_between_are_no_company() -> None:
    session = turns("a", "b", "c")
    apart = [session[0], Interaction("m_9", Form.MESSAGE, "9", "b", "talk", "s", 6), session[2]]
    assert window([apart[0], apart[1]], 1) == numbers("b")
    near = Interaction("m_9", Form.MESSAGE, "9", "b", "talk", "s", 5)
    assert window([apart[0], near], 1) == numbers("a b")
    assert window([apart[0], near], 0) == numbers("a")


@pytest.mark.parametrize(("count", "alone"), [(120, False), (121, True)])
def test_a_long_turn_is_alone(count: int, alone: bool) -> None:
    session = turns("before", words("w", count), "after")
    own = numbers(session[1].text)
    assert window(session, 1) == (own if alone else [number("before"), *own, number("after")])


def test_documents_are_alone() -> None:
    session = turns("a", "b", "c", form=Form.DOCUMENT)
    embedder = WordEmbedder()
    assert len(list(vectors(session, [0, 1, 2], embedder))) == 3
    assert embedder.windows == [numbers("a"), numbers("b"), numbers("c")]


@pytest.mark.parametrize(
    "text",
    [
        words("w", 257),
        words("w", 5000),
        ". ".join(words(f"s{at}n", 40) for at in range(30)),
        "? ".join(words(f"s{at}n", 300) for at in range(5)),
        "。 ".join("東京 に 行っ た" for _ in range(400)),
        "!!! " * 600 + "…\n\n" * 300,
        "\n".join(f"- item {at}" for at in range(500)),
    ],
    ids=["256+1", "no sentence", "sentences", "long sentences", "other script", "marks", "lines"],
)
def test_parts_of_a_long_text_lose_no_piece(text: str) -> None:
    embedder = WordEmbedder()
    (made,) = vectors(turns(text), [0], embedder)
    assert all(0 < len(each) <= 256 for each in embedder.windows)
    assert list(chain(*embedder.windows)) == numbers(text)
    different, kept = set(numbers(text)), sum(math.ceil(len(each) / 2.5) for each in embedder.windows)
    assert len(made.tokens) == 4 + 2 * len(different) + DIMENSIONS // 4 * kept
    assert numpy.frombuffer(made.tokens, "<u2", len(different), 4).tolist() == sorted(different)


def test_parts_end_with_sentences() -> None:
    text = ". ".join(words(f"s{at}n", 100) for at in range(5)) + "."
    embedder = WordEmbedder()
    assert len(list(vectors(turns(text), [0], embedder))) == 1
    assert [len(each) for each in embedder.windows] == [200, 200, 100]


def test_every_part_counts_the_same() -> None:
    text = words("a", 250) + ". " + words("b", 10)
    embedder = WordEmbedder()
    (made,) = vectors(turns(text), [0], embedder)
    parts = [embedder.tokens(each) for each in list(embedder.windows)]
    assert [len(each) for each in parts] == [250, 10]
    assert made.numbers == mean_vector([direction(each) for each in parts])
    assert numpy.linalg.norm(numpy.frombuffer(made.numbers, "<f4")) == pytest.approx(1, abs=1e-6)


def test_what_has_no_piece_has_no_vector() -> None:
    assert [each.node for each in vectors(turns("", "a", " \n\t"), [0, 1, 2], WordEmbedder())] == ["m_1"]


def test_of_a_megabyte_the_beginning_has_vectors() -> None:
    text = "One more line, of many. " * 42_000
    embedder = WordEmbedder()
    (made,) = vectors(turns(text), [0], embedder)
    assert len(text) > 1_000_000
    # Of 64,000 letters, 24 a line of 5 words.
    assert sum(map(len, embedder.windows)) == pytest.approx(5 * 64_000 / 24, abs=1)
    assert is_packed(made.tokens, embedder.scale)


def test_who_spoke_and_what_it_is_called_are_said_first() -> None:
    said = Interaction("m_1", Form.MESSAGE, "1", "Yes.", "talk", "s", 0, speaker="Ann")
    page = Interaction("m_2", Form.DOCUMENT, "1", "Hills.", "page", title="Lisbon")
    assert window([said], 0) == numbers("ann: yes.")
    assert window([page], 0) == numbers("lisbon: hills.")


# --- What has to be made anew --------------------------------------------------------------------


def test_a_turn_unsettles_the_three_before_it() -> None:
    session = turns(*"abcdefgh")
    assert unsettled(session, {"m_6", "m_7"}) == [3, 4, 5, 6, 7]
    assert unsettled(session, {"m_1", *(f"m_{at}" for at in range(2, 8))}) == list(range(8))
    assert unsettled(session, set()) == []


def test_it_leaves_alone_what_others_came_after() -> None:
    session = [*turns("a", "b"), Interaction("m_9", Form.MESSAGE, "9", "c", "talk", "s", 4)]
    assert unsettled(session, {"m_9"}) == [1, 2]


def test_sections_unsettle_nothing() -> None:
    sections = turns("a", "b", "c", form=Form.DOCUMENT)
    assert unsettled(sections, {"m_2"}) == [2]
    mixed = [*turns("a", "b"), Interaction("m_9", Form.DOCUMENT, "9", "c", "talk", "s", 2)]
    assert unsettled(mixed, {"m_9"}) == [2]
    assert window(mixed, 1) == numbers("a b")
