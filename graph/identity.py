"""What people decide about entities: that two names mean one, or one name two. `graph.history.undo` undoes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from graph.errors import UsageError
from graph.evolution.events import Ledger
from graph.evolution.identity import Claim, Identities
from graph.ids import content_id
from graph.lookup import find
from graph.model import PERSON, Action, EdgeKind, Ends, Entity, Event, Interaction, Json, NodeKind, Selection, ends
from graph.ownership import Moves, moved_opinions, settled_anew, together
from graph.ports import Store
from graph.text import fold, tells_of
from graph.tiers.facts import kin_of, spelt_as
from graph.timeline import concerning

_TELLING = (EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.SAID_BY, EdgeKind.CONCERNS)
"""Edges by which notes, messages and facts tell of an entity."""


class _Parting(Struct, frozen=True):
    """Who is parted from an entity, which of the latter's edges go there, alone or copied, and which names."""

    part: Entity
    told: Mapping[Ends, bool]
    claims: Sequence[Claim]


def merge(store: Store, name: str, other: str, reason: str) -> list[Event]:
    """Merge the entity `name` into `other`, which has all its names, mentions and words since. What is taken in later
    under one of these names goes there as well.

    Raises:
        NotFoundError: there is no such entity.
        UsageError: they are the same.
    """
    with store.transaction(write=True):
        gone, into = _entity(store, name), _entity(store, other)
        if gone.id == into.id:
            raise UsageError(
                f"{name} and {other} are the same entity", "name two; `memcli entity show` tells the names"
            )
        who = _identities(store, gone, into)
        return _decided(store, who, Action.MERGE, into.id, "", who.merge(gone, into), reason)


def split(store: Store, name: str, part: str, conversation: str | None, reason: str) -> list[Event]:
    """Part from the entity `name` another one: what is told under its name `part`; or, with a `conversation`, all that
    is told of it there, under the new name `part`. What is taken in later is told apart likewise.

    Raises:
        NotFoundError: there is no such entity.
        UsageError: it has no such name, or another entity has it; or nothing would be parted, or nothing left.
    """
    with store.transaction(write=True):
        whole = _entity(store, name)
        parting = _by_name(whole, part, store) if conversation is None else _within(whole, part, conversation, store)
        if not parting.told:
            where = "under that name" if conversation is None else f"in {conversation}"
            raise UsageError(f"nothing tells of {whole.name} {where}", f"see `memcli entity show {whole.id}`")
        _refuse_taken(store, whole, parting.part, named=conversation is not None)
        who = _identities(store, whole, parting.part)
        state = who.split(whole, parting.part, parting.told, parting.claims)
        if whole.id in who.gone():
            raise UsageError(f"nothing else tells of {whole.name}", "there is nothing to part it from")
        return _decided(store, who, Action.SPLIT, whole.id, parting.part.id, state, reason)


def _decided(
    store: Store, who: Identities, action: Action, subject: str, other: str, state: Json, reason: str
) -> list[Event]:
    ledger, moves = Ledger.of_now(), Moves.of(who)
    opinions = moved_opinions(moves, store, {})
    new = {**state, "votes": opinions.handed}
    event = ledger.event(action, subject, other=other, new=new, reason=reason, decided_by=PERSON)
    store.save(together(who.changed(event), opinions.changed(), settled_anew(moves, store, ledger)))
    return [event]


def _entity(store: Store, name: str) -> Entity:
    entity = find(store, name, NodeKind.ENTITY)
    assert isinstance(entity, Entity)
    return entity


def _identities(store: Store, *entities: Entity) -> Identities:
    """Entities as they are; one that is not there yet may be among them."""
    ids = [each.id for each in entities]
    found = [node for node in store.nodes(Selection((NodeKind.ENTITY,), ids=tuple(ids))) if isinstance(node, Entity)]
    return Identities.of(found, store.edges(ids, ()), list(store.events(ids)))


