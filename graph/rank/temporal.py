"""Dates in a sentence, as it names them or as they follow from the day on which it was said.

Rules for English, of the kind that temporal taggers are made of (HeidelTime: Strötgen and Gertz, SemEval
2010, task 13): a pattern, and what its match means on a given day. A date is given no finer than the words do:
“last month” is a month.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from msgspec import Struct

from graph.rank.answer_type import lies_ahead
from graph.rank.days import (
    MONTH,
    NUMBERS,
    WEEKDAYS,
    Meaning,
    count,
    month_away,
    month_number,
    named,
    on_day,
    season,
    weekday,
)
from graph.text import MONTHS, spoken, word_list

_MONTH = rf"(?:{MONTH})\b\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d|20|21)\d\d"
_FEW = r"(?:a )?couple(?: of)?|a few|few|several"
_COUNT = rf"(?:\d{{1,3}}|an?|{'|'.join(NUMBERS)}|{_FEW})"
_WEEKDAY = "|".join(WEEKDAYS)
_PERIOD = rf"(?:week(?:end)?|month|year|spring|summer|autumn|fall|winter|{_WEEKDAY})"
_AWAY = {"before yesterday": -2, "yesterday": -1, "last night": -1, "tomorrow": 1, "after tomorrow": 2}
_STEPS = {"last": -1, "past": -1, "previous": -1, "this past": -1, "next": 1, "coming": 1, "this coming": 1}
_LOOKED_BACK = 80
"""Letters before a span of time in which its clause tells whether it is over."""
_STEPPED = "|".join(sorted(_STEPS, key=len, reverse=True))
_UNDATED = rf"(?!,? (?:the )?(?:{_DAY}(?: of)? (?:{_MONTH})|(?:{_MONTH}) {_DAY})\b)"
"""A weekday before a date (“on Thursday 20 February”) is that day's."""
_CLAUSE_END = re.compile(r"[.!?;:,()\n]|\b(?:and|but|so|because|when)\b", re.IGNORECASE)
_PRESENT = re.compile(r"(?:\b(?:am|is|are)|['’](?:m|s|re))\b", re.IGNORECASE)
_RARE = re.compile(
    r"\b(?:first|last|best|worst|once|twice|times|never|been"
    r"|(?:the|my|our|your|his|her|their|its) (?:only|most|least|(?!(?:con)?test|guest|rest|west|harvest)[a-z]{2,}est)"
    r"|(?:has|have|had|did|was|were|could)(?:n['’]t| not))\b",
    re.IGNORECASE,
)
"""Superlatives and denials, and what they are like."""


class Dated(Struct, frozen=True):
    """A date in a text, at letters `start` to `end`: as people write it, and as a day where it is one."""

    text: str
    start: int
    end: int
    day: date | None = None


class _Spoken(Struct, frozen=True):
    """When a text was said, and whether what is undecided lies after that."""

    day: date | None
    ahead: bool


Rule = Callable[[re.Match[str], _Spoken], Meaning | None]


def dates(text: str, said: date | None, ahead: bool = False) -> list[Dated]:
    """The dates of `text` in order, none within another.

    `said` is the day on which it was said; without one, only what is named in full has a meaning. `ahead` says that
    what is undecided (“on Friday”) lies after it, else before.
    """
    found: list[Dated] = []
    when = _Spoken(said, ahead)
    for pattern, rule in _rules():
        for match in pattern.finditer(text):
            start, end = match.span()
            taken = any(start < each.end and each.start < end for each in found)
            if not taken and (meaning := rule(match, when)):
                found.append(Dated(meaning[0], start, end, meaning[1]))
    return sorted(found, key=lambda each: each.start)


def begins(dated: Dated) -> date | None:
    """The first day of what a date names, be it a day, a month with its year, or a year; None for anything vaguer."""
    month, _, year = dated.text.rpartition(" ")
    if dated.day or not year.isdigit() or (month and month not in MONTHS):
        return dated.day
    return date(int(year), MONTHS.index(month) + 1 if month else 1, 1)


