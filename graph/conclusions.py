"""Insights drawn from the whole memory: the central statement of each community of notes (`memcli insight derive`)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from graph.evolution.events import Ledger
from graph.ids import content_id
from graph.model import (
    Action,
    Changes,
    Edge,
    EdgeKind,
    Entity,
    Event,
    Insight,
    Interaction,
    NodeKind,
    Selection,
)
from graph.ports import Store
from graph.text import fold, sentences
from graph.tiers.communities import Community, communities, joints
from graph.tiers.votes import CENTRAL, score, settled
from graph.tiers.wording import reported

_CENTRAL = 10
"""Notes of a community, the most central first, among which its statement is looked for."""
_SUPPORT = 50
"""Notes that support an insight at most, the most central ones."""
_CUES = 5


class Conclusions(Struct, frozen=True):
    """What was drawn: the new insights, `known` counts those that were there already, `communities` those looked at;
    `events` are one batch, which is undone with the first of them."""

    insights: tuple[Insight, ...]
    known: int
    communities: int
    events: tuple[Event, ...] = ()


class Gathered(Struct, frozen=True):
    """What communities are drawn from: interactions by the note drawn from them, what the speaker of each is called,
    the names in each note, and the number of notes that have a name."""

    said: Mapping[str, Interaction]
    speakers: Mapping[str, str]
    names: Mapping[str, Sequence[str]]
    spread: Mapping[str, int]


def conclude(store: Store, most: int, *, dry_run: bool = False) -> Conclusions:
    """Draw an insight from each of the `most` strongest communities of notes that say something, and store what is
    new."""
    with store.transaction(write=not dry_run):
        found, memory = gathered(store)
        drawn = {insight.id: (insight, edges) for insight, edges in _drawn(found, memory, most)}
        there = store.frontier(list(drawn)).known if drawn else frozenset()
        new = {id: each for id, each in drawn.items() if id not in there}
        conclusions = Conclusions(tuple(insight for insight, _ in new.values()), len(there), len(found))
        if dry_run or not new:
            return conclusions
        events = tuple(_events(conclusions.insights))
        edges = tuple(edge for _, edges in new.values() for edge in edges)
        store.save(Changes(conclusions.insights, edges, events=events))
        return Conclusions(conclusions.insights, conclusions.known, conclusions.communities, events)


def gathered(store: Store) -> tuple[list[Community], Gathered]:
    """The communities of notes, the strongest first, and what is said in them. Reads the store, within the caller's
    transaction."""
    holders: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for edge in store.edges(None, (EdgeKind.MENTIONS, EdgeKind.ABOUT)):
        holders[edge.target].append((edge.source, edge.weight))
    links = ((edge.source, edge.target, edge.weight) for edge in store.edges(None, (EdgeKind.LINKS_TO,)))
    joined = joints(holders, links)
    found = communities(joined) if joined else []
    return found, _read(store, [note for each in found for note in each.notes], holders)


def _read(store: Store, notes: Sequence[str], holders: Mapping[str, Sequence[tuple[str, float]]]) -> Gathered:
    wanted = set(notes)
    origin = {edge.source: edge.target for edge in store.edges(None, (EdgeKind.DERIVED_FROM,)) if edge.source in wanted}
    speaking = {edge.source: edge.target for edge in store.edges(None, (EdgeKind.SAID_BY,))}
    nodes = store.nodes(Selection((NodeKind.INTERACTION, NodeKind.ENTITY)))
    said: dict[str, Interaction] = {}
    spelled: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        if isinstance(node, Interaction):
            said[node.id] = node
        elif isinstance(node, Entity):
            spelled[node.id] = (node.name, *node.aliases)
    names: dict[str, list[str]] = defaultdict(list)
    for entity, some in holders.items():
        for note, _ in some:
            names[note] += spelled[entity]
    spread = Counter(name for some in names.values() for name in {fold(each) for each in some})
    speakers = {note: spelled[speaking[id]][0] for note, id in origin.items() if id in speaking}
    return Gathered({note: said[id] for note, id in origin.items()}, speakers, names, spread)


def _drawn(found: Sequence[Community], memory: Gathered, most: int) -> Iterator[tuple[Insight, list[Edge]]]:
    """Yield the insights of the strongest communities with the edges to their notes."""
    drawn = 0
    for each in found:
        told = _central(each, memory)
        if told is None:
            continue
        text, note = told
        scope, subject = _scope(text, note, [memory.said[id] for id in each.notes], memory)
        support = [note, *(id for id in each.notes if id != note)][:_SUPPORT]
        id = content_id("insight", fold(text))
        applies = tuple(cues(support, memory))
        yield (
            settled(Insight(id, text, subject, support=len(support), scope=scope, cues=applies)),
            [
                Edge(id, each, EdgeKind.SUPPORTED_BY, 1.0, CENTRAL if each == note else "", "of one community")
                for each in support
            ],
        )
        drawn += 1
        if drawn == most:
            return


def _central(community: Community, memory: Gathered) -> tuple[str, str] | None:
    """The statement of the most central note that has one, and the note."""
    for note in community.notes[:_CENTRAL]:
        said = memory.said[note]
        # The longest name first: "New York City" is more than "New York".
        names = sorted(memory.names[note], key=lambda name: (-len(name), name))
        speaker = "The user" if said.speaker == "user" else said.speaker
        # A program has no life to tell of.
        for sentence in sentences(said.text) if speaker != "assistant" else ():
            if told := reported(sentence, speaker, names):
                return told, note
    return None


def _scope(text: str, note: str, said: Sequence[Interaction], memory: Gathered) -> tuple[str, str]:
    """What a statement of a community, of a note, holds for: the speaker of whom it tells, by what that is called, its
    one conversation, or everyone."""
    speaker = memory.said[note].speaker
    if speaker and fold(text).startswith(fold(speaker)):
        called = memory.speakers.get(note, speaker)
        return "person", speaker if fold(called) == fold(speaker) else called
    conversations = {each.conversation for each in said}
    return ("conversation", conversations.pop()) if len(conversations) == 1 else ("everyone", "everyone")


def cues(notes: Sequence[str], memory: Gathered) -> Iterator[str]:
    """Yield the names that the notes share, and that few others have."""
    counted = Counter(name for note in notes for name in {fold(each) for each in memory.names[note]})
    ranked = sorted(counted, key=lambda name: (-(counted[name] ** 2) / memory.spread[name], name))
    yield from [name for name in ranked if counted[name] > 1][:_CUES]


def _events(insights: Sequence[Insight]) -> Iterator[Event]:
    """Yield one event an insight, all but the first of them caused by the first."""
    ledger = Ledger.of_now()
    cause = ""
    for each in insights:
        event = ledger.event(Action.DERIVE, each.id, value=score(each), cause=cause)
        cause = cause or event.id
        yield event
