"""What people decide about insights: votes, other words, merges, and feedback on answers that used them.

After G-Memory (arXiv 2506.07398, 3.3). Each is an event, which `graph.history.undo` undoes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence, Set

from msgspec import Struct
from msgspec.structs import replace

from graph.errors import NotFoundError, UsageError
from graph.evolution.events import Ledger
from graph.lookup import called, find
from graph.model import (
    PERSON,
    Action,
    Changes,
    Edge,
    EdgeKind,
    Event,
    Fact,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Note,
    Selection,
    when_decided,
)
from graph.ports import Store
from graph.store.batches import edges_of, nodes_of
from graph.text import fold
from graph.tiers.insights import ended
from graph.tiers.votes import ANSWER, BAD, EDIT, GOOD, MERGED, Vote, merged, score, settled, used_by, weight


class InsightPage(Struct, frozen=True):
    """An insight with all that bears on it: the notes and messages that support it, by the note, the insights that
    oppose it, those that are near, what was decided, in order of time, and until when it held, as
    `graph.tiers.insights.ended` has it."""

    insight: Insight
    support: Sequence[tuple[Note, Interaction]]
    opposed: Sequence[Insight]
    near: Sequence[Insight]
    events: Sequence[Event]
    until: str | None


class Feedback(Struct, frozen=True):
    """What feedback on an answer came to: the votes, and the id of the `query` that it answers (empty: it was not
    remembered), and whether the outcome of that is another now."""

    events: tuple[Event, ...]
    query: str
    judged: bool


def vote(store: Store, name: str, cast: Vote, reason: str) -> list[Event]:
    """Vote for or against the insight `name`.

    Raises:
        NotFoundError: there is no such insight.
    """
    with store.transaction(write=True):
        insight = _insight(store, name)
        value = weight(cast, store.info().nodes.get(NodeKind.INSIGHT, 0))
        return _save(store, insight, _cast(insight, value, Ledger.of_now(), cast.value, reason=reason))


def edit(store: Store, name: str, text: str, reason: str) -> list[Event]:
    """Give the insight `name` another `text`, which is a vote for it; no event if it has that.

    Raises:
        NotFoundError: there is no such insight.
        UsageError: the text is empty.
    """
    words = " ".join(text.split())
    if not words:
        raise UsageError("an insight says something", "give it some words")
    with store.transaction(write=True):
        insight = _insight(store, name)
        if insight.text == words:
            return []
        states = {
            "old": {"text": insight.text, "decided_by": insight.decided_by},
            "new": {"text": words, "decided_by": PERSON},
        }
        event = Ledger.of_now().event(Action.EDIT, insight.id, value=EDIT, reason=reason, decided_by=PERSON, **states)
        edited = replace(insight, text=words, votes=insight.votes + EDIT, decided_by=PERSON)
        store.save(Changes((settled(edited),), events=(event,)))
        return [event]


def merge(store: Store, name: str, other: str, reason: str) -> list[Event]:
    """Merge the insight `name` into `other`, which takes over its notes and its votes.

    Raises:
        NotFoundError: there is no such insight.
        UsageError: they are the same, or the one was merged already.
    """
    with store.transaction(write=True):
        insight, into = _insight(store, name), _insight(store, other)
        if insight.id == into.id:
            raise UsageError(f"{name} and {other} are the same insight", "name two")
        for each in (insight, into):
            if each.merged_into:
                raise UsageError(f"{each.id} was merged into {each.merged_into}", f"name {each.merged_into}")
        held = {each: set(_supporting(store, each.id)) for each in (insight, into)}
        notes = sorted(held[insight] - held[into])
        gone, taken = merged(insight, into, len(notes))
        told = {"support": notes, "votes": taken.votes - into.votes}
        event = Ledger.of_now().event(
            Action.MERGE, gone.id, other=into.id, new=told, value=score(insight), reason=reason, decided_by=PERSON
        )
        edges = tuple(Edge(into.id, note, EdgeKind.SUPPORTED_BY, reason=MERGED) for note in notes)
        store.save(Changes((gone, taken), edges, events=(event,)))
        return [event]


def feedback(store: Store, answer: str, reason: str, *, good: bool) -> list[Event]:
    """Vote for or against each insight that an answer used. An answer has one vote on each: other feedback on it takes
    the place of what was given before.

    Raises:
        NotFoundError: it is no id of an answer, or its insights are gone.
        UsageError: it used none.
    """
    if not answer.startswith(ANSWER):
        raise NotFoundError(f"no answer {answer!r}", "`memcli ask … --json | jq -r .data.answer.id` tells it")
    ids, _ = used_by(answer)
    if not ids:
        hint = "there is nothing to vote on; answers of `memcli ask --remember` can be judged themselves"
        raise UsageError("the answer used no insight", hint)
    with store.transaction(write=True):
        insights = [node for node in store.nodes(Selection((NodeKind.INSIGHT,), ids=ids)) if isinstance(node, Insight)]
        if not insights:
            raise NotFoundError(f"the insights of {answer} are not there", "ask again")
        wanted = GOOD if good else BAD
        given = dict.fromkeys((each.id for each in insights), 0)
        own = {answer}
        for event in store.events(list(given)):
            # What undoes it takes back what it gave, and has it as its cause.
            if event.cause in own:
                own.add(event.id)
                given[event.subject] += event.value
        ledger = Ledger.of_now()
        events = []
        for each in insights:
            if change := wanted - given[each.id]:
                told = "good" if good else "bad"
                events += _save(store, each, _cast(each, change, ledger, told, reason=reason, cause=answer))
        return events


def listed(
    store: Store, wanted: Selection, states: Collection[str], about: str | None, *, past: bool = True
) -> list[Insight]:
    """The insights that are `wanted`, in one of `states`, whose subject has all words of `about`, or of what those so
    named are called, by score; at most `wanted.limit`. Those that say what is so no longer only with the `past`."""
    names = [set(name.split()) for name in called(store, about)] if about else [set[str]()]
    found = [
        each
        for each in store.nodes(replace(wanted, kinds=(NodeKind.INSIGHT,), limit=None))
        if isinstance(each, Insight) and each.state in states and _about(each, names)
    ]
    if not past:
        gone = _endings(store, found)
        found = [each for each in found if each.id not in gone]
    return sorted(found, key=lambda each: (-score(each), each.id))[: wanted.limit]


def _endings(store: Store, insights: Sequence[Insight]) -> dict[str, str]:
    """Until when held what those of `insights` say that holds no longer, by their ids."""
    supported = {each.id: set[str]() for each in insights}
    for edge in edges_of(list(supported), (EdgeKind.SUPPORTED_BY,), store):
        supported[edge.source].add(edge.target)
    notes = sorted({note for some in supported.values() for note in some})
    stated = list(edges_of(notes, (EdgeKind.STATED_IN,), store))
    facts = nodes_of(sorted({edge.source for edge in stated}), (NodeKind.FACT,), store)
    by_note: dict[str, list[Fact]] = defaultdict(list)
    for each in facts:
        assert isinstance(each, Fact)
        by_note[each.note].append(each)
    ends = {each.id: ended(each, [fact for note in supported[each.id] for fact in by_note[note]]) for each in insights}
    return {id: end for id, end in ends.items() if end is not None}


def _about(insight: Insight, names: Iterable[Set[str]]) -> bool:
    """Whether the subject of an insight has all words of one of the `names`."""
    subject = set(fold(insight.subject).split())
    return any(words <= subject for words in names)


def page(store: Store, name: str) -> InsightPage:
    """All that bears on the insight `name`.

    Raises:
        NotFoundError: there is no such insight.
    """
    with store.transaction(write=False):
        insight = _insight(store, name)
        around = list(store.edges([insight.id], (EdgeKind.SUPPORTED_BY, EdgeKind.OPPOSES)))
        opposed = {edge.source if edge.target == insight.id else edge.target for edge in around} - {insight.id}
        known = [each for each in store.nodes(Selection((NodeKind.INSIGHT,))) if isinstance(each, Insight)]
        events = list(store.events([insight.id]))
        absorbed = [each.subject for each in events if each.action is Action.MERGE and each.subject != insight.id]
        told = {each.id: each for each in [*events, *(store.events(absorbed) if absorbed else ())]}
        return InsightPage(
            insight,
            list(_quoted(store, insight.id)),
            [each for each in known if each.id in opposed],
            _near(insight, known, opposed),
            sorted(told.values(), key=when_decided),
            _endings(store, [insight]).get(insight.id),
        )


def _insight(store: Store, name: str) -> Insight:
    insight = find(store, name, NodeKind.INSIGHT)
    assert isinstance(insight, Insight)
    return insight


def _cast(insight: Insight, value: int, ledger: Ledger, cast: str, *, reason: str, cause: str = "") -> Event:
    return ledger.event(
        Action.VOTE, insight.id, new={"vote": cast}, value=value, reason=reason, decided_by=PERSON, cause=cause
    )


def _save(store: Store, insight: Insight, event: Event) -> list[Event]:
    voted = settled(replace(insight, votes=insight.votes + event.value))
    store.save(Changes((voted,), events=(event,)))
    return [event]


def _supporting(store: Store, id: str) -> Iterator[str]:
    return (edge.target for edge in store.edges([id], (EdgeKind.SUPPORTED_BY,)))


def _quoted(store: Store, id: str) -> Iterator[tuple[Note, Interaction]]:
    """Yield the notes that support an insight, each with what it is drawn from, in order of time."""
    notes = list(_supporting(store, id))
    origin = {edge.source: edge.target for edge in store.edges(notes, (EdgeKind.DERIVED_FROM,))} if notes else {}
    ids = tuple(sorted({*notes, *origin.values()}))
    found: dict[str, Node] = {node.id: node for node in store.nodes(Selection(ids=ids))} if ids else {}
    pairs = [(found[note], found[said]) for note, said in origin.items() if note in found and said in found]
    for note, said in sorted(pairs, key=lambda pair: (getattr(pair[0], "timestamp", None) or "", pair[0].id)):
        if isinstance(note, Note) and isinstance(said, Interaction):
            yield note, said


def _near(insight: Insight, known: Sequence[Insight], apart: set[str]) -> list[Insight]:
    """The insights about the same subject that share a cue with `insight`, those that share most first."""
    own = set(insight.cues)
    shared = {
        each.id: len(own & set(each.cues))
        for each in known
        if each.id != insight.id and each.id not in apart and fold(each.subject) == fold(insight.subject)
    }
    near = [each for each in known if shared.get(each.id)]
    return sorted(near, key=lambda each: (-shared[each.id], each.id))[:5]
