"""Names in a sentence, by capitals alone: enough to say which of its words answer who, where and which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from msgspec import Struct

from graph.rank.days import WEEKDAYS
from graph.text import MONTHS, fold, stop_words, word_list

_TOKEN = re.compile(r"[^\W_]+(?:['’&.-][^\W_]+)*")
_JOINS = frozenset({"of", "the", "de", "la", "du", "von", "van", "der", "den", "di", "da", "al"})
_SPACE = re.compile(r"\s+")
_POINT = re.compile(r"\.?\s+")
_SHORT = frozenset({"St", "Mt", "Dr", "Mr", "Mrs", "Ms"})
_POSSESSIVE = re.compile(r"['’]s?$")
_OPENS = re.compile(r"(?:^|[.!?…:;“\"(]|\n)\s*$")
# “Thanks, Ann!” speaks to Ann, and says nothing of her.
_CALLED = re.compile(r"(?:^|[,.!?]|\b(?:hey|hi|hello|thanks|wow|yeah|yes|no|well|dear))\s*$", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&)\s+")
_AND_NAME = re.compile(r"\s+(?:and|&)\s+(?!I\b)[^\W\d_a-z]\w")
_QUOTED = re.compile(r"[\"“]([^\"“”]{2,60})[\"”]")
_LOOKED_BACK = 10
"""Letters before a name by which it is told whether somebody is called, or a sentence begins."""


class Span(Struct, frozen=True):
    """Words of a text at letters `start` to `end`."""

    text: str
    start: int
    end: int


def names(text: str) -> list[Span]:
    """The names in `text`, in order: runs of capitalised words, with what joins them (“Port of Spain”).

    A single capitalised word that begins a sentence may be any word, and is none, unless “and” joins it to a name; nor
    is who is spoken to.
    """
    found = (_name(text, run) for run in _runs(text))
    return [each for each in found if each]


def together(text: str, found: Sequence[Span]) -> list[Span]:
    """The names `found` in `text`, those that “and” joins as one."""
    joined: list[Span] = []
    for each in found:
        if joined and _AND.fullmatch(text, joined[-1].end, each.start):
            start = joined.pop().start
            joined.append(Span(text[start : each.end], start, each.end))
        else:
            joined.append(each)
    return joined


def titles(text: str) -> list[Span]:
    """What stands in quotation marks in `text`."""
    found = (Span(match[1].strip(" ,."), *match.span(1)) for match in _QUOTED.finditer(text))
    return [each for each in found if each.text]


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        if run and not (_joined(text, run[-1], token) and (token[0][0].isupper() or token[0] in _JOINS)):
            yield run
            run = []
        if run or token[0][0].isupper():
            run.append(token)
    yield run


def _joined(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether only a space stands between two words; after an initial or “St”, also a point."""
    between = _POINT if len(one[0]) == 1 or one[0] in _SHORT else _SPACE
    return bool(between.fullmatch(text, one.end(), other.start()))


def _name(text: str, run: Sequence[re.Match[str]]) -> Span | None:
    words = list(run)
    while words and _common(words[-1][0]):
        words.pop()
    while words and _common(words[0][0]):
        words.pop(0)
    if not words:
        return None
    start, end = words[0].start(), words[-1].end()
    if len(words) == 1:
        before = max(0, start - _LOOKED_BACK)
        called = _CALLED.search(text, before, start) and text[end : end + 1] in ("", "!", ",", ".", "?")
        opens = _OPENS.search(text, before, start) and not _AND_NAME.match(text, end)
        if called or end - start < 2 or opens:
            return None
    if possessive := _POSSESSIVE.search(text, start, end):
        end = possessive.start()
    return Span(text[start:end], start, end)


def _common(word: str) -> bool:
    """Whether a word makes no name by its capital: what sentences begin with, months and weekdays."""
    return word in _JOINS or fold(word) in _never_names()


@cache
def _never_names() -> frozenset[str]:
    return stop_words() | word_list("courtesy") | {each.lower() for each in MONTHS} | frozenset(WEEKDAYS)
