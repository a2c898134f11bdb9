"""Facts that a model reads out of messages of which the rules found none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from graph.derive import decided_meanings
from graph.evolution.events import Ledger
from graph.facts import Stating
from graph.ids import note_id
from graph.llm.facts import Entries, Told, checked, task
from graph.model import Action, EdgeKind, Entity, Event, Fact, Interaction, NodeKind, Selection
from graph.ports import Store
from graph.refining.batch import Batch, Settled, Size, portions, said_in, talks
from graph.store.batches import edges_of, nodes_of
from graph.text import fold
from graph.tiers.statements import Statement, may_state

_REASON = "by what it says"


def batches(store: Store, model: str, size: Size) -> Iterator[Batch]:
    """Yield the messages of which `model` may read facts: those by people that state none, and that it has not read."""
    done = {each.subject for each in store.events() if each.action is Action.DERIVE and each.decided_by == model}
    done |= {edge.target for edge in store.edges(None, (EdgeKind.STATED_IN,))}
    ids = [note.id for note in store.nodes(Selection((NodeKind.NOTE,))) if note.id not in done]
    for pairs in talks(store, ids):
        for some, asked in portions([said for _, said in pairs if may_state(said)], task, size):
            yield Batch(asked, len(some), partial(_settle, store, model, some))


def _settle(store: Store, model: str, about: Sequence[Interaction], reply: Entries) -> Settled:
    told = {note_id(said.id): facts for said, facts in zip(about, checked(reply, about), strict=True)}
    with store.transaction(write=True):
        there = said_in(store, list(told))
        known = {edge.target for edge in store.edges(list(there), (EdgeKind.STATED_IN,))}
        read = {
            id: [_statement(each, there[id][1]) for each in facts]
            for id, facts in told.items()
            if facts is not None and id in there.keys() - known
        }
        said = {id: there[id][1] for id in read}
        stating = _stating(store, model, said, read)
        settling = stating.settled(stating.held(store))
        events = (*_events(said, stating.new.values(), model), *settling.events)
        store.save(replace(settling, events=events).changes())
    ungrounded = list(told.values()).count(None)
    changed = {fact.note for fact in stating.new.values()}
    return Settled(len(read), len(changed), ungrounded, len(about) - ungrounded - len(read))


def _statement(told: Told, said: Interaction) -> Statement:
    text, about = told.text, told.subject
    return Statement("", text, said.speaker or "", (), "", about, told.relation, told.object, told.start, told.certain)


def _stating(
    store: Store, model: str, said: Mapping[str, Interaction], read: Mapping[str, Sequence[Statement]]
) -> Stating:
    """What `model` has `read` in what is `said`, by the ids of the notes. Reads the store for whom they name, within
    the caller's transaction."""
    named = defaultdict(set)
    for edge in edges_of(said, (EdgeKind.MENTIONS, EdgeKind.ABOUT), store):
        named[edge.source].add(edge.target)
    ids = sorted({id for some in named.values() for id in some})
    entities = {node.id: node for node in nodes_of(ids, (NodeKind.ENTITY,), store) if isinstance(node, Entity)}
    known = store.resolve(sorted({fold(each.about) for some in read.values() for each in some}))
    found = Stating.of(
        (
            (said[id], [(each, id) for each in some], [entities[one] for one in sorted(named[id] & entities.keys())])
            for id, some in read.items()
        ),
        (),
        decided_meanings(known, store),
    )
    new = {id: replace(each, decided_by=model) for id, each in found.new.items()}
    return Stating(new, [replace(edge, decided_by=model) for edge in found.ties], [])


def _events(said: Mapping[str, Interaction], new: Iterable[Fact], model: str) -> Iterator[Event]:
    """Yield that each message was read, and behind that what it was found to state: who undoes the reading undoes all
    of it, and a fact that is undone is as if taken back by what states it."""
    ledger = Ledger.of_now()
    stated = defaultdict(list)
    for fact in new:
        stated[fact.note].append(fact)
    for id, each in said.items():
        reading = ledger.event(Action.DERIVE, id, reason=_REASON, decided_by=model)
        yield reading
        for fact in stated[id]:
            states = {"old": {"retracted_at": each.timestamp or ""}, "new": {"retracted_at": None}}
            yield ledger.event(
                Action.DERIVE, fact.id, other=id, reason=_REASON, decided_by=model, cause=reading.id, **states
            )
