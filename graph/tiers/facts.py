"""Facts of what speakers say of themselves and their kin: who, which relation, what, since when, and where it is said.

In the manner of Graphiti's edges with two times (arXiv 2501.13956, section 2.2), by rule: the statements of
`graph.tiers.statements`, of which each is a fact of its message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Set

from msgspec import Struct
from msgspec.structs import replace

from graph.ids import content_id, note_id
from graph.model import Edge, EdgeKind, Fact, Interaction
from graph.relations import BIRTHDAY, CERTAIN, DATE, DOUBTFUL, OVER, one_valued
from graph.text import fold, word_list
from graph.tiers import wording
from graph.tiers.statements import Statement

_END = re.compile(r"[.!?;,()\n]|\b(?:and|but|because|so)\b", re.IGNORECASE)
_LASTING = re.compile(
    r"\b(?:lived|living|worked|working|been)\b.*?\bfor (?P<long>[\w ]{1,20}?(?:day|week|month|year)s?)\b"
)
_SINCE = re.compile(r"\bsince\b", re.IGNORECASE)
_MEANT = re.compile(r"\b(?:meant(?: to say)?|make that|correction:?)\s+|^\*", re.IGNORECASE)
_BACK = re.compile(r"\b(?:scratch that|I (?:was wrong|misspoke|got (?:that|it) wrong))\b", re.IGNORECASE)
_LEADING = re.compile(r"(?:(?:in|on|at|to|for|the|a|an|it's|it’s|it is) )*", re.IGNORECASE)
_ONCE = "used to "
"""How a relation begins that is over: when it was, says nothing of when it ended."""
_OF = "'s "
"""What makes a name whose something is."""
_LONGEST = 5
"""Words of a value that is meant in place of another."""
_READ = 400
"""Letters of a clause in which a time is looked for."""


class Times(Struct, frozen=True):
    """How words are understood on a day: when what a text tells began, as `Fact.valid_from` has it, and the day ahead
    that it names, as people write it. Both are given the text and the time it was said, and give None for none."""

    began: Callable[[str, str | None], str | None]
    ahead: Callable[[str, str | None], str | None]


def facts(said: Interaction, told: Iterable[Statement], times: Times) -> Iterator[Fact]:
    """Yield the facts that the statements `told` of an interaction are, each once."""
    seen = set()
    for each in told:
        fact = _fact(said, each, times)
        if fact.id not in seen:
            seen.add(fact.id)
            yield fact


def fact_edges(
    fact: Fact, said: Interaction, entities: Iterable[str], meant: Callable[[str, str], str]
) -> Iterator[Edge]:
    """Yield where a fact is stated, and whom it concerns: its subject where that is one of the `entities` of its note,
    by id, else who says so of their own. `meant` gives the id of the entity that a folded name means in a
    conversation."""
    yield Edge(fact.id, fact.note, EdgeKind.STATED_IN)
    subject = meant(fold(fact.subject), said.conversation)
    speaker = meant(fold(said.speaker or ""), said.conversation)
    yield Edge(fact.id, subject if subject in entities else speaker, EdgeKind.CONCERNS)


def corrected(fact: Fact, turn: Interaction, times: Times) -> Fact | None:
    """`fact` with the value that `turn`, which takes it back, gives in its place; None where it gives none."""
    meant = _MEANT.search(turn.text)
    if not meant or not one_valued(fact.relation):
        return None
    rest = turn.text[meant.end() : meant.end() + _READ]
    if fact.relation.startswith(DATE):
        value = times.ahead(rest, turn.timestamp)
    else:
        lead = _LEADING.match(rest)
        value = wording.clause(rest, lead.end() if lead else 0, _LONGEST)
        # What is meant in place of a number has one, and of a name is one.
        if value and (_alike(value) != _alike(fact.object)):
            value = None
    if not value or fold(value) == fold(fact.object):
        return None
    note = note_id(turn.id)
    return replace(
        fact,
        id=fact_id(fact.subject, fact.relation, value, note, fact.state),
        note=note,
        text=_with(fact.text, fact.object, value),
        object=value,
        recorded_at=turn.timestamp,
        position=turn.position,
    )


def takes_back(turn: Interaction) -> bool:
    """Whether a correction takes back all that was stated, whatever it gives in its place."""
    return bool(_BACK.search(turn.text))


def of_whom(fact: Fact, old: str, new: str) -> Fact:
    """`fact` as one of who is called `new`, where its subject is `old` or their kin; else as it is. Its words stay, and
    its id, which tells how its subject is spelt in them."""
    kin = kin_of(fact, {fold(old)})
    if old == new or kin is None:
        return fact
    spelt = fact.text[: len(new)]
    return replace(fact, subject=(spelt if fold(spelt) == fold(new) else new) + kin)


def spelt_as(fact: Fact, name: str, kin: str) -> bool:
    """Whether the message that states a fact calls its subject by `name`, or as the `kin` of that."""
    return fact.id == fact_id(name + kin, fact.relation, fact.object, fact.note, fact.state)


def kin_of(fact: Fact, names: Set[str]) -> str | None:
    """What the subject of a fact has after one of those folded `names`: "'s sister" of "Ann's sister", nothing where it
    is such a name as a whole, as "Ann's iPhone" may be; None where it is about somebody else."""
    return next((fact.subject[len(each) :] for each in owners_of(fact) if fold(each) in names), None)


def owners_of(fact: Fact) -> Iterator[str]:
    """Yield whom a fact may be about: its subject as a whole, and whose kin that is."""
    yield fact.subject
    owner, mark, _ = fact.subject.rpartition(_OF)
    if mark:
        yield owner


def fact_id(subject: str, relation: str, value: str, note: str, state: str) -> str:
    """The id of a fact as stated in a note: that something is over is another one than that it holds."""
    return content_id("fact", fold(subject), relation, fold(value), note, *([OVER] if state == OVER else []))


def _fact(said: Interaction, told: Statement, times: Times) -> Fact:
    subject = f"{told.subject}{told.about}" if told.about.startswith(_OF) else told.about
    value, text = told.object, told.text
    state = OVER if told.over else CERTAIN if told.certain else DOUBTFUL
    if told.relation.startswith(DATE) and (day := times.ahead(value, said.timestamp)):
        value, text = day, _with(text, value, day)
    return Fact(
        fact_id(subject, told.relation, value, note_id(said.id), state),
        text,
        subject,
        told.relation,
        value,
        _began(said, told, times),
        recorded_at=said.timestamp,
        position=said.position,
        state=state,
        note=note_id(said.id),
    )


def _began(said: Interaction, told: Statement, times: Times) -> str | None:
    """When a fact began: as the clause tells, where it tells what happened or since when, else when it was said."""
    clause = said.text[told.start : told.start + _READ]
    end = _END.search(clause)
    spoken = clause[: end.start() if end else None]
    lasting = _LASTING.search(spoken)
    verb = told.relation.partition(" ")[0]
    happened = one_valued(told.relation) or verb in word_list("past") or verb.endswith("ed")
    if lasting:
        spoken = f"{lasting['long']} ago"
    elif (
        told.relation.startswith((BIRTHDAY, DATE))
        or not (happened or _SINCE.search(spoken))
        or told.key[0].startswith(_ONCE)
    ):
        spoken = ""
    return (times.began(spoken, said.timestamp) if spoken else None) or (said.timestamp or "")[:10] or None


def _with(text: str, value: str, other: str) -> str:
    """A sentence with another value in the place of the one it ends with."""
    return other.join(text.rsplit(value, 1))


def _alike(value: str) -> tuple[bool, bool]:
    """What tells kinds of values apart: whether they have a figure, and whether they are a name."""
    return any(letter.isdigit() for letter in value), value[:1].isupper()
