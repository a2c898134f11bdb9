"""Which embedder a setting means."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.embedding import catalog
from graph.embedding.catalog import EMBEDDING_MODELS
from graph.embedding.interaction import FORM
from graph.embedding.registry import embedder_named
from graph.errors import ModelMissingError, UsageError


def test_the_model_that_is_here_is_taken(models: Path) -> None:
    for name in ("auto", "bge-small"):
        found = embedder_named(name, models)
        assert found is not None
        assert found.name == f"{EMBEDDING_MODELS['bge-small'].id}.{FORM}"


def test_none_is_none(models: Path, tmp_path: Path) -> None:
    assert embedder_named("none", models) is None
    assert embedder_named("auto", tmp_path) is None


def test_what_is_not_here_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError) as caught:
        embedder_named("bge-small", tmp_path)
    assert caught.value.hint == "get it with `memcli model pull bge-small`"


@pytest.mark.parametrize("name", ["", "bge", "BGE-SMALL", "../bge-small"])
def test_what_nobody_knows(models: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no embedding model is called") as caught:
        embedder_named(name, models)
    assert "auto, none, bge-small" in str(caught.value.hint)


def test_without_what_runs_it_a_model_is_not_here(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "PACKAGES", {"numpy": "numpy", "no_such_module": "no-such-package"})
    assert embedder_named("auto", models) is None
    with pytest.raises(ModelMissingError):
        embedder_named("bge-small", models)


def test_a_file_of_another_length_is_not_the_model(models: Path, tmp_path: Path) -> None:
    place = tmp_path / EMBEDDING_MODELS["bge-small"].id
    place.mkdir()
    for file in EMBEDDING_MODELS["bge-small"].files:
        (place / file.name).write_bytes(b"short")
    assert embedder_named("auto", tmp_path) is None
