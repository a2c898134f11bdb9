"""Joining the signals of a candidate into one score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from graph.model import Form, Interaction
from graph.settings import Settings
from graph.text import spelled


class Scored(Struct, frozen=True):
    """A candidate with its score and the signals it is made of, each in [0, 1] or a factor."""

    interaction: Interaction
    score: float
    signals: Mapping[str, float]


def fuse(
    candidates: Sequence[Interaction],
    near: Mapping[str, float],
    graph: Mapping[str, float],
    speaker: str | None,
    settings: Settings,
    signals: Mapping[str, Mapping[str, float]],
) -> list[Scored]:
    """Candidates with the score of each, best first, ties by id.

    `near` and `graph` are scores of any scale by id; `near` was made of the `signals`, by their names. Messages and
    documents are each ranked among themselves, by nearness and by graph; how the best of one stand against the best of
    the other, only nearness can tell.
    """
    best = max((near.get(each.id, 0.0) for each in candidates), default=0.0)
    asked = spelled((each.speaker for each in candidates), speaker)
    scored: list[Scored] = []
    for form in Form:
        group = [each for each in candidates if each.form is form]
        standing = max((near.get(each.id, 0.0) for each in group), default=0.0) / best if best else 1.0
        share = max((graph.get(each.id, 0.0) for each in group), default=0.0) or 1.0
        for each in group:
            parts = {name: scores.get(each.id, 0.0) for name, scores in signals.items()}
            parts |= {"near": near.get(each.id, 0.0) / (best or 1.0), "ppr": standing * graph.get(each.id, 0.0) / share}
            scored.append(_scored(each, parts, each.speaker in asked, settings))
    return sorted(scored, key=lambda each: (-each.score, each.interaction.id))


def _scored(candidate: Interaction, parts: Mapping[str, float], asked: bool, settings: Settings) -> Scored:
    """A weighted mean of nearness and graph, times what speaks for or against the candidate.

    What a document is about is known by its title, so that the graph leads to it; a message is a turn among turns.
    """
    weight = settings.recall_graph_documents if candidate.form is Form.DOCUMENT else settings.recall_graph
    said_by = settings.recall_speaker if asked else 1.0
    asks = settings.recall_asking if candidate.form is Form.MESSAGE and candidate.text.rstrip().endswith("?") else 1.0
    score = (parts["near"] + weight * parts["ppr"]) / (1 + weight) * said_by * asks
    signals = {**parts, "speaker": said_by, "asking": asks}
    return Scored(candidate, score, {name: round(value, 6) for name, value in signals.items()})
