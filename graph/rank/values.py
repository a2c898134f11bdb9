"""The value in a passage that answers a question: a date, a name, a number, or yes or no.

As question answering by rules does it (Srihari and Li, "Information Extraction Supported Question Answering", TREC-8,
1999): of what has the type expected, the one nearest to the question's terms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from graph.model import Form, Interaction
from graph.rank.answer_type import AnswerType, Expected, lies_ahead
from graph.rank.days import count
from graph.rank.names import Span, names, titles, together
from graph.rank.spans import AMOUNT, BEGUN, BORN, CLOCK, DIED, FOR_YEARS, LIFE, NO, NUMBER, OFTEN, PLACED, YES, spots
from graph.rank.temporal import Dated, dates, durations, looks_back
from graph.rank.wanted import Wanted
from graph.stems import stem, stems
from graph.text import spoken, stop_words

_READ = 400
"""Letters of a passage in which a value is looked for."""
_DOCUMENT = 0.85
"""The part of a question that a passage of a document has to cover before its value is taken for the answer."""
_MESSAGE = 0.5
_TIMED = 0.4
"""The same for dates and spans of time in messages, which are seldom of anything else."""
_SURE = 0.8
"""The same for what rests on the whole passage: yes and no, and the day by which something was said."""
_TIMES = frozenset({AnswerType.DATE, AnswerType.DURATION, AnswerType.FREQUENCY})
_WORD = re.compile(r"[^\W_]+")
_NOT_YET = re.compile(
    r"n['’]t\b|\b(?:not|never|yet|if|until|might|may|could|would|should|must|hope|hoping|want|wish|(?:have|need) to)\b"
    r"|['’]ll\b",
    re.IGNORECASE,
)
"""What makes of a statement one of something that has not happened, or not for sure."""
_STILL = re.compile(r"\b(?:have|has|been|now)\b|['’](?:ve|s)\b", re.IGNORECASE)
"""What tells, of a span of time, that it is not over."""
_LIMIT = re.compile(r"\b(by|before|after) (?:the )?$", re.IGNORECASE)
_AWAY = re.compile(
    r"\b(?:moved?|postponed?|rescheduled?|changed?|shifted?|pushed|delayed)\b[^.!?\n]{0,60}?"
    r" from (?:\w+,? )?(?:the )?$",
    re.IGNORECASE,
)
"""What stands before a day that something is on no more."""
_PRESENT = re.compile(r"\W{0,9}when (?:do|does|is|are)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s)")
_FAR = 100
"""Letters before a date in which it is told that something was moved from it."""
_BEYOND = 10
"""Words that the end of a sentence is worth."""
_FIRST_PERSON = re.compile(r"\b(?:I|we)\b", re.IGNORECASE)


class Asked(Struct, frozen=True):
    """A question as values are chosen by it: its words, what it expects, its weighed terms, the speaker it names."""

    text: str
    expects: Expected
    want: Wanted
    speaker: str | None = None


class _Quote(Struct, frozen=True):
    """A passage, who said it, and what it is to answer."""

    text: str
    said: Interaction
    asked: Asked


Finder = Callable[[_Quote], list[Span]]


def value(passage: str, said: Interaction, asked: Asked, covered: float = 1.0) -> str:
    """The value in `passage`, quoted from `said`, that answers; empty where none does.

    `covered` is the part of the question that the passage covers, by weight.
    """
    find = _FINDERS.get(asked.expects.kind)
    if find is None or covered < _least(said.form, asked.expects.kind):
        return ""
    text = passage[:_READ]
    found = nearest(text, find(_Quote(text, said, asked)), asked.want)
    return found.text if found else ""


def by_day(passage: str, said: Interaction, asked: Asked, covered: float) -> str:
    """The day by which something had happened that `passage`, quoted from `said`, tells of without a date; empty where
    that is not asked, and where it has not happened."""
    told = said.form is Form.MESSAGE and covered >= _SURE and not _NOT_YET.search(passage) and not lies_ahead(passage)
    day = day_said(said)
    asks = asked.expects.kind is AnswerType.DATE and not asked.expects.ahead
    return f"by {spoken(day)}" if day and told and asks else ""


def day_said(said: Interaction) -> date | None:
    """The day on which something was said, by the clock of who said it."""
    return datetime.fromisoformat(said.timestamp).date() if said.timestamp else None


def _least(form: Form, kind: AnswerType) -> float:
    if kind is AnswerType.YES_NO:
        return _SURE
    return _DOCUMENT if form is Form.DOCUMENT else _TIMED if kind in _TIMES else _MESSAGE


def nearest(text: str, found: Sequence[Span], want: Wanted) -> Span | None:
    """Of several, the one that most of the question's terms stand close to, by weight; the first of equals. What stands
    in another sentence is further away."""
    if len(found) < 2:
        return found[0] if found else None
    starts: list[int] = []
    steps: list[int] = []
    places: dict[str, list[int]] = {}
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    for number, match in enumerate(_WORD.finditer(text)):
        starts.append(match.start())
        steps.append(number + _BEYOND * sum(end <= match.start() for end in ends))
        places.setdefault(stem(match[0].casefold()), []).append(steps[-1])

    def closeness(span: Span) -> float:
        own = [step for step, start in zip(steps, starts, strict=True) if span.start <= start < span.end] or [0]
        near = {
            term: min(min(abs(place - own[0]), abs(place - own[-1])) for place in places[term])
            for term in want.weight
            if term in places
        }
        return sum(want.weight[term] / (1 + words) for term, words in near.items())

    return max(found, key=closeness)


def dated(text: str, said: date | None, question: str, ahead: bool) -> list[Dated]:
    """The dates of `text`, said on that day, as in `dates`; of the two of a life, that which `question` asks for, and
    none from which something was moved to another."""
    found = dates(text, said, ahead)
    if len(found) > 1 and " from " in text:
        found = [each for each in found if each is found[-1] or not _AWAY.search(text[: each.start][-_FAR:])]
    if life := LIFE.search(text):
        within = [each for each in found if life.start() <= each.start < life.end()]
        if len(within) == 2 and (DIED.search(question) or BORN.search(question)):
            return within[1:] if DIED.search(question) else within[:1]
    return found


def _dates(quote: _Quote) -> list[Span]:
    day = day_said(quote.said)
    found = dated(quote.text, day, quote.asked.text, quote.asked.expects.ahead or _is_due(quote))
    if not found and day and BEGUN.search(quote.asked.text) and (years := FOR_YEARS.search(quote.text)):
        # Who has skied “for ten years” in 2023 began in 2013.
        number = count(years[1].lower())
        over = looks_back(quote.text[: years.start()]) and not _STILL.search(quote.text)
        return [Span(str(day.year - number), *years.span())] if number and not over else []
    return [_within(quote.text, each) for each in found]


def _is_due(quote: _Quote) -> bool:
    """Whether a question in the present tense and what answers it are about what is to come: "it lands on Friday"."""
    return bool(_PRESENT.match(quote.asked.text)) and not looks_back(quote.text)


def _within(text: str, found: Dated) -> Span:
    """A date as a value, with what makes another time of it: “by 3 July” may be any day before."""
    limit = _LIMIT.search(text, max(0, found.start - 12), found.start)
    return Span(f"{limit[1].lower()} {found.text}" if limit else found.text, found.start, found.end)


def _people(quote: _Quote) -> list[Span]:
    who, named = quote.said.speaker, quote.asked.speaker
    if who and quote.asked.expects.doer and not named and _FIRST_PERSON.search(quote.text):
        return _new([Span(who, 0, 0)], quote.asked)
    return together(quote.text, _new(names(quote.text), quote.asked))


def _places(quote: _Quote) -> list[Span]:
    named = [
        each
        for each in _new(names(quote.text), quote.asked)
        if PLACED.search(quote.text, max(0, each.start - 20), each.start)
    ]
    if named or quote.said.form is Form.DOCUMENT:
        return named
    return _new(spots(quote.text), quote.asked)


def _new(found: Sequence[Span], asked: Asked) -> list[Span]:
    """Those of which the question says no word, but stop words."""
    if not found:
        return []
    known = stems(asked.text) - stop_words()
    return [each for each in found if not stems(each.text) & known]


def numbers_of(text: str, noun: str, said: date | None) -> list[Span]:
    """Numbers soon followed by what is counted, a noun, in what was said on that day; none that is part of a date."""
    counted = stem(noun)
    numbers = (Span(match[0], *match.span()) for match in NUMBER.finditer(text))
    found = [
        each
        for each in numbers
        if counted in {stem(word.casefold()) for word in _WORD.findall(text[each.end : each.end + 40])[:4]}
    ]
    # Few texts count it, and a date is what many patterns are tried for.
    dated = dates(text, said) if found else []
    return [each for each in found if not any(other.start < each.end and each.start < other.end for other in dated)]


def _yes_no(quote: _Quote) -> list[Span]:
    """What a reply begins with."""
    return [Span(word, 0, 0) for word, pattern in (("yes", YES), ("no", NO)) if pattern.match(quote.text)]


def _matches(pattern: re.Pattern[str]) -> Finder:
    return lambda quote: [Span(match[0], *match.span()) for match in pattern.finditer(quote.text)]


_FINDERS: Mapping[AnswerType, Finder] = {
    AnswerType.DATE: _dates,
    AnswerType.TIME: _matches(CLOCK),
    AnswerType.DURATION: lambda quote: [Span(*each) for each in durations(quote.text)],
    AnswerType.FREQUENCY: _matches(OFTEN),
    AnswerType.PERSON: _people,
    AnswerType.PLACE: _places,
    AnswerType.NUMBER: lambda quote: numbers_of(quote.text, quote.asked.expects.counted, day_said(quote.said)),
    AnswerType.AMOUNT: _matches(AMOUNT),
    AnswerType.TITLE: lambda quote: _new(titles(quote.text), quote.asked),
    AnswerType.YES_NO: _yes_no,
}
