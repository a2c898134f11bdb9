"""Answers that are reckoned from what several messages say: spans of time, what came first, sums and differences.

Every operand is looked for by itself among the hits, and the answer names what it is reckoned from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import Context, Decimal

from msgspec import Struct

from graph.model import Form, Interaction, Quotation
from graph.rank.answer_type import AnswerType, lies_ahead
from graph.rank.fusion import Scored
from graph.rank.names import Span
from graph.rank.parts import Operation, Parts
from graph.rank.quoting import LONGEST, Place, frame, passages
from graph.rank.spans import AMOUNT
from graph.rank.temporal import begins
from graph.rank.time_windows import Window, day_of, placed
from graph.rank.values import Asked, dated, day_said, nearest, numbers_of
from graph.rank.wanted import Wanted
from graph.stems import stems
from graph.text import shortened, spoken

_COVERED = 0.6
"""The part of an operand that a passage has to cover."""
_NAMED = 0.25
"""Worth of a passage that names its day, beside coverage, which is at most 1."""
_SCORE = 0.1
"""Worth of the best hit's score."""
_FIGURES = re.compile(r"\d[\d,]*(?:\.\d+)?")
_EXACT = Context(prec=64)
"""Amounts have at most 22 letters each, so that nothing is rounded."""
_MONTH = 31
"""The days of the longest time of which the middle is about the day."""
_UNITS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}
_FITTING = {"year": 730, "month": 60, "week": 14}
"""The days from which "how long" is told in a unit."""


class Reckoned(Struct, frozen=True):
    """The `value` with what it is reckoned from, of the type `kind`; a quotation for each operand; and how much of the
    operand that is covered least its quotation covers."""

    value: str
    kind: AnswerType
    quotations: tuple[Quotation, ...]
    covered: float


class _Given(Struct, frozen=True):
    """What a passage gives for an operand: a day, or `about` that, how it is `written`, and whether the passage `named`
    it; or an amount, and how that is written, with {} for its figures."""

    day: date = date.min
    named: bool = False
    about: bool = False
    amount: Decimal = Decimal()
    written: str = ""


class _Passage(Struct, frozen=True):
    """What may be quoted of a hit: its text, the rank of the hit and its score as a share of the best one's, and the
    stems of what is understood with it."""

    text: str
    said: Interaction
    rank: int
    share: float
    stems: Set[str]


class _Found(Struct, frozen=True):
    quotation: Quotation
    given: _Given
    covered: float


_Read = Callable[[str, Interaction, Wanted], _Given | None]


def reckoned(
    problem: Parts, chosen: Sequence[Scored], turns: Mapping[Place, Interaction], asked: Asked, today: str | None
) -> Reckoned | None:
    """What `problem` comes to by the hits `chosen`, in the order of rank; None where an operand is not told of.

    `today` is the day of asking as ISO 8601, from which "ago" is counted.
    """
    timed = problem.operation not in (Operation.TOTAL, Operation.DIFFERENCE)
    read = _day(asked, problem.operation) if timed else _amount(problem.counted)
    said = list(_passages(chosen, turns))
    found = [_best(said, asked.want.part(stems(operand)), read) for operand in problem.operands]
    there = [each for each in found if each]
    if len(there) < len(found):
        return None
    value = _of_days(problem, [each.given for each in there], today) if timed else _of_amounts(problem.operation, there)
    if not value:
        return None
    quotations = tuple(dict.fromkeys(each.quotation for each in there))
    return Reckoned(value, _kind(problem), quotations, min(each.covered for each in there))


def _kind(problem: Parts) -> AnswerType:
    match problem.operation:
        case Operation.BETWEEN | Operation.SINCE:
            return AnswerType.DURATION
        case Operation.FIRST | Operation.LAST:
            return AnswerType.NONE
        case _:
            return AnswerType.NUMBER if problem.counted else AnswerType.AMOUNT


def _passages(chosen: Sequence[Scored], turns: Mapping[Place, Interaction]) -> Iterator[_Passage]:
    """Yield what may be quoted of each hit, the best hit first."""
    for rank, each in enumerate(chosen, 1):
        around = frame(each.interaction, turns)
        share = each.score / chosen[0].score
        for text in passages(each.interaction):
            yield _Passage(text, each.interaction, rank, share, around | stems(text))


def _best(said: Sequence[_Passage], wanted: Wanted, read: _Read) -> _Found | None:
    """The passage that says most of what is wanted and gives something for it; of equals, that of the better hit."""
    best: tuple[float, _Found] | None = None
    for each in said:
        covered = wanted.covered(each.stems)
        if covered < _COVERED or (given := read(each.text, each.said, wanted)) is None:
            continue
        worth = covered + _NAMED * given.named + _SCORE * each.share
        if best is None or worth > best[0]:
            best = worth, _Found(Quotation(shortened(each.text, LONGEST), each.rank), given, covered)
    return best[1] if best else None


