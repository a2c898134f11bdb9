"""Choosing what to quote: the sentences among the best messages that say most of what a question asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache

from msgspec import Struct

from graph.model import Form, Interaction, Quotation
from graph.rank.fusion import Scored
from graph.rank.values import Asked, by_day, value
from graph.stems import stem, stems
from graph.text import asks, segmented, sentences, shortened, stop_words, word_list, words

_QUOTATIONS = 3
_QUOTED_HITS = 10
"""Hits that may be quoted."""
LONGEST = 400
"""Letters of a quotation."""
_PASSAGE = 25
"""Words up to which a sentence is quoted together with those around it."""
_TELLING = 0.3
"""Worth of a sentence that says four words of its own, beside coverage, which is at most 1."""
_TYPED = 0.5
"""Worth of a sentence with a value of the type asked for."""
_BESIDE = 0.7
"""Part of the worth of the passage that gives the value, from which another is quoted beside it."""
_HEADING = re.compile(r"#+\s")
_LIST_MARK = re.compile(r"^(?:[-*+•>]|\d+[.)])\s+")

Place = tuple[str, str, int]
"""A conversation, a session, and a position."""


class Passage(Struct, frozen=True):
    """What may be quoted of a hit, what it is worth, and the part of the question that it covers within its frame."""

    worth: float
    quotation: Quotation
    covered: float


def quoted(
    chosen: Sequence[Scored], turns: Mapping[Place, Interaction], asked: Asked, passed: Set[int] = frozenset()
) -> tuple[list[Quotation], str]:
    """A passage of each of the best of `chosen`, the best of all first, the others in the order of hits; and the value
    that answers (empty: none is told).

    Those with the ranks `passed` are not quoted.

    A passage is worth what its best sentence covers within its frame, what it says beyond that, and whether it has a
    value of the type asked for.
    """
    best: list[Passage] = []
    for rank, each in enumerate(chosen[:_QUOTED_HITS], 1):
        if rank in passed:
            continue
        around = frame(each.interaction, turns)
        if passage := _passage(each.interaction, around, asked):
            worth, text = passage
            quotation = Quotation(shortened(text, LONGEST), rank)
            covered = asked.want.covered(around | stems(quotation.text))
            # The score of the hit stands for what its neighbours and the graph say.
            best.append(Passage(worth + each.score / chosen[0].score, quotation, covered))
    best.sort(key=lambda each: (-each.worth, each.quotation.hit))
    return _answered(best[:_QUOTATIONS], chosen, asked)


def _answered(best: Sequence[Passage], chosen: Sequence[Scored], asked: Asked) -> tuple[list[Quotation], str]:
    """The quotations and the value: where a passage gives it, that passage before those that come near its worth."""
    quotations = [each.quotation for each in best]
    said = [chosen[each.hit - 1].interaction for each in quotations]
    for place, each in enumerate(best):
        if found := value(each.quotation.text, said[place], asked, each.covered):
            rest = (other.quotation for other in best if other is not each and other.worth >= _BESIDE * each.worth)
            return [each.quotation, *_in_order(rest)], found
    quotations[1:] = _in_order(quotations[1:])
    return quotations, by_day(best[0].quotation.text, said[0], asked, best[0].covered) if best else ""


def _in_order(quotations: Iterable[Quotation]) -> list[Quotation]:
    """Quotations in the order of hits, which is that of their numbers."""
    return sorted(quotations, key=lambda each: each.hit)


def placed(candidates: Sequence[Scored]) -> dict[Place, Interaction]:
    """The messages among `candidates` by place."""
    said = (each.interaction for each in candidates if each.interaction.form is Form.MESSAGE)
    return {(each.conversation, each.session, each.position): each for each in said}


def frame(said: Interaction, turns: Mapping[Place, Interaction]) -> set[str]:
    """The stems of what is understood with every sentence of `said`: who says it, its title, the question it answers.

    So the reply to a question like the one that is asked covers it, in whatever words.
    """
    before = turns.get((said.conversation, said.session, said.position - 1)) if said.form is Form.MESSAGE else None
    answers = before is not None and before.speaker != said.speaker and asks(before.text)
    return stems(said.speaker, said.title, sentences(before.text)[-1] if before and answers else None)


def told(said: Interaction) -> str:
    """The sentences of `said` that tell something: neither questions nor headings."""
    return " ".join(line[start:end] for line in _lines(said.text) for start, end in _told(line))


def passages(said: Interaction) -> dict[str, None]:
    """What may be quoted of `said`: each sentence that tells something, with those around it that a quotation has room
    for. Each once, in order."""
    return {_around(line, place): None for line in _lines(said.text) for place in range(len(_told(line)))}


def _passage(said: Interaction, frame: Set[str], asked: Asked) -> tuple[float, str] | None:
    """The worth of the best sentence, and that sentence with those around it; None where nothing is told."""
    options = [
        (_worth(line[start:end], said, frame, asked), -number, -place, line)
        for number, line in enumerate(_lines(said.text))
        for place, (start, end) in enumerate(_told(line))
    ]
    if not options:
        return None
    worth, _, place, line = max(options)
    return worth, _around(line, -place)


def _worth(sentence: str, said: Interaction, frame: Set[str], asked: Asked) -> float:
    spoken = words(segmented(sentence))
    own = {word for word in spoken if word not in _empty() and stem(word) not in asked.want.weight}
    covered = asked.want.covered(frame | {stem(word) for word in spoken})
    return covered + _TELLING * min(1.0, len(own) / 4) + _TYPED * bool(value(sentence, said, asked))


@cache
def _empty() -> frozenset[str]:
    return stop_words() | word_list("courtesy")


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text, without marks of lists and without headings."""
    stripped = (line.strip() for line in text.splitlines())
    return (_LIST_MARK.sub("", line, count=1) for line in stripped if not _HEADING.match(line))


def _told(line: str) -> list[tuple[int, int]]:
    """Where the sentences of a line that tell something begin and end."""
    spans, end = [], 0
    for sentence in sentences(line):
        start = line.index(sentence, end)
        end = start + len(sentence)
        if words(sentence) and not asks(sentence):
            spans.append((start, end))
    return spans


def _around(line: str, place: int) -> str:
    """A sentence of a line with those after it, then those before it, as far as a passage reaches."""
    spans = _told(line)
    start, end = spans[place]
    for first, last in spans[place + 1 :]:
        if not _joined(line, (start, end), (first, last)):
            break
        end = last
    for first, last in reversed(spans[:place]):
        if not _joined(line, (first, last), (start, end)):
            break
        start = first
    return line[start:end]


def _joined(line: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether nothing stands between two runs of a line, and both together are short enough to quote."""
    start, end = before[0], after[1]
    short = end - start <= LONGEST and len(line[start:end].split()) <= _PASSAGE
    return short and not line[before[1] : after[0]].strip()
