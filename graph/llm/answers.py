"""The wording of an answer, by a model, out of the passages that were found; what it cites has to bear it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from graph.llm.client import Task
from graph.llm.material import founded, line, passage, when
from graph.llm.schema import NoReplyError, Why
from graph.model import Hit, Reply

SHOWN = 6
"""Hits that are shown."""
_LONGEST = 600
_TOLD = """\
You word the answer to "question" in one or two short sentences, out of "passages" alone, as of "today":
- "answer": the answer; use no name, number or date that is not in the passages that you cite;
- "cites": the numbers "n" of the passages that say so, the most telling first."""


class Worded(Struct, frozen=True, forbid_unknown_fields=True):
    answer: Annotated[str, Meta(max_length=400)]
    cites: Annotated[tuple[int, ...], Meta(max_length=SHOWN)]


def task(reply: Reply) -> Task[Worded]:
    """What is asked about the hits of a reply."""
    passages = [{"n": hit.rank, **passage(_who(hit), hit.timestamp, hit.text, _LONGEST)} for hit in _shown(reply)]
    today = (reply.question.asked_at or "")[:10]
    return Task(_TOLD, {"question": reply.question.text, "today": today, "passages": passages}, Worded, 200)


def checked(worded: Worded, reply: Reply) -> tuple[str, tuple[int, ...]]:
    """The wording, and the ranks of the hits that it cites.

    Raises:
        NoReplyError: it cites nothing, what was not given, or does not bear it out.
    """
    given = {hit.rank: hit for hit in _shown(reply)}
    cites = tuple(dict.fromkeys(worded.cites))
    text = line(worded.answer)
    if not text or not cites or not given.keys() >= set(cites):
        raise NoReplyError(Why.UNGROUNDED)
    sources = [part for rank in cites for part in (given[rank].text, _who(given[rank]), when(given[rank].timestamp))]
    # So do the question's names, and what the rule made of a hit that is cited, such as a day it reckoned.
    quoted = reply.answer.quotations[:1]
    value = [reply.answer.value for each in quoted if each.hit in cites]
    if not founded(text, [*sources, reply.question.text, *value], first=True):
        raise NoReplyError(Why.UNGROUNDED)
    return text, cites


def _shown(reply: Reply) -> Sequence[Hit]:
    return sorted(reply.hits, key=lambda hit: hit.rank)[:SHOWN]


def _who(hit: Hit) -> str:
    return next((each.speaker for each in hit.sources if each.speaker), "") or hit.title
