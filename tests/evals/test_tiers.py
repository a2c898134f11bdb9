"""Tiers and pieces: which there are, and which settings make them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from graph.errors import ModelMissingError, UsageError
from graph.settings import Settings
from memcli.evals.tiers import PIECES, TIERS, ablated, chosen_tiers, ingest_settings, model_of, named, tier_settings

BARE = Settings(embedding_model="none")


def test_without_a_model_there_is_full_text() -> None:
    assert model_of(BARE) is None
    assert chosen_tiers((), BARE) == chosen_tiers(["text", "text"], BARE) == ("text",)
    with pytest.raises(ModelMissingError, match="the tier vectors needs"):
        chosen_tiers(["tokens", "vectors"], BARE)


def test_with_a_model_there_are_all_tiers_in_their_order(models: Path) -> None:
    settings = Settings(models=str(models))
    assert (model_of(settings) or "").startswith("bge-small-")
    assert chosen_tiers((), settings) == ("text", "vectors", "tokens")
    assert chosen_tiers(["tokens", "text"], settings) == ("text", "tokens")


def test_an_unknown_tier_is_refused() -> None:
    with pytest.raises(UsageError, match="no tier is called best"):
        chosen_tiers(["text", "best"], BARE)


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_is_a_change_of_settings(name: str) -> None:
    defaults = Settings()
    known = {each.name for each in fields(Settings)}
    assert PIECES[name].keys() <= known
    assert all(getattr(defaults, each) != value for each, value in PIECES[name].items())
    assert name in ablated("tokens", defaults)


def test_a_piece_that_a_tier_does_not_have_is_not_left_out() -> None:
    defaults = Settings()
    assert PIECES.keys() - ablated("vectors", defaults).keys() == {"token vectors"}
    # Without full text, nothing would be left to search by.
    assert PIECES.keys() - ablated("text", defaults).keys() == {"full text", "vectors", "token vectors"}
    assert "times" not in ablated("tokens", Settings(recall_when=1.0))


def test_a_piece_is_left_out_of_the_settings_that_are_given() -> None:
    without = ablated("vectors", Settings(recall_reply=0.5))["times"]
    assert (without.recall_reply, without.recall_when, without.recall_tokens) == (0.5, 1.0, 0.0)


def test_vectors_are_made_only_for_tiers_that_look_at_them() -> None:
    settings = Settings()
    assert ingest_settings(["text"], settings).embedding_model == "none"
    assert ingest_settings(["text", "vectors"], settings) == settings == tier_settings("tokens", settings)


def test_changes_have_the_names_that_people_know() -> None:
    assert named(TIERS["text"]) == {"embedding.model": "none", "recall.vectors": 0.0, "recall.tokens": 0.0}
    assert list(named(PIECES["graph"])) == ["recall.graph", "recall.graph_documents"]
