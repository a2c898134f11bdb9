"""The middle tier: what was asked, and what settled it (G-Memory's query graph, arXiv 2506.07398, 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from graph.ids import content_id
from graph.model import Edge, EdgeKind, Form, Interaction, Query
from graph.text import asks, sentences, shortened, stop_words, word_list, words
from graph.tiers.interactions import REACH

_MARK = re.compile(r"[?？؟]")
_QUERIES = 4
"""Questions taken from one interaction."""
_ANSWERS = 2
"""Turns that may answer one."""
_LONGEST = 400


class _Asked(Struct):
    query: Query
    interaction: Interaction
    answers: list[Interaction] = field(default_factory=list)


def queries(window: Sequence[Interaction], new: frozenset[str]) -> tuple[list[Query], list[Edge]]:
    """The questions asked in one session's window, tied to the turns that answer them.

    A question is answered by the next turns of the first other person who speaks within `REACH`. Only what touches an
    interaction in `new` is returned; the rest of the window was seen before.
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
    touched = [each for each in asked if {each.interaction.id, *(turn.id for turn in each.answers)} & new]
    settled = [replace(each.query, outcome="answered") if each.answers else each.query for each in touched]
    return settled, [edge for each in touched for edge in _edges(each)]


def _still_open(asked: _Asked, turn: Interaction) -> bool:
    if turn.position - asked.interaction.position > REACH:
        return False
    if not asked.answers:
        return True
    return len(asked.answers) < _ANSWERS and turn.speaker == asked.answers[-1].speaker


def _asked_in(turn: Interaction) -> Iterator[Query]:
    if not _MARK.search(turn.text):
        return
    empty = stop_words() | word_list("courtesy")
    questions = [sentence for sentence in sentences(turn.text) if asks(sentence)]
    for question in [each for each in questions if any(word not in empty for word in words(each))][:_QUERIES]:
        yield Query(
            id=content_id("query", turn.id, question),
            text=shortened(question, _LONGEST),
            asker=turn.speaker,
            timestamp=turn.timestamp,
        )


def _edges(asked: _Asked) -> Iterator[Edge]:
    yield Edge(asked.query.id, asked.interaction.id, EdgeKind.ASKED_IN)
    for turn in asked.answers:
        reason = f"next turn by {turn.speaker}" if turn.speaker else "next turn"
        yield Edge(asked.query.id, turn.id, EdgeKind.ANSWERED_BY, reason=reason)
