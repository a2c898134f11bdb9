"""The value that a fact gives to a question: what is asked of it, or yes.

A fact is a sentence of few words. It answers a question of which it has every word that is not merely grammar, about
whom it is about: anything less would be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph.model import Fact
from graph.rank.answer_type import AnswerType, Expected
from graph.rank.current import asks_for_the_past, subjects
from graph.rank.reading import Understood
from graph.relations import CERTAIN, holds
from graph.stems import stem, stems
from graph.text import fold

_GRAMMAR_WORDS = """
what which whose who thing things do does did is are am was were be been has have had a an the any some her his their
its my our your ever still now currently at all
"""
_GRAMMAR = frozenset(map(stem, _GRAMMAR_WORDS.split()))
"""Words by which a question asks, and that a fact may say otherwise, or not at all. Prepositions are none: who moved
from a place did not move to it."""
_DENIED = re.compile(r"\b(?:not|never|no|without|only|just)\b|n['’]t\b", re.IGNORECASE)
_WHAT = re.compile(r"\W{0,9}(?:what|which)\b", re.IGNORECASE)


def stated(facts: Iterable[Fact], question: str, read: Understood, expects: Expected, today: str | None) -> str:
    """The value that one of `facts`, the best first, gives to `question`: what it tells of somebody, or "yes"; empty
    where none does, and where what is asked is denied, over or still to come."""
    if expects.ahead or _DENIED.search(question) or asks_for_the_past(question, read, today):
        return ""
    whole = expects.kind is AnswerType.YES_NO
    if not whole and not (expects.kind is AnswerType.NONE and _WHAT.match(question)):
        return ""
    names = {fold(each) for each in subjects(question, read)}
    # Whom a question with yes or no is about comes first: Ann may like Bob, and he not her.
    first = fold(question).partition(" ")[2]
    for each in facts:
        name = fold(each.subject)
        if name not in names or each.state != CERTAIN or not holds(each) or _DENIED.search(each.text):
            continue
        if whole and not first.startswith((f"{name} ", "i ")):
            continue
        asked = stems(question) - stems(each.subject) - _GRAMMAR
        if asked and asked <= stems(each.text if whole else each.relation):
            return "yes" if whole else each.object
    return ""
