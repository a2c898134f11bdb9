"""Where the topic of a run of texts shifts: TextTiling (Hearst, Computational Linguistics 23(1), 1997, sections 5.1 to
5.3), with messages in the place of token sequences, and as they come: no later text changes what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt

from msgspec import Struct, field

from graph.text import segmented, stop_words, words

HEARD = 4_000
"""Letters of a text by which it is compared: a longer one tells its subject by then."""
_BLOCK = 60
"""Words, without those that carry no topic, of the blocks that are compared."""
_MOST = 10
"""Texts of a block, however few words they have."""
_ENOUGH = 12
"""Depth scores that have a mean and a deviation."""
_STEM = 5
"""Letters by which forms of a word are taken for the same one."""


class Cohesion(Struct):
    """A run of texts. A gap is numbered by the text after it; those from `first` on have `scores`, the cosine of the
    blocks on both sides, and of these the first have `depths`."""

    texts: list[Counter[str]] = field(default_factory=list)
    first: int = 0
    scores: list[float] = field(default_factory=list)
    depths: list[float] = field(default_factory=list)

    def add(self, text: str) -> None:
        """One text more."""
        self.texts.append(Counter(word[:_STEM] for word in words(segmented(text[:HEARD])) if word not in stop_words()))
        while (gap := self.first + len(self.scores)) < len(self.texts):
            before, after = _block(self.texts[max(0, gap - _MOST) : gap][::-1]), _block(self.texts[gap : gap + _MOST])
            if after is None:
                return
            if before is None:
                self.first += 1
            else:
                self.scores.append(_cosine(before, after))

    def shift(self) -> int | None:
        """The first gap at which the topic shifts, as far as that is decided: once the scores fall again behind it.

        A valley deeper than the mean of the depth scores so far by their standard deviation is one. Hearst's cutoff is
        lower, over a whole text; here a cut is for ever.
        """
        while len(self.depths) < len(self.scores):
            at = len(self.depths)
            left, right = _climbed(self.scores, at, -1), _climbed(self.scores, at, 1)
            if right == len(self.scores) - 1:
                return None
            self.depths.append(self.scores[left] + self.scores[right] - 2 * self.scores[at])
            if self._is_valley(at) and self.depths[at] > _cutoff(self.depths):
                return self.first + at
        return None

    def deepest(self) -> int | None:
        """The gap with the greatest depth score; None where none has one."""
        if not self.depths:
            return None
        return self.first + max(range(len(self.depths)), key=lambda at: (self.depths[at], at))

    def _is_valley(self, at: int) -> bool:
        near = self.scores[max(0, at - 1) : at + 2]
        return len(self.depths) >= _ENOUGH and self.scores[at] == min(near) < max(near)


def _block(texts: Sequence[Counter[str]]) -> Counter[str] | None:
    """The words of the first of `texts`, as many as make a block; None where they do not."""
    block: Counter[str] = Counter()
    for number, text in enumerate(texts, 1):
        block.update(text)
        if block.total() >= _BLOCK or number == _MOST:
            return block
    return None


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    common = sum(count * other[word] for word, count in one.items())
    lengths = sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))
    # Rounded, so that no order of sums decides.
    return round(common / lengths, 9) if lengths else 0.0


def _climbed(scores: Sequence[float], at: int, step: int) -> int:
    """Where the scores stop to rise, seen from the gap `at`."""
    while 0 <= at + step < len(scores) and scores[at + step] >= scores[at]:
        at += step
    return at


def _cutoff(depths: Sequence[float]) -> float:
    mean = sum(depths) / len(depths)
    return mean + sqrt(sum((each - mean) ** 2 for each in depths) / len(depths))
