"""From new interactions to all that is derived from them: the rules of every tier, applied to one batch.

What comes out does not depend on where batches begin and end: each interaction is treated by what came before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from graph import linking
from graph.ids import content_id
from graph.model import (
    Edge,
    EdgeKind,
    Entity,
    Extraction,
    Frontier,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Note,
    Query,
    Selection,
)
from graph.ports import Store
from graph.text import fold
from graph.tiers import insights, interactions, notes, queries
from graph.tiers.insights import Statement


class Derived(Struct, frozen=True):
    """The nodes and edges of one batch; `links` counts its links between notes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    links: int


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
    turns = [_turn(each, extraction, extractor) for each, (_, extraction) in zip(placed, batch, strict=True)]
    asked, order = _sessions(placed, frontier)
    stated = [pair for turn in turns for pair in turn.stated]
    written = {turn.note.id for turn in turns if turn.note}
    answers = [each for each in _answers(asked, order) if each[0] in written]
    # The only earlier nodes that matter as such, in one read: insights stated again, and notes of questions.
    held = _held([statement.insight for statement, _ in stated], [question for _, question, _ in answers], store)
    noted = written | {node.id for node in held if isinstance(node, Note)}
    links = _links(turns, [each for each in answers if each[1] in noted], store)
    statements, supports = insights.insights(stated, [node for node in held if isinstance(node, Insight)])
    entities = [each for turn in turns for each in (turn.speaker, *turn.entities) if each]
    return Derived(
        nodes=(*placed, *(turn.note for turn in turns if turn.note), *entities, *asked, *statements),
        edges=(
            *interactions.replies(placed, frontier.located),
            *order,
            *(edge for turn in turns for edge in turn.edges),
            *links,
            *supports,
        ),
        links=len(links),
    )


def _turn(said: Interaction, extraction: Extraction, extractor: str) -> _Turn:
    speaker = interactions.speaker_entity(said.speaker)
    edges = [Edge(said.id, speaker.id, EdgeKind.SAID_BY)] if speaker else []
    if not notes.worth_noting(said, extraction):
        return _Turn(said, speaker, edges=edges)
    note = replace(notes.note(said, extraction), decided_by=extractor)
    entities, ties = notes.note_edges(note, said, extraction)
    stated = [(statement, note.id) for statement in insights.statements(said, extraction)]
    return _Turn(said, speaker, note, entities, edges + ties, stated)


def _sessions(placed: Sequence[Interaction], frontier: Frontier) -> tuple[list[Query], list[Edge]]:
    """The questions asked, and the edges that follow from the order of turns."""
    new = frozenset(each.id for each in placed)
    asked: list[Query] = []
    edges: list[Edge] = []
    for window in interactions.windows(placed, frontier):
        first = next(place for place, each in enumerate(window) if each.id in new)
        edges += interactions.order(window[max(0, first - 1) :])
        found, ties = queries.queries(window, new)
        asked += found
        edges += ties
    return asked, edges


def _held(statements: Sequence[str], questions: Sequence[str], store: Store) -> list[Node]:
    """Those of the insights and notes with the ids given that the store holds."""
    ids = tuple(dict.fromkeys([*statements, *questions]))
    return list(store.nodes(Selection(kinds=(NodeKind.NOTE, NodeKind.INSIGHT), ids=ids))) if ids else []


def _links(turns: Sequence[_Turn], answers: Sequence[tuple[str, str, str]], store: Store) -> list[Edge]:
    """Links of this batch's notes to earlier ones; where one answers another, that is the reason given."""
    found = {(edge.source, edge.target): edge for edge in linking.links(*_joining(turns, store))}
    for edge in linking.answer_links(answers):
        found[edge.source, edge.target] = edge
    return list(found.values())


def _joining(
    turns: Sequence[_Turn], store: Store
) -> tuple[list[tuple[str, Sequence[Entity]]], Sequence[tuple[str, str]]]:
    """What `linking.links` takes: new notes with the entities that may join them, and who held these before.

    People who have spoken join nothing, nor does what too many notes mention.
    """
    entities = {each.id: each for turn in turns for each in turn.entities}
    known = store.resolve([fold(each.name) for each in entities.values()])
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
            able = [each for each in turn.entities if each.id not in spoken and each.id not in common]
            joining.append((turn.note.id, able))
    return joining, before


def _answers(asked: Sequence[Query], edges: Sequence[Edge]) -> Iterator[tuple[str, str, str]]:
    """Yield (note of the answer, note of the question, question) for each turn that answers."""
    text = {query.id: query.text for query in asked}
    origin = {edge.source: edge.target for edge in edges if edge.kind is EdgeKind.ASKED_IN}
    for edge in edges:
        if edge.kind is EdgeKind.ANSWERED_BY:
            answer, question = (content_id("note", id) for id in (edge.target, origin[edge.source]))
            yield answer, question, text[edge.source]
