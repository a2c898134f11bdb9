"""Times that statements tell: since when something holds, and the day of an appointment."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from graph.rank.temporal import dates
from graph.rank.time_windows import day_of, windows


def began(text: str, said: str | None) -> str | None:
    """The time named in `text`, which was said at `said` (ISO 8601), as exact as its words: "2019", "2023-05" or
    "2023-05-14". None for none, or one that lies ahead.

    What is told with a margin ("two weeks ago") is its middle.
    """
    named = windows(text, said)
    if not named:
        return None
    first, last = (date.fromisoformat(day) for day in (named[0].first, named[0].last))
    middle = first + timedelta((last - first).days // 2)
    days = (last - first).days + 1
    if said and first.isoformat() > said[:10]:
        return None
    if days > 300:
        return f"{middle.year:04}"
    # A season begins with its first month.
    day = first if days > 80 else middle
    return day.isoformat()[:7] if days > 16 else day.isoformat()


def last_day(moment: str) -> str:
    """The last day of a year or a month, or the moment itself: ISO 8601."""
    if len(moment) == 4:
        return f"{moment}-12-31"
    return f"{moment}-{monthrange(int(moment[:4]), int(moment[5:7]))[1]}" if len(moment) == 7 else moment


def ahead(text: str, said: str | None) -> str | None:
    """The first day named in `text`, as people write it; what is undecided ("on Friday") lies after the day `said`."""
    day = day_of(said or "")
    found = dates(text, day, ahead=True)
    if not found and day:
        # Temporal phrases begin with a word before the weekday.
        found = dates(f"on {text}", day, ahead=True)
    return found[0].text if found else None
