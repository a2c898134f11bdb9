"""Joining the signals of a candidate into one score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from graph.model import Form, Interaction
from graph.settings import Settings
from graph.text import fold


class Scored(Struct, frozen=True):
    """A candidate with its score and the signals it is made of, each in [0, 1] or a factor."""

    interaction: Interaction
    score: float
    signals: Mapping[str, float]


def fuse(
    candidates: Sequence[Interaction],
    lexical: Mapping[str, float],
    graph: Mapping[str, float],
    speaker: str | None,
    settings: Settings,
) -> list[Scored]:
    """Candidates with the score of each, best first, ties by id.

    `lexical` and `graph` are scores of any scale by id. Messages and documents are each ranked among themselves, by
    text and by graph; how the best of one stand against the best of the other, only full text can tell.
    """
    best = max((lexical.get(each.id, 0.0) for each in candidates), default=0.0)
    # Many candidates have few speakers: each name is folded once.
    spoken = {each.speaker for each in candidates if each.speaker}
    asked = {name for name in spoken if speaker and fold(name) == fold(speaker)}
    scored: list[Scored] = []
    for form in Form:
        group = [each for each in candidates if each.form is form]
        standing = max((lexical.get(each.id, 0.0) for each in group), default=0.0) / best if best else 1.0
        share = max((graph.get(each.id, 0.0) for each in group), default=0.0) or 1.0
        for each in group:
            text = lexical.get(each.id, 0.0) / (best or 1.0)
            scored.append(
                _scored(each, text, standing * graph.get(each.id, 0.0) / share, each.speaker in asked, settings)
            )
    return sorted(scored, key=lambda each: (-each.score, each.interaction.id))


def _scored(candidate: Interaction, lexical: float, graph: float, asked: bool, settings: Settings) -> Scored:
    """A weighted mean of full text and graph, times what speaks for or against the candidate.

    What a document is about is known by its title, so that the graph leads to it; a message is a turn among turns.
    """
    weight = settings.recall_graph_documents if candidate.form is Form.DOCUMENT else settings.recall_graph
    said_by = settings.recall_speaker if asked else 1.0
    asks = settings.recall_asking if candidate.form is Form.MESSAGE and candidate.text.rstrip().endswith("?") else 1.0
    score = (lexical + weight * graph) / (1 + weight) * said_by * asks
    signals = {"lexical": lexical, "ppr": graph, "speaker": said_by, "asking": asks}
    return Scored(candidate, score, {name: round(value, 6) for name, value in signals.items()})
