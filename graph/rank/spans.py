"""The forms of numbers, amounts, times of day, frequencies and places in English sentences."""

from __future__ import annotations

import re

from graph.rank.days import NUMBERS
from graph.rank.names import Span
from graph.text import stop_words


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


NUMBER = re.compile(
    r"(?<![\w.,:/-])(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,9})?(?![\w:/]|[.,]\d)"
    rf"|\b(?:{'|'.join(NUMBERS)}|twenty|thirty|forty|fifty|hundred|dozen)\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"[$£€¥]\s?\d(?:[\d,.]{0,20}\d)?(?!\d)(?:\s?(?:k|thousand|million|billion)\b)?"
    r"|(?<![\w.,])\d(?:[\d,.]{0,20}\d)?\s?(?:%|(?:percent|dollars|euros|pounds|cents|miles|km|kilometres|kilometers"
    r"|metres|meters|feet|ft|inches|cm|kg|lbs|hours|minutes|million|billion)\b)",
    re.IGNORECASE,
)
CLOCK = re.compile(r"\b(?:\d{1,2}(?::\d\d)? ?(?:a\.?m|p\.?m)\b|\d{1,2}:\d\d\b|noon\b|midnight\b)", re.IGNORECASE)
_PERIOD = r"(?:day|night|morning|evening|week|weekend|month|year)s?"
OFTEN = _words(
    r"(?:once|twice|\w{3,9} times) (?:a|per|every|each) (?:day|week|month|year)"
    rf"|every (?:other |second |few |two |three |\d{{1,3}} )?(?:{_PERIOD}|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"|daily|weekly|monthly|yearly|annually"
)
PLACED = re.compile(
    r"\b(?:in|at|on|near|from|to|around|outside|inside|visit(?:ed|ing)?|behind|beside)\s(?:the\s)?$", re.IGNORECASE
)
_SPOT = re.compile(
    r"\b(?:in|at|on|near|under|behind|beside|inside|outside|from)\s(?:the|an?|my|our|his|her|their)((?:\s[^\W\d_]+){1,3})",
    re.IGNORECASE,
)
_AFTER = frozenset({"last", "this", "next", "yesterday", "today", "tomorrow", "once", "again", "now"})
BEGUN = _words("since|start(?:ed)?|begin|began|first|become|became|get|got|adopt(?:ed)?")
FOR_YEARS = _words(
    "".join(rf"(?<!\b{word} )" for word in ("after", "in", "within", "every", "next", "first", "another", "by", "than"))
    + r"(\d{1,3}|[a-z]{1,6}) years(?! (?:ago|old|later|after|before|from)\b)"
)
"""For how long something has been so."""
DIED, BORN = _words("die|died|death"), _words("born|birth")
LIFE = re.compile(r"\([^()–]*\d{3,4}\s?[–-]\s?[^()–]*\d{3,4}[^()–]*\)")
YES, NO = (
    re.compile(rf"\W{{0,3}}(?:{words})\b", re.IGNORECASE)
    for words in ("yes|yeah|yep|yup|definitely|absolutely|of course|indeed", "no|nope|nah|not really|not yet")
)


def spots(text: str) -> list[Span]:
    """Places without a name (“in the left cupboard”), outside brackets, up to the next word without a topic."""
    found = (_spot(match) for match in _SPOT.finditer(text) if not _bracketed(text[: match.start()]))
    return [each for each in found if each]


def _bracketed(before: str) -> bool:
    return before.count("[") > before.count("]")


def _spot(match: re.Match[str]) -> Span | None:
    words = match[1].split()
    kept = next((place for place, word in enumerate(words) if word.lower() in stop_words() | _AFTER), len(words))
    head = match[0][: match.start(1) - match.start()]
    return Span(f"{head} {' '.join(words[:kept])}", *match.span()) if kept else None
