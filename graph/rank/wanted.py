"""What a question wants said, and how much of it a text says."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set

from msgspec import Struct

from graph.rank.fusion import Scored
from graph.rank.reading import Understood
from graph.stems import stem, stems
from graph.text import segmented, verb_forms

_WEIGHED = 100
"""Candidates from which it is told how rare a term is."""


class Wanted(Struct, frozen=True):
    """The weight of the stem of each term of a question, 1 in all."""

    weight: Mapping[str, float]

    def covered(self, stems: Set[str]) -> float:
        """The weight of those terms whose stems are given."""
        # In the order of the terms, since the sum of fractions depends on it.
        return sum(weight for term, weight in self.weight.items() if term in stems)

    def part(self, stems: Set[str]) -> Wanted:
        """Of the terms, those with the stems given, whose weights are 1 in all again."""
        weight = {term: each for term, each in self.weight.items() if term in stems}
        total = sum(weight.values()) or 1.0
        return Wanted({term: each / total for term, each in weight.items()})


def wanted(read: Understood, candidates: Sequence[Scored]) -> Wanted:
    """The question's terms, weighed by how few of the candidates say them.

    Names of people who speak are left out where there is more: they say whose words are asked for, not which.
    """
    people = {each for match in read.entities if match.speaks for each in stems(f"{match.name} {match.entity.name}")}
    asked = {stem(term) for term in read.terms}
    terms = asked - people or asked
    # The stem of a word begins it, but for forms of irregular verbs: others need not be made.
    beginnings = terms.union(*(verb_forms().get(term, ()) for term in read.terms))
    like = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(beginnings)))})\w*")
    seen = [like.findall(segmented(each.interaction.text).casefold()) for each in candidates[:_WEIGHED]]
    count = Counter(term for said in seen for term in terms.intersection(map(stem, said)))
    weight = {term: math.log(1 + len(seen) / (1 + count[term])) for term in sorted(terms)}
    total = sum(weight.values()) or 1.0
    return Wanted({term: each / total for term, each in weight.items()})
