"""One run of forgetting: the preview, and the transactions."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from graph.forgetting.changes import changes, counted
from graph.forgetting.choosing import Wanted, chosen, named, names_of
from graph.forgetting.entities import entity_changes
from graph.forgetting.reasons import unreasoned
from graph.forgetting.renaming import refiled
from graph.forgetting.support import cascade
from graph.model import Changes, EdgeKind, Entity, NodeKind, Removal, Selection, caption
from graph.ownership import together
from graph.ports import Progress, Store
from graph.readers.naming import stem
from graph.store.batches import batches
from graph.store.retrying import persistently

_SHOWN = 5


class Preview(Struct, frozen=True):
    """What would go: nodes by kind, the sources that are no longer known as taken in, and the first captions."""

    nodes: Mapping[str, int]
    sources: int
    captions: tuple[str, ...]


class Forgotten(Struct, frozen=True):
    """What one run did: nodes that went, and nodes that were put right, by kind; sources that are no longer known."""

    removed: Mapping[str, int]
    changed: Mapping[str, int]
    sources: int
    elapsed_s: float


def preview(wanted: Wanted, store: Store) -> Preview:
    """What `forget` would remove; raises what `chosen` does."""
    with store.transaction(write=False):
        ids = chosen(wanted, store)
        gone = set(cascade(ids, store).gone)
        shown = [caption(node) for node in store.nodes(Selection(ids=tuple(ids[:_SHOWN])))] if ids else []
        if wanted.entity is not None:
            entity = named(wanted.entity, store)
            gone.update(id for what in entity_changes(entity, store) for id in what.removed.nodes)
            shown.insert(0, caption(entity))
        return Preview(_by_kind(gone), len(_sources(wanted, ids, store)), tuple(shown))


def forget(wanted: Wanted, store: Store, progress: Progress | None = None) -> Forgotten:
    """Forget what is wanted, a transaction a batch, and wipe the store's files. What was broken off goes on when it is
    called again.

    Raises:
        NotFoundError, UsageError: as `chosen`.
        StoreError: the store fails. What was committed stays.
    """
    began = time.monotonic()
    entity = named(wanted.entity, store) if wanted.entity is not None else None
    ids = chosen(wanted, store)
    sources = _sources(wanted, ids, store)
    if progress:
        progress.begin("forgetting", len(ids))
    # Before all else: after a crash no source may count as taken in of which nothing is there any more.
    persistently(partial(_save, Changes(removed=Removal(checkpoints=sources)), store))
    # Whoever is asked to forget the rest then still finds what the reasons tell of.
    persistently(partial(_unreason, ids, entity, wanted, store))
    removed: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for what in _steps(ids, entity, store, progress):
        written = {node.id for node in what.nodes}
        removed.update(_by_kind({*what.removed.nodes} - written))
        removed[NodeKind.EPISODE.value] -= _renamed(what)
        changed.update(_by_kind(written))
    # Nothing is left to remove: behind this transaction the files lose what was.
    with store.transaction(write=True, wipe=True):
        pass
    if progress:
        progress.end()
    return Forgotten(dict(+removed), dict(changed), len(sources), round(time.monotonic() - began, 3))


def empty(store: Store) -> None:
    """Remove all that is in `store`, a transaction a batch."""
    # Before all else: what was broken off must not leave a source that counts as taken in, with nothing of it there.
    sources = tuple(each.digest for each in store.checkpoints())
    persistently(partial(_save, Changes(removed=Removal(checkpoints=sources)), store))
    for batch in batches([node.id for node in store.nodes(Selection())]):
        persistently(partial(_save, Changes(removed=Removal(batch)), store))


def _steps(ids: Sequence[str], entity: Entity | None, store: Store, progress: Progress | None) -> Iterator[Changes]:
    """Yield what each transaction changed."""
    done = 0
    for batch in batches(ids):
        yield persistently(partial(_forget, batch, store))
        done += len(batch)
        if progress:
            progress.advance(done, done)
    # Nobody may tell of it any more.
    if entity is not None and store.frontier([entity.id]).known:
        for what in entity_changes(entity, store):
            persistently(partial(_save, what, store))
            yield what


def _unreason(ids: Sequence[str], entity: Entity | None, wanted: Wanted, store: Store) -> None:
    with store.transaction(write=True):
        names = names_of(entity, store) if entity is not None else frozenset[str]()
        store.save(unreasoned(ids, names, wanted.matching or "", store))


def _forget(ids: Sequence[str], store: Store) -> Changes:
    with store.transaction(write=True):
        what = changes(sorted(store.frontier(ids).known), store)
        spelt = tuple(each.id for each in what.nodes if isinstance(each, Entity))
        found = store.nodes(Selection((NodeKind.ENTITY,), ids=spelt)) if spelt else ()
        before = {each.id: each for each in found if isinstance(each, Entity)}
        store.save(what)
        since = refiled(before, what, store)
        store.save(since)
    # What goes on under another id is not gone.
    return replace(together(what, since), removed=what.removed)


def _save(what: Changes, store: Store) -> None:
    with store.transaction(write=True):
        store.save(what)


def _renamed(what: Changes) -> int:
    """How many episodes go on under another id, since they lose their first message."""
    return len({edge.target for edge in what.edges if edge.kind is EdgeKind.PART_OF})


def _by_kind(ids: Iterable[str]) -> dict[str, int]:
    return {str(kind): number for kind, number in counted(ids).items()}


def _sources(wanted: Wanted, ids: Sequence[str], store: Store) -> tuple[str, ...]:
    """The digests of the sources that are no longer known as taken in: all where nothing stays, else those that have
    the name of the conversation, or the text in their name, that is forgotten.

    All others stay, so that they are not taken in again as long as they stay what they are.
    """
    said = store.info().nodes.get(NodeKind.INTERACTION, 0)
    if said and said == len(ids):
        return tuple(each.digest for each in store.checkpoints())
    whole = wanted == Wanted(conversation=wanted.conversation) and wanted.conversation
    text = wanted.matching.casefold() if wanted.matching else ""
    return tuple(
        each.digest
        for each in store.checkpoints()
        if (whole and whole in (each.name, stem(each.name))) or (text and text in each.name.casefold())
    )
