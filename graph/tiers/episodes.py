"""Episodes: runs of messages that belong together, cut where time or content shifts.

EM-LLM (arXiv 2407.09450) cuts where a model is surprised by more than the mean and some deviations of what came
before. Here no model is asked: time speaks by pauses, content by lexical cohesion (`graph.tiers.cohesion`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import log, sqrt

from msgspec import Struct, field

from graph.ids import episode_id
from graph.model import Episode, Interaction
from graph.ports import REACH, TAIL
from graph.text import segmented, stop_words, words
from graph.tiers.cohesion import HEARD, Cohesion

SPAN = TAIL - REACH
"""Places of a conversation that an episode stretches over, at most: the end that a store gives tells of all that may
go on, since a session that rested for `REACH` places begins anew."""
_KNOWN = 4
"""Pauses of a conversation from which on one may be large for it."""
_LEAST = 1.0
"""The least deviation of the logarithms of pauses: else a clock that ticks evenly would cut at every hitch."""
_SHORTEST = 3
"""Letters of a title's shortest word."""
_TITLE = 5
"""Words of a title."""


class _Run(Struct):
    """Messages of a session that are one episode so far."""

    said: list[Interaction] = field(default_factory=list)
    cohesion: Cohesion = field(default_factory=Cohesion)

    def add(self, turn: Interaction) -> None:
        self.said.append(turn)
        self.cohesion.add(turn.text)


class Cutter(Struct):
    """Cuts one conversation into episodes, message by message: `open` are the last episodes of its sessions, `pauses`
    the logarithms of those of the last `SPAN` places, each with the place after it.

    What it does with a message depends on these alone, so that one who was given the `TAIL` messages before goes on
    as one who was given all.
    """

    open: dict[str, _Run] = field(default_factory=dict)
    pauses: list[tuple[int, float]] = field(default_factory=list)
    _last: dict[str, Interaction] = field(default_factory=dict)

    @classmethod
    def behind(cls, tail: Sequence[Interaction], open: Iterable[Sequence[Interaction]]) -> Cutter:
        """One that goes on behind the last messages of a conversation, of which `open` are in its last episodes."""
        found = cls()
        for turn in tail:
            found._paused(turn)
        for said in open:
            run = found.open.setdefault(said[0].session, _Run())
            for turn in said:
                run.add(turn)
            # What is decided of it by now, no cut, is known without being kept.
            run.cohesion.shift()
        return found

    def add(self, turn: Interaction) -> Iterator[list[Interaction]]:
        """Take the next message; yield the episodes that end by it."""
        rests, large = self._paused(turn)
        run = self.open.get(turn.session)
        if run and (rests or large):
            yield run.said
            run = None
        run = run or _Run()
        while run.said and turn.position - run.said[0].position >= SPAN:
            part, run = _parted(run, run.cohesion.deepest() or len(run.said))
            yield part
        run.add(turn)
        while (shift := run.cohesion.shift()) is not None:
            part, run = _parted(run, shift)
            yield part
        self.open[turn.session] = run

    def left(self) -> Iterator[list[Interaction]]:
        """Yield the episodes that may go on."""
        yield from (run.said for run in self.open.values())

    def _paused(self, turn: Interaction) -> tuple[bool, bool]:
        """Whether the session of `turn` rested before it while others went on, and whether for a time that is large
        for this conversation: by more than two deviations from the mean of the logarithms."""
        before = self._last.get(turn.session)
        self._last[turn.session] = turn
        if before is None or turn.position - before.position > REACH:
            return True, False
        pause = _pause(before, turn)
        if pause is None:
            return False, False
        self.pauses = [each for each in self.pauses if each[0] >= turn.position - SPAN]
        large = pause > _large([each for _, each in self.pauses])
        self.pauses.append((turn.position, pause))
        return False, large


def episode(said: Sequence[Interaction]) -> Episode:
    """The episode of messages in order: all of it follows from them."""
    first, last = said[0], said[-1]
    return Episode(
        id=episode_id(first.id),
        title=", ".join(_telling(said)),
        conversation=first.conversation,
        session=first.session,
        position=first.position,
        messages=len(said),
        timestamp=first.timestamp,
        ended=last.timestamp,
    )


def _telling(said: Sequence[Interaction]) -> list[str]:
    """The words that most of the messages have, longer ones before shorter ones since these tell less, but for names of
    who speaks."""
    silent = stop_words() | {word for each in said for word in words(each.speaker or "")}
    told: Counter[str] = Counter()
    for each in said:
        told.update(dict.fromkeys(words(segmented(each.text[:HEARD])), 1))
    kept = [word for word in told if word not in silent and len(word) >= _SHORTEST and not word.isdigit()]
    return sorted(kept, key=lambda word: -told[word] * len(word))[:_TITLE]


def _parted(run: _Run, gap: int) -> tuple[list[Interaction], _Run]:
    rest = _Run()
    for turn in run.said[gap:]:
        rest.add(turn)
    return run.said[:gap], rest


def _pause(before: Interaction, turn: Interaction) -> float | None:
    """The logarithm of the seconds between two messages; None where they do not tell."""
    began, went_on = _clock(before.timestamp), _clock(turn.timestamp)
    if began is None or went_on is None or went_on < began:
        return None
    return log(1 + (went_on - began).total_seconds())


def _clock(timestamp: str | None) -> datetime | None:
    """What the clock on the wall said: who travels does not pause."""
    try:
        return datetime.fromisoformat(timestamp).replace(tzinfo=None) if timestamp else None
    except ValueError:
        return None


def _large(pauses: Sequence[float]) -> float:
    """What a pause has to be larger than; nothing is, where few are known."""
    if len(pauses) < _KNOWN:
        return float("inf")
    mean = sum(pauses) / len(pauses)
    return mean + 2 * max(_LEAST, sqrt(sum((each - mean) ** 2 for each in pauses) / len(pauses)))
