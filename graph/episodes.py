"""The episodes of one batch, and of a memory that was made before there were any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from graph.evolution.events import Ledger, marked
from graph.ids import episode_id
from graph.model import (
    Changes,
    Edge,
    EdgeKind,
    Episode,
    Event,
    Form,
    Frontier,
    Interaction,
    Node,
    NodeKind,
    Removal,
    Selection,
)
from graph.ports import REACH, Store
from graph.store.batches import batches, edges_of, nodes_of
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
    # One that nothing was said in stays as it is; one that goes on is not folded any more.
    held = frontier.episodes
    sizes = Counter(held.values())
    return regrouped([run for run in runs if not _is_held(run, held, sizes)], held, {})


def going_on(episodes: Changes, frontier: Frontier) -> list[str]:
    """The ids of those that `continued` makes otherwise than they are."""
    return sorted({each.id for each in episodes.nodes}.intersection(frontier.episodes.values()))


def unfolded(new: Sequence[Interaction], before: Iterable[Node]) -> list[Event]:
    """The events that what is `new`, of a batch, unfolds episodes that go on; `before` has these as they were. The
    first message of the batch in its conversation brings each about."""
    ledger = Ledger.of_now()
    first = {each.conversation: each.id for each in reversed(new) if each.form is Form.MESSAGE}
    folded = (each for each in before if isinstance(each, Episode) and each.folded_strength is not None)
    return [marked(ledger, each, None, first[each.conversation], "rule") for each in folded]


def _is_held(run: Sequence[Interaction], held: Mapping[str, str], sizes: Mapping[str, int]) -> bool:
    """Whether the messages of `run`, no more and no fewer, are those of an episode."""
    id = episode_id(run[0].id)
    return sizes.get(id) == len(run) and all(held.get(each.id) == id for each in run)


def regrouped(runs: Sequence[Sequence[Interaction]], held: Mapping[str, str], folded: Mapping[str, int]) -> Changes:
    """What makes each of `runs` the episode of its messages, of which some are `held` by one, by their ids; one that
    loses all that it held goes.

    A run whose messages are all of one episode, or what is left of it, stays folded as that is: `folded` are the
    strengths at which episodes were, by their ids.
    """
    episodes = [_as_folded(episode(run), {held.get(each.id, "") for each in run}, folded) for run in runs]
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


def _as_folded(made: Episode, before: Set[str], folded: Mapping[str, int]) -> Episode:
    (only, *others) = before
    return made if others or only not in folded else replace(made, folded_strength=folded[only])


def remade(held: Mapping[str, str], store: Store) -> Changes:
    """What makes episodes right that hold these messages alone, given as the episode of each, by their ids. One that
    has lost its first message has another id then, since its own was made of that, and what was decided about it is
    about that one from then on."""
    runs: dict[str, list[Interaction]] = {}
    found = nodes_of(sorted(held), (NodeKind.INTERACTION,), store)
    said = (each for each in found if isinstance(each, Interaction))
    for each in sorted(said, key=lambda each: each.position):
        runs.setdefault(held[each.id], []).append(each)
    right = regrouped(list(runs.values()), held, _folded({*held.values()}, store))
    called = {name: episode_id(run[0].id) for name, run in runs.items()}
    told = [event for some in batches(right.removed.nodes) for event in store.events(some) if event.subject in called]
    events = tuple(replace(each, subject=called[each.subject]) for each in told)
    return replace(right, removed=replace(right.removed, events=tuple(each.id for each in told)), events=events)


def recut(store: Store, conversations: Collection[str] | None = None) -> RecutReport:
    """Cut these conversations, else all, anew, a transaction for each batch of episodes; what was cut so already stays
    as it is. A run that was broken off is made good by the next.

    Raises:
        StoreError: the store fails. What was committed stays.
    """
    messages = episodes = new = 0
    if conversations is None:
        conversations = {each.conversation for each in _messages(store)}
    for name in sorted(conversations):
        said, found, fresh = _recut(name, store)
        messages, episodes, new = messages + said, episodes + found, new + fresh
    return RecutReport(messages, episodes, new)


def _recut(conversation: str, store: Store) -> tuple[int, int, int]:
    """Cut one conversation as it is by now; the numbers of its messages, its episodes, and the new ones of these."""
    new = 0
    while True:
        said = sorted(_messages(store, conversation), key=lambda each: each.position)
        runs = list(_cut(said, Cutter()))
        for some in batches(runs):
            made = persistently(partial(_regroup, some, said[-1], store))
            if made is None:
                break
            new += made
        else:
            return len(said), len(runs), new


def _regroup(runs: Sequence[Sequence[Interaction]], last: Interaction, store: Store) -> int | None:
    """Make `runs` of a conversation episodes; how many of these are new. None where some of their messages are there no
    longer, or its `last` one is no longer the last: then nothing is done, since it has to be cut anew."""
    ids = [each.id for run in runs for each in run]
    with store.transaction(write=True):
        now = store.frontier(ids, [last.conversation])
        end = now.tails.get(last.conversation, ())
        if len(now.known) < len(ids) or not end or end[-1].id != last.id:
            return None
        held = _held(ids, store)
        changes = regrouped(runs, held, _folded({*held.values()}, store))
        return store.save(changes).get(NodeKind.EPISODE, 0)


def _messages(store: Store, conversation: str | None = None) -> Iterator[Interaction]:
    for each in store.nodes(Selection((NodeKind.INTERACTION,), conversation)):
        if isinstance(each, Interaction) and each.form is Form.MESSAGE:
            yield each


def _held(ids: Sequence[str], store: Store) -> dict[str, str]:
    return {edge.source: edge.target for edge in edges_of(ids, (EdgeKind.PART_OF,), store)}


def _folded(ids: Collection[str], store: Store) -> dict[str, int]:
    """The strengths at which those episodes were folded that were, by their ids."""
    found = nodes_of(sorted(ids), (NodeKind.EPISODE,), store)
    return {each.id: each.folded_strength for each in found if isinstance(each, Episode) and each.folded_strength}


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
