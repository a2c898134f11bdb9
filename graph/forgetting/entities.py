"""Forgetting an entity: its node goes, and with it what other nodes say of it. What was said stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from msgspec.structs import replace

from graph.evolution.events import wording
from graph.evolution.identity import keeping
from graph.forgetting import facts
from graph.forgetting.choosing import names_of
from graph.forgetting.support import unmerged
from graph.model import Changes, Edge, EdgeKind, Entity, Insight, NodeKind, Note, Removal, Selection, by_rule, ends
from graph.ports import Store
from graph.store.batches import batches
from graph.text import fold, tells_of

_TOGETHER = "both mention "
_ABOUT = ", about "


def entity_changes(entity: Entity, store: Store) -> Iterator[Changes]:
    """Yield what forgetting `entity` changes, a transaction each, the entity itself last."""
    names = names_of(entity, store)
    edges = store.edges([entity.id], (EdgeKind.MENTIONS, EdgeKind.ABOUT))
    noted = sorted({edge.source for edge in edges})
    for batch in batches(noted):
        yield _of_notes(batch, names, store)
    stated = list(facts.telling(names, store))
    gone = (*(each.id for each in _insights(names, store)), *stated)
    left = facts.without(stated, (), store)
    events = tuple(keeping(store.events(), {entity.id}))
    removed = Removal(nodes=(*gone, entity.id), edges=left.gone, events=events)
    parted = unmerged({*gone}, (), store)
    yield Changes((*left.nodes, *parted), left.edges, removed=removed, events=left.events)


def _of_notes(ids: Sequence[str], names: Set[str], store: Store) -> Changes:
    """Take the names out of notes' keywords and contexts, and of the reasons of their links."""
    notes = (node for node in store.nodes(Selection((NodeKind.NOTE,), ids=tuple(ids))) if isinstance(node, Note))
    links = [edge for edge in store.edges(ids, (EdgeKind.LINKS_TO,)) if _rests_on_names(edge) or not _by_rule(edge)]
    kept = [edge for edge in (_without(edge, names) for edge in links) if edge is not None]
    there = set(map(ends, kept))
    return Changes(
        nodes=tuple(_unnamed(note, names) for note in notes),
        edges=tuple(edge for edge in kept if edge not in links),
        removed=Removal(
            edges=tuple(key for key in map(ends, links) if key not in there),
            events=tuple(event.id for event in store.events(ids) if tells_of(wording(event), names)),
        ),
    )


def _unnamed(note: Note, names: Set[str]) -> Note:
    if not _by_rule(note):
        # Who words things freely may name it anywhere.
        context = "" if tells_of(note.context, names) else note.context
        return replace(
            note, context=context, keywords=tuple(each for each in note.keywords if not tells_of(each, names))
        )
    who, about, topics = note.context.removesuffix(".").partition(_ABOUT)
    left = ", ".join(each for each in topics.split(", ") if fold(each) not in names)
    context = f"{who}{about if left else ''}{left}."
    return replace(note, context=context, keywords=tuple(word for word in note.keywords if fold(word) not in names))


def _without(link: Edge, names: Set[str]) -> Edge | None:
    """A link without those of the names it rests on, as much weaker; None where it rests on nothing else."""
    if not _rests_on_names(link):
        return replace(link, reason="") if tells_of(link.reason, names) else link
    shared = link.reason.removeprefix(_TOGETHER).split(", ")
    left = [name for name in shared if fold(name) not in names]
    if not left:
        return None
    return replace(link, reason=_TOGETHER + ", ".join(left), weight=round(link.weight * len(left) / len(shared), 4))


def _rests_on_names(link: Edge) -> bool:
    return _by_rule(link) and link.reason.startswith(_TOGETHER)


def _by_rule(decided: Note | Edge) -> bool:
    return by_rule(decided.decided_by)


def _insights(names: Set[str], store: Store) -> Iterator[Insight]:
    for node in store.nodes(Selection((NodeKind.INSIGHT,))):
        if isinstance(node, Insight) and tells_of(f"{node.subject} \n {node.text}", names):
            yield node
