"""Choosing hits from ranked candidates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

from graph.model import Form, Question
from graph.rank.fusion import Scored


def selected(ranked: Sequence[Scored], question: Question) -> list[Scored]:
    """The best, as far as the question's limit and budget reach; the first always, however long."""
    chosen: list[Scored] = []
    left = math.inf if question.budget is None else question.budget
    for each in islice(_best_sections(ranked), question.limit):
        left -= len(each.interaction.text.split())
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
