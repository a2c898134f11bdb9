"""Keywords, tags and context of notes, as a model writes them (A-MEM, arXiv 2502.12110, section 3.1).

A note is judged by its own text alone, so that it holds nothing of what another one says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from graph.llm.client import Task
from graph.llm.material import crossed, founded, given, line, shown
from graph.model import Interaction
from graph.text import fold, words

MOST = 20
"""Notes in one call, at most."""
REPLY_TOKENS = 160
"""Tokens of what is written about one note."""
_LONGEST = 1500
_TOLD = """\
You write index cards for messages. For each item of "messages" give one card, with its number "n":
- "keywords": 3 to 6 words or short phrases that say what it is about, the most telling first; no speaker, no date;
- "tags": 1 to 3 broad topics, one word each, such as travel, health, work, family;
- "context": one sentence of at most 25 words: who says what, and why it matters. Use only names, dates and numbers that
  are in that message. Each message stands for itself: nothing of one belongs on the card of another."""


class Card(Struct, frozen=True, forbid_unknown_fields=True):
    n: int
    keywords: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(min_length=1, max_length=6)]
    tags: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=20)], ...], Meta(min_length=1, max_length=3)]
    context: Annotated[str, Meta(min_length=1, max_length=240)]


class Cards(Struct, frozen=True, forbid_unknown_fields=True):
    cards: Annotated[tuple[Card, ...], Meta(max_length=MOST)]


def task(said: Sequence[Interaction]) -> Task[Cards]:
    """What is asked about the notes of these messages."""
    messages = [{"n": n, **shown(each, _LONGEST)} for n, each in enumerate(said, 1)]
    return Task(_TOLD, {"messages": messages}, Cards, REPLY_TOKENS * len(said))


def checked(reply: Cards, said: Sequence[Interaction]) -> Iterator[Card | None]:
    """Yield the card of each message, None where it is missing, given twice, or says what that message
    does not, or another does."""
    for n, each in enumerate(said, 1):
        own = [card for card in reply.cards if card.n == n]
        others = given(*(other for other in said if other.id != each.id))
        yield _cleaned(own[0], each, others) if len(own) == 1 else None


def _cleaned(card: Card, said: Interaction, others: Sequence[str]) -> Card | None:
    """A card without the words on it that belong on another; None where too little is left, or its sentence tells what
    the message does not."""
    sources = given(said)
    spoken = set(words(fold(said.text)))
    keywords = _own((_spelled(line(each), said.text) for each in card.keywords), sources, others)
    tags = _own((line(each).lower() for each in card.tags), sources, others)
    context = line(card.context)
    # A keyword may be a concept that the text does not name; one of them has to be in it.
    grounded = any(spoken.intersection(words(fold(each))) for each in keywords)
    if not (grounded and context and founded(context, sources)) or crossed(context, sources, others):
        return None
    return Card(card.n, keywords, tags, context)


def _own(told: Iterable[str], sources: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            each for each in told if each and founded(each, sources) and not crossed(each, sources, others, 1)
        )
    )


def _spelled(keyword: str, text: str) -> str:
    """A keyword as the text spells it, else in small letters: models like capitals."""
    return keyword if keyword in text else keyword.lower()
