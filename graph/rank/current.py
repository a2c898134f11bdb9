"""Of messages that state different values of what has one at a time, the one that holds comes first.

Conflicts are settled in code, by the latest valid time among the candidates (arXiv 2606.01435), not by a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from graph.model import Fact, FactHit, Interaction
from graph.rank.answer_type import AnswerType, expected
from graph.rank.days import count
from graph.rank.fusion import Scored
from graph.rank.reading import Understood
from graph.rank.values import numbers_of
from graph.relations import CERTAIN, DATE, DOUBTFUL, KIN, ONE_VALUED, OVER, asking, holds, order, slot
from graph.stems import stem, stems
from graph.text import fold

_PAST = re.compile(
    r"\b(?:used to|before|first|previous(?:ly)?|original(?:ly)?|initial(?:ly)?|earlier|former(?:ly)?|ago)\b",
    re.IGNORECASE,
)
"""Words of questions that ask for what no longer holds."""
_COMPARED = 10
"""Messages among which the latest count is looked for, so that none leaves the first ten by it."""
_NEAR = 0.5
"""The part of the best one's score that these have."""
_EVENT_WORDS = 8
"""Words of a question, from its end, among which an appointment is looked for."""
_READ = 3_000
"""Letters of a question, and of a message in which numbers are looked for, that are read."""


def asks_for_the_past(question: str, read: Understood, today: str | None) -> bool:
    """Whether a question asks for what held earlier: by its words, or by a time it names that is over."""
    day = (today or "")[:10]
    return bool(_PAST.search(question)) or any(not day or window.last < day for window in read.windows)


def asked_about(facts: Iterable[Fact], question: str, read: Understood) -> list[Fact]:
    """Those of `facts` that a question may ask for: it has a word that asks for the relation, and is about the
    subject; where it names nobody, the days of what it names and nothing else: "when is the meeting?"."""
    words, names = stems(question), {fold(each) for each in subjects(question, read)}
    facts = list(facts)
    found = [
        each for each in facts if fold(each.subject) in names and words & {stem(word) for word in asking(each.relation)}
    ]
    if found or read.speaker or any(match.entity.label != "CONCEPT" for match in read.entities):
        return found
    said = stems(*read.terms)
    dated = (each for each in facts if each.relation.startswith(DATE))
    return [each for each in dated if said == stems(each.relation.removeprefix(DATE))]


def slots_asked(question: str, read: Understood) -> tuple[str, ...]:
    """The slots that a question may ask for, of the relations that are known by name, and of the days of what a
    question asks with "when"."""
    words = stems(question)
    relations = [each for each in ONE_VALUED if words & {stem(word) for word in asking(each)}]
    if expected(question).kind is AnswerType.DATE:
        said = fold(question[:_READ]).split()[-_EVENT_WORDS:]
        relations += [
            f"{DATE}{' '.join(said[at : at + count])}" for count in (1, 2, 3) for at in range(len(said) - count + 1)
        ]
    return tuple(slot(subject, each) for subject in subjects(question, read) for each in relations)


def subjects(question: str, read: Understood) -> list[str]:
    """Whom a question may ask about: those it names, or their kin where it speaks of kin; who is called Dad is both."""
    named = [read.speaker] if read.speaker else []
    named += [match.entity.name for match in read.entities if match.entity.name not in named]
    kin = kin_named(question)
    if not kin:
        return named
    called = [name for name in named if fold(name) in kin]
    return called + [f"{name}'s {each}" for name in named if name not in called for each in kin]


def kin_named(question: str) -> list[str]:
    """The kin that a question speaks of, whosever it is."""
    return [each for each in KIN if re.search(rf"\b{each}\b", question[:_READ], re.IGNORECASE)]


def current_first(
    ranked: Sequence[Scored], told: Mapping[str, Sequence[Fact]], unranked: Sequence[Interaction] = ()
) -> list[Scored]:
    """`ranked` with one change for each slot of the facts `told`: where a message that states an outdated value is
    before all that state the one that holds, the best of these goes just before it.

    `told` gives the facts that messages state and that are asked for, as they stand, by the interaction; those that are
    `unranked` come last. Nothing falls more than a place a slot.
    """
    found = [*ranked, *(Scored(each, 0.0, {}) for each in unranked)]
    keys = {slot(each.subject, each.relation) for facts in told.values() for each in facts}
    for key in sorted(keys - {""}):
        standing, outdated = _sides(told, key)
        old = next((place for place, each in enumerate(found) if each.interaction.id in outdated), None)
        new = next((place for place, each in enumerate(found) if each.interaction.id in standing), None)
        if old is not None and new is not None and old < new:
            _put_before(found, old, new)
    return [each for each in found if each.score > 0]


