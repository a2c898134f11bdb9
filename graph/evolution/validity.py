"""When facts hold: a newer value of a relation that has one at a time ends the older, and nothing is deleted.

Graphiti's edge invalidation (arXiv 2501.13956, section 2.2.3), settled in code by the latest valid time among the
candidates as arXiv 2606.01435 has it, not by a model. All follows from the facts alone, so that it makes no difference
in which order they came.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from graph.evolution.events import Ledger
from graph.model import PERSON, Action, Edge, EdgeKind, Ends, Event, Fact, ends
from graph.relations import CERTAIN, OVER, order, slot, start_of, telling, value_of
from graph.text import fold


class Settled(Struct):
    """Facts as they ought to be, by id, and the edges between them, by their ends."""

    facts: dict[str, Fact] = field(default_factory=dict)
    edges: dict[Ends, Edge] = field(default_factory=dict)


def settled(facts: Iterable[Fact]) -> Settled:
    """All of `facts` with the time to which each holds; of relations that have many values, as they are.

    What was retracted, doubted or has no time ends nothing; what says that something is over ends that, and nothing
    else. What a person decided stays.
    """
    found = Settled()
    slots: dict[str, list[Fact]] = defaultdict(list)
    for each in facts:
        found.facts[each.id] = each
        if key := slot(each.subject, each.relation):
            slots[key].append(each)
    for some in slots.values():
        _settle(some, found)
    return found


def known_at(facts: Iterable[Fact], moment: str) -> list[Fact]:
    """`facts` as known at `moment`, an ISO 8601 prefix: without what was said later, and what that changed."""
    said = [each for each in facts if (each.recorded_at or "")[: len(moment)] <= moment]
    back = (
        each if (each.retracted_at or "")[: len(moment)] <= moment else replace(each, retracted_at=None)
        for each in said
    )
    return list(settled(replace(each, valid_to=None) for each in back).facts.values())


def as_spoken(facts: Iterable[Fact], conversations: Mapping[str, str]) -> list[Fact]:
    """`facts` as a question sees them: in one conversation the order is known without a time, and a value that is told
    without one ends those told before it, at a time that is not known (`valid_to` is empty then, which is not kept).

    `conversations` are those of the notes. What is retracted or doubted ends nothing, and what a person decided stays.
    """
    facts = list(facts)
    undated: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    places = [(slot(each.subject, each.relation), conversations.get(each.note, "")) for each in facts]
    for place, each in zip(places, facts, strict=True):
        if all(place) and _told(each) and each.valid_from is None:
            undated[place].append(each)
    last = {place: telling(sorted(some, key=lambda each: each.position))[-1] for place, some in undated.items()}
    return [
        replace(each, valid_to="") if (later := last.get(place)) and _outspoken(each, later) else each
        for place, each in zip(places, facts, strict=True)
    ]


def _outspoken(fact: Fact, later: Fact) -> bool:
    over = fact.position < later.position and value_of(fact) != value_of(later)
    return over and fact.valid_to is None and fact.decided_by != PERSON


def decisions(before: Settled, after: Settled, ledger: Ledger) -> Iterator[Event]:
    """Yield an event for each fact that ends otherwise in `after` than in `before`, where it may not be."""
    ending = ({edge.source: edge.target for edge in each.edges.values() if _ends(edge)} for each in (before, after))
    old, new = ending
    for id, fact in after.facts.items():
        was = before.facts.get(id)
        states = [_state(each, closer) for each, closer in ((was, old.get(id)), (fact, new.get(id)))]
        if states[0] != states[1]:
            closer = new.get(id, "")
            reason = after.facts[closer].text if closer else ""
            yield ledger.event(
                Action.CLOSE, id, other=closer, old=states[0], new=states[1], reason=reason, cause=closer
            )


def _state(fact: Fact | None, closer: str | None) -> dict[str, str | None]:
    return {"valid_to": fact.valid_to if fact else None, "ended_by": closer}


def _ends(edge: Edge) -> bool:
    return edge.kind is EdgeKind.ENDED_BY


def _settle(some: Sequence[Fact], found: Settled) -> None:
    """Put right the facts of one relation of somebody."""
    stated = sorted((each for each in some if _stands(each)), key=order)
    standing = telling(stated)
    found.facts |= {each.id: replace(each, valid_to=None) for each in stated if each.decided_by != PERSON}
    closer: Fact | None = None
    after: Fact | None = None
    for each in reversed(standing):
        if after is not None and value_of(after) != value_of(each):
            closer = after
        after = each
        if each.decided_by == PERSON or closer is None:
            continue
        found.facts[each.id] = replace(each, valid_to=closer.valid_from)
        why = "it is over" if closer.state == OVER else "a newer value"
        _tie(Edge(each.id, closer.id, EdgeKind.ENDED_BY, reason=why), found)
    open_ = sorted((each for each in some if not _stands(each) and each.retracted_at is None), key=order)
    before: Fact | None = None
    for each in open_:
        other = _holding(each, standing) or before
        if other and _disagree(each, other):
            why = "without a time" if _told(each) else "doubted"
            _tie(Edge(each.id, other.id, EdgeKind.CONFLICTS_WITH, reason=why), found)
        before = each


def _told(fact: Fact) -> bool:
    """Whether a fact may end others, as far as times are known."""
    return fact.state in (CERTAIN, OVER) and fact.retracted_at is None


def _stands(fact: Fact) -> bool:
    return _told(fact) and fact.valid_from is not None


def _disagree(one: Fact, other: Fact) -> bool:
    """Whether two facts of a relation cannot both be so: two values, or a value and that it is over."""
    if (one.state == OVER) == (other.state == OVER):
        return value_of(one) != value_of(other)
    return "" in (one.object, other.object) or fold(one.object) == fold(other.object)


def _holding(fact: Fact, standing: Sequence[Fact]) -> Fact | None:
    """The one of `standing`, in order of time, that holds when `fact` begins, else the first."""
    if not fact.valid_from:
        return standing[-1] if standing else None
    earlier = bisect_right(standing, start_of(fact.valid_from), key=lambda each: start_of(each.valid_from))
    return standing[max(0, earlier - 1)] if standing else None


def _tie(edge: Edge, found: Settled) -> None:
    found.edges[ends(edge)] = edge
