"""The value of a fact that a question asks for and nothing else: now, at first, before, or in a time that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from graph.model import Fact
from graph.rank.answer_type import AnswerType, Expected
from graph.rank.reading import Understood
from graph.rank.time_windows import Window
from graph.rank.wanted import stem, stems
from graph.relations import CERTAIN, DATE, DOUBTFUL, NUMBER, asking, holds, order, slot, telling, value_of
from graph.text import MONTHS, fold, stop_words

_READ = 600
"""Letters of a question that are looked at."""
_FIRST = re.compile(r"\b(?:first|original(?:ly)?|initial(?:ly)?)\b", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:used? to|previous(?:ly)?|earlier|former(?:ly)?|before|ago)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\bbefore\b(?P<what>[^,?]*)[,?]?", re.IGNORECASE)
_VALUES = frozenset({AnswerType.PLACE, AnswerType.PERSON, AnswerType.AMOUNT, AnswerType.NUMBER, AnswerType.NONE})
"""Types of answers that values of facts may be."""
_SAYS_NOW = "now current currently presently nowadays today still these days new"
_SAYS_PAST = "first originally original initially initial use used previously previous earlier formerly former"
_UNSAID = frozenset(map(stem, f"much many {_SAYS_NOW} {_SAYS_PAST}".split()))
"""Words of a question that ask for nothing by themselves."""
_CALENDAR = f"""
{" ".join(MONTHS)} jan feb mar apr jun jul aug sept sep oct nov dec monday tuesday wednesday thursday friday saturday
sunday year month week day summer winter spring autumn fall last back early late mid beginning end time ago
"""
_DATED = frozenset(map(stem, _CALENDAR.casefold().split()))


def valued(facts: Iterable[Fact], question: str, read: Understood, expects: Expected, today: str | None) -> list[Fact]:
    """Those of `facts`, as they stand, that state the value which `question` asks for: what holds, or what held at
    first, before, or in a time that it names and that is over on the day `today`.

    None where it asks for more than whose value of one relation that is, and when: what is left of it would have to be
    told by somebody.
    """
    text = question[:_READ]
    known = sorted((each for each in facts if each.retracted_at is None and each.state != DOUBTFUL), key=order)
    keys = {slot(each.subject, each.relation) for each in known}
    if len(keys) != 1 or "" in keys or not _fits(expects, known[0].relation):
        return []
    if not _asks_only(_BEFORE.sub(" ", text), known[0], read):
        return []
    if read.windows:
        day = (today or "")[:10]
        past = all(not day or window.last < day for window in read.windows)
        return _during(known, read.windows[0]) if past and len(read.windows) == 1 else []
    runs = list(_runs(known))
    if _FIRST.search(text):
        return _stating(runs[0])
    if _EARLIER.search(text):
        return _before(runs, text)
    last = _stating(runs[-1])
    return last if all(map(holds, last)) else []


def _fits(expects: Expected, relation: str) -> bool:
    """Whether values of `relation` are such as answer a question. What is counted has too many words to be told by."""
    if relation.startswith(DATE):
        return expects.kind is AnswerType.DATE
    return expects.kind in _VALUES and not expects.ahead and not relation.startswith(NUMBER)


def _asks_only(text: str, fact: Fact, read: Understood) -> bool:
    """Whether `text` has a word that asks for the relation of `fact`, and beside it none but whom that is about, and
    when."""
    relation = {stem(word) for word in asking(fact.relation)}
    said = {stem(word) for word in re.findall(r"[^\W_]+", fold(text)) if word not in stop_words()}
    left = said - stems(fact.subject, *read.voices) - _UNSAID
    if read.windows:
        left = {word for word in left - _DATED if not word[0].isdigit()}
    return bool(left) and left <= relation


def _runs(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    """Yield the facts of a relation, in order of time, by the value that held; a run that it was over among them."""
    run: list[Fact] = []
    for each in telling(facts):
        if run and value_of(each) != value_of(run[-1]):
            yield run
            run = []
        run.append(each)
    yield run


def _before(runs: Sequence[Sequence[Fact]], text: str) -> list[Fact]:
    """The facts of the run before the last, or before that of the value which `text` names behind "before"."""
    before = _BEFORE.search(text)
    named = stems(before["what"]) if before else set[str]()
    values = (place for place, run in enumerate(runs) if _stating(run) and stems(run[0].object) <= named)
    later = next(values, len(runs) - 1)
    return _stating(runs[later - 1]) if later else []


def _stating(run: Sequence[Fact]) -> list[Fact]:
    return [each for each in run if each.state == CERTAIN]


def _during(facts: Sequence[Fact], window: Window) -> list[Fact]:
    """Those that held in the window, where they have one value."""
    held = [
        each
        for each in _stating(facts)
        if each.valid_from
        and each.valid_from <= window.last
        and (each.valid_to is None or each.valid_to > window.first)
    ]
    return held if len({fold(each.object) for each in held}) == 1 else []
