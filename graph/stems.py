"""English words in their base form, and what two questions have in common by these."""

from __future__ import annotations

import re
from functools import lru_cache

from graph.text import segmented, terms, verb_forms, words

_ENDING = re.compile(r"(?<=\w\w\w)(?:ie|ies|ied|(?<![aeiou])ying|ings?|ed|e?s|(?<![aeiou])y|e|ers?|ly)$")
_ALIKE = 0.5
"""The part of all their words that two questions share which ask for much the same."""


def stems(*texts: str | None) -> set[str]:
    """The stem of each word of `texts`."""
    return {stem(word) for text in texts if text for word in words(segmented(text))}


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """A folded word in its base form, where it is an irregular verb, and without the commonest English endings:
    "planned" and "planning" are "plan"."""
    word = verb_forms()[word][0] if word in verb_forms() else word
    root = _ENDING.sub("", word)
    doubled = len(root) > 3 and root != word and root[-1] == root[-2]
    return root[:-1] if doubled else root


def alike(one: str, other: str) -> float:
    """How much two questions ask for the same: the part of all their telling words that both have (Jaccard, 1912), in
    [0, 1]; 0 where that is less than half."""
    its, others = stems(*terms(one)), stems(*terms(other))
    both = len(its & others) / len(its | others) if its | others else 0.0
    return both if both >= _ALIKE else 0.0
