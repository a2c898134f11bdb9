"""Links between notes, proposed on evidence: the rare names and the words that two notes share, and who answers whom.

A-MEM (arXiv 2502.12110, section 3.2) lets a model choose among the nearest notes; here shared names count by inverse
document frequency, as HippoRAG's node specificity does (arXiv 2405.14831, section 2.2), shared words by their part of
the shorter text, and a mixture over the scores tells related from unrelated. It applies nothing.

A note is linked to what came before it, by what is known when it comes: so the links do not depend on how many notes
are looked at together. Vectors would: those of a turn change with the turns that are embedded with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from graph.evolution.mixture import higher
from graph.model import Edge, EdgeKind, Entity, Relation
from graph.text import segmented, shortened, stop_words, words

WIDEST = 24
"""Notes that may share a name before it is too common to join them."""
CLOSEST = 32
"""Earlier notes whose texts a new one is compared with: those that share the most telling names with it."""
LINKS = 8
"""Links of one note to earlier ones."""
_TOLD = 0.9
"""The weight of a link that somebody tells of."""
_LONGEST = 80
_REPEATED = "says the same in the same words"
_UNRELATED = 0.0
"""The score of all the notes that share nothing: part of every mixture, once."""

Likeness = Callable[[str, str], float]
"""How much the texts of two notes, by id, have in common, from 0 to 1."""
Original = Callable[[str, Iterable[str]], str | None]
"""Of a note and earlier ones, by id: the first of these that it is a copy of."""


class Sharing(Struct, frozen=True):
    """A note, and the earlier ones with which it shares names, by id: how much these tell, and which they are."""

    note: str
    weights: Mapping[str, float]
    names: Mapping[str, Sequence[str]]


def sharing(new: Sequence[tuple[str, Sequence[Entity]]], before: Sequence[tuple[str, str]]) -> Iterator[Sharing]:
    """Yield each note of `new`, in order, with the `CLOSEST` notes before it by the names that they share.

    `new` gives each note with the entities that may join it to others; `before` holds (note, entity) pairs of all
    earlier notes that mention one of these. Names weigh the sum of 1 / document frequency.
    """
    holders: dict[str, list[str]] = defaultdict(list)
    for note, id in before:
        holders[id].append(note)
    for note, entities in new:
        weights: dict[str, float] = defaultdict(float)
        names: dict[str, list[str]] = defaultdict(list)
        for entity in entities:
            others = holders[entity.id]
            if len(others) < WIDEST:
                for other in others:
                    weights[other] += 1 / (len(others) + 1)
                    names[other].append(entity.name)
        for entity in entities:
            holders[entity.id].append(note)
        closest = sorted(weights, key=lambda other: (-round(weights[other], 4), other))[:CLOSEST]
        yield Sharing(note, {other: weights[other] for other in closest}, {other: names[other] for other in closest})


def links(
    shared: Iterable[Sharing], likeness: Likeness = lambda *_: 0.0, original: Original = lambda *_: None
) -> Iterator[Edge]:
    """Yield, note by note, the links to those of the earlier notes that are of the higher kind, best first.

    A copy is linked to its original first, which nothing is concluded about otherwise.
    """
    for each in shared:
        first = original(each.note, each.weights)
        if first is not None:
            yield repeats(each.note, first)
        # What texts share counts twice as much as names, which are often in passing.
        weights = {other: min(1.0, weight) for other, weight in each.weights.items()}
        scores = {other: (weight + 2 * likeness(each.note, other)) / 3 for other, weight in weights.items()}
        least = higher([_UNRELATED, *scores.values()])
        related = (other for other in scores if round(scores[other], 4) >= least and other != first)
        for other in sorted(related, key=lambda other: (-round(scores[other], 4), other))[:LINKS]:
            reason = f"both mention {', '.join(each.names[other][:4])}"
            yield Edge(each.note, other, EdgeKind.LINKS_TO, round(weights[other], 4), Relation.SAME_TOPIC.value, reason)


def repeats(note: str, original: str) -> Edge:
    """The link of a note to the one of which it is a copy."""
    return Edge(note, original, EdgeKind.LINKS_TO, 1.0, Relation.REPEATS.value, _REPEATED)


def originals(links: Iterable[Edge]) -> dict[str, str]:
    """Which note each copy repeats, by `links`."""
    return {edge.source: edge.target for edge in links if edge.relation == Relation.REPEATS}


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
