"""From new interactions to all that is derived from them: the rules of every tier, applied to one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph import linking
from graph.ids import content_id
from graph.model import (
    Edge,
    EdgeKind,
    Entity,
    Extraction,
    Frontier,
    Interaction,
    Node,
    NodeKind,
    Note,
    Query,
    Selection,
)
from graph.ports import Store
from graph.tiers import insights, interactions, notes, queries
from graph.tiers.insights import Statement


@dataclass(frozen=True, slots=True)
class Derived:
    """The nodes and edges of one batch; `added` counts its interactions, `links` its links between notes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    added: int
    links: int


def derive(batch: Sequence[tuple[Interaction, Extraction]], store: Store, extractor: str) -> Derived:
    """Derive what `batch`, whose interactions the store does not hold, adds to the graph.

    Reads the store, within the caller's transaction, in a number of calls that does not depend on the batch's size.
    """
    frontier = store.frontier(
        list(dict.fromkeys(each.conversation for each, _ in batch)),
        [(each.conversation, each.reply_to) for each, _ in batch if each.reply_to],
    )
    placed = _placed([each for each, _ in batch], frontier)
    extractions = {each.id: extraction for each, extraction in batch}
    people, said = interactions.speakers(placed)
    located = {(each.conversation, each.key): each.id for each in placed}
    edges = said + list(interactions.replies(placed, {**frontier.located, **located}))
    new = frozenset(extractions)
    asked: list[Query] = []
    for window in interactions.windows(placed, frontier):
        edges += interactions.order(window[_last_known(window, new) :])
        found, ties = queries.queries(window, new)
        asked += found
        edges += ties
    written, entities, mentions, stated = _notes(placed, extractions, extractor)
    edges += mentions
    links = list(
        _links(written, mentions, {each.id: each for each in entities}, frozenset(p.id for p in people), store)
    )
    links += linking.answer_links(_answers(asked, edges, {each.id for each in written}))
    statements, supports = _insights(stated, store)
    return Derived(
        nodes=(*placed, *written, *people, *entities, *asked, *statements),
        edges=tuple(edges + links + supports),
        added=len(placed),
        links=len(links),
    )


def _placed(new: Sequence[Interaction], frontier: Frontier) -> list[Interaction]:
    """Give each interaction its place behind what its conversation holds."""
    ends = {conversation: tail[-1].position + 1 for conversation, tail in frontier.tails.items() if tail}
    placed = []
    for each in new:
        position = ends.get(each.conversation, 0)
        ends[each.conversation] = position + 1
        placed.append(replace(each, position=position))
    return placed


def _last_known(window: Sequence[Interaction], new: frozenset[str]) -> int:
    """Where the last interaction stands that was there before the first new one."""
    first = next(place for place, each in enumerate(window) if each.id in new)
    return max(0, first - 1)


def _notes(
    placed: Sequence[Interaction], extractions: dict[str, Extraction], extractor: str
) -> tuple[list[Note], list[Entity], list[Edge], list[tuple[Statement, str]]]:
    written: list[Note] = []
    entities: list[Entity] = []
    edges: list[Edge] = []
    stated: list[tuple[Statement, str]] = []
    for each in placed:
        extraction = extractions[each.id]
        if not notes.worth_noting(each, extraction):
            continue
        note = replace(notes.note(each, extraction), decided_by=extractor)
        named, ties = notes.note_edges(note, each, extraction)
        written.append(note)
        entities += named
        edges += ties
        stated += [(statement, note.id) for statement in insights.statements(each, extraction)]
    return written, entities, edges, stated


def _links(
    written: Sequence[Note],
    mentions: Sequence[Edge],
    entities: dict[str, Entity],
    people: frozenset[str],
    store: Store,
) -> list[Edge]:
    kinds = (EdgeKind.MENTIONS, EdgeKind.ABOUT)
    before = [(edge.source, edge.target) for edge in store.edges(list(entities), kinds, linking.WIDEST)]
    # An entity that is known, of which no mention came back, has too many to tell anything.
    common = store.known(list(entities)) - {entity for _, entity in before}
    now = [(edge.source, edge.target) for edge in mentions if edge.kind in kinds]
    names = {id: entity.name for id, entity in entities.items()}
    return list(linking.links([note.id for note in written], before + now, names, people | common))


def _answers(asked: Sequence[Query], edges: Sequence[Edge], written: set[str]) -> list[tuple[str, str, str]]:
    """(note of the answer, note of the question, question) for each answer that has a note."""
    text = {query.id: query.text for query in asked}
    origin = {edge.source: edge.target for edge in edges if edge.kind is EdgeKind.ASKED_IN}
    found = []
    for edge in edges:
        if edge.kind is EdgeKind.ANSWERED_BY:
            answer, question = (content_id("note", id) for id in (edge.target, origin[edge.source]))
            if answer in written and question in written:
                found.append((answer, question, text[edge.source]))
    return found


def _insights(stated: Sequence[tuple[Statement, str]], store: Store) -> tuple[list[Node], list[Edge]]:
    ids = list(dict.fromkeys(statement.insight for statement, _ in stated))
    if not ids:
        return [], []
    known = {node.id: node for node in store.nodes(Selection(kinds=(NodeKind.INSIGHT,), ids=tuple(ids)))}
    supports: dict[str, set[str]] = {id: set() for id in ids}
    for edge in store.edges(ids, (EdgeKind.SUPPORTED_BY,)):
        supports[edge.source].add(edge.target)
    found, edges = insights.insights(stated, known, supports)  # type: ignore[arg-type]
    return list(found), edges
