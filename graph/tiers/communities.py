"""Communities of notes, and which note is central to each.

Leiden (Traag et al., arXiv 1810.08473) on notes that share names or are linked; PageRank within each community, as
GraphRAG (arXiv 2404.16130) and HippoRAG (arXiv 2405.14831) rank what is in one.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

WIDEST = 24
"""Notes that may share a name before it is too common to join them."""
_SMALLEST = 4
"""Notes of a community that says anything."""
_RESOLUTION = 0.05
"""How strongly the notes of a community are joined, on average over all pairs. By the constant Potts model what is one
does not depend on how much else there is, as it would by modularity."""
_SEED = 7

Pair = tuple[str, str]


class Community(Struct, frozen=True):
    """Notes that belong together, the most central first; `cohesion` is the part of their joints that stays among
    them, in [0, 1]."""

    notes: tuple[str, ...]
    cohesion: float

    @property
    def strength(self) -> float:
        """How much there is to say of it: size times cohesion."""
        return len(self.notes) * self.cohesion


def joints(
    holders: Mapping[str, Sequence[tuple[str, float]]], links: Iterable[tuple[str, str, float]]
) -> dict[Pair, float]:
    """How strongly notes are joined, by pair: by the names they share, each with 1 / its number of notes, and by their
    links. `holders` gives the (note, weight) pairs of each name."""
    found: dict[Pair, float] = defaultdict(float)
    for some in holders.values():
        if 1 < len(some) <= WIDEST:
            for (one, first), (other, second) in combinations(sorted(some), 2):
                found[one, other] += min(first, second) / len(some)
    for source, target, weight in links:
        found[min(source, target), max(source, target)] += weight
    return dict(found)


def communities(joined: Mapping[Pair, float]) -> list[Community]:
    """The communities of notes that are `joined`, the strongest first. The same joints always give the same ones."""
    import igraph

    pairs = sorted(joined)
    notes = sorted({note for pair in pairs for note in pair})
    place = {note: number for number, note in enumerate(notes)}
    network = igraph.Graph(len(notes), [(place[one], place[other]) for one, other in pairs])
    weights = [joined[pair] for pair in pairs]
    igraph.set_random_number_generator(random.Random(_SEED))  # noqa: S311 - a coin, no secret
    try:
        found = network.community_leiden("CPM", weights, resolution=_RESOLUTION, n_iterations=10)
    finally:
        igraph.set_random_number_generator(random)
    network.es["weight"] = weights
    strength = network.strength(weights=weights)
    some = [_community(network, notes, members, strength) for members in found if len(members) >= _SMALLEST]
    return sorted(some, key=lambda each: (-each.strength, each.notes))


def _community(network: object, notes: Sequence[str], members: Sequence[int], strength: Sequence[float]) -> Community:
    within = network.induced_subgraph(members)  # type: ignore[attr-defined]
    shares = within.personalized_pagerank(weights="weight", directed=False)
    ranked = sorted(zip(members, shares, strict=True), key=lambda pair: (-round(pair[1], 9), notes[pair[0]]))
    whole = sum(strength[member] for member in members)
    return Community(tuple(notes[member] for member, _ in ranked), round(2 * sum(within.es["weight"]) / whole, 6))
