"""The upper tier: statements that hold beyond one message (G-Memory's insight graph, arXiv 2506.07398, 3.1).

Without a model they come from what people say of themselves. A statement made once is a candidate; made again in
another message, it is an insight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from graph.ids import content_id
from graph.model import Edge, EdgeKind, Extraction, Form, Insight, Interaction
from graph.text import fold

_ADVERB = r"(?:(?:really|just|absolutely|still|also|always|actually|totally|usually|do|so|truly) )*"
_SELF = re.compile(r"\bI(?=['’ ])", re.IGNORECASE)
_PATTERNS = tuple(
    (re.compile(rf"{pattern}\s+".replace("'", "['’]"), re.IGNORECASE), relation)
    for pattern, relation in (
        (rf"I {_ADVERB}(?:love|like|enjoy|adore)", "likes"),
        (rf"I {_ADVERB}prefer", "prefers"),
        (rf"I(?:'m| am) {_ADVERB}(?:into|a (?:big |huge )?fan of|fond of|obsessed with)", "likes"),
        (rf"I {_ADVERB}(?:hate|dislike|detest|can(?:'t|not) stand|don't like)", "dislikes"),
        (r"I(?:'m| am) allergic to", "is allergic to"),
        (rf"I {_ADVERB}(?:live|am living|'m living) in", "lives in"),
        (r"I(?:'ve| have)? (?:just )?moved to", "moved to"),
        (r"I (?:now )?work (?:at|for)", "works for"),
        (r"I(?:'m| am) from", "is from"),
        (r"I(?:'m| am) (?:learning|studying)", "is learning"),
    )
)
_BEFORE_A_THING = re.compile(r"(?:(?:a|an|the|my|our|some|all|both|these|those|very|really) )*", re.IGNORECASE)
"""What may stand between the verb and the name it is about."""


class Statement(Struct, frozen=True):
    """Somebody's statement about themselves, as an insight it may become."""

    insight: str
    text: str
    subject: str


def statements(interaction: Interaction, extraction: Extraction) -> Iterator[Statement]:
    """Yield what the speaker says of themselves, each statement once."""
    if interaction.form is not Form.MESSAGE or not interaction.speaker:
        return
    seen = set()
    for relation, end in _said(interaction.text):
        thing = _thing(interaction.text, end, extraction)
        if thing is None:
            continue
        id = content_id("insight", fold(interaction.speaker), relation, fold(thing))
        if id not in seen:
            seen.add(id)
            yield Statement(id, f"{_named(interaction.speaker)} {relation} {thing}.", interaction.speaker)


def insights(stated: Sequence[tuple[Statement, str]], before: Sequence[Insight]) -> tuple[list[Insight], list[Edge]]:
    """Insights of (statement, note) pairs, counted on from those the store holds: no note has supported one `before`,
    since each is new."""
    known = {each.id: each for each in before}
    notes: dict[str, set[str]] = {}
    for statement, note in stated:
        notes.setdefault(statement.insight, set()).add(note)
    found = []
    for statement in {each.insight: each for each, _ in reversed(stated)}.values():
        held = known.get(statement.insight) or Insight(statement.insight, statement.text, statement.subject, support=0)
        support = held.support + len(notes[statement.insight])
        found.append(replace(held, support=support, state="active" if support > 1 else "candidate"))
    edges = [Edge(statement.insight, note, EdgeKind.SUPPORTED_BY, reason="says so") for statement, note in stated]
    return found, edges


def _said(text: str) -> Iterator[tuple[str, int]]:
    """Yield (relation, where its verb ends) for each first person that a pattern fits."""
    for self in _SELF.finditer(text):
        for pattern, relation in _PATTERNS:
            if said := pattern.match(text, self.start()):
                yield relation, said.end()


def _thing(text: str, start: int, extraction: Extraction) -> str | None:
    """The name that follows at `start`: what comes later may be liked by somebody else."""
    for mention in extraction.mentions:
        if mention.start >= start and _BEFORE_A_THING.fullmatch(text, start, mention.start):
            return mention.name
    return None


def _named(speaker: str) -> str:
    return f"The {speaker}" if speaker in ("user", "assistant") else speaker
