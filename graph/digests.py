"""What stands for an episode: where it was and who spoke, what it is mostly about in words that were said, and what was
made of it.

A digest is made when it is looked at and kept nowhere. So it follows whatever becomes of the messages: no word of one
that is forgotten is left in it, and what is said later is in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from graph.ids import note_id
from graph.model import EdgeKind, Entity, Fact, Insight, Interaction
from graph.ports import Store
from graph.store.batches import nodes_of
from graph.text import fold
from graph.tiers.digests import Quote, central

QUOTES = 3
"""Sentences of a digest."""
_NAMED = 8
"""Entities of a digest, those that most notes have."""
_RESTING = (EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.STATED_IN, EdgeKind.SUPPORTED_BY)


class Digest(Struct, frozen=True):
    """`speakers` and `entities` by name, those with most messages and notes first; `quotes` in the order in which they
    were said; the `facts` and `insights` that rest on the episode, by id, but for facts that were taken back and
    insights that are archived."""

    speakers: tuple[str, ...]
    quotes: tuple[Quote, ...]
    entities: tuple[str, ...]
    facts: tuple[Fact, ...]
    insights: tuple[Insight, ...]


def digested(said: Sequence[Interaction], store: Store) -> Digest:
    """The digest of the messages of an episode, in order. Reads the store, within the caller's transaction."""
    notes = [note_id(each.id) for each in said]
    edges = list(store.edges(notes, _RESTING))
    counts = Counter(edge.target for edge in edges if edge.kind in (EdgeKind.MENTIONS, EdgeKind.ABOUT))
    resting = {edge.source for edge in edges if edge.kind in (EdgeKind.STATED_IN, EdgeKind.SUPPORTED_BY)}
    speakers = Counter(each.speaker for each in said if each.speaker)
    entities: dict[str, int] = {}
    facts: list[Fact] = []
    insights: list[Insight] = []
    spoken = {fold(each) for each in speakers}
    for node in nodes_of(sorted(resting.union(counts)), (), store):
        if isinstance(node, Entity) and spoken.isdisjoint(map(fold, (node.name, *node.aliases))):
            entities[node.name] = counts[node.id]
        elif isinstance(node, Fact) and node.retracted_at is None:
            facts.append(node)
        elif isinstance(node, Insight) and node.state != "archived":
            insights.append(node)
    named = sorted(entities, key=lambda name: (-entities[name], name))[:_NAMED]
    most = sorted(speakers, key=lambda name: (-speakers[name], name))
    return Digest(tuple(most), tuple(central(said, QUOTES)), tuple(named), tuple(facts), tuple(insights))
