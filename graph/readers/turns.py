"""Lines of transcripts: turns, headings, dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from graph.readers.dates import DATE, find_date, time_of
from graph.readers.sections import find_heading

_CLOCK = r"(?:\d{4}-\d{2}-\d{2}[T ,]\s?)?\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:\s?[ap]\.?m\.?)?"
_BEFORE = rf"(?:[-*>][ \t]+)?(?:[\[(](?P<before>{_CLOCK})[\])][ \t]*|(?P<bare>{_CLOCK})[ \t]+(?:-[ \t]+)?)?"
_NAME = r"@?[^\W_][\w.'’&-]{0,30}(?:[ \t]\(?[\w.'’&-]{1,30}\)?){0,3}"
_TURN = re.compile(rf"{_BEFORE}(?P<name>{_NAME})(?:[ \t]*[\[(](?P<after>{_CLOCK})[\])])?:(?=\s|$)[ \t]*", re.IGNORECASE)
_BOLD = re.compile(
    rf"(?P<start>{_BEFORE})(?P<mark>\*\*|__)(?P<inner>[^*:]{{1,80}}?(?:[\[(]{_CLOCK}[\])])?)"
    r"(?P<colon>:)?(?P=mark)(?(colon)|(?=[ \t]*[:(\[]))",
    re.IGNORECASE,
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(?:\s?([ap]))?", re.IGNORECASE)
_BESIDE_DATE = re.compile(
    r"[\s*_#=,.-]{0,9}(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day)?[\s*_#=,.-]{0,9}", re.IGNORECASE
)
_LABEL_WORDS = """
action actions agenda aim answer attendees author background cc conclusion cons context date debug decision decisions
description error example examples fig figure from goal hint id important info input key location name nb next note
notes outcome output owner participants place present pros ps question references result results see source status
subject summary tags time tip title to todo topic topics type url version warn warning
"""
_LABELS = frozenset(_LABEL_WORDS.split())
MOST_NAMES = 10_000
"""Different names that are counted; a transcript has fewer."""


class Turn(Struct, frozen=True):
    """A line that may begin a turn. `marked` tells of a bold name or a time, which prose hardly has."""

    name: str
    text: str
    time: str | None
    date: str | None
    marked: bool


class Mark(Struct, frozen=True):
    """A heading, or a line that is a date: a session begins."""

    text: str
    date: str | None


class Speakers:
    """Which of the names that lines begin with are speakers, by all the lines of a source."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        self.counts: Counter[str] = Counter()
        self._known: set[str] = set()
        marked = total = 0
        for each in turns:
            total += 1
            marked += each.marked
            if each.name in self.counts or len(self.counts) < MOST_NAMES:
                self.counts[each.name] += 1
                if each.marked:
                    self._known.add(each.name)
        self._marked = 2 * marked >= total

    def speaks(self, turn: Turn) -> bool:
        """Whether a turn really is one: marked where turns are, or by who has such elsewhere; else by a name that comes
        back or is written as names are."""
        if self._marked:
            return turn.marked or turn.name in self._known
        return self.counts[turn.name] > 1 or all(not word[0].islower() for word in turn.name.split())


def find_turn(line: str) -> Turn | None:
    """Return what a line begins with, where that may be a speaker."""
    bold = _BOLD.match(line)
    if bold:
        line = bold["start"] + bold["inner"] + (bold["colon"] or "") + line[bold.end() :]
    match = _TURN.match(line)
    if not match or match["name"].lower() in _LABELS:
        return None
    clock = match["before"] or match["bare"] or match["after"] or ""
    date = find_date(clock)
    time = _TIME.search(clock)
    return Turn(
        name=match["name"],
        text=line[match.end() :],
        time=time_of(int(time[1]), int(time[2]), int(time[3] or 0), (time[4] or "").lower()) if time else None,
        date=date,
        marked=bool(clock or bold),
    )


def find_mark(line: str) -> Mark | None:
    """Return the heading that a line is (one of the third level or below only where it has a date),
    or the date that is all there is on it."""
    stripped = line[:600].strip()
    if heading := find_heading(stripped):
        level, text = heading
        date = find_date(text)
        return Mark(text, date) if date or level < 3 else None
    if len(stripped) < 60 and (match := DATE.search(stripped)):
        beside = stripped[: match.start()], stripped[match.end() :]
        if all(_BESIDE_DATE.fullmatch(each) for each in beside):
            return Mark(stripped.strip("*_#=- "), find_date(stripped))
    return None
