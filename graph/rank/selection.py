"""Choosing hits from ranked candidates."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from graph.model import Form, Question
from graph.rank.fusion import Scored

T = TypeVar("T")


def selected(ranked: Sequence[Scored], question: Question, text: Callable[[Scored], str]) -> list[Scored]:
    """The best, as far as the question's limit and budget reach; `text` is what the hit of each will say."""
    return within(question, _best_sections(ranked), text)


def within(question: Question, ranked: Iterable[T], text: Callable[[T], str]) -> list[T]:
    """The first of `ranked`, as far as the question's limit and budget of words reach; the first always, however long
    its `text` is."""
    chosen: list[T] = []
    left = math.inf if question.budget is None else question.budget
    for each in islice(ranked, question.limit):
        left -= len(text(each).split())
        if left < 0 and chosen:
            break
        chosen.append(each)
    return chosen


def _best_sections(ranked: Sequence[Scored]) -> Iterator[Scored]:
    """Yield the ranked without the further sections of a document: they take no other's place."""
    seen: set[str] = set()
    for each in ranked:
        if each.interaction.form is Form.DOCUMENT:
            if each.interaction.key in seen:
                continue
            seen.add(each.interaction.key)
        yield each