def _day(asked: Asked, operation: Operation) -> _Read:
    """A reader of days: of the one that a passage names; else of that on which it was said.

    What is only compared may be a month or a year.
    """
    exact = operation in (Operation.BETWEEN, Operation.SINCE)

    def read(text: str, said: Interaction, wanted: Wanted) -> _Given | None:
        told = day_said(said)
        named = {
            Span(each.text, each.start, each.end): day
            for each in dated(text, told, asked.text, lies_ahead(text))
            if (day := each.day if exact else begins(each))
        }
        # The days of what is compared are told apart by what is asked of it: "born", "released".
        if span := nearest(text, list(named), wanted if exact else asked.want):
            return _Given(named[span], named=True, written=span.text)
        if exact and (window := _window(text, said, wanted)):
            return _middle(window)
        return _Given(told, written=spoken(told)) if told and said.form is Form.MESSAGE else None

    return read


def _window(text: str, said: Interaction, wanted: Wanted) -> Window | None:
    """The time that is over, among those which a passage names, nearest to what is wanted: a day before any other."""
    today = day_said(said)
    named = {
        Span(text[start:end], start, end): window
        for window, start, end in placed(text, said.timestamp)
        if today and window.first <= today.isoformat()
    }
    days = [span for span, window in named.items() if window.first == window.last]
    span = nearest(text, days or list(named), wanted)
    return named[span] if span else None


def _middle(window: Window) -> _Given | None:
    """What a time gives: its day, or the middle of at most a month. "Last year" is no day."""
    first, last = date.fromisoformat(window.first), date.fromisoformat(window.last)
    if (last - first).days >= _MONTH:
        return None
    day = first + (last - first) // 2
    return _Given(day, about=first < last, written=spoken(day))


def _amount(noun: str) -> _Read:
    """A reader of amounts, or of numbers of what is counted."""

    def read(text: str, said: Interaction, wanted: Wanted) -> _Given | None:
        amounts = (Span(match[0], *match.span()) for match in AMOUNT.finditer(text))
        found = numbers_of(text, noun, day_said(said)) if noun else amounts
        span = nearest(text, [each for each in found if _FIGURES.search(each.text)], wanted)
        figures = _FIGURES.search(span.text) if span else None
        if not span or not figures:
            return None
        written = f"{span.text[: figures.start()]}{{}}{span.text[figures.end() :]}"
        return _Given(amount=Decimal(figures[0].replace(",", "")), written=written)

    return read


def _of_days(problem: Parts, given: Sequence[_Given], today: str | None) -> str:
    first, last = (choose(given, key=lambda each: each.day) for choose in (min, max))
    match problem.operation:
        case Operation.SINCE:
            end = day_of(today or "")
            if not end or end < first.day:
                return ""
            return f"{_span(first, end, problem.unit)}, since {_said(first)}"
        case _ if first.day == last.day:
            return ""
        case Operation.BETWEEN:
            return f"{_span(first, last.day, problem.unit, last.about)}, from {_said(first)} to {_said(last)}"
        case _:
            chosen, other = (first, last) if problem.operation is Operation.FIRST else (last, first)
            return f"{problem.operands[given.index(chosen)]} ({chosen.written}; the other {other.written})"


def _said(given: _Given) -> str:
    return f"about {spoken(given.day)}" if given.about else spoken(given.day)


def _span(first: _Given, last: date, unit: str, about: bool = False) -> str:
    """The time between two days, in a unit or, where it is empty, in the one that fits."""
    days = (last - first.day).days
    unit = unit or next((each for each, least in _FITTING.items() if days >= least), "day")
    number = round(days / _UNITS[unit], 1)
    exact = unit == "day" or (unit == "week" and not days % 7)
    return f"{'' if exact and not (about or first.about) else 'about '}{number:.12g} {unit}{'' if number == 1 else 's'}"


def _of_amounts(operation: Operation, found: Sequence[_Found]) -> str:
    """The sum or the difference, with its parts; nothing where these are not of one kind, or one figure in one
    passage."""
    one, other = found
    if one.given.written != other.given.written or (one.quotation, one.given) == (other.quotation, other.given):
        return ""
    amounts = [one.given.amount, other.given.amount]
    if operation is Operation.DIFFERENCE:
        amounts.sort(reverse=True)
    first, last = amounts
    total = operation is Operation.TOTAL
    result, sign = (_EXACT.add(first, last), "+") if total else (_EXACT.subtract(first, last), "−")
    shown, *parts = (one.given.written.format(f"{each:,f}") for each in (result, first, last))
    return f"{shown} = {f' {sign} '.join(parts)}"
