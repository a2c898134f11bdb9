"""Token vectors in little room, and late interaction beside a plain computation of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy
import pytest

from graph.embedding import interaction
from graph.embedding.asking import Asked, asked
from graph.embedding.interaction import Tokens, condensed, is_packed, mean_vector, packed, pooled, similarities, units
from graph.model import Match, Scale
from tests.embedding.words import DIMENSIONS, WordEmbedder, numbers

LEVELS = numpy.array([-1.51, -0.4528, 0.4528, 1.51], numpy.float32)
SCALE = Scale(numpy.linspace(-0.2, 0.3, 8, dtype=numpy.float32), numpy.eye(8, dtype=numpy.float32), 0.125)


@pytest.fixture
def unpooled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every token keeps a vector of its own."""
    monkeypatch.setattr(interaction, "_POOL", 1)


def chance(seed: int = 7) -> Any:
    return numpy.random.default_rng(seed)


def tokens(count: int, seed: int, *, levels: bool = False, pieces: Sequence[int] = ()) -> Tokens:
    """Tokens as a model might make them, or such as lie on the four levels."""
    random = chance(seed)
    if levels:
        vectors = LEVELS[random.integers(0, 4, (count, 8))] * SCALE.spread + SCALE.mean
    else:
        vectors = random.normal(0, SCALE.spread, (count, 8)).astype(numpy.float32) + SCALE.mean
    return Tokens(list(pieces) or random.integers(0, 50, count).tolist(), vectors)


def held(text: Tokens) -> bytes:
    return packed(set(text.pieces), [condensed(text.vectors, SCALE)])


def plain(question: Tokens, texts: Sequence[Tokens]) -> list[float]:
    """The same in the plainest way, without packing: one token after the other, in double precision."""
    every = numpy.concatenate([text.vectors for text in texts]).astype(float)
    centre = every.mean(axis=0)
    having = [sum(piece in text.pieces for text in texts) for piece in question.pieces]
    weights = [max(numpy.log((len(texts) + 1) / (count + 0.5)), 0.05) for count in having]
    found = []
    for text in texts:
        starts = range(0, len(text.vectors), interaction._PASSAGE)
        passages = [text.vectors[start : start + interaction._PASSAGE].astype(float) - centre for start in starts]
        found.append(max(_nearness(question.vectors - centre, weights, each) for each in passages))
    return found


def _nearness(question: Any, weights: Sequence[float], passage: Any) -> float:
    """The weighted mean, over the tokens of a question, of the greatest cosine with one of a passage."""
    score = 0.0
    for one, weight in zip(question.astype(float), weights, strict=True):
        norms = numpy.linalg.norm(passage, axis=1) * numpy.linalg.norm(one)
        score += weight * float(numpy.max(passage @ one / norms))
    return score / sum(weights)


@pytest.mark.usefixtures("unpooled")
def test_on_the_levels_nothing_is_lost() -> None:
    question = tokens(6, 1)
    texts = [tokens(count, seed, levels=True) for seed, count in enumerate((3, 1, 20, 7, 5), 10)]
    found = similarities(question, [held(text) for text in texts], SCALE)
    assert found == pytest.approx(plain(question, texts), abs=1e-5)


@pytest.mark.usefixtures("unpooled")
def test_beside_the_levels_the_order_agrees() -> None:
    question = tokens(5, 2)
    # Some of each text is the question's own, with more and more noise: what is nearer is clear.
    texts = []
    for seed in range(8):
        noise = chance(seed).normal(0, 0.04 * seed, (5, 8)).astype(numpy.float32)
        texts.append(Tokens(question.pieces, question.vectors + noise))
    found, wanted = similarities(question, [held(text) for text in texts], SCALE), plain(question, texts)
    assert found == pytest.approx(wanted, abs=0.25)
    clear = [pair for pair in combinations(numpy.argsort(wanted), 2) if wanted[pair[1]] - wanted[pair[0]] > 0.25]
    assert len(clear) > 8
    assert all(found[low] < found[high] for low, high in clear)


