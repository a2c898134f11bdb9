"""Links between notes that a model confirms, calls by another relation, or takes back, and what evolves by that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from graph import history
from graph.evolution.events import Ledger, link_state, note_states
from graph.evolution.revision import revised
from graph.evolution.undo import Past
from graph.llm.links import Judged, Verdicts, checked, task
from graph.model import (
    Action,
    Changes,
    Edge,
    EdgeKind,
    Event,
    Interaction,
    Note,
    Relation,
    Removal,
    by_rule,
    when_decided,
)
from graph.ports import Store
from graph.refining.batch import LOOKED_UP, Batch, Refused, Settled, Size, portions, said_in


class _Linked(Struct, frozen=True):
    """A link with the notes at its ends, and what was said in them."""

    edge: Edge
    later: tuple[Note, Interaction]
    earlier: tuple[Note, Interaction]

    @property
    def pair(self) -> tuple[Interaction, Interaction]:
        """What is shown of it."""
        return self.later[1], self.earlier[1]


def batches(store: Store, model: str, size: Size, refusals: Refused) -> Iterator[Batch]:
    """Yield what `model` may decide about links that rules have made, and nobody since."""
    edges = [
        edge
        for edge in store.edges(None, (EdgeKind.LINKS_TO,))
        if by_rule(edge.decided_by)
        # That one note has the words of another needs no judgement.
        and edge.relation != Relation.REPEATS
        and (edge.source, edge.target) not in refusals.links
    ]
    for start in range(0, len(edges), LOOKED_UP):
        some = edges[start : start + LOOKED_UP]
        ends = said_in(store, sorted({id for edge in some for id in (edge.source, edge.target)}))
        linked = [
            _Linked(edge, ends[edge.source], ends[edge.target])
            for edge in some
            if edge.source in ends and edge.target in ends
        ]
        for held, asked in portions(linked, lambda those: task([each.pair for each in those]), size):
            yield Batch(asked, len(held), partial(_settle, store, model, held))


def _settle(store: Store, model: str, about: Sequence[_Linked], reply: Verdicts) -> Settled:
    verdicts = list(checked(reply, [each.pair for each in about]))
    ledger = Ledger.of_now()
    settled = Settled(ungrounded=verdicts.count(None))
    confirmed: list[Changes] = []
    with store.transaction(write=True):
        ids = sorted({each.edge.source for each in about})
        now = {(edge.source, edge.target): edge for edge in store.edges(ids, (EdgeKind.LINKS_TO,))}
        for each, verdict in zip(about, verdicts, strict=True):
            if verdict is None:
                continue
            done = now.get((each.edge.source, each.edge.target)) == each.edge
            changed = done and verdict.relation.value != each.edge.relation
            if changed:
                done = changed = _decide(store, each.edge, verdict, ledger, model)
            elif done:
                after = replace(each.edge, reason=verdict.reason, decided_by=model)
                confirmed.append(_linked(each.edge, after, ledger))
            settled += Settled(int(done), int(changed), 0, int(not done))
        edges = tuple(edge for each in confirmed for edge in each.edges)
        store.save(Changes(edges=edges, events=tuple(event for each in confirmed for event in each.events)))
    return settled


def _decide(store: Store, edge: Edge, verdict: Judged, ledger: Ledger, model: str) -> bool:
    """Write that a link is another one, or none; whether that could be done."""
    relation = verdict.relation.relation
    # What a link brought about goes with it, unless somebody has built on that.
    made = _made_by(store, edge)
    gone = history.taken_back(store, made, ledger, model) if made else _unlinked(edge, verdict, ledger, model)
    if gone is None:
        return False
    store.save(gone)
    if relation is not None:
        after = replace(edge, relation=relation.value, reason=verdict.reason, decided_by=model)
        store.save(_linked(None, after, ledger))
        store.save(_evolved(store, after, ledger))
    return True


def _made_by(store: Store, edge: Edge) -> Event | None:
    """The event by which the link is as it is; none in memories that are older than events."""
    past = Past.of(store.events([edge.source]))
    made = [
        each
        for each in past.events.values()
        if each.action is Action.LINK and (each.subject, each.other) == (edge.source, edge.target) and past.holds(each)
    ]
    return max(made, key=when_decided, default=None)


def _linked(before: Edge | None, after: Edge, ledger: Ledger) -> Changes:
    states = {"old": link_state(before), "new": link_state(after)}
    event = ledger.event(
        Action.LINK, after.source, other=after.target, reason=after.reason, decided_by=after.decided_by, **states
    )
    return Changes(edges=(after,), events=(event,))


def _unlinked(edge: Edge, verdict: Judged, ledger: Ledger, model: str) -> Changes:
    event = ledger.event(
        Action.UNLINK, edge.source, other=edge.target, old=link_state(edge), reason=verdict.reason, decided_by=model
    )
    gone = (edge.source, EdgeKind.LINKS_TO, edge.target)
    return Changes(events=(event,), removed=Removal(edges=(gone,)))


def _evolved(store: Store, edge: Edge, ledger: Ledger) -> Changes:
    """What changes of the earlier note in the light of the later one, as they are by now."""
    made = _made_by(store, edge)
    ends = said_in(store, [edge.source, edge.target])
    (later, answer), (earlier, said) = ends[edge.source], ends[edge.target]
    after = revised(earlier, said.text, edge, later, answer)
    if after == earlier or made is None:
        return Changes()
    old, new = note_states(earlier, after)
    event = ledger.event(
        Action.EVOLVE,
        earlier.id,
        other=later.id,
        old=old,
        new=new,
        reason=edge.reason,
        decided_by=edge.decided_by,
        cause=made.id,
    )
    return Changes((after,), events=(event,))
