"""What a run of messages is mostly about, in sentences of its own: SumBasic (Nenkova and Vanderwende, "The Impact of
Frequency on Summarization", MSR-TR-2005-101, section 4).

A word is as likely as many messages have it, however often each says it; a sentence is worth the mean of its words.
The best of those with the likeliest word is chosen, and what it says is less likely from then on, so that the next one
says something else. No model is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph.model import Interaction
from graph.text import asks, segmented, sentences, shortened, stop_words, words
from graph.tiers.cohesion import HEARD

_FEWEST = 3
"""Words, without those that carry no topic, of a sentence that says enough."""
_LONGEST = 240
"""Letters of a sentence that are quoted."""


class Quote(Struct, frozen=True):
    """A sentence of the message with the id `said`, word for word as far as it is not cut short."""

    text: str
    said: str
    speaker: str | None = None


class _Sentence(Struct, frozen=True):
    said: Interaction
    place: tuple[int, int]
    text: str
    words: frozenset[str]


def central(said: Sequence[Interaction], most: int) -> list[Quote]:
    """The most central sentences of messages in order, at most so many, as they were said. Questions are left out where
    anything else was said."""
    found = list(_sentences(said))
    left = [each for each in found if len(each.words) >= _FEWEST] or found
    left = [each for each in left if not asks(each.text)] or left
    spread = Counter(word for _, word in {(each.place[0], word) for each in found for word in each.words})
    chance = {word: count / spread.total() for word, count in spread.items()}
    chosen: list[_Sentence] = []
    while left and len(chosen) < most:
        best = _best(left, chance)
        chosen.append(best)
        left = [each for each in left if each is not best and each.words != best.words]
        chance |= {word: chance[word] ** 2 for word in best.words}
    chosen.sort(key=lambda each: each.place)
    return [Quote(shortened(each.text, _LONGEST), each.said.id, each.said.speaker) for each in chosen]


def _sentences(said: Sequence[Interaction]) -> Iterator[_Sentence]:
    for number, each in enumerate(said):
        for place, text in enumerate(sentences(each.text[:HEARD])):
            told = frozenset(word for word in words(segmented(text)) if word not in stop_words())
            if told:
                yield _Sentence(each, (number, place), text, told)


def _best(sentences: Sequence[_Sentence], chance: dict[str, float]) -> _Sentence:
    """The best of those with the likeliest word; of equals the first one."""
    likeliest = max(chance[word] for each in sentences for word in each.words)
    having = (each for each in sentences if any(chance[word] == likeliest for word in each.words))
    return max(having, key=lambda each: _worth(each, chance))


def _worth(sentence: _Sentence, chance: dict[str, float]) -> float:
    return sum(chance[word] for word in sorted(sentence.words)) / len(sentence.words)
