"""English phrases for times, each with the rule that resolves it to its first and last day.

In the manner of HeidelTime (Strötgen and Gertz, SemEval 2010): patterns and rules, without a model. A rule is given
what its pattern found, in small letters, and the day of asking; it raises ValueError or OverflowError where the
calendar has no such day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from graph.rank.days import MONTH, NUMBERS, WEEKDAYS, month_number

Found = Mapping[str, str]
Days = tuple[date, date]
Rule = Callable[[Found, date], Days]

_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month in which each begins, in the north."""
_COUNTS = {"a": 1, "an": 1, "few": 3, **{word: count for count, word in enumerate(NUMBERS, 1)}}
_UNITS = {"day": 1, "weekend": 7, "week": 7, "month": 30, "year": 365}


def _on(found: Found, _: date) -> Days:
    day = date(int(found["year"]), month_number(found["month"]), int(found["day"]))
    return day, day


def _last_on(found: Found, today: date) -> Days:
    """A day without its year: the last one that is not to come."""
    month, day = month_number(found["month"]), int(found["day"])
    then = date(today.year - ((month, day) > (today.month, today.day)), month, day)
    return then, then


def _in_month(found: Found, today: date) -> Days:
    month = month_number(found["month"])
    year = int(found["year"]) if "year" in found else today.year - (month > today.month)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _in_season(found: Found, today: date) -> Days:
    """Without its year, this year's or the last one that is over."""
    month = _SEASONS[found["season"]]
    year = int(found.get("year", today.year))
    if "year" not in found and found["which"] != "this":
        while _season(year, month)[1] >= today:
            year -= 1
    return _season(year, month)


def _season(year: int, month: int) -> Days:
    """The three months that begin with this one."""
    end_year, end_month = (year, month + 2) if month < 11 else (year + 1, month - 10)
    return date(year, month, 1), date(end_year, end_month, monthrange(end_year, end_month)[1])


def _in_year(found: Found, _: date) -> Days:
    year = int(found["year"])
    return date(year, 1, 1), date(year, 12, 31)


def _ago(found: Found, today: date) -> Days:
    """About as long ago as is said: half a unit to either side."""
    count, unit = found["count"], _UNITS[found["unit"]]
    then = today - timedelta(unit * (int(count) if count.isdigit() else _COUNTS[count]))
    return then - timedelta(unit // 2), then + timedelta(unit // 2)


def _this_or_last(found: Found, today: date) -> Days:
    back, unit = found["which"] != "this", found["unit"]
    if unit == "year":
        return date(today.year - back, 1, 1), date(today.year - back, 12, 31)
    if unit == "month":
        then = today.replace(day=1) - timedelta(back)
        return then.replace(day=1), then.replace(day=monthrange(then.year, then.month)[1])
    monday = today - timedelta(today.weekday() + 7 * back)
    return monday + timedelta(5 if unit == "weekend" else 0), monday + timedelta(6)


def _on_weekday(found: Found, today: date) -> Days:
    """The last such day before today."""
    ahead = today.weekday() - WEEKDAYS.index(found["weekday"])
    then = today - timedelta((ahead - 1) % 7 + 1)
    return then, then


def _near(found: Found, today: date) -> Days:
    then = today - timedelta(found["day"] not in ("today", "tonight"))
    return then, then


def _rules(rules: Mapping[str, Rule]) -> dict[re.Pattern[str], Rule]:
    return {re.compile(pattern, re.IGNORECASE | re.ASCII): rule for pattern, rule in rules.items()}


_MONTH = rf"(?P<month>{MONTH})\b\.?"
_DAY = r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_SEASON = r"(?P<season>spring|summer|autumn|fall|winter)\b"
_IN = r"\b(?:in|of|during|since|until|by|before|after|from|between|early|late|mid|last|this)[ -]"
_WHICH = r"\b(?P<which>last|this|past|previous) "

COMPLETE = _rules(
    {
        r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b": _on,
        r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})\b": _on,
        rf"{_DAY} (?:of )?{_MONTH},? {_YEAR}": _on,
        rf"\b{_MONTH} {_DAY},? {_YEAR}": _on,
        rf"\b{_MONTH},? (?:of )?{_YEAR}": _in_month,
        rf"\b{_SEASON},? (?:of )?{_YEAR}": _in_season,
        rf"{_IN}{_YEAR}": _in_year,
    }
)
"""Phrases that name their year: they mean the same on every day."""
LEANING = _rules(
    {
        rf"{_DAY} (?:of )?{_MONTH}": _last_on,
        rf"\b{_MONTH} {_DAY}": _last_on,
        rf"{_IN}{_MONTH}": _in_month,
        rf"{_WHICH}{_SEASON}": _in_season,
        rf"{_WHICH}(?P<unit>weekend|week|month|year)\b": _this_or_last,
        rf"\b(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)}) (?P<unit>day|weekend|week|month|year)s? ago\b": _ago,
        rf"\b(?:on|last|this|past) (?P<weekday>{'|'.join(WEEKDAYS)})\b": _on_weekday,
        r"\b(?P<day>today|tonight|yesterday|last night)\b": _near,
    }
)
"""Phrases that lean on the day of asking."""
