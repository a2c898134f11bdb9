"""Several memories asked at once: each by itself, and the replies as one, each part with the name of its space."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Self

from msgspec.structs import replace

from graph.answer import by_time, foremost, in_words
from graph.memory import Memory
from graph.model import Answer, FactHit, Hit, InsightHit, Question, Reply
from graph.rank.selection import within
from graph.tiers.votes import answer_id

_Placed = tuple[str, Hit]
"""The name of a space, and a hit that lies in it."""


class Several:
    """Memories by the names of their spaces; use it as a context manager."""

    def __init__(self, memories: Mapping[str, Memory], closing: ExitStack) -> None:
        self._memories = memories
        self._closing = closing

    @classmethod
    def open(cls, spaces: Sequence[str], opener: Callable[[str], Memory]) -> Self:
        """Open the memory of each space; raises what `opener` does, and then leaves none open."""
        with ExitStack() as stack:
            memories = {space: stack.enter_context(opener(space)) for space in spaces}
            first, *others = memories.values()
            for each in others:
                each.embed_like(first)
            return cls(memories, stack.pop_all())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.close()

    def ask(self, question: Question) -> Reply:
        """Ask each memory by itself, and put the replies together; a language model, where one helps, is asked once."""
        return next(iter(self._memories.values())).helped(question, self._found)

    def _found(self, question: Question) -> Reply:
        began = time.perf_counter()
        # How sure each is tells how its hits stand against those of others, whether or not an answer is wanted.
        sure = replace(question, answer=True)
        found = merged(question, {space: memory.found(sure) for space, memory in self._memories.items()})
        return replace(found, elapsed_ms=round((time.perf_counter() - began) * 1000, 3))


def merged(question: Question, replies: Mapping[str, Reply]) -> Reply:
    """The replies to a question, by space, as one: hits by score, as far as its limit and budget reach, and of all
    answers the surest, with what it quotes. Among equals the space that is named first goes first.

    The replies have answers, whether or not the question wants one.
    """
    best = max(replies, key=lambda space: (replies[space].answer.found, replies[space].answer.confidence))
    told = replies[best]
    answer = told.answer if question.answer else Answer()
    chosen = _chosen(question, replies, [(best, each.hit) for each in answer.quotations])
    ranks = {(space, hit.rank): rank for rank, (space, hit) in enumerate(chosen, 1)}
    hits = [replace(hit, rank=rank, space=space) for rank, (space, hit) in enumerate(chosen, 1)]
    if question.order == "time":
        hits.sort(key=by_time)
    insights = _insights(replies, hits)
    return replace(
        told,
        question=question,
        answer=_answer(answer, best, ranks),
        hits=tuple(hits),
        insights=insights,
        id=answer_id([each.insight for each in insights if each.space == best]),
        facts=tuple(
            fact
            for space, reply in replies.items()
            for each in reply.facts
            if (fact := _fact(each, space, ranks)).hit or fact.replaced
        ),
    )


def _chosen(question: Question, replies: Mapping[str, Reply], quoted: Sequence[tuple[str, int]]) -> list[_Placed]:
    """The hits that are kept, best first: those that are quoted, and what else there is room for."""

    def by_score(placed: _Placed) -> float:
        return -placed[1].score

    # Those of one space stay in their order, whatever the order of the question.
    ranked = [(space, hit) for space, hits in _weighed(replies).items() for hit in hits]
    first = sorted(sorted(ranked, key=by_score), key=lambda placed: (placed[0], placed[1].rank) not in quoted)
    return sorted(within(question, first, lambda placed: placed[1].text), key=by_score)


def _weighed(replies: Mapping[str, Reply]) -> dict[str, list[Hit]]:
    """The hits of each space, best first, with scores that can be compared across spaces.

    A score says how a hit stands among those of its own space, whose best may be of no use. How sure a space is, by how
    much of the question its best hits cover, means the same in each: the best of each scores that, and others in
    proportion. Where none covers anything, each counts as much.
    """
    sure = {space: reply.answer.confidence for space, reply in replies.items()}
    if not any(sure.values()):
        sure = dict.fromkeys(sure, 1.0)
    weighed = {}
    for space, reply in replies.items():
        best = max((hit.score for hit in reply.hits), default=0.0)
        factor = sure[space] / best if best else 0.0
        hits = sorted(reply.hits, key=lambda hit: hit.rank)
        weighed[space] = [
            replace(hit, score=round(hit.score * factor, 6), signals={**hit.signals, "space": round(factor, 6)})
            for hit in hits
        ]
    return weighed


def _answer(answer: Answer, space: str, ranks: Mapping[tuple[str, int], int]) -> Answer:
    """The answer of a space, with the ranks that its hits have among all."""
    if not answer.found:
        return replace(answer, space=space)
    quotations = tuple(replace(each, hit=ranks[space, each.hit]) for each in answer.quotations)
    return replace(answer, quotations=quotations, text=in_words(answer.value, quotations), space=space)


def _fact(fact: FactHit, space: str, ranks: Mapping[tuple[str, int], int]) -> FactHit:
    """A fact of a space, with the ranks that its hits have among all: 0 for one that is not among them."""
    replaced = tuple(rank for each in fact.replaced if (rank := ranks.get((space, each))))
    return replace(fact, hit=ranks.get((space, fact.hit), 0), replaced=replaced, space=space)


def _insights(replies: Mapping[str, Reply], hits: Sequence[Hit]) -> tuple[InsightHit, ...]:
    """The insights that notes of the hits support, those that most of these support first."""
    notes = {(hit.space, hit.note) for hit in hits}
    found = [
        replace(each, space=space)
        for space, reply in replies.items()
        for each in reply.insights
        if any((space, note) in notes for note in each.support)
    ]
    return foremost(found)
