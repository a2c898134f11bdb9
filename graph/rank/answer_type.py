"""What type of answer a question expects, by its words: plain rules for English, and none for what they do not know.

The types are the coarse ones of question classification (Li and Roth, "Learning Question Classifiers", COLING 2002,
section 2.1), with dates, durations, frequencies and amounts taken out of numbers.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import takewhile

from msgspec import Struct

from graph.text import stop_words

_READ = 600
"""Letters of a question that are looked at."""


class AnswerType(StrEnum):
    """The kind of thing that answers a question; `NONE` is any, or unknown."""

    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    FREQUENCY = "frequency"
    PERSON = "person"
    PLACE = "place"
    NUMBER = "number"
    AMOUNT = "amount"
    TITLE = "title"
    YES_NO = "yes_no"
    NONE = ""


class Expected(Struct, frozen=True):
    """What answers a question: its type, the noun that is counted (“how many *steps*”; empty: none), whether it lies
    ahead, whether who is asked for does what is asked about (“who filed”, not “who is” or “whom did”), and whether two
    are compared (“Ann or Bob”, “both Ann and Bob”)."""

    kind: AnswerType = AnswerType.NONE
    counted: str = ""
    ahead: bool = False
    doer: bool = False
    compares: bool = False


_BE = r"(?:is|are|was|were)"
_AUXILIARY = rf"(?:{_BE}|am|do|does|did|has|have|had|can|could|will|would|should|may|might|must)(?:n['’]?t)?"
_RULES = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (AnswerType.DATE, r"(?:since |until |from |by )?when\b"),
        (AnswerType.PLACE, r"(?:from |to |in )?where\b"),
        (AnswerType.PERSON, r"(?:to |with |by |for |from )?(?:who|whom|whose)\b"),
        (AnswerType.DURATION, r"(?:for )?how long\b|how many (?:seconds|minutes|hours|days|weeks|months|years)\b"),
        (AnswerType.NUMBER, r"how many\b|how old\b"),
        (AnswerType.AMOUNT, r"how (?:much|far|tall|high|big|large|heavy|deep|wide|expensive|fast)\b"),
        (AnswerType.FREQUENCY, r"how (?:often|frequently|regularly)\b"),
        (AnswerType.YES_NO, rf"{_AUXILIARY}\s(?!you\b)"),
    )
)
_NAMED = re.compile(r"\b(?:what|which) (?:(?:is|was) the (?:name|title) of (?:the )?)?(\w+(?: \w+)?)", re.IGNORECASE)
_NOUNS = {
    AnswerType.DATE: "date day month year decade century",
    AnswerType.TIME: "time hour",
    AnswerType.PERSON: "person director author writer artist actor actress singer composer president friend",
    AnswerType.PLACE: "city country state town village county continent island province",
    AnswerType.TITLE: "book movie film song game album novel play painting podcast",
}
_TYPE_OF = {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns.split()}
_COUNTED = re.compile(rf"how many ((?!{_AUXILIARY}\b)[^\W\d]+(?: (?!{_AUXILIARY}\b)[^\W\d]+){{0,3}})", re.IGNORECASE)
_OLD = re.compile(r"how old\b", re.IGNORECASE)
_QUANTIFIERS = frozenset({"more", "other", "different"})
_DOER = re.compile(rf"who (?!{_AUXILIARY}\b)\w", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:will|going to|plan(?:s|ning)?|upcoming|next|due)\b", re.IGNORECASE)
_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:or|both)\b", re.IGNORECASE)
# “Who is Ann?” asks what there is to say of her.
_WHO_IS = re.compile(rf"[Ww]ho {_BE} [^\W\d_a-z]")


def expected(question: str) -> Expected:
    """The answer that `question` expects. A choice (“Ann or Bob?”) and what the rules do not know expect any."""
    text = " ".join(question[:_READ].split()).lstrip("¿¡\"'“‘( ")
    ahead = lies_ahead(text)
    compares = bool(_COMPARED.search(text))
    if _CHOICE.search(text) or _WHO_IS.match(text):
        return Expected(ahead=ahead, compares=compares)
    kind = next((kind for kind, rule in _RULES if rule.match(text)), None)
    if kind is None:
        return Expected(_named(text), ahead=ahead, compares=compares)
    return Expected(kind, _counted(text), ahead, kind is AnswerType.PERSON and bool(_DOER.match(text)), compares)


def _counted(text: str) -> str:
    """The noun that “how many” counts: the last one in the plural before a stop word (“new *kits* of”), else the first
    word; empty where there is none."""
    if _OLD.match(text):
        return "years"
    found = _COUNTED.match(text)
    words = [word for word in found[1].lower().split() if word not in _QUANTIFIERS] if found else []
    phrase = list(takewhile(lambda word: word not in stop_words(), words))
    plural = [word for word in phrase if word.endswith("s")]
    return plural[-1] if plural else phrase[0] if phrase else ""


def lies_ahead(text: str) -> bool:
    """Whether a question or a sentence is about what is still to come."""
    return bool(_AHEAD.search(text))


def _named(text: str) -> AnswerType:
    """The type of what a question with “which” or “what” names (“which city”, “what is the name of the film”)."""
    found = _NAMED.search(text)
    kinds = (_TYPE_OF.get(word) for word in found[1].lower().split()) if found else ()
    return next((kind for kind in kinds if kind), AnswerType.NONE)
