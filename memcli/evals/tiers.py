"""What is measured beside the floor: the tiers of recall, and the best of them with one piece at a time left out.

A tier and a piece are changes of settings and nothing else, so that one store answers for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph.embedding.registry import NONE, embedder_named
from graph.errors import ModelMissingError, UsageError
from graph.settings import Settings

Changes = Mapping[str, Any]
"""Values of settings by the names of the fields."""

TEXT = "text"

TIERS: Mapping[str, Changes] = {
    TEXT: {"embedding_model": NONE, "recall_vectors": 0.0, "recall_tokens": 0.0},
    "vectors": {"recall_tokens": 0.0},
    "tokens": {},
}
"""From the least to the most. All but the first need an embedding model."""

PIECES: Mapping[str, Changes] = {
    "full text": {"recall_text": 0.0},
    "passages": {"recall_piece": 0.0},
    "vectors": {"recall_vectors": 0.0},
    "token vectors": {"recall_tokens": 0.0},
    "neighbours": {"recall_previous": 0.0, "recall_next": 0.0},
    "neighbours' vectors": {"recall_lent": 0.0},
    "replies": {"recall_reply": 0.0},
    "settled queries": {"recall_settled": 0.0},
    "insights": {"recall_insights": False},
    "queries and insights": {"recall_settled": 0.0, "recall_insights": False},
    "speaker": {"recall_speaker": 1.0},
    "teller": {"recall_teller": 1.0},
    "times": {"recall_when": 1.0},
    "asking": {"recall_asking": 1.0},
    "standing instructions": {"recall_standing": 1.0},
    "graph": {"recall_graph": 0.0, "recall_graph_documents": 0.0},
    "noun phrases": {"recall_common": 0.0},
    "walks from matches": {"recall_prior": 0.0},
}
"""What recall is made of, each with the settings that leave it out."""


def model_of(settings: Settings) -> str | None:
    """The embedding model that a memory with these settings has; None where there is none.

    Raises:
        ModelMissingError: one is set by its name, and is not here.
        UsageError: there is no such model.
    """
    embedder = embedder_named(settings.embedding_model, Path(settings.models))
    return embedder.name if embedder else None


def chosen_tiers(names: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """The tiers called `names`, from the least to the most; without names, all that there is a model for.

    Raises:
        UsageError: there is no tier of a name.
        ModelMissingError: a tier needs a model, and there is none.
    """
    wanted = set(names)
    if unknown := sorted(wanted - TIERS.keys()):
        raise UsageError(f"no tier is called {', '.join(unknown)}", f"there are {', '.join(TIERS)}")
    if wanted == {TEXT} or (model_of(settings) is None and not wanted):
        return (TEXT,)
    if model_of(settings) is None:
        needy = next(name for name in TIERS if name in wanted - {TEXT})
        raise ModelMissingError(
            f"the tier {needy} needs an embedding model", "get one with `memcli model pull bge-small`"
        )
    return tuple(name for name in TIERS if not wanted or name in wanted)


def tier_settings(tier: str, settings: Settings) -> Settings:
    """The settings by which a tier is asked."""
    return replace(settings, **TIERS[tier])


def ablated(tier: str, settings: Settings) -> dict[str, Settings]:
    """The settings of a tier without each of its pieces, by the piece's name.

    Left out are pieces that the tier does not have, and those without which nothing would be searched by.
    """
    whole = tier_settings(tier, settings)
    without = {name: replace(whole, **changes) for name, changes in PIECES.items()}
    return {name: each for name, each in without.items() if each != whole and _searches(each)}


def ingest_settings(tiers: Sequence[str], settings: Settings) -> Settings:
    """The settings to take a set in with: vectors take long, and are made only for tiers that look at them."""
    return tier_settings(TEXT, settings) if set(tiers) <= {TEXT} else settings


def named(changes: Changes) -> dict[str, Any]:
    """Changes by the names that settings have outside the engine."""
    return {name.replace("_", ".", 1): value for name, value in changes.items()}


def _searches(settings: Settings) -> bool:
    by_vectors = settings.embedding_model != NONE and (settings.recall_vectors or settings.recall_tokens)
    return bool(settings.recall_text or by_vectors)