def looks_back(before: str) -> bool:
    """Whether a span of time that follows `before` in its clause is one that is over, and none from now: after a past
    tense, a denial or a superlative (“I learned it in”, “haven't seen her in”, “my first holiday in”)."""
    clause = _CLAUSE_END.split(before)[-1]
    *present, rest = _PRESENT.split(clause)
    # “We are getting married in” tells of nothing past.
    over = _RARE.search(rest) or (not present and _past().search(rest))
    return bool(over) and not lies_ahead(clause)


def durations(text: str) -> list[tuple[str, int, int]]:
    """The spans of time named in `text` (“about three weeks”), with the letters where each begins and ends."""
    return [(match[0], *match.span()) for match in _duration().finditer(text)]


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Rule], ...]:
    # Compiled by the first question that needs them. The more a pattern says, the earlier it is tried.
    exact: tuple[tuple[str, Rule], ...] = (
        (r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])", _named),
        (r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)", _named),
        (rf"\b(?P<day>{_DAY})(?: of)? (?P<month>{_MONTH}),? (?P<year>{_YEAR})\b", _named),
        (rf"\b(?P<month>{_MONTH}) (?P<day>{_DAY}),? (?P<year>{_YEAR})\b", _named),
        (rf"\b(?P<month>{_MONTH}),?(?: of)? (?P<year>{_YEAR})\b", _named),
        (
            rf"\b(?:(?P<day>{_DAY})(?: of)? )?(?P<month>{_MONTH}),?(?: of)? (?P<way>[Ll]ast|[Nn]ext|[Tt]his) year\b",
            _of_year,
        ),
        (rf"\b(?P<day>{_DAY})(?: of)? (?P<month>{_MONTH})(?!\w)", _named),
        (rf"\b(?P<month>{_MONTH}) (?P<day>{_DAY})\b(?![:.]\d)", _named),
        (rf"\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Dd]uring|early|late|mid)[ -](?P<month>{_MONTH})(?!\w)", _named),
        (rf"\b(?P<way>[Ll]ast|[Nn]ext|[Tt]his) (?P<month>{_MONTH})(?!\w)", _named),
        (rf"(?<![\w.,$£€/-])(?P<year>{_YEAR})(?![\w/]|[.,]\d|-\d{{1,3}}\b)", _named),
    )
    loose: tuple[tuple[str, Rule], ...] = (
        (r"\bday (?:before yesterday|after tomorrow)\b", _near),
        (r"\b(?:yesterday|last night|today|tonight|this (?:morning|afternoon|evening)|tomorrow)\b", _near),
        (rf"\b(?P<count>{_COUNT}) (?P<unit>day|week|weekend|month|year)s? (?P<way>ago|from now)\b", _counted),
        (rf"\b(?P<way>in) (?P<count>{_COUNT}) (?P<unit>day|week|weekend|month|year)s?\b(?! ago)", _coming),
        (rf"\b(?P<way>{_STEPPED}|this|on) (?P<period>{_PERIOD})\b{_UNDATED}", _stepped),
    )
    return (
        *((re.compile(pattern), rule) for pattern, rule in exact),
        *((re.compile(pattern, re.IGNORECASE), rule) for pattern, rule in loose),
    )


@cache
def _duration() -> re.Pattern[str]:
    number = rf"(?:\d{{1,9}}(?:[.,]\d{{1,3}})?|half an?|an?|{'|'.join(NUMBERS)}|{_FEW})"
    unit = r"(?:second|minute|min|hour|day|night|week|weekend|month|year|decade)s?|century|centuries"
    about = r"(?:(?:about|around|almost|nearly|over|more than) )?"
    return re.compile(rf"\b{about}{number}[ -](?:and a half )?(?:{unit})\b(?! (?:ago|old))", re.IGNORECASE)


@cache
def _past() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:{'|'.join(sorted(word_list('past')))}|[a-z]{{2,}}(?<!need)ed|was|were|had)\b", re.IGNORECASE
    )


