"""From new interactions to all that is derived from them: the rules of every tier, applied to one batch.

What comes out does not depend on where batches begin and end: each interaction is treated by what came before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec import Struct
from msgspec.structs import replace

from graph.copies import Wording, copies
from graph.episodes import continued, going_on, unfolded
from graph.evolution import linking
from graph.evolution.corrections import corrections
from graph.evolution.identity import Meanings, renamed
from graph.evolution.linking import told_links
from graph.evolution.revision import evolve
from graph.facts import Stating, Turned
from graph.ids import interaction_id, note_id
from graph.model import (
    Edge,
    EdgeKind,
    Ends,
    Entity,
    EntityMatch,
    Event,
    Extraction,
    Fact,
    Form,
    Frontier,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Note,
    Query,
    Relation,
    Removal,
    Selection,
    ends,
)
from graph.ports import REACH, Store
from graph.text import fold
from graph.tiers import insights, interactions, notes, queries
from graph.tiers.statements import Statement, said_by, statements

_Told = tuple[str, str, Relation, str]
"""What somebody says of two notes: the later one, the earlier one, how they are related, and the words."""


class Derived(Struct, frozen=True):
    """The nodes and edges of one batch, what goes of facts' edges and of episodes, and the events that tell of links,
    of facts that end and of episodes that are folded no more; `links` counts its links between notes, `evolved` the
    changes of notes in the light of these."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    events: tuple[Event, ...]
    links: int
    evolved: int
    removed: Removal = Removal()


class _Turn(Struct, frozen=True):
    """One interaction with what follows from it alone; `note` is None where it says nothing worth one."""

    interaction: Interaction
    speaker: Entity | None = None
    note: Note | None = None
    entities: Sequence[Entity] = ()
    edges: Sequence[Edge] = ()
    stated: Sequence[tuple[Statement, str]] = ()


def frontier_of(said: Sequence[Interaction], store: Store) -> Frontier:
    """Where the store stands before it is given `said`: what `derive` needs to know of it."""
    return store.frontier(
        [each.id for each in said],
        list(dict.fromkeys(each.conversation for each in said)),
        [(each.conversation, each.reply_to) for each in said if each.reply_to],
    )


def derive(
    batch: Sequence[tuple[Interaction, Extraction]], frontier: Frontier, store: Store, extractor: str
) -> Derived:
    """Derive what `batch`, whose interactions the store does not hold, adds to the graph.

    Reads the store, within the caller's transaction, in a number of calls that does not depend on the batch's size.
    """
    placed = interactions.placed([each for each, _ in batch], frontier)
    read = [_turn(each, extraction, extractor) for each, (_, extraction) in zip(placed, batch, strict=True)]
    turns, known_names, meanings = _meant(read, store)
    asked, order, turned = _sessions(placed, frontier)
    stated = [(_owned(each, turn, meanings), note) for turn in turns for each, note in turn.stated if each.insight]
    written = {turn.note.id for turn in turns if turn.note}
    told = [each for each in (*_answers(asked, order), *map(_correction, turned)) if each[0] in written]
    stating = Stating.of(
        [(turn.interaction, turn.stated, turn.entities) for turn in turns if turn.note],
        [each for each in turned if note_id(each.turn.id) in written],
        meanings,
    )
    joining, before = _joining(turns, known_names, store)
    episodes = continued(placed, frontier)
    # The only earlier nodes that matter as such, in one read: insights stated again, notes that may be linked to, facts
    # that may end each other, and episodes that go on.
    shared = list(linking.sharing(joining, before))
    earlier = {other for each in shared for other in each.weights} | {note for _, note, *_ in told}
    opinions = [id for statement, _ in stated for id in (statement.insight, statement.opposite) if id]
    named = [*opinions, *stating.wanted(), *going_on(episodes, frontier)]
    held = _held(named, earlier - written, stating.slots(), store)
    known = _Known.of(turns, held)
    concluded = list(linking.links(shared, known.likeness, known.original))
    similar = _similar(asked, order, shared, known)
    beside = _beside(concluded, similar, asked, store)
    links = _links(concluded, [each for each in told if each[1] in known.notes], beside, shared, known)
    evolved, events = evolve(links, known.notes, known.said)
    facts = stating.settled([node for node in held if isinstance(node, Fact)])
    statements, supports = insights.insights(stated, [node for node in held if isinstance(node, Insight)])
    entities = [each for turn in turns for each in (turn.speaker, *turn.entities) if each]
    return Derived(
        nodes=(
            *placed,
            *(known.notes[id] for id in sorted(written | evolved)),
            *entities,
            *asked,
            *statements,
            *facts.nodes,
            *episodes.nodes,
        ),
        edges=(
            *interactions.replies(placed, frontier.located),
            *order,
            *(edge for turn in turns for edge in turn.edges),
            *links,
            *(edge for edge in similar if edge.target in beside.queries),
            *supports,
            *facts.edges,
            *episodes.edges,
        ),
        events=(*events, *facts.events, *unfolded(placed, held)),
        links=len(links),
        evolved=len(events) - len(links),
        removed=replace(episodes.removed, edges=(*facts.gone, *episodes.removed.edges)),
    )


