"""Links between notes, proposed on evidence: the rare names and the words that two notes share, and who answers whom.

A-MEM (arXiv 2502.12110, section 3.2) lets a model choose among the nearest notes; here shared names count by inverse
document frequency, as HippoRAG's node specificity does (arXiv 2405.14831, section 2.2), shared words by their part of
the shorter text, and a mixture over the scores tells related from unrelated. It applies nothing.

A note is linked to what came before it, by what is known when it comes: so the links do not depend on how many notes
are looked at together. Vectors would: those of a turn change with the turns that are embedded with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from graph.evolution.mixture import higher
from graph.model import Edge, EdgeKind, Entity, Relation
from graph.text import segmented, shortened, stop_words, words

WIDEST = 24
"""Notes that may share a name before it is too common to join them."""
LINKS = 8
"""Links of one note to earlier ones."""
_TOLD = 0.9
"""The weight of a link that somebody tells of."""
_LONGEST = 80
_UNRELATED = 0.0
"""The score of all the notes that share nothing: part of every mixture, once."""

Likeness = Callable[[str, str], float]
"""How much the texts of two notes, by id, have in common, from 0 to 1."""


def links(
    new: Sequence[tuple[str, Sequence[Entity]]], before: Sequence[tuple[str, str]], likeness: Likeness = lambda *_: 0.0
) -> Iterator[Edge]:
    """Yield links from each note of `new`, in order, to notes before it.

    `new` gives each note with the entities that may join it to others; `before` holds (note, entity) pairs of all
    earlier notes that mention one of these. A link weighs the sum of 1 / document frequency over shared names.
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
        yield from _best(note, weight, shared, likeness)


def _best(
    note: str, weight: Mapping[str, float], shared: Mapping[str, Sequence[str]], likeness: Likeness
) -> Iterator[Edge]:
    """The links of `note` to those that share names with it and are of the higher kind, best first."""
    # What texts share counts twice as much as names, which are often in passing.
    scores = {other: (min(1.0, weight[other]) + 2 * likeness(note, other)) / 3 for other in weight}
    least = higher([_UNRELATED, *scores.values()])
    related = (other for other in scores if round(scores[other], 4) >= least)
    for other in sorted(related, key=lambda other: (-round(scores[other], 4), other))[:LINKS]:
        reason = f"both mention {', '.join(shared[other][:4])}"
        yield Edge(note, other, EdgeKind.LINKS_TO, round(min(1.0, weight[other]), 4), Relation.SAME_TOPIC.value, reason)


def telling(text: str) -> frozenset[str]:
    """The words of a text by which it is compared."""
    return frozenset(words(segmented(text))) - stop_words()


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of the shorter of two texts that the other one has too."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def told_links(told: Sequence[tuple[str, str, Relation, str]]) -> Iterator[Edge]:
    """Yield a link for each (later note, earlier note, how the first is related to the second, in which words)."""
    for later, earlier, relation, text in told:
        reason = f"answers: {text}" if relation is Relation.ANSWERS else f"says: {shortened(text, _LONGEST)}"
        yield Edge(later, earlier, EdgeKind.LINKS_TO, _TOLD, relation.value, reason)
