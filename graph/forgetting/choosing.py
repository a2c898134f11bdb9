"""Which interactions are meant by what somebody wants forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph.errors import NotFoundError, UsageError
from graph.lookup import find
from graph.model import EdgeKind, Entity, Interaction, NodeKind, Selection
from graph.ports import Store
from graph.store.batches import edges_of
from graph.text import fold, tells_of


class Wanted(Struct, frozen=True):
    """What is to be forgotten: the interactions that fit all that is given, or an entity.

    `messages` are ids of interactions, or ids given at ingest; `speaker` is who said them, and `matching` is looked for
    in texts and titles, both whatever the case; `entity` is an id, a name or an alias, and takes the interactions that
    tell of it along only `with_messages`.
    """

    messages: tuple[str, ...] = ()
    conversation: str | None = None
    since: str | None = None
    until: str | None = None
    speaker: str | None = None
    matching: str | None = None
    entity: str | None = None
    with_messages: bool = False
    everything: bool = False


def chosen(wanted: Wanted, store: Store) -> list[str]:
    """The ids of the interactions that fit, sorted.

    Raises:
        NotFoundError: a message that is named is not there.
        UsageError: nothing is named, or a name means messages of several conversations.
    """
    if wanted == Wanted():
        raise UsageError("nothing is named that could be forgotten", "name a message, or see `memcli forget --help`")
    if wanted.entity is not None:
        return _telling_of(named(wanted.entity, store), store) if wanted.with_messages else []
    fitting = (each for each in _within(wanted, store) if _fits(each, wanted))
    if not wanted.messages:
        return [each.id for each in fitting]
    found = list(fitting)
    _check_names(wanted.messages, found)
    return [each.id for each in found]


def named(name: str, store: Store) -> Entity:
    """The entity with that id, name or alias.

    Raises:
        NotFoundError: there is none.
    """
    node = find(store, name, NodeKind.ENTITY)
    assert isinstance(node, Entity)
    return node


def names_of(entity: Entity, store: Store) -> set[str]:
    """Its folded names, but for those that others have as well: what tells of these, may tell of another."""
    names = {fold(name) for name in (entity.name, *entity.aliases)}
    others = (match.entity for match in store.resolve(sorted(names)) if match.entity.id != entity.id)
    return names - {fold(name) for other in others for name in (other.name, *other.aliases)}


def _within(wanted: Wanted, store: Store) -> Iterator[Interaction]:
    ids = wanted.messages
    # Messages that are all named by their ids need no look at others.
    ids = ids if ids and store.frontier(ids).known >= {*ids} else ()
    selection = Selection((NodeKind.INTERACTION,), wanted.conversation, since=wanted.since, until=wanted.until, ids=ids)
    return (node for node in store.nodes(selection) if isinstance(node, Interaction))


def _fits(said: Interaction, wanted: Wanted) -> bool:
    if wanted.messages and not {said.id, said.key} & {*wanted.messages}:
        return False
    if wanted.speaker is not None and fold(said.speaker or "") != fold(wanted.speaker):
        return False
    if wanted.matching is None:
        return True
    return wanted.matching.casefold() in f"{said.title or ''}\n{said.text}".casefold()


def _check_names(names: Sequence[str], found: Sequence[Interaction]) -> None:
    for name in names:
        places = {each.conversation for each in found if name in (each.id, each.key)}
        if not places:
            raise NotFoundError(f"there is no message {name!r} that fits", "`memcli ask` and exports tell the ids")
        if len(places) > 1:
            raise UsageError(
                f"{len(places)} conversations have a message {name!r}", "name one of them with --conversation"
            )


def _telling_of(entity: Entity, store: Store) -> list[str]:
    """The interactions that `entity` said, or whose notes or texts name it."""
    about = store.edges([entity.id], (EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.SAID_BY))
    near = {edge.source for edge in about}
    near |= {edge.target for edge in edges_of(sorted(near), (EdgeKind.DERIVED_FROM,), store)}
    names = names_of(entity, store)
    return [
        node.id
        for node in store.nodes(Selection((NodeKind.INTERACTION,)))
        if isinstance(node, Interaction)
        and (node.id in near or tells_of(f"{node.speaker or ''} \n {node.title or ''} \n {node.text}", names))
    ]