def _turn(said: Interaction, extraction: Extraction, extractor: str) -> _Turn:
    speaker = interactions.speaker_entity(said.speaker)
    edges = [Edge(said.id, speaker.id, EdgeKind.SAID_BY)] if speaker else []
    told = list(statements(said, extraction))
    if not (told or notes.worth_noting(said, extraction)):
        return _Turn(said, speaker, edges=edges)
    note = replace(notes.note(said, extraction), decided_by=extractor)
    entities, ties = notes.note_edges(note, said, extraction)
    return _Turn(said, speaker, note, entities, edges + ties, [(each, note.id) for each in told])


def decided_meanings(known: Sequence[EntityMatch], store: Store) -> Meanings:
    """Whom the names by which entities are `known` mean; read only where anything was decided about them."""
    decided = renamed(known)
    return Meanings.of(store.events(decided) if decided else (), (match.entity for match in known))


def _meant(turns: Sequence[_Turn], store: Store) -> tuple[list[_Turn], list[EntityMatch], Meanings]:
    """The turns with the entities that their names mean by what people decided; what the store knows by these names, in
    one read; and what was decided about them, in another one where anything was."""
    names = {fold(each.name) for turn in turns for each in (turn.speaker, *turn.entities) if each}
    known = store.resolve(sorted(names))
    meanings = decided_meanings(known, store)
    return [_as_meant(turn, meanings) for turn in turns], known, meanings


def _as_meant(turn: _Turn, meanings: Meanings) -> _Turn:
    """A turn with the entities that its names mean in its conversation."""
    if not meanings.claims:
        return turn
    named = {each.id: fold(each.name) for each in (turn.speaker, *turn.entities) if each}
    meant = {id: meanings.meant(name, turn.interaction.conversation) for id, name in named.items()}
    if all(id == other for id, other in meant.items()):
        return turn
    edges: dict[Ends, Edge] = {}
    for edge in (replace(each, target=meant.get(each.target, each.target)) for each in turn.edges):
        known = edges.setdefault(ends(edge), edge)
        edges[ends(edge)] = max(known, edge, key=lambda each: each.weight)
    return replace(
        turn,
        speaker=turn.speaker and replace(turn.speaker, id=meant[turn.speaker.id]),
        entities=[replace(each, id=meant[each.id]) for each in turn.entities],
        edges=list(edges.values()),
    )


def _owned(told: Statement, turn: _Turn, meanings: Meanings) -> Statement:
    """A statement of a turn as one of whom its speaker's name means there."""
    return said_by(told, meanings.called(told.subject, turn.interaction.conversation))


def _sessions(placed: Sequence[Interaction], frontier: Frontier) -> tuple[list[Query], list[Edge], list[Turned]]:
    """The questions asked, the edges that follow from the order of turns, and what is corrected in them."""
    new = frozenset(each.id for each in placed)
    asked: list[Query] = []
    edges: list[Edge] = []
    turned: list[Turned] = []
    for window in interactions.windows(placed, frontier):
        first = next(place for place, each in enumerate(window) if each.id in new)
        edges += interactions.order(window[max(0, first - 1) :])
        taken_back = list(corrections(window, frozenset(each.id for each in window)))
        found, ties = queries.queries(window, new, [(turn, before) for turn, before, _ in taken_back])
        asked += found
        edges += ties
        turned += [Turned(*each) for each in taken_back if each[0].id in new]
    return asked, edges, turned