def _of_year(match: re.Match[str], when: _Spoken) -> Meaning | None:
    """A month, or a day of it, of the last, this or next year."""
    if when.day is None:
        return None
    year = when.day.year + _STEPS.get(match["way"].lower(), 0)
    return named(year, month_number(match["month"]), int((match["day"] or "0").rstrip("sthndr")))


def _named(match: re.Match[str], when: _Spoken) -> Meaning | None:
    """What is named by year, month or day; where the year is missing, the nearest one on the side asked for.

    Whether a day has been or will be, the verb says, and a question has not always the same: where it does not ask for
    what is ahead, the nearest one on either side.
    """
    part = match.groupdict()
    month, day = month_number(part.get("month") or ""), int((part.get("day") or "0").rstrip("sthndr"))
    if year := part.get("year"):
        return named(int(year), month, day)
    if (said := when.day) is None:
        return None
    way = (part.get("way") or "").lower()
    if way == "this":
        return named(said.year, month, day)
    if day and not way and not when.ahead:
        # The last of February is not there every year, and is as near as the day before.
        years = (said.year - 1, said.year, said.year + 1)
        return named(min(years, key=lambda each: _apart(said, each, month, day)), month, day)
    place, today = (month, day), (said.month, said.day if day else 0)
    if way == "next" or (when.ahead and way != "last"):
        return named(said.year + (place < today or (way == "next" and place == today)), month, day)
    return named(said.year - (place > today or (way == "last" and place == today)), month, day)


def _apart(said: date, year: int, month: int, day: int) -> int:
    """The days between `said` and a day of a year; many where there is no such year."""
    if not date.min.year <= year <= date.max.year:
        return date.max.toordinal()
    return abs((date(year, month, min(day, 28)) - said).days)


def _near(match: re.Match[str], when: _Spoken) -> Meaning | None:
    away = _AWAY.get(match[0].lower().removeprefix("day "), 0)
    return on_day(when.day + timedelta(days=away)) if when.day else None


def _counted(match: re.Match[str], when: _Spoken) -> Meaning | None:
    """So many days, weeks, months or years before or after."""
    if (said := when.day) is None:
        return None
    unit, number = match["unit"].lower(), count(match["count"].lower())
    sign, side = (-1, "before") if match["way"].lower() == "ago" else (1, "after")
    if number is None:
        return f"a few {unit}s {side} {spoken(said)}", None
    if unit == "day":
        return on_day(said + timedelta(days=sign * number))
    if unit == "week":
        return f"about {spoken(said + timedelta(weeks=sign * number))}", None
    if unit == "weekend":
        return f"{'the weekend' if number == 1 else f'{number} weekends'} {side} {spoken(said)}", None
    return month_away(said, sign * number) if unit == "month" else named(said.year + sign * number, 0, 0)


def _coming(match: re.Match[str], when: _Spoken) -> Meaning | None:
    """So long from now; none where the words before say how long it took, or had not been (“my first in six years”)."""
    before = match.string[max(0, match.start() - _LOOKED_BACK) : match.start()]
    return None if looks_back(before) else _counted(match, when)


def _stepped(match: re.Match[str], when: _Spoken) -> Meaning | None:
    """The last, this or next weekday, week, month, season or year."""
    way, period = match["way"].lower(), match["period"].lower()
    step = _STEPS.get(way, 0)
    if (said := when.day) is None or (way == "on" and period not in WEEKDAYS):
        return None
    if period in WEEKDAYS:
        side = step or (1 if when.ahead or way == "this" else -1)
        return weekday(said, WEEKDAYS.index(period), side, following_week=way == "next")
    if period in ("week", "weekend"):
        return f"the {period} {('of', 'after', 'before')[step]} {spoken(said)}", None
    if period == "month":
        return month_away(said, step)
    return named(said.year + step, 0, 0) if period == "year" else season(said, period, step)
