"""The reply: ranked evidence to hits, insights above them, and an answer in the evidence's own words."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from graph.model import (
    Answer,
    Citation,
    EdgeKind,
    Form,
    Hit,
    InsightHit,
    Interaction,
    NodeKind,
    Question,
    Quotation,
    Reading,
    Reply,
)
from graph.paths import paths
from graph.ports import Store
from graph.rank.fusion import Scored
from graph.recall import Evidence
from graph.text import sentences, shortened, spoken_date, words

_QUOTATIONS = 3
_QUOTED_HITS = 5
"""Hits whose sentences may be quoted."""
_LONGEST_QUOTATION = 400
_FOUND = 0.5
"""Confidence from which memory is said to hold an answer."""
_STEM = 4


def reply(question: Question, evidence: Evidence, store: Store, began: float) -> Reply:
    """Choose hits within the question's limit and budget, walk up to insights, and quote what answers.

    `began` is the `time.perf_counter()` at which the question was taken up.
    """
    chosen = _chosen(evidence.ranked, question)
    note_of = {
        each.interaction.id: evidence.notes[each.interaction.id]
        for each in chosen
        if each.interaction.id in evidence.notes
    }
    ways = paths(evidence, list(note_of.values()), store) if question.explain else {}
    hits = [_hit(rank, each, note_of.get(each.interaction.id), ways) for rank, each in enumerate(chosen, 1)]
    if question.order == "time":
        hits.sort(key=lambda hit: (hit.timestamp or "", hit.rank))
    return Reply(
        question=question,
        answer=_answer(evidence, chosen) if question.answer else Answer(),
        hits=tuple(hits),
        insights=_insights(evidence, set(note_of.values())),
        reading=Reading(
            evidence.read.terms,
            tuple(match.entity.name for match in evidence.read.entities),
            evidence.read.speaker,
        ),
        elapsed_ms=round((time.perf_counter() - began) * 1000, 3),
    )


def _chosen(ranked: Sequence[Scored], question: Question) -> list[Scored]:
    """The best, as far as limit and budget reach; the first always, however long."""
    chosen: list[Scored] = []
    left = math.inf if question.budget is None else question.budget
    for each in ranked[: question.limit]:
        left -= len(each.interaction.text.split())
        if left < 0 and chosen:
            break
        chosen.append(each)
    return chosen


def _hit(rank: int, scored: Scored, note: str | None, ways: Mapping[str, tuple[str, ...]]) -> Hit:
    said = scored.interaction
    return Hit(
        rank=rank,
        score=round(scored.score, 6),
        tier=NodeKind.INTERACTION.value,
        note=note,
        title=shortened(said.title or said.text, 80),
        text=said.text,
        timestamp=said.timestamp,
        sources=(citation(said),),
        signals=scored.signals,
        path=ways.get(note or "", ()),
    )


def citation(said: Interaction) -> Citation:
    """Where an interaction was said, in the ids that its source gave."""
    if said.form is Form.DOCUMENT:
        return Citation(said.id, document=said.key, timestamp=said.timestamp)
    return Citation(said.id, said.conversation, said.session or None, said.key, None, said.speaker, said.timestamp)


def _insights(evidence: Evidence, notes: set[str]) -> tuple[InsightHit, ...]:
    """The insights that notes of the hits support, those that most of them support first."""
    ids = evidence.walked.ids
    support: dict[str, list[str]] = {node.id: [] for node in evidence.insights}
    for source, target, kind, _ in evidence.walked.edges:
        if kind is EdgeKind.SUPPORTED_BY and ids[source] in support:
            support[ids[source]].append(ids[target])
    found = [
        InsightHit(node.id, node.text, len(notes.intersection(support[node.id])), tuple(sorted(support[node.id])))
        for node in evidence.insights
    ]
    return tuple(
        sorted((hit for hit in found if hit.score), key=lambda hit: (-hit.score, -len(hit.support), hit.insight))
    )


def _answer(evidence: Evidence, chosen: Sequence[Scored]) -> Answer:
    """The sentences of the best hits that say most of what the question asks, quoted with speaker and date."""
    if not chosen:
        return Answer()
    weight = _term_weights(evidence)
    total = sum(weight.values()) or 1.0
    confidence = max(_covered(_context(each), weight) for each in chosen[:_QUOTED_HITS]) / total
    if confidence < _FOUND:
        return Answer(confidence=round(confidence, 4))
    quotations = _quotations(chosen, {term: value / total for term, value in weight.items()})
    return Answer(
        text="\n".join(_spoken(quotation, chosen[quotation.hit - 1].interaction) for quotation in quotations),
        confidence=round(confidence, 4),
        found=True,
        quotations=tuple(quotations),
    )


def _quotations(chosen: Sequence[Scored], weight: Mapping[str, float]) -> list[Quotation]:
    """The best sentence of each of the best hits, best first; who asks the same does not answer it."""
    best: list[tuple[float, Quotation]] = []
    for rank, each in enumerate(chosen[:_QUOTED_HITS], 1):
        said = [sentence for sentence in sentences(each.interaction.text) if words(sentence)]
        told = [sentence for sentence in said if not sentence.startswith("#") and not sentence.endswith("?")]
        options = [(_covered(sentence, weight), -place, sentence) for place, sentence in enumerate(told)]
        if options:
            covered, _, sentence = max(options)
            # The score of the hit stands for what its neighbours and the graph say.
            worth = covered + each.score / chosen[0].score
            best.append((-worth, Quotation(shortened(sentence, _LONGEST_QUOTATION), rank)))
    return [quotation for _, quotation in sorted(best, key=lambda each: (each[0], each[1].hit))[:_QUOTATIONS]]


def _spoken(quotation: Quotation, said: Interaction) -> str:
    who = said.speaker or said.title or said.key
    when = f", {spoken_date(said.timestamp)}" if said.timestamp else ""
    return f"“{quotation.text}” — {who}{when} [{quotation.hit}]"


def _term_weights(evidence: Evidence) -> dict[str, float]:
    """What each search term says, by how few of the candidates hold it."""
    count: Counter[str] = Counter()
    for each in evidence.ranked:
        stems = {word[:_STEM] for word in words(each.interaction.text)}
        count.update(term for term in evidence.read.terms if term[:_STEM] in stems)
    return {term: math.log(1 + len(evidence.ranked) / (1 + count[term])) for term in evidence.read.terms}


def _covered(text: str, weight: Mapping[str, float]) -> float:
    stems = {word[:_STEM] for word in words(text)}
    return sum(value for term, value in weight.items() if term[:_STEM] in stems)


def _context(scored: Scored) -> str:
    said = scored.interaction
    return f"{said.speaker or ''} {said.title or ''} {said.text}"
