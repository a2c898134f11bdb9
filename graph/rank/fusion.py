"""Joining the signals of a candidate into one score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from graph.model import Form, Interaction
from graph.rank.standing import standing
from graph.settings import Settings
from graph.text import spelled

_K = 1.5
"""The constant of reciprocal ranks, k / (k + rank) with ranks from 0 on: the less, the more the first few count."""


class Scored(Struct, frozen=True):
    """A candidate with its score and the signals it is made of, each in [0, 1] or a factor."""

    interaction: Interaction
    score: float
    signals: Mapping[str, float]


def fuse(
    candidates: Sequence[Interaction],
    near: Mapping[str, float],
    graph: Mapping[str, float],
    voices: Sequence[str],
    settings: Settings,
    signals: Mapping[str, Mapping[str, float]],
) -> list[Scored]:
    """Candidates with the score of each, best first, ties by id.

    `near` and `graph` are scores of any scale by id; `near` was made of the `signals`, by their names; `voices` are the
    names of the speaker who is asked about. Messages and
    documents are each ranked among themselves, by nearness and by graph; how the best of one stand against the best of
    the other, only nearness can tell.
    """
    best = max((near.get(each.id, 0.0) for each in candidates), default=0.0)
    asked = spelled((each.speaker for each in candidates), voices)
    scored: list[Scored] = []
    for form in Form:
        group = [each for each in candidates if each.form is form]
        standing = max((near.get(each.id, 0.0) for each in group), default=0.0) / best if best else 1.0
        share = max((graph.get(each.id, 0.0) for each in group), default=0.0) or 1.0
        parts = {
            each.id: {name: scores.get(each.id, 0.0) for name, scores in signals.items()}
            | {"near": near.get(each.id, 0.0) / (best or 1.0), "ppr": standing * graph.get(each.id, 0.0) / share}
            for each in group
        }
        joined = _joined(parts, settings) if form is Form.MESSAGE else _by_ranks(parts, standing, settings)
        scored += [_scored(each, joined[each.id], parts[each.id], each.speaker in asked, settings) for each in group]
    return sorted(scored, key=lambda each: (-each.score, each.interaction.id))


def _joined(parts: Mapping[str, Mapping[str, float]], settings: Settings) -> dict[str, float]:
    """The weighted mean of nearness and graph, by id: a message is a turn among turns, and the graph adds a bit."""
    weight = settings.recall_graph
    return {id: (each["near"] + weight * each["ppr"]) / (1 + weight) for id, each in parts.items()}


def _by_ranks(parts: Mapping[str, Mapping[str, float]], standing: float, settings: Settings) -> dict[str, float]:
    """The weighted mean of the reciprocal ranks by nearness and by graph, by id, of which the first has `standing`.

    What a document is about is known by its title, so that the graph leads to it. Its shares fall steeply, and nearness
    does not: only their orders can be compared (reciprocal rank fusion; Cormack, Clarke and Buettcher, SIGIR 2009).
    """
    weights = {"near": 1.0, "ppr": settings.recall_graph_documents}
    joined = dict.fromkeys(parts, 0.0)
    for name, weight in weights.items():
        order = sorted((id for id in parts if parts[id][name]), key=lambda id: (-parts[id][name], id))
        for rank, id in enumerate(order):
            joined[id] += weight * _K / (_K + rank)
    return {id: standing * score / sum(weights.values()) for id, score in joined.items()}


def _scored(
    candidate: Interaction, joined: float, parts: Mapping[str, float], asked: bool, settings: Settings
) -> Scored:
    """What nearness and graph say, times what speaks for or against the candidate."""
    said_by = settings.recall_speaker if asked else 1.0
    asks = settings.recall_asking if candidate.form is Form.MESSAGE and candidate.text.rstrip().endswith("?") else 1.0
    signals = {**parts, "speaker": said_by, "asking": asks}
    score = joined * said_by * asks
    if candidate.form is Form.MESSAGE and standing(candidate.text):
        signals["standing"] = settings.recall_standing
        score *= settings.recall_standing
    return Scored(candidate, score, {name: round(value, 6) for name, value in signals.items()})
