"""Questions whose answer nobody has said: what is to be reckoned, from which parts.

"How many days before the fair did Ann paint the fence?" asks for two days and what lies between. The operations are
some of those that Dua et al. found questions over a text to need beside reading (DROP, arXiv 1903.00161, section 4).
Rules for English; what they do not know is asked for as before.
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

_READ = 600
"""Letters of a question that are looked at."""


class Operation(StrEnum):
    """What is done with the parts: the time between two of them, or since one; which came first, or last; their sum;
    how much the greater is above the other."""

    BETWEEN = "between"
    SINCE = "since"
    FIRST = "first"
    LAST = "last"
    TOTAL = "total"
    DIFFERENCE = "difference"


class Parts(Struct, frozen=True):
    """What is to be reckoned: the `operation`, the words for each of its one or two `operands`, what a time is counted
    in (`day`, `week`, `month`, `year`; empty: as fits), and the noun that is counted (empty: an amount)."""

    operation: Operation
    operands: tuple[str, ...]
    unit: str = ""
    counted: str = ""


_HOW = r"how (?:many (?P<unit>day|week|month|year)s|long)"
_DID = r"(?:did|had|have|has|do|does|was|were|is|are|will)"
# "The film whose director" leads to somebody else, of whom the operand's own day says nothing.
_WHICH = r"(?:which|what|who)\b(?:(?! whose\b| ha[sd] the\b).)*?"
_OR = r"(?P<one>.+?),? or (?P<other>.+)"
_PASSED = rf"(?:{_DID} )?(?:it been |passed |gone by )?"
_THAN = r"(?:than|compared (?:to|with)|instead of|rather than)"
_OF = r"\b.{0,60}? (?:on|of|for|from|in|at)"
_RULES = tuple(
    (operation, re.compile(pattern, re.IGNORECASE))
    for operation, pattern in (
        (Operation.BETWEEN, rf"{_HOW}\b.{{0,80}}? between (?P<both>.+)"),
        (Operation.BETWEEN, rf"{_HOW} (?:before|after) (?P<one>.+?),? {_DID} (?P<other>.+)"),
        (Operation.BETWEEN, rf"{_HOW} {_PASSED}since (?P<one>.+?),? when (?P<other>.+)"),
        (Operation.BETWEEN, rf"{_HOW} {_PASSED}from (?P<one>.+?) (?:to|until|till) (?P<other>.+)"),
        (Operation.BETWEEN, rf"{_HOW} {_DID} it take (?:for )?(?P<other>.+?) (?:after|since) (?P<one>.+)"),
        (Operation.SINCE, rf"{_HOW} ago {_DID} (?P<one>.+)"),
        (Operation.SINCE, rf"{_HOW} (?:has|have) (?:it been|passed|gone by) since (?P<one>.+)"),
        (Operation.FIRST, rf"{_WHICH} (?:first|earlier)\b[^,:]{{0,40}}[,:] {_OR}"),
        (Operation.LAST, rf"{_WHICH} (?:last|later)\b[^,:]{{0,40}}[,:] {_OR}"),
        (Operation.DIFFERENCE, rf"(?:by )?how much \w+ \w+ {_DID} (?P<one>.+?) {_THAN} (?P<other>.+)"),
        (Operation.DIFFERENCE, rf"how much \w+ \w+ save by (?P<one>.+?) {_THAN} (?P<other>.+)"),
        (Operation.TOTAL, rf"(?:what (?:is|was) the )?(?:total|combined) number of (?P<counted>\w+){_OF} (?P<both>.+)"),
        (Operation.TOTAL, rf"(?:what (?:is|was) the )?(?:total|combined) \w+{_OF} (?P<both>.+)"),
    )
)
_COMBINED = re.compile(r"\W+(?:combined|together|altogether|in total)$", re.IGNORECASE)
_SPLITS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (r",? and when ", r",? and (?=(?:the|my|our|his|her|their|an?|I|we|he|she|they)\b)", r",? and ")
)
"""Where two operands are joined, the surest first: names of things have an “and” too."""


def parts(question: str) -> Parts | None:
    """What `question` asks to be reckoned; None where it asks for something that was said."""
    text = _COMBINED.sub("", " ".join(question[:_READ].split()).rstrip("?!. "))
    for operation, rule in _RULES:
        found = rule.match(text)
        operands = _operands(found) if found else ()
        if found and operands:
            groups = found.groupdict()
            return Parts(operation, operands, (groups.get("unit") or "").lower(), (groups.get("counted") or "").lower())
    return None


def _operands(found: re.Match[str]) -> tuple[str, ...]:
    groups = found.groupdict()
    if (both := groups.get("both")) is None:
        return tuple(each for each in (groups.get("one"), groups.get("other")) if each)
    split = next((at for rule in _SPLITS if (at := rule.search(both))), None)
    return (both[: split.start()].removeprefix("when "), both[split.end() :]) if split else ()
