"""The real model: what it makes of texts, always the same, and what becomes of a damaged one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy
import pytest

from graph.embedding.asking import asked
from graph.embedding.catalog import EMBEDDING_MODELS, installed
from graph.embedding.encoder import Encoder
from graph.embedding.late import vectors
from graph.errors import ModelMissingError
from graph.model import Form, Interaction, Match

MODEL = EMBEDDING_MODELS["bge-small"]
NEAR = (
    ("Who takes care of the dog while we are away?", "Priya looks after Biscuit during our holidays."),
    ("How much did the repair cost?", "Fixing the roof set us back four hundred euros."),
    ("Which instrument does she play?", "Inês practises the cello every evening."),
    ("Why was he late for work?", "Tom missed his train and only got to the office at ten."),
)


@pytest.fixture(scope="module")
def encoder(models: Path) -> Encoder:
    folder = installed(models, MODEL)
    assert folder is not None
    return Encoder(MODEL, folder, threads=1)


def turns(*texts: str) -> list[Interaction]:
    return [Interaction(f"m_{at}", Form.MESSAGE, str(at), text, "talk", f"s{at}", at) for at, text in enumerate(texts)]


def matches(encoder: Encoder, *texts: str) -> list[Match]:
    return [
        Match(said.id, 0, 0, None, vector.tokens) for said in turns(*texts) for vector in vectors([said], [0], encoder)
    ]


def test_a_vector_for_each_piece_of_length_one(encoder: Encoder) -> None:
    (pieces,) = encoder.pieces(["Priya looks after Biscuit."])
    made = encoder.tokens(pieces)
    assert (made.shape, made.dtype) == ((len(pieces), MODEL.dimensions), numpy.float32)
    assert numpy.linalg.norm(made, axis=1) == pytest.approx(numpy.ones(len(pieces)), abs=1e-5)


def test_the_same_window_gives_the_same_bytes(encoder: Encoder) -> None:
    one, other = encoder.pieces(["Priya looks after Biscuit.", "word " * 200])
    first = encoder.tokens(one).tobytes()
    encoder.tokens(other)
    assert encoder.tokens(one).tobytes() == first
    assert Encoder(MODEL, encoder._folder, threads=2).tokens(one).tobytes() == first


@pytest.mark.parametrize("pieces", [1, 2, 510])
def test_the_shortest_and_the_longest_window(encoder: Encoder, pieces: int) -> None:
    assert encoder.tokens([2000] * pieces).shape == (pieces, MODEL.dimensions)


def test_a_paraphrase_is_nearer_than_what_is_about_something_else(encoder: Encoder) -> None:
    found = matches(encoder, *(answer for _, answer in NEAR))
    for place, (question, _) in enumerate(NEAR):
        scores = encoder_scores(encoder, question, found)
        assert max(scores, key=lambda id: scores[id]) == f"m_{place}"


def encoder_scores(encoder: Encoder, question: str, found: list[Match]) -> dict[str, float]:
    wanted = asked(question, encoder)
    assert wanted is not None
    return wanted.similarities(found)


def test_vectors_of_whole_texts_tell_a_paraphrase_too(encoder: Encoder) -> None:
    texts = numpy.array([numpy.frombuffer(each.numbers, "<f4") for each in made(encoder)])
    for place, (question, _) in enumerate(NEAR):
        wanted = asked(question, encoder)
        assert wanted is not None
        assert int(numpy.argmax(texts @ numpy.frombuffer(wanted.vector, "<f4"))) == place


def made(encoder: Encoder) -> list:
    return [vector for said in turns(*(answer for _, answer in NEAR)) for vector in vectors([said], [0], encoder)]


def test_the_scale_is_that_of_the_vectors(encoder: Encoder) -> None:
    made = numpy.concatenate([encoder.tokens(pieces) for pieces in encoder.pieces([answer for _, answer in NEAR])])
    offsets = (made - encoder.scale.mean) @ encoder.scale.basis / encoder.scale.spread
    assert encoder.scale.mean.shape == (MODEL.dimensions,)
    assert encoder.scale.basis.T @ encoder.scale.basis == pytest.approx(numpy.eye(192), abs=1e-2)
    assert abs(float(offsets.mean())) < 0.1
    assert 0.8 < float(offsets.std()) < 1.2


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\x00\x07",
        "東京に行きたい",
        "Здравствуй, мир",
        "مرحبا",
        "👩‍👩‍👧 ok",
        "[CLS] [SEP] [MASK]",
        "e\u0301" * 99,
        "x" * 999,
    ],
)
def test_any_text_has_pieces_that_the_model_knows(encoder: Encoder, text: str) -> None:
    (pieces,) = encoder.pieces([text])
    assert bool(pieces) is bool(text.strip(" \n\t\x00\x07"))
    if pieces:
        assert numpy.isfinite(encoder.tokens(pieces[:510])).all()


def test_long_texts_are_cut_into_the_same_pieces_block_by_block(encoder: Encoder) -> None:
    sentence = "Inês practises the cello every evening. "
    (once,), (often,) = encoder.pieces([sentence]), encoder.pieces([sentence * 5_000])
    assert often == once * 5_000
    (unbroken,) = encoder.pieces(["." * 200_000])
    assert unbroken == encoder.pieces(["."])[0] * 200_000


# --- Damage --------------------------------------------------------------------------------------


@pytest.fixture
def copied(encoder: Encoder, tmp_path: Path) -> Path:
    return Path(shutil.copytree(encoder._folder, tmp_path / "model"))


def broken(folder: Path) -> ModelMissingError:
    encoder = Encoder(MODEL, folder, threads=1)
    with pytest.raises(ModelMissingError) as caught:
        encoder.tokens(encoder.pieces(["Priya looks after Biscuit."])[0])
    return caught.value


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("change", ["zeros", "half", "gone", "empty", "other"])
def test_a_damaged_file_is_named_and_says_how_to_mend_it(copied: Path, name: str, change: str) -> None:
    file = copied / name
    data = file.read_bytes()
    if change == "gone":
        file.unlink()
    else:
        changed = {"zeros": bytes(len(data)), "half": data[: len(data) // 2], "empty": b"", "other": b"{}"}[change]
        file.write_bytes(changed)
    error = broken(copied)
    assert str(copied) in error.message
    assert error.hint == "fetch it again with `memcli model pull`"


def test_a_tokenizer_of_another_model(copied: Path) -> None:
    file = copied / "tokenizer.json"
    file.write_text(file.read_text("utf-8").replace('"[CLS]"', '"<cls>"'), "utf-8")
    assert str(copied) in broken(copied).message


def test_pieces_that_the_model_does_not_know(encoder: Encoder) -> None:
    with pytest.raises(ModelMissingError):
        encoder.tokens([60_000])
