"""Joining the signals of a candidate into one score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.model import Form, Interaction
from graph.settings import Settings


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score and the signals it is made of, each in [0, 1] or a factor."""

    interaction: Interaction
    score: float
    signals: Mapping[str, float]


def fused(candidate: Interaction, lexical: float, graph: float, speaker: str | None, settings: Settings) -> Scored:
    """The score of one candidate: a weighted mean of full text and graph, times what speaks for or against it.

    What a document is about is known by its title, so that the graph leads to it; a message is a turn among turns.
    """
    weight = settings.recall_graph_documents if candidate.form is Form.DOCUMENT else settings.recall_graph
    said_by = settings.recall_speaker if speaker is not None and candidate.speaker == speaker else 1.0
    asks = settings.recall_asking if candidate.form is Form.MESSAGE and candidate.text.rstrip().endswith("?") else 1.0
    score = (lexical + weight * graph) / (1 + weight) * said_by * asks
    signals = {"lexical": lexical, "ppr": graph, "speaker": said_by, "asking": asks}
    return Scored(candidate, score, {name: round(value, 6) for name, value in signals.items()})
