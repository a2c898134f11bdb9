"""Dates and times of day as people and programs write them in text."""

from __future__ import annotations

import re
from datetime import date, time

from graph.readers.timestamps import FIRST_YEAR, LAST_YEAR

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
DATE = re.compile(
    r"(?<!\d)(?<!\d-)(?:(?P<iso>\d{4}-\d{2}-\d{2})|(?P<dotted>\d{1,2}\.\d{1,2}\.\d{4})"
    rf"|{_ORDINAL}\.?\s+{_MONTH},?\s+(?P<year>\d{{4}})"
    rf"|{_MONTH.replace('<month', '<month2')}\s+{_ORDINAL.replace('<day', '<day2')},?\s+(?P<year2>\d{{4}}))(?!\d|-\d)",
    re.IGNORECASE | re.ASCII,
)
"""2025-03-04, 04.03.2025, 4 March 2025 or March 4, 2025."""


def find_date(text: str) -> str | None:
    """Return the first date in `text` as YYYY-MM-DD; None where there is none."""
    match = DATE.search(text)
    if not match:
        return None
    if match["iso"]:
        year, month, day = match["iso"].split("-")
    elif match["dotted"]:
        day, month, year = match["dotted"].split(".")
    else:
        year, day = match["year"] or match["year2"], match["day"] or match["day2"]
        month = str(_MONTHS.index((match["month"] or match["month2"])[:3].lower()) + 1)
    return day_of(int(year), int(month), int(day))


def day_of(year: int, month: int, day: int) -> str | None:
    """Return a day as YYYY-MM-DD; None where the calendar has no such day or it is out of range."""
    try:
        found = date(year, month, day)
    except (ValueError, OverflowError):
        return None
    return found.isoformat() if FIRST_YEAR <= year <= LAST_YEAR else None


def time_of(hour: int, minute: int, second: int, half: str) -> str | None:
    """Return a time of day as HH:MM:SS; `half` is "a", "p" or empty. None where there is no such time."""
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    try:
        return time(hour, minute, second).isoformat()
    except ValueError:
        return None
