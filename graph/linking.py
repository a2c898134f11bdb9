"""Links between notes, proposed on evidence: the rare names that two notes share, and who answers whom.

A-MEM (arXiv 2502.12110, section 3.2) lets a model choose among the nearest notes; here shared names count by inverse
document frequency, as HippoRAG's node specificity does (arXiv 2405.14831, section 2.2). It applies nothing.

A note is linked to what came before it, by what is known when it comes: so the links do not depend on how many notes
are looked at together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from graph.model import Edge, EdgeKind, Entity

WIDEST = 24
"""Notes that may share a name before it is too common to join them."""
_LINKS = 5
"""Links of one note to earlier ones."""
_ENOUGH = 0.25
"""Specificity (the sum of 1 / document frequency over shared names) from which two notes are linked."""


def links(new: Sequence[tuple[str, Sequence[Entity]]], before: Sequence[tuple[str, str]]) -> Iterator[Edge]:
    """Yield links from each note of `new`, in order, to notes before it.

    `new` gives each note with the entities that may join it to others; `before` holds (note, entity) pairs of all
    earlier notes that mention one of these.
    """
    holders: dict[str, list[str]] = defaultdict(list)
    for note, id in before:
        holders[id].append(note)
    for note, entities in new:
        weight: dict[str, float] = defaultdict(float)
        shared: dict[str, list[str]] = defaultdict(list)
        for entity in entities:
            others = holders[entity.id]
            if len(others) < WIDEST:
                for other in others:
                    weight[other] += 1 / (len(others) + 1)
                    shared[other].append(entity.name)
        for entity in entities:
            holders[entity.id].append(note)
        yield from _best(note, weight, shared)


def _best(note: str, weight: Mapping[str, float], shared: Mapping[str, Sequence[str]]) -> Iterator[Edge]:
    enough = (other for other in weight if weight[other] >= _ENOUGH)
    for other in sorted(enough, key=lambda other: (-weight[other], other))[:_LINKS]:
        reason = f"both mention {', '.join(shared[other][:4])}"
        yield Edge(note, other, EdgeKind.LINKS_TO, round(min(1.0, weight[other]), 4), "same_topic", reason)


def answer_links(answers: Sequence[tuple[str, str, str]]) -> Iterator[Edge]:
    """Yield a link for each (note of an answer, note of its question, the question)."""
    for answer, question, text in answers:
        yield Edge(answer, question, EdgeKind.LINKS_TO, 0.9, "answers", f"answers: {text}")