def _correction(each: Turned) -> _Told:
    return note_id(each.turn.id), note_id(each.before.id), each.relation, each.turn.text


def _held(named: Sequence[str], notes: Set[str], slots: Sequence[str], store: Store) -> list[Node]:
    """Those of the insights, facts, episodes and notes with the ids given that the store holds, what the latter are
    notes of, what the first were merged into, and the facts of `slots`."""
    wanted = tuple(dict.fromkeys([*named, *sorted(notes), *(interaction_id(each) for each in sorted(notes))]))
    kinds = (NodeKind.INTERACTION, NodeKind.NOTE, NodeKind.INSIGHT, NodeKind.FACT, NodeKind.EPISODE)
    held: dict[str, Node] = {}
    # What was merged is few, and leads to what it was merged into.
    while wanted or slots:
        found = list(store.nodes(Selection(kinds=kinds, ids=wanted, slots=tuple(slots))))
        slots = ()
        held |= {node.id: node for node in found}
        into = {node.merged_into for node in found if isinstance(node, Insight) and node.merged_into}
        wanted = tuple(sorted(into - held.keys()))
    return list(held.values())


class _Known(Struct):
    """Notes that are linked or may be, by id, as they are by now; what was said in them, and its words."""

    notes: dict[str, Note]
    said: Mapping[str, Interaction]
    words: dict[str, frozenset[str]]
    wordings: dict[str, Wording]

    @classmethod
    def of(cls, turns: Sequence[_Turn], held: Sequence[Node]) -> _Known:
        notes = {each.id: each for each in held if isinstance(each, Note)}
        said = {note_id(each.id): each for each in held if isinstance(each, Interaction)}
        notes |= {turn.note.id: turn.note for turn in turns if turn.note}
        said |= {turn.note.id: turn.interaction for turn in turns if turn.note}
        return cls(notes, said, {}, {})

    def likeness(self, one: str, other: str) -> float:
        """How much the texts of two notes have in common; nothing, where one is not known."""
        if one not in self.said or other not in self.said:
            return 0.0
        for each in (one, other):
            if each not in self.words:
                self.words[each] = linking.telling(self.said[each].text)
        return linking.overlap(self.words[one], self.words[other])

    def original(self, note: str, earlier: Iterable[str]) -> str | None:
        """The first said of the `earlier` notes of which `note` is a copy."""
        found = [other for other in earlier if other in self.said and self.is_copy(note, other)]
        return min(found, key=self._when, default=None)

    def is_copy(self, note: str, other: str) -> bool:
        """Whether one note says what the other does, in the same words."""
        for each in (note, other):
            if each not in self.wordings:
                self.wordings[each] = Wording.of(self.said[each])
        return copies(self.wordings[note], self.wordings[other])

    def _when(self, note: str) -> tuple[str, str, int]:
        said = self.said[note]
        return said.timestamp or "", said.conversation, said.position

    def soon_after(self, later: str, earlier: str) -> bool:
        """Whether who said one thing said the other a few turns before."""
        one, other = self.said[later], self.said.get(earlier)
        return (
            other is not None
            and one.form is Form.MESSAGE
            and one.speaker is not None
            and (one.conversation, one.session, one.speaker) == (other.conversation, other.session, other.speaker)
            and one.position - other.position <= REACH
        )


class _Beside(Struct, frozen=True):
    """What each earlier copy repeats, by the ids of notes, and the ids of the questions that are there."""

    originals: Mapping[str, str]
    queries: Set[str]