def _by_name(whole: Entity, part: str, store: Store) -> _Parting:
    """What is told of `whole` under its name `part`; what tells of both is told of both."""
    folded = fold(part)
    spelled = [name for name in whole.aliases if fold(name) == folded]
    others = {fold(name) for name in (whole.name, *whole.aliases)} - {folded}
    if folded == fold(whole.name) or not spelled:
        what = "is the name it keeps" if folded == fold(whole.name) else f"is no name of {whole.name}"
        raise UsageError(f"{part!r} {what}", "name one of its other names, or a --conversation that is about another")
    told: dict[Ends, bool] = {}
    spelt = _spelt(whole, spelled[0], store)
    for key, said in _said(whole, store):
        if key[1] in (EdgeKind.SAID_BY, EdgeKind.CONCERNS):
            if spelt.get(key[0], any(fold(each.speaker or "") == folded for each in said)):
                told[key] = True
            continue
        text = " \n ".join(f"{each.title or ''} \n {each.text}" for each in said)
        if tells_of(text, {folded}):
            told[key] = not tells_of(text, others)
    entity = Entity(content_id("entity", folded), spelled[0], whole.label, tuple(spelled[1:]))
    return _Parting(entity, told, [(folded, "")])


def _spelt(whole: Entity, part: str, store: Store) -> dict[str, bool]:
    """Of the facts about `whole`, by id, whether they are stated of `part`; what only concerns who says it is not."""
    names = {fold(each) for each in (whole.name, *whole.aliases)}
    told = ((each, kin_of(each, names)) for each in concerning(store, whole.id))
    return {each.id: spelt_as(each, part, kin) for each, kin in told if kin is not None}


def _refuse_taken(store: Store, whole: Entity, part: Entity, *, named: bool) -> None:
    """Refuse to part what would become another entity that there is: one called like `part` or, where the name is a
    new one that somebody `named`, known under it.

    Raises:
        UsageError: there is one.
    """
    folded = fold(part.name)
    for other in (match.entity for match in store.resolve([folded])):
        names = (other.name, *(other.aliases if named else ()))
        if other.id != whole.id and folded in map(fold, names):
            raise UsageError(
                f"{part.name!r} is another entity already, {other.name} ({other.id})",
                f"give the part a name of its own; if both are one, `memcli entity merge` that into {other.id}",
            )


def _within(whole: Entity, part: str, conversation: str, store: Store) -> _Parting:
    """What is told of `whole` in a conversation, under the new name `part`."""
    named = " ".join(part.split())
    names = (whole.name, *whole.aliases)
    folded = sorted({fold(name) for name in names})
    if not fold(named) or fold(named) in folded:
        raise UsageError(f"{part!r} tells nobody from {whole.name}", "give it a name of its own")
    told: dict[Ends, bool] = {}
    for key, said in _said(whole, store):
        here = [each.conversation == conversation for each in said]
        if any(here):
            told[key] = all(here)
    entity = Entity(content_id("entity", fold(named)), named, whole.label, tuple(sorted(names)))
    return _Parting(entity, told, [(name, conversation) for name in folded])


def _said(whole: Entity, store: Store) -> Iterator[tuple[Ends, Sequence[Interaction]]]:
    """Yield each edge by which something that was said tells of `whole`, with that."""
    edges = list(store.edges([whole.id], _TELLING))
    origins: dict[str, set[str]] = {edge.source: {edge.source} for edge in edges}
    for kind in (EdgeKind.STATED_IN, EdgeKind.DERIVED_FROM):
        near = {id for some in origins.values() for id in some}
        steps: dict[str, set[str]] = defaultdict(set)
        for edge in store.edges(sorted(near), (kind,)):
            steps[edge.source].add(edge.target)
        # What has no such step, stands for itself.
        origins = {id: {end for one in some for end in steps.get(one, {one})} for id, some in origins.items()}
    ids = tuple(sorted({id for some in origins.values() for id in some}))
    nodes = store.nodes(Selection((NodeKind.INTERACTION,), ids=ids)) if ids else ()
    said = {node.id: node for node in nodes if isinstance(node, Interaction)}
    for edge in edges:
        yield ends(edge), [said[id] for id in sorted(origins[edge.source]) if id in said]