def latest_count(ranked: Sequence[Scored], question: str, speaker: str | None) -> list[Scored]:
    """`ranked` with one change for a question that counts ("how many issues"): of the best messages of `speaker` that
    each state one number of what is counted, the latest goes before those that state others.

    A count is of a time like a fact, in words that are too many to be found before somebody asks.
    """
    found = list(ranked)
    asked = expected(question)
    if asked.kind is not AnswerType.NUMBER or not asked.counted or not speaker:
        return found
    counts: dict[int, str] = {}
    for place, each in enumerate(found[:_COMPARED]):
        near = each.score >= _NEAR * found[0].score
        if near and each.interaction.speaker and fold(each.interaction.speaker) == fold(speaker):
            numbers = {_number(span.text) for span in numbers_of(each.interaction.text[:_READ], asked.counted, None)}
            if len(numbers) == 1:
                counts[place] = numbers.pop()
    if not counts:
        return found
    latest = max(counts, key=lambda place: _said(found[place]))
    older = [place for place, number in counts.items() if place < latest and number != counts[latest]]
    if older:
        _put_before(found, older[0], latest)
    return found


def answer_first(
    ranked: Sequence[Scored], stating: Sequence[str], limit: int, unranked: Sequence[Interaction]
) -> list[Scored]:
    """`ranked` with the last of the messages `stating` the value that is asked for before all, where none of them is
    among the first `limit`: other words than those of the question may state it. They are ranked, or `unranked`."""
    known = {each.interaction.id for each in ranked}
    found = [*ranked, *(Scored(each, 0.0, {}) for each in unranked if each.id not in known)]
    places = {each.interaction.id: place for place, each in enumerate(found)}
    there = [places[each] for each in stating if each in places]
    if not there or min(there) < min(limit, len(ranked)):
        return list(ranked)
    if ranked:
        _put_before(found, 0, there[-1])
    else:
        found = [Scored(found[there[-1]].interaction, 1.0, {"current": 1.0})]
    return [each for each in found if each.score > 0]


def _put_before(found: list[Scored], old: int, new: int) -> None:
    """Move what is at the place `new` before what is at `old`, which it scores no less than."""
    moved = found.pop(new)
    score = max(moved.score, found[old].score)
    found.insert(old, Scored(moved.interaction, score, {**moved.signals, "current": 1.0}))


def _number(words: str) -> str:
    """A number as it is compared: in figures, where it is one that has a word of its own."""
    number = count(words.casefold())
    return str(number) if number is not None else words.casefold().replace(",", "")


def _said(each: Scored) -> tuple[str, int]:
    return each.interaction.timestamp or "", each.interaction.position


def fact_hit(stated: Sequence[tuple[Fact, int]]) -> FactHit | None:
    """What holds of the facts of one slot, each given with the rank of the hit that states it (0: none); None where all
    are doubted or taken back."""
    known = sorted((each for each, _ in stated if each.state == CERTAIN and each.retracted_at is None), key=order)
    if not known:
        return None
    open_ = [each for each in known if each.valid_to is None]
    latest = (open_ or known)[-1]
    same = [each for each in known if fold(each.object) == fold(latest.object) and each.valid_to == latest.valid_to]
    others = [each.object for each in reversed(known) if fold(each.object) != fold(latest.object)]
    ranks = {rank for each, rank in stated if each in same and rank}
    gone = {fold(each) for each in others}
    stale = {rank for each, rank in stated if each.retracted_at is not None or fold(each.object) in gone} - {0}
    return FactHit(
        latest.id,
        latest.text,
        latest.subject,
        latest.relation,
        latest.object,
        same[0].valid_from,
        latest.valid_to,
        min(ranks, default=0),
        tuple(sorted(stale - ranks)),
        tuple({fold(each): each for each in others}.values()),
        tuple(sorted({each.object for each, _ in stated if each.state == DOUBTFUL and each.object not in others})),
    )


def _sides(told: Mapping[str, Sequence[Fact]], key: str) -> tuple[set[str], set[str]]:
    """The interactions that state the value of a slot that holds, or that none does, and those that state only
    others."""
    standing: set[str] = set()
    outdated: set[str] = set()
    stated = [each for facts in told.values() for each in facts if slot(each.subject, each.relation) == key]
    now = CERTAIN if any(each.state == CERTAIN and holds(each) for each in stated) else OVER
    for interaction, facts in told.items():
        mine = [each for each in facts if slot(each.subject, each.relation) == key]
        holding = [each for each in mine if holds(each)]
        if any(each.state == now for each in holding):
            standing.add(interaction)
        elif len(holding) < len(mine):
            outdated.add(interaction)
    return standing, outdated
