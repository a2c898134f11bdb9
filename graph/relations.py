"""The relations that have one value at a time, of which a newer fact ends the older; and facts in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph.model import Fact
from graph.text import fold

BIRTHDAY = "birthday"
ONE_VALUED: Mapping[str, str] = {
    "home": "home live reside move based",
    "employer": "employer work company employed",
    "job": "job work profession occupation career",
    "age": "old age",
    "marital status": "married marital single engaged divorced relationship status",
    "weight": "weigh weight",
    BIRTHDAY: "birthday",
    "phone number": "phone telephone mobile",
}
"""Each with the words that ask for it."""
FAVOURITE, NUMBER, BEST, DATE, AMOUNT = "favourite ", "number of ", "personal best", "date of ", "amount of "
"""How others begin: what they go on with says what of, and asks for it."""
KIN = (
    *(
        "wife",
        "husband",
        "partner",
        "girlfriend",
        "boyfriend",
        "fiancée",
        "fiancé",
        "son",
        "daughter",
        "brother",
        "sister",
    ),
    *("mother", "mom", "mum", "father", "dad", "cousin", "aunt", "uncle", "nephew", "niece", "grandmother", "grandma"),
    *("grandfather", "grandpa", "grandson", "granddaughter", "roommate", "best friend"),
)
"""Those of whom people tell as of their own."""
CERTAIN, DOUBTFUL, OVER = "certain", "doubtful", "over"
"""The states of a fact: it is so, who says so doubts it, or it is so no longer."""
_LONGEST = 200


def one_valued(relation: str) -> bool:
    """Whether `relation` has one value at a time."""
    return relation in ONE_VALUED or relation.startswith((FAVOURITE, NUMBER, BEST, DATE, AMOUNT))


def asking(relation: str) -> frozenset[str]:
    """The words by which a question asks for `relation`."""
    words = frozenset(ONE_VALUED.get(relation, relation).split()) - {"of", "number", "date", "amount", "the"}
    return words | {"have"} if "has" in words else words


def slot(subject: str, relation: str) -> str:
    """What the facts have in common that end each other: "home: ann"; empty where `relation` has many values at once.

    The subject is folded and cut, since an index holds no value of any length.
    """
    return f"{relation[:_LONGEST]}: {fold(subject)[:_LONGEST]}" if one_valued(relation) else ""


def holds(fact: Fact, moment: str | None = None) -> bool:
    """Whether a fact, as far as it is known, holds at the end of `moment`, an ISO 8601 prefix (None: now)."""
    if fact.retracted_at is not None:
        return False
    if moment is None:
        return fact.valid_to is None
    began = (fact.valid_from or "")[: len(moment)] <= moment
    return began and (fact.valid_to is None or moment < fact.valid_to[: len(moment)])


def order(fact: Fact) -> tuple[str, str, int, str]:
    """What orders the facts of a relation in time: since when they hold, then as they were said."""
    return start_of(fact.valid_from), fact.recorded_at or "", fact.position, fact.id


def start_of(valid_from: str | None) -> str:
    """A time by which starts are compared. A month is after the days in it: whoever moved in March had told on the
    third where they lived before."""
    return f"{valid_from}~" if valid_from else ""


def telling(facts: Iterable[Fact]) -> list[Fact]:
    """Those of the facts of a relation, in order of time, that say something of the value before them: not that another
    one is over."""
    found: list[Fact] = []
    for each in facts:
        before = found[-1] if found else None
        aside = before is not None and before.state != OVER and fold(each.object) not in ("", fold(before.object))
        if each.state != OVER or not aside:
            found.append(each)
    return found


def value_of(fact: Fact) -> str | None:
    """What facts of a relation are told apart by: None where nothing holds any longer."""
    return None if fact.state == OVER else fold(fact.object)