def _beside(links: Sequence[Edge], similar: Mapping[Edge, str], asked: Sequence[Query], store: Store) -> _Beside:
    """What is to be known of notes that new ones repeat, and of the questions to which new ones, `asked`, are
    `similar`, given with the turns that ask these: in one read of the store, where there are any.

    What was taken in by an earlier version may have other questions in it.
    """
    copied = {edge.target for edge in links if edge.relation == Relation.REPEATS}
    wanted = sorted(copied.union(similar.values()))
    there = list(store.edges(wanted, (EdgeKind.LINKS_TO, EdgeKind.ASKED_IN))) if wanted else []
    return _Beside(
        linking.originals(there),
        {each.id for each in asked} | {edge.source for edge in there if edge.kind is EdgeKind.ASKED_IN},
    )


def _links(
    concluded: Sequence[Edge],
    told: Sequence[_Told],
    beside: _Beside,
    shared: Sequence[linking.Sharing],
    known: _Known,
) -> list[Edge]:
    """Links of this batch's notes to earlier ones, note by note; what people say of themselves, that one thing answers
    or corrects another, goes before what is `concluded`, and what repeats a copy repeats that one's original."""
    originals = dict(beside.originals)
    found: dict[tuple[str, str], Edge] = {}
    for each in concluded:
        edge = each
        if each.relation == Relation.REPEATS:
            originals[each.source] = originals.get(each.target, each.target)
            edge = replace(each, target=originals[each.source])
        elif known.soon_after(each.source, each.target):
            edge = replace(each, relation=Relation.ELABORATES.value)
        # That it repeats a note comes first, to which it may be related as well.
        found.setdefault((edge.source, edge.target), edge)
    for edge in told_links(told):
        found[edge.source, edge.target] = edge
    place = {each.note: number for number, each in enumerate(shared)}
    return sorted(found.values(), key=lambda edge: place[edge.source])


def _similar(
    asked: Sequence[Query], edges: Sequence[Edge], shared: Sequence[linking.Sharing], known: _Known
) -> dict[Edge, str]:
    """The edges from this batch's questions to earlier ones that ask for much the same, in notes that share rare names
    with theirs, each with the turn that asks the earlier one."""
    # That the copy of a question asks the same is told by its note.
    near = {
        each.note: [known.said[id] for id in each.weights if id in known.said and not known.is_copy(each.note, id)]
        for each in shared
    }
    asking = {edge.source: edge.target for edge in edges if edge.kind is EdgeKind.ASKED_IN}
    return {
        edge: turn for each in asked for edge, turn in queries.similar(each, near.get(note_id(asking[each.id]), ()))
    }


def _joining(
    turns: Sequence[_Turn], known: Sequence[EntityMatch], store: Store
) -> tuple[list[tuple[str, Sequence[Entity]]], Sequence[tuple[str, str]]]:
    """What `linking.sharing` takes: new notes with the entities that may join them, and who held these before.

    People who have spoken join nothing, nor does what too many notes mention.
    """
    entities = {each.id: each for turn in turns for each in turn.entities}
    spoken = {match.entity.id for match in known if match.speaks}
    kinds = (EdgeKind.MENTIONS, EdgeKind.ABOUT)
    before = [(edge.source, edge.target) for edge in store.edges(list(entities), kinds, linking.WIDEST)]
    # An entity that is known, of which no mention came back, has too many to tell anything.
    common = entities.keys() & {match.entity.id for match in known} - {entity for _, entity in before}
    joining: list[tuple[str, Sequence[Entity]]] = []
    for turn in turns:
        if turn.speaker:
            spoken.add(turn.speaker.id)
        if turn.note:
            # Two names may mean one.
            able = {each.id: each for each in turn.entities if each.id not in spoken and each.id not in common}
            joining.append((turn.note.id, list(able.values())))
    return joining, before


def _answers(asked: Sequence[Query], edges: Sequence[Edge]) -> Iterator[_Told]:
    """Yield what each turn that answers does, and the question."""
    text = {query.id: query.text for query in asked}
    origin = {edge.source: edge.target for edge in edges if edge.kind is EdgeKind.ASKED_IN}
    for edge in edges:
        if edge.kind is EdgeKind.ANSWERED_BY and not edge.relation:
            yield note_id(edge.target), note_id(origin[edge.source]), Relation.ANSWERS, text[edge.source]
