"""The times that a question names, as windows of days, and how near a message is to them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

from msgspec import Struct

from graph.rank.time_phrases import COMPLETE, LEANING, Rule

_LONGEST = 2_000
"""Letters of a question that are looked at."""
_MOST = 8
"""Windows of a question."""
_BEFORE, _AFTER = 2.0, 7.0
"""Days in which nearness falls to 1 / e: what happened is told on its day or within a week, seldom before."""


class Window(Struct, frozen=True):
    """The first and the last of some days, both within, as YYYY-MM-DD."""

    first: str
    last: str


def windows(question: str, today: str | None) -> tuple[Window, ...]:
    """The windows that `question` names, each once, in the order of the rules.

    `today` is the day of asking as ISO 8601; where it is none, phrases that lean on it name nothing. Nor do they beside
    one that names its year: "last week, as told on 6 November 2023" is seen from there.
    """
    text = " ".join(question[:_LONGEST].split())
    return tuple(dict.fromkeys(window for window, *_ in placed(text, today)))


def placed(text: str, today: str | None) -> list[tuple[Window, int, int]]:
    """The windows that `text` names, likewise, each with the letters where its words begin and end."""
    day = day_of(today or "")
    found = list(islice(_found(text[:_LONGEST], COMPLETE, day or date.min), _MOST))
    if not found and day:
        found = list(islice(_found(text[:_LONGEST], LEANING, day), _MOST))
    return found


def nearness(timestamp: str | None, asked: tuple[Window, ...]) -> float:
    """How near a time is to the nearest of the windows `asked`: 1 within, falling to 0 outside; 0 without a time."""
    day = day_of(timestamp or "")
    return max((_near(day, window) for window in asked), default=0.0) if day else 0.0


def _near(day: date, window: Window) -> float:
    early = (date.fromisoformat(window.first) - day).days
    late = (day - date.fromisoformat(window.last)).days
    return math.exp(-max(0, early) / _BEFORE - max(0, late) / _AFTER)


def _found(text: str, rules: Mapping[re.Pattern[str], Rule], today: date) -> Iterator[tuple[Window, int, int]]:
    """Yield what the rules find, with its place; of phrases that overlap, that of the earlier rule."""
    taken: set[int] = set()
    for pattern, rule in rules.items():
        for match in pattern.finditer(text):
            place = range(*match.span())
            if not taken.isdisjoint(place):
                continue
            try:
                first, last = rule({name: said.lower() for name, said in match.groupdict().items()}, today)
            except (ValueError, OverflowError):
                # The calendar has no such day.
                continue
            taken.update(place)
            yield Window(first.isoformat(), last.isoformat()), *match.span()


def day_of(timestamp: str) -> date | None:
    """The day of an ISO 8601 time; None for what is none."""
    try:
        return date.fromisoformat(timestamp[:10])
    except ValueError:
        return None
