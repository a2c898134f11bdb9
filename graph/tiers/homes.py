"""Whether a name may be where somebody lives: people move to Lisbon, to Marketing and to Linux in the same words.

No list has every place, and what a small model takes for one is a guess where the sentence tells nothing more. So names
that are known for something else are refused (`word_lists/no_homes.txt`), and those that a model knows for a product,
an event, a work or a language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph.model import Mention
from graph.text import fold, word_list

_PLACES = frozenset({"GPE", "LOC", "FAC"})
_UNKNOWN = frozenset({"NAME", "CONCEPT", "ORG", "PERSON"})
"""Labels of names of which it is not known what they are, and those that a small model gives to towns: "Malmö" is an
organisation to it."""
_NO_PLACES = frozenset({"EVENT", "LANGUAGE", "LAW", "PRODUCT", "WORK_OF_ART"})
_PART = re.compile(
    r"['’]|[ -](?:accounts?|apps?|branch|board|class|classes|contract|department|dept|desk|division|edition|group|plan"
    r"|platform|position|role|server|staff|team|tier|version)s?\b"
    r"|[ -]v?(?!(?:19|20)\d\d\b)\d[\d.]{0,9}(?![\d.]| ?(?:day|week|month|year|hour|minute)s?\b)",
    re.IGNORECASE,
)
"""What follows on the name of something else: "moved to Acme's office", "to Plus plan", "to Grade 7"."""


def may_be_home(text: str, name: re.Match[str], left: tuple[int, int], mentions: Iterable[Mention]) -> bool:
    """Whether `name` in `text` may be where somebody lives, who `left` what is written at these letters (-1: nothing is
    told of that). `mentions` are what an extractor took for names."""
    begin, end = left
    if _known_for_else(name[0]) or _PART.match(text, name.end()) or (begin >= 0 and _known_for_else(text[begin:end])):
        return False
    labels = _labels(mentions, name.start(), name.end())
    if begin < 0 or not labels:
        return _NO_PLACES.isdisjoint(labels)
    labels += _labels(mentions, begin, end)
    return not _PLACES.isdisjoint(labels) or _UNKNOWN.issuperset(labels)


def _known_for_else(name: str) -> bool:
    """Whether a name ends with a word that is known for something else. "Research Triangle" is a place."""
    return fold(name).rpartition(" ")[2] in word_list("no_homes")


def _labels(mentions: Iterable[Mention], start: int, end: int) -> list[str]:
    return [each.label for each in mentions if each.start < end and start < each.end]
