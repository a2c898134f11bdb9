"""Links between notes, proposed on evidence: the rare names that two notes share, and who answers whom.

A-MEM (arXiv 2502.12110, section 3.2) lets a model choose among the nearest notes; here shared names count by inverse
document frequency, as HippoRAG's node specificity does (arXiv 2405.14831, section 2.2). It applies nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from graph.model import Edge, EdgeKind

WIDEST = 24
"""Notes that may share a name before it is too common to join them."""
_LINKS = 5
"""Links of one note to earlier ones."""
_ENOUGH = 0.25
"""Specificity (the sum of 1 / document frequency over shared names) from which two notes are linked."""


def links(
    new: Sequence[str], mentions: Sequence[tuple[str, str]], names: Mapping[str, str], unrelated: frozenset[str]
) -> Iterator[Edge]:
    """Yield links from each of the notes `new`, in order, to notes before it.

    `mentions` are (note, entity) pairs of all notes concerned, oldest first; `names` the entities' names; entities in
    `unrelated`, such as speakers, join nothing.
    """
    age = {note: number for number, note in enumerate(dict.fromkeys(note for note, _ in mentions))}
    holders: dict[str, list[str]] = defaultdict(list)
    mentioned: dict[str, list[str]] = defaultdict(list)
    for note, entity in mentions:
        if entity not in unrelated:
            holders[entity].append(note)
            mentioned[note].append(entity)
    for note in new:
        shared: dict[str, list[str]] = defaultdict(list)
        for entity in mentioned[note]:
            if len(holders[entity]) <= WIDEST:
                for other in holders[entity]:
                    if age[other] < age[note]:
                        shared[other].append(entity)
        weight = {other: sum(1 / len(holders[entity]) for entity in entities) for other, entities in shared.items()}
        best = sorted((other for other in weight if weight[other] >= _ENOUGH), key=lambda id: (-weight[id], id))
        for other in best[:_LINKS]:
            common = ", ".join(names[entity] for entity in shared[other][:4])
            yield Edge(
                note,
                other,
                EdgeKind.LINKS_TO,
                round(min(1.0, weight[other]), 4),
                "same_topic",
                f"both mention {common}",
            )


def answer_links(answers: Sequence[tuple[str, str, str]]) -> Iterator[Edge]:
    """Yield a link for each (note of an answer, note of its question, the question)."""
    for answer, question, text in answers:
        yield Edge(answer, question, EdgeKind.LINKS_TO, 0.9, "answers", f"answers: {text}")