def test_a_text_takes_little_room() -> None:
    made = tokens(9, 3, pieces=[0, 1, 65_535, *range(6)])
    # Seven different pieces in two bytes each, four vectors of eight numbers in two bits each.
    assert len(held(made)) == 4 + 7 * 2 + 4 * 2
    assert held(made)[: 4 + 4] == b"\7\0\0\0\0\0\1\0"
    assert held(made)[4 + 6 * 2 : 4 + 7 * 2] == b"\xff\xff"


def test_what_is_alike_is_kept_as_one() -> None:
    kinds = units(chance().normal(size=(4, 8)).astype(numpy.float32))
    vectors = numpy.repeat(kinds, [3, 2, 4, 1], axis=0) * numpy.arange(1, 11, dtype=numpy.float32)[:, None]
    made = pooled(vectors)
    assert made == pytest.approx(kinds * numpy.array([[2], [4.5], [7.5], [10]], numpy.float32), abs=1e-4)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 256])
def test_groups_are_as_many_as_there_is_room_for(count: int) -> None:
    assert pooled(tokens(count, count).vectors).shape == (-(-count * 2 // 5), 8)


def test_vectors_that_are_all_alike_or_nothing_are_pooled() -> None:
    assert pooled(numpy.ones((10, 8), numpy.float32)) == pytest.approx(numpy.ones((4, 8)))
    assert pooled(numpy.zeros((10, 8), numpy.float32)) == pytest.approx(numpy.zeros((4, 8)))


def test_in_fewer_dimensions_what_differs_in_these_stays_apart() -> None:
    narrow = Scale(numpy.zeros(8, numpy.float32), numpy.eye(8, dtype=numpy.float32)[:, :4], 0.125)
    near, far = (Tokens([1], numpy.full((1, 8), sign * 0.1, numpy.float32)) for sign in (1, -1))
    texts = [packed({1}, [condensed(each.vectors, narrow)]) for each in (near, far)]
    found = similarities(near, texts, narrow)
    assert found[0] > found[1]


@pytest.mark.usefixtures("unpooled")
def test_numbers_go_to_the_nearest_level() -> None:
    numbers = numpy.array([[-9, -0.99, -0.97, -0.01, 0.01, 0.97, 0.99, 9]], numpy.float32) * SCALE.spread
    codes = condensed(numbers + SCALE.mean, SCALE)
    assert codes == bytes([0b01_01_00_00, 0b11_11_10_10])


@pytest.mark.usefixtures("unpooled")
def test_rare_pieces_weigh_more() -> None:
    one, other = tokens(1, 4, levels=True), tokens(1, 5, levels=True)
    common, rare = Tokens([1], one.vectors), Tokens([2], other.vectors)
    question = Tokens([1, 2], numpy.concatenate([one.vectors, other.vectors]))
    texts = [Tokens([1], common.vectors)] * 6 + [rare]
    found = similarities(question, [held(text) for text in texts], SCALE)
    assert found == pytest.approx(plain(question, texts), abs=1e-5)
    assert found[-1] > found[0]


@pytest.mark.usefixtures("unpooled")
def test_a_piece_in_every_text_still_weighs_something() -> None:
    texts = [tokens(4, seed, levels=True, pieces=[1, 1, 1, 1]) for seed in range(30)]
    found = similarities(tokens(1, 2, pieces=[1]), [held(text) for text in texts], SCALE)
    assert len({round(each, 4) for each in found}) > 5


@pytest.mark.usefixtures("unpooled")
def test_one_text_and_one_token() -> None:
    question = tokens(3, 1)
    several, single = tokens(5, 2, levels=True), tokens(1, 3, levels=True)
    assert similarities(question, [held(several)], SCALE) == pytest.approx(plain(question, [several]), abs=1e-5)
    # What is all there is lies in its own middle, and is near to nothing.
    assert similarities(question, [held(single)], SCALE) == pytest.approx([0.0], abs=1e-6)
    assert similarities(tokens(1, 4), [held(several), held(single)], SCALE) == pytest.approx(
        plain(tokens(1, 4), [several, single]), abs=1e-5
    )


@pytest.mark.usefixtures("unpooled")
@pytest.mark.parametrize("at_once", [1, 2, 7, 64, 100_000])
def test_what_is_unpacked_at_once_makes_no_difference(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    question = tokens(4, 1)
    texts = [tokens(1 + seed % 9, seed, levels=True) for seed in range(60)]
    monkeypatch.setattr(interaction, "_AT_ONCE", at_once)
    found = similarities(question, [held(text) for text in texts], SCALE)
    assert found == pytest.approx(plain(question, texts), abs=1e-5)


@pytest.mark.usefixtures("unpooled")
def test_the_best_passage_of_a_text_counts() -> None:
    one, other, nothing = (tokens(1, seed, levels=True).vectors for seed in (4, 5, 6))
    question = Tokens([3, 4], numpy.concatenate([one, other]))
    filling = numpy.repeat(nothing, interaction._PASSAGE, axis=0)
    together = Tokens([1], numpy.concatenate([filling, one, other, filling]))
    apart = Tokens([1], numpy.concatenate([one, filling, filling, other]))
    found = similarities(question, [held(together), held(apart)], SCALE)
    assert found[0] > found[1] + 0.2


@pytest.mark.usefixtures("unpooled")
def test_more_tokens_than_are_unpacked_at_once() -> None:
    question = tokens(4, 1)
    texts = [tokens(count, seed, levels=True) for seed, count in enumerate((9_000, 3, 8_191, 1, 20_000))]
    found = similarities(question, [held(text) for text in texts], SCALE)
    # The middle is that of a sample.
    assert found == pytest.approx(plain(question, texts), abs=0.02)


def test_the_mean_vector_has_length_one() -> None:
    made = numpy.frombuffer(mean_vector([numpy.array([3, 0, 0, 4], numpy.float32)]), "<f4")
    assert made == pytest.approx([0.6, 0, 0, 0.8])


def test_nothing_stays_nothing() -> None:
    assert units(numpy.zeros((2, 4), numpy.float32)).tolist() == [[0] * 4] * 2


# --- What stands in a store ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "right"),
    [
        (b"", False),
        (b"\0\0\0", False),
        (b"\0\0\0\0", False),
        (b"\0\0\0\0\1\1", True),
        (b"\0\0\0\0\1\1\1", False),
        (b"\1\0\0\0\7\0\1\1", True),
        (b"\1\0\0\0\7\0", False),
        (b"\2\0\0\0\7\0\1\1", False),
        (b"\xff" * 400, False),
    ],
)
def test_what_can_be_tokens(tokens: bytes, right: bool) -> None:
    assert is_packed(tokens, SCALE) is right


def question_of(text: str) -> Asked:
    found = asked(text, WordEmbedder())
    assert found is not None
    return found


def test_what_are_no_tokens_counts_as_none() -> None:
    found = question_of("a b")
    codes = b"\0\0\0\0" + b"\x01" * (DIMENSIONS // 4 * 3)
    matches = [
        Match("m_1", 1, 1, 0.5, codes),
        Match("m_2", 1, 1, 0.5, codes[:-1]),
        Match("m_3", 1, 1, 0.5, b""),
        Match("m_4", 1, 1),
        Match("m_5", 1, 1, 0.5, b"\x00"),
    ]
    assert found.similarities(matches).keys() == {"m_1"}
    assert found.similarities(matches[1:]) == found.similarities([]) == {}


def test_a_question_is_a_vector_and_tokens() -> None:
    found = question_of("Where is it?")
    assert (found.model, found.tokens.pieces) == ("words", numbers("Where is it?"))
    assert len(found.vector) == 4 * DIMENSIONS
    assert found.tokens.vectors.shape == (3, DIMENSIONS)


@pytest.mark.parametrize("text", ["", " \n", "\t"])
def test_a_question_of_nothing_has_no_vectors(text: str) -> None:
    assert asked(text, WordEmbedder()) is None


def test_a_question_without_end_is_cut() -> None:
    embedder = WordEmbedder()
    found = asked("word " * 1_000_000, embedder)
    assert found is not None
    assert [len(each) for each in embedder.windows] == [256]
    assert len(found.tokens.pieces) == 256
