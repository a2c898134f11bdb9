"""Statements that hold beyond one message, as a model draws them from messages that belong together (G-Memory, arXiv
2506.07398, 3.3; GraphRAG's community summaries, arXiv 2404.16130)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from graph.llm.client import Task
from graph.llm.material import founded, given, line, shown
from graph.model import Interaction
from graph.text import fold, words

SHOWN = 8
"""Messages of a community that are shown, the most central ones."""
MOST = 2
"""Statements drawn from one community."""
EVERYONE = "everyone"
_LONGEST = 500
_TOLD = """\
You draw conclusions from messages that belong together. Give at most two statements that at least two of the items of
"messages" support together and that will still be true and useful next month: a habit, a preference, a plan, a
decision, a fact about somebody. For each:
- "text": one full sentence of at most 25 words, in the third person, that can be understood by itself; name people, do
  not write "I", "he" or "they"; use only names and numbers that are in the messages that support it;
- "about": the one person it is about, as the messages spell the name; "everyone" if it is about nobody alone;
- "support": the numbers "n" of the messages that support it, at least two.
If there is no such statement, give none."""


class Drawn(Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=200)]
    about: Annotated[str, Meta(min_length=1, max_length=60)]
    support: Annotated[tuple[int, ...], Meta(min_length=1, max_length=SHOWN)]


class Statements(Struct, frozen=True, forbid_unknown_fields=True):
    statements: Annotated[tuple[Drawn, ...], Meta(max_length=MOST)]


def task(said: Sequence[Interaction]) -> Task[Statements]:
    """What is asked about these messages of one community."""
    messages = [{"n": n, **shown(each, _LONGEST)} for n, each in enumerate(said, 1)]
    return Task(_TOLD, {"messages": messages}, Statements, 100 * MOST + 20)


def checked(reply: Statements, said: Sequence[Interaction]) -> Iterator[Drawn | None]:
    """Yield each statement, None in place of one that names messages that were not given, or what these do not say."""
    for each in reply.statements:
        support = tuple(sorted(set(each.support)))
        if len(support) < 2 or not 1 <= support[0] <= support[-1] <= len(said):
            yield None
            continue
        drawn = Drawn(line(each.text), line(each.about), support)
        yield drawn if _good(drawn, given(*(said[n - 1] for n in support))) else None


def _good(drawn: Drawn, sources: Sequence[str]) -> bool:
    known = {word for text in sources for word in words(fold(text))}
    about = words(fold(drawn.about))
    named = drawn.about.lower() == EVERYONE or (bool(about) and known.issuperset(about))
    return named and len(words(drawn.text)) > 3 and founded(drawn.text, sources, first=True)
