"""What a model is given of a message, and whether what it says rests on that: no name and no number from elsewhere.

A model that was talked into something, or that mixes up what it was given at once, mostly names what is not there. What
is wrong in small letters is mostly not seen; it is why everything carries its decider and can be undone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from graph.model import Interaction, Json
from graph.text import fold, sentences, shortened, spoken_date, stop_words, words

_ADDRESS = re.compile(r"\w(?:://|@\w)|\bwww\.", re.ASCII)
_TOKEN = re.compile(r"[^\W_]+(?:[-'’.,:/][^\W_]+)*")
_FREE = frozenset(["i", "user", "assistant", "none", "yes", "no", "everyone", "nobody", "somebody", "people", "both"])
_CROSSED = 2
"""Words of another item of a batch from which on a text is taken to be about that one too."""


def line(text: str) -> str:
    """`text` on one line, without letters that are none: control characters and what changes direction."""
    kept = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(kept.split())


def founded(said: str, sources: Sequence[str], *, first: bool = False) -> bool:
    """Whether every name and number in what is `said` is in one of `sources`, and every address.

    With `first`, what begins a sentence is taken for a name, unless it is one of the words that carry no topic.
    """
    known = _words(sources)
    if _ADDRESS.search(said) and not any(said in text for text in sources):
        return False
    return all(known.issuperset(words(fold(name))) for name in _named(said, first))


def crossed(said: str, sources: Sequence[str], others: Sequence[str], most: int = _CROSSED) -> bool:
    """Whether what is `said` of one item of a batch tells of the `others`: by `most` words, or one name, that are in
    these and not in its own `sources`."""
    own = _words(sources)
    foreign = _words([said]) & (_words(others) - own - stop_words())
    names = {fold(token[0]) for token in _TOKEN.finditer(said) if token[0][0].isupper()}
    return len(foreign) >= most or not foreign.isdisjoint(names)


def shown(said: Interaction, longest: int) -> dict[str, Json]:
    """A message as a model is shown it, its text up to so many letters."""
    return passage(_who(said), said.timestamp, said.text, longest)


def passage(speaker: str, timestamp: str | None, text: str, longest: int) -> dict[str, Json]:
    """What somebody said at a time, as a model is shown it."""
    return {"speaker": speaker, "date": when(timestamp), "text": shortened(text, longest)}


def when(timestamp: str | None) -> str:
    """The day of a time, as a model is shown it; empty for none."""
    return spoken_date(timestamp) if timestamp else ""


def given(*said: Interaction) -> list[str]:
    """The texts that what is said of these messages may rest on."""
    return [part for each in said for part in (each.text, each.title or "", _who(each), when(each.timestamp))]


def _words(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in words(fold(text))}


def _who(said: Interaction) -> str:
    return said.speaker or said.title or ""


def _named(said: str, first: bool) -> Iterator[str]:
    """Yield what looks like a name, by its capital, and what has a digit."""
    for sentence in sentences(said):
        for place, found in enumerate(_TOKEN.finditer(sentence)):
            token = found[0]
            capital = token[0].isupper() and (place > 0 or (first and fold(token) not in stop_words()))
            if (capital or any(each.isdigit() for each in token)) and fold(token) not in _FREE:
                yield token
