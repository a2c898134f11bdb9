"""What else to search for, as a model reads a question: words that an answer may use, and the questions within it.

Query expansion by a language model (query2doc, arXiv 2303.07678) and decomposition (Self-Ask, arXiv 2210.03350), in one
call. What it gives are search terms: they find messages, and say nothing.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from graph.llm.client import Task
from graph.llm.material import line
from graph.model import Question
from graph.text import shortened, terms

MOST = 12
"""Terms that are added to a question."""
_TOLD = """\
You help to search old conversations for the answer to "question":
- "terms": up to 6 single words that a message with the answer may well contain and the question does not: other words
  for the same thing, and more particular ones; no names that you guess;
- "parts": if the question needs several facts, up to 3 short questions, one for each; else none."""


class Read(Struct, frozen=True, forbid_unknown_fields=True):
    terms: Annotated[tuple[Annotated[str, Meta(max_length=30)], ...], Meta(max_length=6)]
    parts: Annotated[tuple[Annotated[str, Meta(max_length=120)], ...], Meta(max_length=3)]


def task(question: Question) -> Task[Read]:
    """What is asked about a question."""
    return Task(_TOLD, {"question": shortened(question.text, 1000)}, Read, 200)


def added(reply: Read, question: Question) -> tuple[str, ...]:
    """The terms that a question gains."""
    own = set(terms(question.text))
    given = (term for text in (*reply.terms, *reply.parts) if line(text) for term in terms(line(text)))
    return tuple(dict.fromkeys(term for term in given if term not in own))[:MOST]
