"""Days as people name them, reckoned from a day: weekdays, months, seasons, years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from graph.text import MONTHS, spoken

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH = (
    r"Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?"
)
"""A pattern of the names of months, in full or short."""
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SEASONS: Mapping[str, tuple[int, int]] = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
"""The months in which each season begins and ends, north of the equator."""

Meaning = tuple[str, date | None]
"""A date as people write it, and as a day where it is one."""


def count(words: str) -> int | None:
    """A small number in figures or words, in lower case; None for some few."""
    if words.isdigit():
        return int(words)
    if words in ("a", "an"):
        return 1
    if "couple" in words:
        return 2
    return NUMBERS.index(words) + 1 if words in NUMBERS else None


def month_number(name: str) -> int:
    """The month that is meant by its number or its name, in full or short; 0 for none."""
    if name.isdigit():
        return int(name)
    return next((number for number, each in enumerate(MONTHS, 1) if name and each.startswith(name[:3].title())), 0)


def on_day(day: date) -> Meaning:
    """A day itself."""
    return spoken(day), day


def named(year: int, month: int, day: int) -> Meaning | None:
    """A year, one of its months (0: none) or days (0: none); None where the calendar has no such month or day."""
    if not 0 < year < 10_000 or month > 12 or (day and not month):
        return None
    if not day:
        return (f"{MONTHS[month - 1]} {year}" if month else str(year)), None
    try:
        return on_day(date(year, month, day))
    except ValueError:
        return None


def month_away(said: date, months: int) -> Meaning:
    """The month so many months after a day, or before."""
    year, month = divmod(said.year * 12 + said.month - 1 + months, 12)
    return f"{MONTHS[month]} {year}", None


def weekday(said: date, day: int, way: int, *, following_week: bool = False) -> Meaning:
    """The first such weekday (Monday: 0) after `said`, or before it where `way` is negative.

    With `following_week`, that of the week that begins on the next Monday.
    """
    if following_week:
        return on_day(said + timedelta(days=7 - said.weekday() + day))
    if way < 0:
        return on_day(said - timedelta(days=(said.weekday() - day) % 7 or 7))
    return on_day(said + timedelta(days=(day - said.weekday()) % 7 or 7))


def season(said: date, name: str, step: int) -> Meaning:
    """The last (-1), this (0) or next (1) season of that name: the last has ended, the next has not begun.

    A winter is named by both its years.
    """
    if name == "winter":
        running = said.month in (12, 1, 2)
        begun = said.year - (said.month < 12)
        year = begun + (step if running else max(step, 0))
        return f"winter {year}–{(year + 1) % 100:02}", None
    first, last = _SEASONS[name]
    year = said.year + (-1 if step < 0 and said.month <= last else 1 if step > 0 and said.month >= first else 0)
    return f"{name} {year}", None
