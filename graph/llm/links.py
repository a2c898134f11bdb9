"""How two linked notes are related, as a model judges (A-MEM, arXiv 2502.12110, sections 3.2 and 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from graph.llm.client import Task
from graph.llm.material import crossed, founded, given, line, shown
from graph.model import Interaction, Relation
from graph.text import shortened

MOST = 20
"""Pairs in one call, at most."""
REPLY_TOKENS = 70
_LONGEST = 600
_LONGEST_REASON = 140
_QUESTION = re.compile(r"[?？؟]|^(?:tell|ask|let me know)\b", re.IGNORECASE | re.MULTILINE)
"""What a message has that can be answered."""
_TOLD = """\
You judge pairs of messages of which a rule thinks that they belong together. For each item of "pairs" give one verdict,
with its number "n":
- "reason": in at most 15 words, what both are about and what is new in the later one;
- "relation": how the later message is related to the earlier one:
  same_topic: both are about the same particular thing or event; elaborates: it says more about it; answers: it answers
  a question in it; contradicts: it says the opposite; supersedes: it corrects or updates it; depends_on: it holds only
  if the earlier one does; causes: it tells the cause of it; unrelated: they only share a word or a name."""


class Verdict(StrEnum):
    """A `Relation`, or none."""

    SAME_TOPIC = "same_topic"
    ELABORATES = "elaborates"
    ANSWERS = "answers"
    CONTRADICTS = "contradicts"
    SUPERSEDES = "supersedes"
    DEPENDS_ON = "depends_on"
    CAUSES = "causes"
    UNRELATED = "unrelated"

    @property
    def relation(self) -> Relation | None:
        return None if self is Verdict.UNRELATED else Relation(self.value)


class Judged(Struct, frozen=True, forbid_unknown_fields=True):
    n: int
    # Before the relation, so that a model gives its reasons before it judges.
    reason: Annotated[str, Meta(min_length=1, max_length=160)]
    relation: Verdict


class Verdicts(Struct, frozen=True, forbid_unknown_fields=True):
    verdicts: Annotated[tuple[Judged, ...], Meta(max_length=MOST)]


Pair = tuple[Interaction, Interaction]
"""The later message, and the earlier one."""


def task(pairs: Sequence[Pair]) -> Task[Verdicts]:
    """What is asked about these pairs."""
    told = [
        {"n": n, "earlier": shown(earlier, _LONGEST), "later": shown(later, _LONGEST)}
        for n, (later, earlier) in enumerate(pairs, 1)
    ]
    return Task(_TOLD, {"pairs": told}, Verdicts, REPLY_TOKENS * len(pairs) + 20)


def checked(reply: Verdicts, pairs: Sequence[Pair]) -> Iterator[Judged | None]:
    """Yield the verdict on each pair, None where it is missing, given twice, has reasons from elsewhere, or
    takes for answered what asks nothing."""
    for n, (later, earlier) in enumerate(pairs, 1):
        own = [each for each in reply.verdicts if each.n == n]
        reason = shortened(line(own[0].reason), _LONGEST_REASON) if len(own) == 1 else ""
        sources = given(later, earlier)
        others = given(*(each for pair in pairs for each in pair if each.id not in (later.id, earlier.id)))
        good = reason and founded(reason, sources) and not crossed(reason, sources, others)
        if good and own[0].relation is Verdict.ANSWERS:
            good = bool(_QUESTION.search(earlier.text))
        yield Judged(n, reason, own[0].relation) if good else None
