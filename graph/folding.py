"""Folding: a digest stands for an episode that has faded, and nothing is deleted.

What MemoryBank (arXiv 2305.10250, section 2.3) would forget is folded here: a mark on the episode is all that is
written, and events tell of it, so that it can be undone. Messages, notes, facts and what rests on them stay as they
are, and are found as ever. Where several messages of a folded episode are found that are not among the best, one hit
stands for them: it has the words of the best of these and central sentences of the others, and it cites them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from graph.digests import QUOTES
from graph.evolution.events import Ledger, marked
from graph.model import (
    Changes,
    Episode,
    Event,
    NodeKind,
    Selection,
)
from graph.ports import Store
from graph.rank.fusion import Scored
from graph.retention import Remembered, age, episode_of, folded_among, listed
from graph.store.batches import batches
from graph.store.retrying import persistently
from graph.tiers.digests import central

_SEVERAL = 2
"""Hits of a folded episode that one may stand for."""


class Faint(Struct, frozen=True):
    """Which episodes are faint, by the clock: those with a retention below `bound`; where `older` is given, those that
    ended more than so many days ago, in place of them. A strength of 1 lasts `days`; `now` has an offset."""

    days: float
    now: datetime
    bound: float
    older: float | None = None

    def has(self, kept: Remembered) -> bool:
        """Whether an episode is one; none of which no time is known is."""
        if self.older is None:
            return kept.retention is not None and kept.retention < self.bound
        old = age(kept.episode, self.now)
        return old is not None and old > self.older


class Folded(Struct, frozen=True):
    """The episodes that were folded, or would be; `events` are one batch, which is undone with the first of them."""

    episodes: tuple[Remembered, ...]
    events: tuple[Event, ...] = ()


def fold(store: Store, faint: Faint, names: Sequence[str] = (), *, dry_run: bool = False) -> Folded:
    """Fold the episodes that are faint and not folded, a transaction for each batch of them; with `names`, those with
    these ids, or of the messages or notes with them, faint or not.

    Raises:
        NotFoundError: there is none of a name.
        StoreError: the store cannot be written. What was committed stays.
    """
    ids = tuple(sorted({episode_of(store, each).id for each in names}))
    kept = listed(store, Selection(ids=ids), faint.days, faint.now)
    weak = [each for each in kept if not each.folded and (names or faint.has(each))]
    if dry_run:
        return Folded(tuple(weak))
    ledger, events = Ledger.of_now(), list[Event]()
    for some in batches(weak):
        events += persistently(partial(_fold, some, ledger, events[0].id if events else "", store))
    done = {each.subject for each in events}
    return Folded(tuple(each for each in weak if each.episode.id in done), tuple(events))


def unfold(store: Store, name: str) -> list[Event]:
    """Unfold the episode with the id `name`, or of the message or note with that id; no event if it is not folded.

    Raises:
        NotFoundError: there is none.
    """
    with store.transaction(write=True):
        found = episode_of(store, name)
        if found.folded_strength is None:
            return []
        event = marked(Ledger.of_now(), found, None)
        store.save(Changes((replace(found, folded_strength=None),), events=(event,)))
        return [event]


def _fold(weak: Sequence[Remembered], ledger: Ledger, cause: str, store: Store) -> list[Event]:
    """Fold those of `weak` that are still what they were; the events, all but the first of all caused by that."""
    with store.transaction(write=True):
        ids = tuple(each.episode.id for each in weak)
        there = {node.id: node for node in store.nodes(Selection((NodeKind.EPISODE,), ids=ids))}
        nodes, events = [], list[Event]()
        for each in weak:
            if there.get(each.episode.id) == each.episode:
                nodes.append(replace(each.episode, folded_strength=each.strength))
                events.append(marked(ledger, each.episode, each.strength, cause or (events[0].id if events else "")))
        store.save(Changes(tuple(nodes), events=tuple(events)))
        return events


class Run(Struct, frozen=True):
    """Messages of a folded episode that were `found`, the best first, and the `text` of the one hit that stands for
    them: the words of the best, and central sentences of the others."""

    episode: Episode
    found: tuple[Scored, ...]
    text: str

    @classmethod
    def of(cls, episode: Episode, found: Sequence[Scored]) -> Run:
        """That of messages of `episode`, the best first."""
        best, *others = (each.interaction for each in found)
        others.sort(key=lambda each: each.position)
        told = (f"{each.speaker}: {each.text}" if each.speaker else each.text for each in central(others, QUOTES))
        return cls(episode, tuple(found), "\n".join([best.text, *told]))


def folded(
    ranked: Sequence[Scored], among: range, kept: Collection[str], episodes: Mapping[str, Episode], store: Store
) -> tuple[list[Scored], dict[str, Run]]:
    """`ranked` without those, with places in `among`, that another of their folded episode stands for there; and the
    runs, by the interaction of the best. Those with the ids `kept` stand for themselves; `episodes` are those that were
    folded, by the interaction.

    Reads the store, within the caller's transaction, where several are of one of these, in a number of calls that does
    not depend on how many.
    """
    runs: dict[str, list[Scored]] = defaultdict(list)
    for each in ranked[among.start : among.stop]:
        if each.interaction.id in episodes and each.interaction.id not in kept:
            runs[episodes[each.interaction.id].id].append(each)
    several = {each.id: each for each in episodes.values() if len(runs.get(each.id, ())) >= _SEVERAL}
    found = [Run.of(each, runs[each.id]) for each in folded_among(several.values(), store)]
    gone = {other.interaction.id for run in found for other in run.found[1:]}
    left = [each for each in ranked if each.interaction.id not in gone]
    return left, {run.found[0].interaction.id: run for run in found}
