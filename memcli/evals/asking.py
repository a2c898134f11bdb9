"""Ask questions of a memory under several settings, one after the other, and keep what is measured of the replies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from graph.memory import Memory
from graph.model import Hit, Question, Reply
from graph.settings import Settings
from memcli.evals.measures import Evidence
from memcli.evals.sets import EvalQuestion


class Attempt(Struct, frozen=True):
    """What one system made of one question."""

    hits: tuple[Evidence, ...]
    found: bool
    answer: str
    elapsed_ms: float = 0.0
    confidence: float = 0.0


class Outcome(Struct, frozen=True):
    """One question, answered by the floor, by each tier, and by the best tier `without` each of its pieces."""

    question: EvalQuestion
    floor: Attempt
    tiers: Mapping[str, Attempt]
    without: Mapping[str, Attempt] = {}


class Step(Struct, frozen=True):
    """How a set gets on: `done` of `total` questions are asked of the system `asked`, which is one of `steps`.

    Step 0 is ingest.
    """

    set: str
    step: int
    steps: int
    asked: str
    done: int
    total: int


Told = Callable[[Step], None]


def attempts(
    questions: Sequence[EvalQuestion],
    systems: Mapping[str, Settings],
    opener: Callable[..., Memory],
    limit: int,
    tell: Callable[[int, str, int], None] = lambda *_: None,
) -> dict[str, list[Attempt]]:
    """What each of `systems`, memories opened by their settings, makes of every question.

    `tell` is given the number of the system, its name, and how many questions it has answered.
    """
    found: dict[str, list[Attempt]] = {}
    for step, (name, settings) in enumerate(systems.items(), 1):
        with opener(settings) as memory:
            found[name] = []
            for done, each in enumerate(_asked(questions, memory.ask, limit), 1):
                found[name].append(each)
                tell(step, name, done)
    return found


def attempt(reply: Reply) -> Attempt:
    """What is measured of a reply."""
    hits = tuple(Evidence(_ids(hit), len(hit.text.split())) for hit in reply.hits)
    return Attempt(hits, reply.answer.found, reply.answer.text, reply.elapsed_ms, reply.answer.confidence)


def _asked(questions: Sequence[EvalQuestion], reply: Callable[[Question], Reply], limit: int) -> Iterator[Attempt]:
    for each in questions:
        question = Question(each.text, id=each.id, asked_at=each.asked_at, conversation=each.conversation, limit=limit)
        yield attempt(reply(question))


def _ids(hit: Hit) -> frozenset[str]:
    return frozenset(id for source in hit.sources for id in (source.message, source.document) if id is not None)
