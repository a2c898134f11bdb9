"""Reading a question against what the store knows: its words, the entities and times it names, who is asked about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import pairwise

from msgspec import Struct

from graph.model import Entity, EntityMatch, Question, Reading
from graph.rank.request import topic
from graph.rank.time_windows import Window, windows
from graph.text import fold, stop_words, terms, verb_forms

_LONGEST_NAME = 10
"""Words of the longest name looked for in a question."""
_LONGEST_QUESTION = 200
"""Words of a question that are looked at; the rest of a longer one is not read."""
_LONGEST_WORD = 500
"""Letters of a word that is searched for: nobody says longer ones, and patterns are made of them."""
_LONGEST_WORDING = 2
"""Words of a name that may be no name where a question writes it small: a longer one is seldom met by chance."""
_FIRST_PERSON = re.compile(r"\b(?:i|my|me|mine|myself|i'm|i've|i'd)\b", re.IGNORECASE)
_JOINING = {"and", "or", ""}
_TOGETHER = {"both", "together", "common", "each"}
"""Words with which several people are asked about alike."""
OWNER = "user"
"""The speaker who asks in the first person, in conversations with an assistant."""


class Understood(Struct, frozen=True):
    """A question as ranking needs it.

    Its search terms; the entities named; the one speaker asked about, if one; of several, the `teller`, whose words are
    asked for; the times named; the ids of the `common` entities, which are noun phrases and words beside names; and the
    names under which the speaker, or the teller, may speak.
    """

    terms: tuple[str, ...]
    entities: tuple[EntityMatch, ...]
    speaker: str | None
    teller: str | None = None
    windows: tuple[Window, ...] = ()
    common: frozenset[str] = frozenset()
    voices: tuple[str, ...] = ()


def names(question: Question) -> list[str]:
    """Every folded run of words of the question that may be a name in the store."""
    runs = [run for run, *_ in _runs(fold(question.text).split()[:_LONGEST_QUESTION])]
    return list(dict.fromkeys([*runs, OWNER] if _FIRST_PERSON.search(question.text) else runs))


def understood(question: Question, matches: Sequence[EntityMatch]) -> Understood:
    """The question against the entities that the store found for `names`.

    The longest name wins where names overlap. A speaker counts only where the question names exactly one.
    """
    words = fold(question.text).split()[:_LONGEST_QUESTION]
    places = _named(words, matches)
    named = [match for found in places.values() for match in found]
    people = {match.entity.id: match.entity for match in named if match.speaks}
    if not people and _FIRST_PERSON.search(question.text):
        people = {match.entity.id: match.entity for match in matches if match.name == OWNER and match.speaks}
    speaker = next(iter(people.values())) if len(people) == 1 else None
    teller = _teller(places, words) if len(people) > 1 else None
    asked = tuple(term for term in terms(topic(question.text))[:_LONGEST_QUESTION] if len(term) <= _LONGEST_WORD)
    if people:
        # Who speaks is a signal of its own; as a search term it would find all that they ever said.
        called = {word for match in named if match.speaks for word in match.name.split()}
        asked = tuple(term for term in asked if fold(term) not in called) or asked
    return Understood(
        asked,
        tuple({match.entity.id: match for match in named}.values()),
        speaker.name if speaker else None,
        teller.name if teller else None,
        windows(question.text, question.asked_at),
        _common(named, _small(question.text)),
        _voices(speaker or teller),
    )


def searched(read: Understood) -> tuple[str, ...]:
    """The terms that full text is searched for: those of the question, each with the forms that stemming does not lead
    to ("buy": "bought")."""
    forms = (form for term in read.terms for form in (term, *verb_forms().get(term, ())))
    return tuple(dict.fromkeys(forms))


def shown(read: Understood, added: tuple[str, ...] = ()) -> Reading:
    """What is told of it, and of the terms that were `added`, to those who ask for an explanation."""
    return Reading(
        read.terms,
        tuple(match.entity.name for match in read.entities),
        read.speaker or read.teller,
        tuple(
            window.first if window.first == window.last else f"{window.first}/{window.last}" for window in read.windows
        ),
        added,
    )


def _named(words: Sequence[str], matches: Sequence[EntityMatch]) -> dict[tuple[int, int], list[EntityMatch]]:
    """The entities named by runs of words, by the run's start and end, the longest first.

    Who is called so in full is meant, and nobody whose name only begins so: "Ann" is Ann where there is one, not Annie.
    """
    by_name: dict[str, list[EntityMatch]] = {}
    for match in sorted(matches, key=_in_full, reverse=True):
        namesakes = by_name.setdefault(match.name, [])
        if not namesakes or _in_full(match) or not _in_full(namesakes[0]):
            namesakes.append(match)
    taken: set[int] = set()
    places: dict[tuple[int, int], list[EntityMatch]] = {}
    for run, start, end in _runs(words):
        if run in by_name and taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            places[start, end] = by_name[run]
    return places


def _in_full(match: EntityMatch) -> bool:
    """Whether somebody who speaks is called just so."""
    return match.speaks and match.name in map(fold, _voices(match.entity))


def _voices(entity: Entity | None) -> tuple[str, ...]:
    return (entity.name, *entity.aliases) if entity else ()


def _teller(places: Mapping[tuple[int, int], Sequence[EntityMatch]], words: Sequence[str]) -> Entity | None:
    """Whose words are asked for, where several speakers are named: "What did Ann tell Bob?" asks for Ann's.

    The first named, as the subject stands first in English; nobody where they are named together: "Ann and Bob".
    """
    spoken = sorted(place for place, found in places.items() if any(match.speaks for match in found))
    joined = any(" ".join(words[end:start]) in _JOINING for (_, end), (start, _) in pairwise(spoken))
    if joined or not _TOGETHER.isdisjoint(words):
        return None
    return next(match.entity for match in places[spoken[0]] if match.speaks)


def _common(named: Sequence[EntityMatch], small: Set[str]) -> frozenset[str]:
    """The noun phrases beside names: "the director of Garbo" is about Garbo, and other directors are no way to it. And
    the words: where Garbo did die, no film is meant that is called "Die".

    Words are short names in letters that the question writes `small`. None where nothing else is named.
    """
    phrases = {match.entity.id for match in named if match.entity.label == "CONCEPT"}
    meant_as_words = {match.entity.id for match in named if not match.speaks and _worded(match.name.split(), small)}
    for common in (phrases | meant_as_words, phrases):
        if any(match.entity.id not in common for match in named):
            return frozenset(common)
    return frozenset()


def _worded(name: Sequence[str], small: Set[str]) -> bool:
    return len(name) <= _LONGEST_WORDING and small >= set(name)


def _small(text: str) -> set[str]:
    """The folded words that a question never writes with a capital, in scripts that have such: "iPhone" has one."""
    written = [(token.islower(), fold(token).split()) for token in text.split()[:_LONGEST_QUESTION]]
    capital = {word for small, words in written if not small for word in words}
    return {word for small, words in written if small for word in words} - capital


def _runs(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield (run, start, end), longest runs first, without single stop words."""
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            run = " ".join(words[start : start + length])
            if length > 1 or run not in stop_words():
                yield run, start, start + length
