"""The read path: a question to ranked evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.ids import PREFIXES
from graph.model import EdgeKind, Interaction, NodeKind, Question, Selection, Subgraph, TextQuery
from graph.ports import Store
from graph.rank.fusion import Scored, fused
from graph.rank.lexical import lexical, smoothed
from graph.rank.ppr import personalized_pagerank
from graph.rank.reading import Understood, names, understood
from graph.settings import Settings

WALKED = (EdgeKind.DERIVED_FROM, EdgeKind.MENTIONS, EdgeKind.ABOUT)
"""The edges that PageRank walks."""
_SEEDS = 50
"""The best matches of full text from which walks start."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What recall found: candidates, best first; how the question was read; the graph that was ranked."""

    ranked: tuple[Scored, ...]
    read: Understood
    walked: Subgraph


def recall(question: Question, store: Store, settings: Settings) -> Evidence:
    """Rank what the store holds by its bearing on the question.

    Five reads of the store, however big it is: names, full text, turns around the matches, the graph around matches and
    entities, and the candidates themselves.
    """
    read = understood(question, store.resolve(names(question), question.conversation))
    matches = store.search(_text_query(question, read, settings))
    scores = lexical(matches, settings.recall_piece)
    order = store.neighborhood(list(scores), (EdgeKind.NEXT,), 1, settings.recall_widest)
    near = smoothed(scores, order, settings.recall_previous, settings.recall_next)
    seeds = _seeds(read, scores, settings)
    walked = store.neighborhood(list(seeds), WALKED, settings.recall_hops, settings.recall_widest)
    shares = personalized_pagerank(walked, seeds, settings.recall_damping)
    candidates = _candidates(near, shares, question, store, settings)
    best_near = max((near.get(each.id, 0.0) for each in candidates), default=0.0) or 1.0
    best_share = max((shares.get(each.id, 0.0) for each in candidates), default=0.0) or 1.0
    ranked = [
        fused(each, near.get(each.id, 0.0) / best_near, shares.get(each.id, 0.0) / best_share, read.speaker, settings)
        for each in candidates
    ]
    return Evidence(tuple(sorted(ranked, key=lambda each: (-each.score, each.interaction.id))), read, walked)


def _text_query(question: Question, read: Understood, settings: Settings) -> TextQuery:
    return TextQuery(
        terms=read.terms,
        conversation=question.conversation,
        speaker=question.speaker,
        since=question.since,
        until=question.until,
        limit=settings.recall_candidates,
    )


def _seeds(read: Understood, scores: Mapping[str, float], settings: Settings) -> dict[str, float]:
    """Where walks start: at the question's entities by specificity (1 / mentions), and a little at full text's best."""
    seeds = {match.entity.id: 1 / match.mentions for match in read.entities if match.mentions}
    prior = settings.recall_prior if seeds else 1.0
    best = sorted(scores, key=lambda id: (-scores[id], id))[:_SEEDS]
    return seeds | {id: prior * scores[id] for id in best}


def _candidates(
    near: Mapping[str, float], shares: Mapping[str, float], question: Question, store: Store, settings: Settings
) -> Sequence[Interaction]:
    """The interactions worth a place in the ranking, within what the question asks for."""
    reached = sorted((id for id in shares if id.startswith(PREFIXES["interaction"])), key=lambda id: (-shares[id], id))
    ids = dict.fromkeys([*near, *reached[: settings.recall_candidates]])
    selection = Selection(kinds=(NodeKind.INTERACTION,), ids=tuple(ids), since=question.since, until=question.until)
    return [
        node
        for node in store.nodes(selection)
        if isinstance(node, Interaction)
        and question.conversation in (None, node.conversation)
        and question.speaker in (None, node.speaker)
    ]
