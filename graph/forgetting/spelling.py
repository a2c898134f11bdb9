"""Names as only the forgotten spelt them: an entity and an insight keep the spelling of whoever came first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec import Struct
from msgspec.structs import replace

from graph.evolution.events import wording
from graph.forgetting.support import resting_ends, supporting
from graph.model import Edge, EdgeKind, Entity, Event, Insight, Interaction, NodeKind, TextQuery
from graph.ports import Store
from graph.store.batches import batches, edges_of, nodes_of
from graph.text import fold, tells_of

_FEW = 64
"""Supporters of a node that are all looked at; of one with more, those that full text finds best."""
_FOUND = 200
_WORD = re.compile(r"[^\s.,;:!?]+")


class Respelt(Struct, frozen=True):
    """Entities that lose a spelling, to be written anew with all the `edges` and `events` that they keep."""

    entities: tuple[Entity, ...] = ()
    edges: tuple[Edge, ...] = ()
    events: tuple[Event, ...] = ()


def entities(weaker: Iterable[Entity], said: str, gone: Set[str], store: Store) -> Respelt:
    """Those of `weaker`, which lose supporters, of whose names some stand in `said` alone, the text of what goes.

    One with a single spelling has it of all that it rests on.
    """
    lost = {each.id: names for each in weaker if each.aliases and (names := {n for n in _names(each) if n in said})}
    changed: list[Entity] = []
    kept = staying(lost, NodeKind.ENTITY, gone, store)
    for each in (each for each in weaker if each.id in lost):
        text = kept[each.id] if each.id in kept else " ".join(texts_with(lost[each.id], gone, store))
        stay = [name for name in _names(each) if name not in lost[each.id] or name in text]
        if stay and len(stay) < len(_names(each)):
            name = each.name if each.name in stay else stay[0]
            changed.append(Entity(each.id, name, each.label, tuple(sorted({*stay} - {name}))))
    ids = [each.id for each in changed]
    edges = edges_of(ids, (), store)
    events = list(store.events(ids)) if ids else []
    names = {name for each in changed for name in lost[each.id] - {*_names(each)}} if events else set()
    # What somebody else is called, or what is said elsewhere, is nothing that was forgotten.
    others = (each.entity for each in store.resolve(sorted(map(fold, names)))) if names else ()
    called = {name for each in others if each.id not in {*ids, *gone} for name in _names(each)}
    unsaid = {
        fold(name) for name in names - called if not any(name in text for text in texts_with({name}, gone, store))
    }
    return Respelt(
        tuple(changed),
        tuple(edge for edge in edges if not {edge.source, edge.target} & gone),
        tuple(
            event
            for event in events
            # A decision that tells a name goes with whoever said that last.
            if not {event.subject, event.other, event.cause} & gone and not tells_of(wording(event), unsaid)
        ),
    )


def insight(weaker: Insight, said: str, kept: str) -> Insight:
    """`weaker` in the words of the texts `kept` where its own stand in `said` alone."""
    there = {fold(word): word for word in _WORD.findall(kept)}
    own, gone = set(there.values()), set(_WORD.findall(said))

    def spelt(found: re.Match[str]) -> str:
        word = found[0]
        return there.get(fold(word), word) if word in gone and word not in own else word

    return replace(weaker, text=_WORD.sub(spelt, weaker.text), subject=_WORD.sub(spelt, weaker.subject))


def staying(ids: Iterable[str], kind: NodeKind, gone: Set[str], store: Store) -> dict[str, str]:
    """The texts that nodes of a kind rest on beside what is `gone`, by id; nodes that rest on many are left out."""
    resting: Mapping[str, set[str]] = defaultdict(set)
    for batch in batches(sorted(ids)):
        for edge in store.edges(batch, supporting(kind), _FEW):
            node, support = resting_ends(edge)
            if support not in gone:
                resting[node].add(support)
    sources = _sources({each for some in resting.values() for each in some}, store)
    wanted = sorted({source for some in sources.values() for source in some})
    found = nodes_of(wanted, (NodeKind.INTERACTION,), store)
    texts = {each.id: spoken(each) for each in found if isinstance(each, Interaction)}
    return {
        node: " \n ".join(texts[source] for each in sorted(some) for source in sources[each] if source in texts)
        for node, some in resting.items()
    }


def spoken(said: Interaction) -> str:
    """All words of an interaction, with one space between them."""
    return " ".join(f"{said.speaker or ''} {said.title or ''} {said.text}".split())


def _names(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *entity.aliases)


def _sources(supports: Set[str], store: Store) -> dict[str, list[str]]:
    """The interactions behind notes; an interaction stands for itself."""
    found: dict[str, list[str]] = {each: [each] for each in supports}
    for edge in edges_of(sorted(supports), (EdgeKind.DERIVED_FROM,), store):
        if edge.source in found:
            found[edge.source].append(edge.target)
    return found


def texts_with(names: Set[str], gone: Set[str], store: Store) -> Iterator[str]:
    """Yield the texts that stay of those that full text finds best for `names`."""
    matches = store.search(TextQuery(tuple(sorted(names)), limit=len(gone) + _FOUND))
    ids: Sequence[str] = [match.id for match in matches if match.id not in gone]
    for node in nodes_of(ids, (NodeKind.INTERACTION,), store):
        if isinstance(node, Interaction):
            yield spoken(node)
