"""Whose insights are: a statement of somebody about themselves is an insight of the entity that says so by now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec import Struct, field
from msgspec.structs import replace

from graph.evolution.undo import Past
from graph.model import Action, Changes, Edge, EdgeKind, Ends, Entity, Event, Insight, Interaction, Removal, ends
from graph.text import fold
from graph.tiers.statements import insight_id, key_of, opposite_id, retold
from graph.tiers.votes import CENTRAL, MERGED, settled

Step = tuple[Entity, Entity]
"""Whose something was, and whose it is."""


class Opinions(Struct):
    """Insights by id, the edges to the notes that support each, by note, and those between them, and the events about
    them, changed as notes move.

    What somebody gave other words, or merged, stays one: of that, at most the subject changes. `handed` are the events
    that are about another insight than before, each with the id of the one before, and `other` if it was that.
    """

    insights: dict[str, Insight]
    supports: dict[str, dict[str, Edge]]
    opposing: dict[tuple[str, str], Edge]
    events: dict[str, Event]
    before: tuple[Mapping[str, Insight], Mapping[Ends, Edge], Mapping[str, Event]]
    handed: list[list[str]] = field(default_factory=list)

    @classmethod
    def of(
        cls, insights: Iterable[Insight], edges: Iterable[Edge], events: Iterable[Event], over: Iterable[Insight] = ()
    ) -> Opinions:
        """As they are; those `over` them as what else changes makes them."""
        known = {each.id: each for each in insights}
        held = {ends(each): each for each in edges if each.kind in (EdgeKind.SUPPORTED_BY, EdgeKind.OPPOSES)}
        supports: dict[str, dict[str, Edge]] = defaultdict(dict)
        for (source, kind, target), edge in held.items():
            if kind is EdgeKind.SUPPORTED_BY:
                supports[source][target] = edge
        opposing = {(edge.source, edge.target): edge for edge in held.values() if edge.kind is EdgeKind.OPPOSES}
        told = {each.id: each for each in events}
        now = known | {each.id: each for each in over if each.id in known}
        return cls(now, supports, opposing, dict(told), (known, held, told))

    def now(self, event: Event) -> Event:
        """`event` as it is, about what it is about now."""
        return self.events.get(event.id, event)

    def move(
        self,
        notes: Mapping[str, Step],
        says: Mapping[str, Set[str]],
        said: Mapping[str, Interaction],
        returned: Iterable[Sequence[str]] = (),
        undone: Set[str] = frozenset(),
    ) -> None:
        """Give each statement to who says it by now.

        `notes` are those of what another says than before, with both; `says` the notes of what each entity says by now;
        `said` the messages of those that move, by note. `returned` is what was `handed` by what is undone; votes that
        are `undone` besides count no more.
        """
        past = Past.of(self.events.values())
        parted: dict[str, dict[str, None]] = defaultdict(dict)
        for insight, steps in list(self._moving(notes)):
            key = key_of(insight) if self._free(insight, past, undone) else None
            if key is None:
                self._rename(insight, steps, says)
                continue
            for note in sorted(steps, key=lambda note: _when(said[note])):
                id = self._give(insight, note, key, _called(steps[note][1], said[note]))
                parted[insight.id][id] = None
        for event, id, *other in returned:
            if other:
                self._return_other(event, id, past)
            else:
                self._return(event, id, past, undone)
        for id, into in parted.items():
            self._settle(id, list(into))

    def changed(self) -> Changes:
        """What makes them so as they are now."""
        insights, edges, told = self.before
        now = {ends(edge): edge for some in self.supports.values() for edge in some.values()}
        now |= {ends(edge): edge for edge in self.opposing.values()}
        events = tuple(each for id, each in self.events.items() if told[id] != each)
        return Changes(
            tuple(each for id, each in self.insights.items() if insights.get(id) != each),
            tuple(edge for key, edge in now.items() if edges.get(key) != edge),
            removed=Removal(
                tuple(id for id in insights if id not in self.insights),
                tuple(key for key in edges if key not in now),
                events=tuple(each.id for each in events),
            ),
            events=events,
        )

    def _moving(self, notes: Mapping[str, Step]) -> Iterator[tuple[Insight, dict[str, Step]]]:
        """Yield each insight about somebody with those of their notes that support it, and move."""
        for id, insight in sorted(self.insights.items()):
            found = {note: notes[note] for note in self.supports[id] if note in notes}
            steps = {note: step for note, step in found.items() if fold(step[0].name) == fold(insight.subject)}
            if steps and insight.scope == "person":
                yield insight, steps

    def _free(self, insight: Insight, past: Past, undone: Set[str]) -> bool:
        """Whether nobody decided anything of an insight that holds, once what is `undone` does not, but votes."""
        decided = (each for each in self.events.values() if insight.id in (each.subject, each.other))
        left = (each for each in decided if each.action is not Action.UNDO and past.holds(each, undone))
        return (
            not insight.merged_into
            and all(each.action is Action.VOTE for each in left)
            and all(edge.reason != MERGED for edge in self.supports[insight.id].values())
        )

    def _rename(self, insight: Insight, steps: Mapping[str, Step], says: Mapping[str, Set[str]]) -> None:
        """Give an insight another subject, if all notes of the old one that it has its words from move to that."""
        edges = self.supports[insight.id]
        telling = {note for note, edge in edges.items() if edge.relation == CENTRAL} or edges.keys()
        moved = [step for note, step in steps.items() if note in telling]
        left = {note for old, _ in moved for note in says.get(old.id, ())} & telling
        if len({new.id for _, new in moved}) == 1 and not left:
            self.insights[insight.id] = replace(insight, subject=moved[0][1].name)

    def _give(self, insight: Insight, note: str, key: tuple[str, str], name: str) -> str:
        """Let a note support what it states under another name, and not `insight` any more; the id of the former."""
        id = insight_id(name, *key)
        if id not in self.insights:
            text = retold(insight.text, insight.subject, name)
            self.insights[id] = replace(insight, id=id, text=text, subject=name, support=0, votes=0)
        edge = self.supports[insight.id].pop(note)
        self.supports[id].setdefault(note, replace(edge, source=id))
        self._oppose(id, opposite_id(name, *key), (opposite_id(insight.subject, *key), insight.id))
        return id

    def _oppose(self, id: str, other: str, was: tuple[str, str]) -> None:
        """Tie an insight to its opposite: from that where it was so before, under another name."""
        pair = (other, id) if was in self.opposing else (id, other)
        if other in self.insights and not {pair, pair[::-1]} & self.opposing.keys():
            self.opposing[pair] = Edge(*pair, EdgeKind.OPPOSES, reason="says the opposite")

    def _return(self, event: str, id: str, past: Past, undone: Set[str]) -> None:
        """Make a vote, and what undid it, one on the insight `id` again, if both are there."""
        holder = self.events[event].subject if event in self.events else ""
        if holder not in self.insights or not self.supports.get(id):
            return
        chain = [event]
        for one in chain:
            chain += [each.id for each in past.undone_by.get(one, ())]
            self.events[one] = replace(self.events[one], subject=id)
        value = sum(self.events[one].value for one in chain if one not in undone)
        self._vote(id, value)
        self._vote(holder, -value)

    def _return_other(self, event: str, id: str, past: Past) -> None:
        """Let what once merged another insight into `id`, and what undid it, tell so again, if all are there."""
        if event not in self.events or not self.supports.get(id):
            return
        holder, chain = self.events[event].other, [event]
        for one in chain:
            chain += [each.id for each in past.undone_by.get(one, ())]
            if self.events[one].other == holder:
                self.events[one] = replace(self.events[one], other=id)

    def _settle(self, id: str, into: Sequence[str]) -> None:
        """Count what supports an insight, and those to which notes of it went; one that has none left goes, and leaves
        its votes to the first of these."""
        for each in (id, *into):
            self.insights[each] = settled(replace(self.insights[each], support=len(self.supports[each])))
        if not self.supports[id]:
            self._vote(into[0], self.insights.pop(id).votes)
            self.opposing = {pair: edge for pair, edge in self.opposing.items() if id not in pair}
            for event in [each for each in self.events.values() if id in (each.subject, each.other)]:
                fields = [name for name in ("subject", "other") if getattr(event, name) == id]
                self.events[event.id] = replace(event, **dict.fromkeys(fields, into[0]))
                self.handed += ([event.id, id] if name == "subject" else [event.id, id, name] for name in fields)

    def _vote(self, id: str, value: int) -> None:
        insight = self.insights[id]
        self.insights[id] = settled(replace(insight, votes=insight.votes + value))


def _called(entity: Entity, said: Interaction) -> str:
    """What an entity is called where it says something."""
    return said.speaker if said.speaker and fold(said.speaker) == fold(entity.name) else entity.name


def _when(said: Interaction) -> tuple[str, str, int]:
    return said.timestamp or "", said.conversation, said.position
