"""The middle tier: what was asked, and what settled it (G-Memory's query graph, arXiv 2506.07398, 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from graph.ids import content_id
from graph.model import Edge, EdgeKind, Form, Interaction, Query
from graph.ports import REACH
from graph.stems import alike
from graph.text import asks, sentences, shortened, stop_words, word_list, words

_MARK = re.compile(r"[?？؟]")
_REQUEST = re.compile(
    r"(?:(?:hey|hi|so|and|but|well|ok|okay|also|please|by the way|anyway|oh|now)[,!]? )*(?:"
    r"(?:please |do )?(?:tell|remind|show|teach) (?:me|us)\b|(?:please )?explain\b|(?:please )?help (?:me|us)\b"
    r"|let (?:me|us) know (?:what|when|where|who|how|if|whether|which|why)\b"
    r"|(?:can|could|would|will) you (?!believe|imagine|look at)\b|I(?:['’]m| am)? (?:just )?wonder(?:ing)? "
    r"(?:if|whether|what|when|where|who|how|which|why)\b|I(?:['’]d| would) (?:like|love) to know\b"
    r"|please (?:send|give|bring|check|find|call|write|look|make|buy|get|ask|add|fix|try|use)\b)",
    re.IGNORECASE,
)
"""How a request begins that has no question mark."""
CORRECTS = "corrects"
"""How a turn is related to a query whose answer it takes back or denies."""
QUOTED = "quoted in the answer"
"""Why what was asked of memcli is answered by something: the reason of no other edge."""
_QUERIES = 4
"""Questions taken from one interaction."""
_ANSWERS = 2
"""Turns that may answer one."""
_LONGEST = 400
_SIMILAR = 3
"""Earlier questions to which one is tied."""


class _Asked(Struct):
    query: Query
    interaction: Interaction
    answers: list[Interaction] = field(default_factory=list)
    corrections: list[Interaction] = field(default_factory=list)

    @property
    def turns(self) -> set[str]:
        """All that the query is tied to."""
        return {turn.id for turn in (self.interaction, *self.answers, *self.corrections)}


def queries(
    window: Sequence[Interaction], new: frozenset[str], corrected: Sequence[tuple[Interaction, Interaction]] = ()
) -> tuple[list[Query], list[Edge]]:
    """The questions and requests in one session's window, tied to the turns that answer them.

    One is answered by the next turns of the first other person who speaks within `REACH`, and corrected where a turn
    as near takes an answer, or after it the question, back: `corrected` gives (turn, what it corrects) of the window.
    Only what touches an interaction in `new` is returned; the rest of the window was seen before.
    """
    asked: list[_Asked] = []
    open_: list[_Asked] = []
    for turn in window:
        if turn.form is not Form.MESSAGE:
            continue
        open_ = [each for each in open_ if _still_open(each, turn)]
        for each in open_:
            if turn.speaker != each.query.asker:
                each.answers.append(turn)
        fresh = [_Asked(query, turn) for query in _asked_in(turn)]
        asked += fresh
        open_ += fresh
    for each in asked:
        each.corrections += [turn for turn, before in corrected if _corrects(turn, before, each)]
    touched = [each for each in asked if each.turns & new]
    edges = [edge for each in touched for edge in _edges(each)]
    return [settled(each.query, [edge for edge in edges if edge.source == each.query.id]) for each in touched], edges


def similar(query: Query, earlier: Iterable[Interaction]) -> Iterator[tuple[Edge, str]]:
    """Yield the edges from `query` to those questions in `earlier` turns that ask for much the same, the nearest ones
    (the edges of G-Memory's query graph, arXiv 2506.07398, 3.1, by words where it has vectors), each with the id of the
    turn that asks the other."""
    asked = [(each, turn.id) for turn in earlier if turn.form is Form.MESSAGE for each in _asked_in(turn)]
    turns = {each.id: turn for each, turn in asked}
    return ((edge, turns[edge.target]) for edge in resembling(query, (each for each, _ in asked)))


def resembling(query: Query, others: Iterable[Query]) -> Iterator[Edge]:
    """Yield the edges from `query` to those of the `others`, asked before it, that ask for much the same
    (`graph.stems.alike`), the last ones first."""
    earlier = {each.id: each for each in others if each.id != query.id and not _after(each, query)}
    found = {id: near for id, each in earlier.items() if (near := alike(query.text, each.text))}
    latest = sorted(found, key=lambda id: (earlier[id].timestamp or "", id), reverse=True)
    for id in sorted(latest, key=lambda id: -found[id])[:_SIMILAR]:
        yield Edge(query.id, id, EdgeKind.RESEMBLES, round(found[id], 4), reason="much the same words")


def _after(one: Query, other: Query) -> bool:
    return bool(one.timestamp and other.timestamp and one.timestamp > other.timestamp)


def wording(question: str) -> str:
    """A question as a query has it."""
    return shortened(question, _LONGEST)


def settled(query: Query, edges: Iterable[Edge]) -> Query:
    """`query` with the outcome that its `edges` tell."""
    ends = [edge.relation for edge in edges if edge.kind is EdgeKind.ANSWERED_BY]
    return replace(query, outcome=("corrected" if CORRECTS in ends else "answered") if ends else "open")


def _corrects(turn: Interaction, before: Interaction, asked: _Asked) -> bool:
    if not asked.answers or not 0 < turn.position - asked.interaction.position <= REACH:
        return False
    after = turn.position > asked.answers[0].position
    return any(before.id == each.id for each in asked.answers) or (after and before.id == asked.interaction.id)


def _still_open(asked: _Asked, turn: Interaction) -> bool:
    if turn.position - asked.interaction.position > REACH:
        return False
    if not asked.answers:
        return True
    return len(asked.answers) < _ANSWERS and turn.speaker == asked.answers[-1].speaker


def _asked_in(turn: Interaction) -> Iterator[Query]:
    empty = stop_words() | word_list("courtesy")
    marked = _MARK.search(turn.text)
    questions = [each for each in sentences(turn.text) if (marked and asks(each)) or _REQUEST.match(each)]
    for question in [each for each in questions if any(word not in empty for word in words(each))][:_QUERIES]:
        yield Query(
            id=content_id("query", turn.id, question),
            text=wording(question),
            asker=turn.speaker,
            timestamp=turn.timestamp,
        )


def _edges(asked: _Asked) -> Iterator[Edge]:
    yield Edge(asked.query.id, asked.interaction.id, EdgeKind.ASKED_IN)
    for turn in asked.answers:
        reason = f"next turn by {turn.speaker}" if turn.speaker else "next turn"
        yield Edge(asked.query.id, turn.id, EdgeKind.ANSWERED_BY, reason=reason)
    for turn in asked.corrections:
        reason = f"corrected by {turn.speaker}"
        yield Edge(asked.query.id, turn.id, EdgeKind.ANSWERED_BY, relation=CORRECTS, reason=reason)
