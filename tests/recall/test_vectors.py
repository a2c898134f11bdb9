"""Recall with vectors: what only they find, what turns them off, and stores that have none or those of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.embedding.catalog import EMBEDDING_MODELS, installed
from graph.embedding.encoder import Encoder
from graph.model import Changes, Question, Vector
from graph.ports import Embedder
from graph.recall import Evidence, recall
from graph.reindex import reindex
from graph.settings import Settings
from graph.store.sqlite.store import SqliteStore
from tests.embedding.words import WordEmbedder
from tests.recall.world import CountingStore, filled

OTHER_WORDS = "Does anybody react badly to nuts?"
ANSWER = "trip-1"
OFF = Settings(recall_vectors=0, recall_tokens=0)


@pytest.fixture(scope="module")
def encoder(models: Path) -> Encoder:
    folder = installed(models, EMBEDDING_MODELS["bge-small"])
    assert folder is not None
    return Encoder(EMBEDDING_MODELS["bge-small"], folder, threads=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """The small memory, with vectors of the real model."""
    path = filled(tmp_path_factory.mktemp("vectors"))
    opened = SqliteStore(path)
    reindex(opened, encoder)
    opened.close()
    return path


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return filled(tmp_path)


def asked(store: Path, text: str, embedder: Embedder | None, settings: Settings | None = None, **more: Any) -> Evidence:
    opened = SqliteStore(store)
    try:
        return recall(Question(text, **more), opened, settings or Settings(), embedder)
    finally:
        opened.close()


def keys(found: Evidence) -> list[str]:
    return [each.interaction.key for each in found.ranked]


def test_a_question_in_other_words_is_found_by_vectors_only(store: Path, encoder: Encoder) -> None:
    assert ANSWER not in keys(asked(store, OTHER_WORDS, None))
    assert ANSWER in keys(asked(store, OTHER_WORDS, encoder, conversation="trip"))[:2]


@pytest.mark.parametrize("weight", ["recall_vectors", "recall_tokens"])
def test_either_of_the_two_finds_it(store: Path, encoder: Encoder, weight: str) -> None:
    found = asked(store, OTHER_WORDS, encoder, Settings(**{weight: 0}), conversation="trip")
    assert ANSWER in keys(found)[:3]
    assert weight.removeprefix("recall_") not in found.ranked[0].signals


def test_without_weight_they_are_as_if_not_there(store: Path, encoder: Encoder) -> None:
    for text in (OTHER_WORDS, "Who was at the lighthouse?", "What was painted by Ann?"):
        assert asked(store, text, encoder, OFF) == asked(store, text, None)


def test_a_process_without_the_model_has_text(store: Path, bare: Path) -> None:
    for text in ("Who was at the lighthouse?", "By which water is the work of Halldóra Bríem?"):
        assert asked(store, text, None) == asked(bare, text, None)


def test_a_memory_without_vectors_gives_what_it_gave(bare: Path, encoder: Encoder) -> None:
    for text in (OTHER_WORDS, "Who was at the lighthouse?", "What was painted by Ann?"):
        assert asked(bare, text, encoder) == asked(bare, text, None)


def test_the_same_question_finds_the_same(store: Path, encoder: Encoder) -> None:
    assert asked(store, OTHER_WORDS, encoder) == asked(store, OTHER_WORDS, encoder)


def test_six_reads_are_enough_with_vectors_too(store: Path, encoder: Encoder) -> None:
    opened = CountingStore(store)
    assert recall(Question(OTHER_WORDS), opened, Settings(), encoder).ranked  # type: ignore[arg-type]
    assert opened.calls.total() <= 6
    opened.close()


@pytest.mark.parametrize("text", ["", " ", "\x07"])
def test_a_question_of_nothing(store: Path, encoder: Encoder, text: str) -> None:
    assert asked(store, text, encoder).ranked == ()


def test_bounds_hold_for_what_vectors_find(store: Path, encoder: Encoder) -> None:
    for more in ({"speaker": "Ann"}, {"conversation": "work"}):
        found = asked(store, OTHER_WORDS, encoder, **more)
        assert found.ranked
        ((name, value),) = more.items()
        assert {getattr(each.interaction, name) for each in found.ranked} == {value}


# --- Vectors of others ---------------------------------------------------------------------------


def saved(store: Path, *vectors: Vector) -> None:
    opened = SqliteStore(store)
    with opened.transaction(write=True):
        opened.save(Changes(vectors=vectors))
    opened.close()


def made(store: Path, embedder: Embedder) -> list[Vector]:
    opened = SqliteStore(store)
    reindex(opened, embedder)
    found = list(opened.vectors())
    opened.close()
    return found


def test_vectors_of_another_model_are_not_compared(bare: Path) -> None:
    made(bare, WordEmbedder("another"))
    assert asked(bare, "lighthouse report", WordEmbedder()) == asked(bare, "lighthouse report", None)


def test_of_a_mixed_memory_one_model_counts(bare: Path) -> None:
    vectors = made(bare, WordEmbedder("another"))
    mine = [Vector(each.node, "words", each.numbers, each.tokens) for each in vectors[::2]]
    saved(bare, *mine)
    found = asked(bare, "lighthouse report", WordEmbedder())
    near = {each.interaction.id for each in found.ranked if each.signals["vectors"] > 0}
    assert near
    assert near <= {each.node for each in mine}


@pytest.mark.parametrize("tokens", [b"\x00", b"\xff" * 1001, b"\x01" * 5], ids=len)
def test_tokens_that_are_none_are_left_out(bare: Path, tokens: bytes) -> None:
    vectors = made(bare, WordEmbedder())
    saved(bare, *(Vector(each.node, each.model, each.numbers, tokens) for each in vectors))
    found = asked(bare, "lighthouse report", WordEmbedder())
    assert "tokens" not in found.ranked[0].signals
    assert "vectors" in found.ranked[0].signals


def test_vectors_without_tokens_are_vectors(bare: Path) -> None:
    made(bare, WordEmbedder())
    opened = SqliteStore(bare)
    opened._connection.execute("DELETE FROM token_vectors")
    opened._connection.commit()
    opened.close()
    signals = asked(bare, "lighthouse report", WordEmbedder()).ranked[0].signals
    assert ("vectors" in signals, "tokens" in signals) == (True, False)
