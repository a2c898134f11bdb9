"""The reply: ranked evidence to hits, insights above them, and an answer in the evidence's own words."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from graph.folding import Run, folded
from graph.ids import interaction_id
from graph.model import (
    Answer,
    Citation,
    EdgeKind,
    Fact,
    FactHit,
    Form,
    Hit,
    InsightHit,
    Interaction,
    NodeKind,
    Question,
    Quotation,
    Reply,
)
from graph.paths import paths
from graph.ports import Store
from graph.rank.answer_type import AnswerType, Expected, expected
from graph.rank.confidence import FOUND, confidence
from graph.rank.current import asks_for_the_past, fact_hit
from graph.rank.fusion import Scored
from graph.rank.parts import parts
from graph.rank.quoting import LONGEST, frame, placed, quoted, told
from graph.rank.reading import shown
from graph.rank.reckoning import reckoned
from graph.rank.request import surveys
from graph.rank.selection import selected
from graph.rank.stated import stated
from graph.rank.twins import Twins, gathered
from graph.rank.valued import answering, fits
from graph.rank.values import Asked
from graph.rank.wanted import wanted
from graph.recall import Evidence
from graph.relations import slot
from graph.stems import stems
from graph.text import fold, shortened, spelled, spoken_date
from graph.tiers.votes import answer_id

_TRUSTED_HITS = 5
"""Hits that may show that memory holds an answer."""
_LOOKED_THROUGH = 3
"""Times the number of hits that is asked for, of the ranked, among which those that say the same are one hit."""
_INSIGHTS = 5
"""Insights above an answer."""


def reply(question: Question, evidence: Evidence, store: Store, began: float) -> Reply:
    """Choose hits within the question's limit and budget, walk up to insights, and quote what answers.

    `began` is the `time.perf_counter()` at which the question was taken up.
    """
    most = _LOOKED_THROUGH * question.limit
    ranked, twins = gathered(evidence.ranked, most)
    runs: Mapping[str, Run] = {}
    if question.limit > _TRUSTED_HITS and not question.as_of:
        ranked, runs = folded(ranked, range(_TRUSTED_HITS, most), evidence.facts, evidence.folded, store)
    chosen = selected(ranked, question, lambda each: _text(each, runs))
    hits_of = [_alike(each, twins, runs) for each in chosen]
    note_of = {
        each.interaction.id: evidence.notes[each.interaction.id]
        for alike in hits_of
        for each in (alike if alike[0].interaction.id in runs else alike[:1])
        if each.interaction.id in evidence.notes
    }
    ways = paths(evidence, list(note_of.values()), store) if question.explain else {}
    hits = [_hit(rank, alike, note_of, ways) for rank, alike in enumerate(hits_of, 1)]
    hits = [_standing_for(hit, runs.get(hit.sources[0].interaction)) for hit in hits]
    if question.order == "time":
        hits.sort(key=by_time)
    insights = _insights(evidence, set(note_of.values()))
    facts = tuple(_facts(evidence, hits))
    return Reply(
        question=question,
        answer=_answer(question, evidence, chosen, facts) if question.answer else Answer(),
        hits=tuple(hits),
        insights=insights,
        reading=shown(evidence.read, question.added),
        elapsed_ms=round((time.perf_counter() - began) * 1000, 3),
        id=answer_id([each.insight for each in insights]),
        facts=facts,
    )


def _text(best: Scored, runs: Mapping[str, Run]) -> str:
    """What the hit of `best` says."""
    run = runs.get(best.interaction.id)
    return run.text if run else best.interaction.text


def _alike(best: Scored, twins: Twins, runs: Mapping[str, Run]) -> list[Scored]:
    """All that the hit of `best` stands for, the best first."""
    run = runs.get(best.interaction.id)
    return [one for each in (run.found if run else (best,)) for one in (each, *twins.get(each.interaction.id, ()))]


def _hit(rank: int, alike: Sequence[Scored], note_of: Mapping[str, str], ways: Mapping[str, tuple[str, ...]]) -> Hit:
    """The hit of those that say the same, or are of one folded episode, the best first."""
    scored = alike[0]
    said = scored.interaction
    note = note_of.get(said.id)
    return Hit(
        rank=rank,
        score=round(scored.score, 6),
        tier=NodeKind.INTERACTION.value,
        note=note,
        title=shortened(said.title or said.text, 80),
        text=said.text,
        timestamp=said.timestamp,
        sources=tuple(citation(each.interaction) for each in alike),
        signals=scored.signals,
        path=ways.get(note or "", ()),
    )


def _standing_for(hit: Hit, run: Run | None) -> Hit:
    """The hit of the best message of a folded episode, for all of them that were found."""
    if run is None:
        return hit
    return replace(hit, tier=NodeKind.EPISODE.value, title=run.episode.title, text=run.text, episode=run.episode.id)


def by_time(hit: Hit) -> tuple[str, int]:
    """What orders hits in time, those without one first; of the same time the better ones first."""
    return hit.timestamp or "", hit.rank


def citation(said: Interaction) -> Citation:
    """Where an interaction was said, in the ids that its source gave."""
    if said.form is Form.DOCUMENT:
        return Citation(said.id, document=said.key, timestamp=said.timestamp)
    return Citation(said.id, said.conversation, said.session or None, said.key, None, said.speaker, said.timestamp)


def _facts(evidence: Evidence, hits: Sequence[Hit]) -> Iterator[FactHit]:
    """Yield what holds of each thing with one value at a time that hits state and that the question may ask for."""
    ranks = {hit.sources[0].interaction: hit.rank for hit in hits}
    slots: dict[str, list[tuple[Fact, int]]] = defaultdict(list)
    for said, facts in evidence.facts.items():
        for fact in facts:
            if key := slot(fact.subject, fact.relation):
                slots[key].append((fact, ranks.get(said, 0)))
    for key in sorted(slots):
        if any(rank for _, rank in slots[key]) and (found := fact_hit(slots[key])):
            yield found


def _insights(evidence: Evidence, notes: set[str]) -> tuple[InsightHit, ...]:
    """The insights that notes of the hits support: those first that most of these, and of what settled the nearest
    queries, support."""
    if not evidence.insights:
        return ()
    counted = notes.union(evidence.notes[id] for id in evidence.settled if id in evidence.notes)
    ids = evidence.walked.ids
    support: dict[str, list[str]] = {node.id: [] for node in evidence.insights}
    for source, target, kind, _ in evidence.walked.edges:
        if kind is EdgeKind.SUPPORTED_BY and ids[source] in support:
            support[ids[source]].append(ids[target])
    found = [
        InsightHit(node.id, node.text, len(counted.intersection(support[node.id])), tuple(sorted(support[node.id])))
        for node in evidence.insights
        if not notes.isdisjoint(support[node.id])
    ]
    return foremost(found)


def foremost(insights: Iterable[InsightHit]) -> tuple[InsightHit, ...]:
    """Those insights that stand above an answer: those with the highest scores, then the most support, first."""
    return tuple(sorted(insights, key=lambda hit: (-hit.score, -len(hit.support), hit.insight)))[:_INSIGHTS]


def _answer(question: Question, evidence: Evidence, chosen: Sequence[Scored], facts: Sequence[FactHit]) -> Answer:
    """What the best hits say of what the question asks: its value, if there is one, and quotations with their sources.

    How sure it is follows from the largest part of the question that one of them covers. A question proves nothing;
    nor does what others say, where it is asked about one speaker.
    """
    want = wanted(evidence.read, evidence.ranked)
    turns = placed(evidence.ranked)
    voices = evidence.read.voices if evidence.read.speaker else ()
    heard = [each.interaction for each in chosen[:_TRUSTED_HITS] if _heard(each.interaction, voices)]
    asked = Asked(question.text, expected(question.text), want, evidence.read.speaker)
    frames = [frame(said, turns) | stems(told(said)) for said in heard]
    if asked.expects.compares:
        # A document is about one thing: of two that are compared none tells alone.
        told_of = (each for each, said in zip(frames, heard, strict=True) if said.form is Form.DOCUMENT)
        frames.append(set().union(*told_of))
    elif surveys(question.text):
        frames.append(set().union(*frames))
    most = max(map(want.covered, frames), default=0.0)
    if (problem := parts(question.text)) and (found := reckoned(problem, chosen, turns, asked, question.asked_at)):
        return _told_by(found.quotations, found.value, found.kind, max(most, found.covered), chosen)
    if answer := _valued(evidence, chosen, asked.expects):
        return answer
    if confidence(most) < FOUND:
        return Answer(confidence=confidence(most))
    holding = answering(facts, question.text, evidence.read, asked.expects, question.asked_at)
    # What has ended is not quoted where what holds can be.
    ended = frozenset(rank for each in holding for rank in each.replaced)
    quotations, value = quoted(chosen, turns, asked, ended)
    giving = [each for each in holding if fits(asked.expects, each.relation, question.text)]
    if len(giving) == 1 and (saying := [each for each in quotations if each.hit == giving[0].hit]):
        quotations, value = saying, giving[0].value
    quotations, value = _corrected(quotations, value, evidence, facts, chosen)
    if value and fold(value) in evidence.beside | _gone(question, evidence, facts):
        return _told_by(quotations, "", asked.expects.kind, most, chosen)
    if not value:
        quotations, value = _stated(question, evidence, quotations, chosen, asked)
    if not quotations:
        # Titles and speakers may cover the question where nobody tells anything.
        return Answer(confidence=confidence(most))
    return _told_by(quotations, value, asked.expects.kind, most, chosen)


def _valued(evidence: Evidence, chosen: Sequence[Scored], expects: Expected) -> Answer | None:
    """The answer that a fact gives to a question which asks for its value and nothing else, where a hit states it."""
    ranks = {each.interaction.id: rank for rank, each in enumerate(chosen, 1)}
    found = [(rank, each) for each in evidence.answering if (rank := ranks.get(interaction_id(each.note)))]
    if not found:
        return None
    rank, fact = min(found, key=lambda each: each[0])
    return _told_by([_whole(chosen, rank)], fact.object, expects.kind, 1.0, chosen)


def _corrected(
    quotations: Sequence[Quotation], value: str, evidence: Evidence, facts: Sequence[FactHit], chosen: Sequence[Scored]
) -> tuple[list[Quotation], str]:
    """A value that was taken back as it was put right, and what puts it right before the rest; else as they are."""
    told = (each for some in evidence.facts.values() for each in some if each.retracted_at is not None)
    wrong = {slot(each.subject, each.relation) for each in told if fold(each.object) == fold(value)} - {""}
    right = [each for each in facts if each.hit and slot(each.subject, each.relation) in wrong]
    if len(right) != 1:
        return list(quotations), value
    (fact,) = right
    return [_whole(chosen, fact.hit), *(each for each in quotations if each.hit != fact.hit)], fact.value


def _whole(chosen: Sequence[Scored], rank: int) -> Quotation:
    """The hit of that rank, quoted as a whole."""
    return Quotation(shortened(chosen[rank - 1].interaction.text, LONGEST), rank)


def _gone(question: Question, evidence: Evidence, facts: Sequence[FactHit]) -> frozenset[str]:
    """The folded values that a question which asks for what holds may not be answered with, as they are over and no
    other holds."""
    if asks_for_the_past(question.text, evidence.read, question.asked_at):
        return frozenset()
    over = [each for each in facts if each.valid_to is not None]
    return frozenset(fold(value) for each in over for value in (each.value, *each.before))


def _stated(
    question: Question, evidence: Evidence, quotations: list[Quotation], chosen: Sequence[Scored], asked: Asked
) -> tuple[list[Quotation], str]:
    """The value that a fact gives which one of `quotations` states, and that one before the rest; empty where none
    does."""
    for each in quotations:
        facts = evidence.facts.get(chosen[each.hit - 1].interaction.id, ())
        if value := stated(facts, question.text, evidence.read, asked.expects, question.asked_at):
            return [each, *(other for other in quotations if other is not each)], value
    return quotations, ""


def _told_by(
    quotations: Sequence[Quotation], value: str, kind: AnswerType, covered: float, chosen: Sequence[Scored]
) -> Answer:
    quotations = tuple(replace(each, said=_said(chosen[each.hit - 1].interaction)) for each in quotations)
    return Answer(
        text=in_words(value, quotations),
        confidence=confidence(covered),
        found=True,
        quotations=quotations,
        value=value,
        kind=kind.value,
    )


def _heard(said: Interaction, voices: Sequence[str]) -> bool:
    """Whether `said` may tell of what a speaker with these names is asked about: their own words, or a document's."""
    return not voices or not said.speaker or bool(spelled([said.speaker], voices))


def in_words(value: str, quotations: Sequence[Quotation]) -> str:
    """The text of an answer: a line a quotation, the value before the first."""
    lines = "\n".join(f"“{each.text}” — {each.said} [{each.hit}]" for each in quotations)
    return f"{value} — {lines}" if value else lines


def _said(said: Interaction) -> str:
    who = said.speaker or said.title or said.key
    return f"{who}, {spoken_date(said.timestamp)}" if said.timestamp else who
