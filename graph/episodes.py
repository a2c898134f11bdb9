"""The episodes of one batch, and of a memory that was made before there were any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from graph.model import (
    Changes,
    Edge,
    EdgeKind,
    Form,
    Frontier,
    Interaction,
    NodeKind,
    Removal,
    Selection,
)
from graph.ports import REACH, Store
from graph.store.batches import batches
from graph.store.retrying import persistently
from graph.tiers.episodes import Cutter, episode


class RecutReport(Struct, frozen=True):
    """What one run did: `messages` that were looked at, `episodes` that there are, and how many of these are `new`."""

    messages: int
    episodes: int
    new: int


def continued(new: Sequence[Interaction], frontier: Frontier) -> Changes:
    """What a batch of placed interactions does to episodes."""
    by_conversation: dict[str, list[Interaction]] = {}
    for each in new:
        if each.form is Form.MESSAGE:
            by_conversation.setdefault(each.conversation, []).append(each)
    runs: list[list[Interaction]] = []
    for name, said in by_conversation.items():
        tail = frontier.tails.get(name, ())
        runs += _cut(said, Cutter.behind(tail, _open(tail, frontier.episodes)))
    return regrouped(runs, frontier.episodes)


def regrouped(runs: Sequence[Sequence[Interaction]], held: Mapping[str, str]) -> Changes:
    """What makes each of `runs` the episode of its messages, of which some are `held` by one, by their ids; one that
    loses all that it held goes."""
    episodes = [episode(run) for run in runs]
    pairs = ((each.id, into.id) for run, into in zip(runs, episodes, strict=True) for each in run)
    moved = [(id, into) for id, into in pairs if held.get(id) != into]
    left = {id: held[id] for id, _ in moved if id in held}
    return Changes(
        tuple(episodes),
        tuple(Edge(id, into, EdgeKind.PART_OF) for id, into in moved),
        removed=Removal(
            nodes=tuple(sorted({*left.values()} - {each.id for each in episodes})),
            edges=tuple((id, EdgeKind.PART_OF, name) for id, name in left.items()),
        ),
    )


def remade(held: Mapping[str, str], store: Store) -> Changes:
    """What makes episodes right that hold these messages alone, given as the episode of each, by their ids. One that
    has lost its first message has another id then: its own was made of that."""
    runs: dict[str, list[Interaction]] = {}
    found = (
        node for some in batches(sorted(held)) for node in store.nodes(Selection((NodeKind.INTERACTION,), ids=some))
    )
    said = (each for each in found if isinstance(each, Interaction))
    for each in sorted(said, key=lambda each: each.position):
        runs.setdefault(held[each.id], []).append(each)
    return regrouped(list(runs.values()), held)


def recut(store: Store) -> RecutReport:
    """Cut all conversations anew, a transaction each; what was cut so already stays as it is.

    Raises:
        StoreError: the store fails. What was committed stays.
    """
    messages = episodes = new = 0
    for name in sorted({each.conversation for each in _messages(store)}):
        said, found, fresh = persistently(partial(_recut, name, store))
        messages, episodes, new = messages + said, episodes + found, new + fresh
    return RecutReport(messages, episodes, new)


def _recut(conversation: str, store: Store) -> tuple[int, int, int]:
    """Cut one conversation as it is by now; the numbers of its messages, its episodes, and the new ones of these."""
    with store.transaction(write=True):
        said = sorted(_messages(store, conversation), key=lambda each: each.position)
        runs = list(_cut(said, Cutter()))
        new = store.save(regrouped(runs, _held([each.id for each in said], store)))
    return len(said), len(runs), new.get(NodeKind.EPISODE, 0)


def _messages(store: Store, conversation: str | None = None) -> Iterator[Interaction]:
    for each in store.nodes(Selection((NodeKind.INTERACTION,), conversation)):
        if isinstance(each, Interaction) and each.form is Form.MESSAGE:
            yield each


def _held(ids: Sequence[str], store: Store) -> dict[str, str]:
    found = (edge for some in batches(ids) for edge in store.edges(some, (EdgeKind.PART_OF,)))
    return {edge.source: edge.target for edge in found}


def _cut(said: Iterable[Interaction], cutter: Cutter) -> Iterator[list[Interaction]]:
    """Yield the episodes that `said` makes, those that may go on at the end."""
    for turn in said:
        yield from cutter.add(turn)
    yield from cutter.left()


def _open(tail: Sequence[Interaction], held: Mapping[str, str]) -> list[list[Interaction]]:
    """The messages of the episodes at a conversation's end that may go on: all of them, since these reach back no
    further than the end."""
    going_on = {held.get(each.id) for each in tail if each.position > tail[-1].position - REACH}
    last = {each.session: held.get(each.id) for each in tail}
    members: dict[str, list[Interaction]] = {}
    for each in tail:
        name = held.get(each.id)
        if name is not None and name in going_on and last[each.session] == name:
            members.setdefault(name, []).append(each)
    return list(members.values())
