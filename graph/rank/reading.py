"""Reading a question against what the store knows: its words, the entities it names, the speaker it asks about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph.model import EntityMatch, Question
from graph.text import fold, stop_words, terms

_LONGEST_NAME = 6
"""Words of the longest name looked for in a question."""
_LONGEST_QUESTION = 200
"""Words of a question that are looked at; the rest of a longer one is not read."""
_FIRST_PERSON = re.compile(r"\b(?:i|my|me|mine|myself|i'm|i've|i'd)\b", re.IGNORECASE)
OWNER = "user"
"""The speaker who asks in the first person, in conversations with an assistant."""


class Understood(Struct, frozen=True):
    """A question as ranking needs it: search terms, the entities named, and the one speaker asked about, if one."""

    terms: tuple[str, ...]
    entities: tuple[EntityMatch, ...]
    speaker: str | None


def names(question: Question) -> list[str]:
    """Every folded run of words of the question that may be a name in the store."""
    runs = [run for run, *_ in _runs(fold(question.text).split()[:_LONGEST_QUESTION])]
    return list(dict.fromkeys([*runs, OWNER] if _FIRST_PERSON.search(question.text) else runs))


def understood(question: Question, matches: Sequence[EntityMatch]) -> Understood:
    """The question against the entities that the store found for `names`.

    The longest name wins where names overlap. A speaker counts only where the question names exactly one.
    """
    words = fold(question.text).split()[:_LONGEST_QUESTION]
    by_name: dict[str, list[EntityMatch]] = {}
    for match in matches:
        by_name.setdefault(match.name, []).append(match)
    taken: set[int] = set()
    named: list[EntityMatch] = []
    for run, start, end in _runs(words):
        if run in by_name and taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            named += by_name[run]
    speakers = {match.entity.id: match.entity.name for match in named if match.speaks}
    if not speakers and _FIRST_PERSON.search(question.text):
        speakers = {match.entity.id: match.entity.name for match in by_name.get(OWNER, ()) if match.speaks}
    speaker = next(iter(speakers.values())) if len(speakers) == 1 else None
    asked = terms(question.text)[:_LONGEST_QUESTION]
    if speaker:
        # Who speaks is a signal of its own; as a search term it would find all that they ever said.
        called = {word for match in named if match.speaks for word in match.name.split()}
        asked = tuple(term for term in asked if fold(term) not in called) or asked
    return Understood(asked, tuple({match.entity.id: match for match in named}.values()), speaker)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield (run, start, end), longest runs first, without single stop words."""
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            run = " ".join(words[start : start + length])
            if length > 1 or run not in stop_words():
                yield run, start, start + length
