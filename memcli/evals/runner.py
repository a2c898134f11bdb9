"""Run question sets: ingest each into a store of its own, ask every question, and keep what came back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from msgspec import Struct

from graph.errors import InputError
from graph.memory import Memory
from graph.model import Hit, IngestReport, Question, Record, Reject, Reply
from graph.readers.discovery import discover
from graph.readers.registry import sniff
from graph.settings import Settings
from memcli.config import store_url
from memcli.evals.baseline import Floor
from memcli.evals.measures import Evidence
from memcli.evals.sets import EvalQuestion, EvalSet

Told = Callable[[str, int, int], None]
"""Told how a set gets on: its name, questions asked, questions in all (asked 0: it is being ingested)."""


class Attempt(Struct, frozen=True):
    """What one system made of one question."""

    hits: tuple[Evidence, ...]
    found: bool
    answer: str
    elapsed_ms: float = 0.0


class Outcome(Struct, frozen=True):
    """One question, answered by the floor and by memcli."""

    question: EvalQuestion
    floor: Attempt
    memcli: Attempt


class SetRun(Struct, frozen=True):
    """All that came of one set. `unknown` counts gold ids that no record of the set has."""

    name: str
    digest: str
    ingest: IngestReport
    outcomes: tuple[Outcome, ...]
    unknown: int


class Plan(Struct, frozen=True):
    """How sets are run.

    `opener` opens a memory from settings, `limit` counts hits a question, `sample` questions a set
    (0: all of them); `keep` is the folder of the stores that outlive the run (None: there are none).
    """

    settings: Settings
    opener: Callable[..., Memory]
    limit: int = 20
    sample: int = 0
    keep: Path | None = None


def run(sets: Sequence[EvalSet], plan: Plan, *, jobs: int = 1, told: Told = lambda *_: None) -> Iterator[SetRun]:
    """Run every set, in order; with `jobs` above 1, that many at a time in processes of their own.

    Raises:
        InputError: a set's questions cannot be read.
        StoreError: a store cannot be written.
    """
    if jobs == 1 or len(sets) == 1:
        yield from (run_set(each, plan, told) for each in sets)
        return
    with ProcessPoolExecutor(min(jobs, len(sets)), mp_context=get_context("spawn")) as pool:
        for done in pool.map(run_set, sets, [plan] * len(sets)):
            told(done.name, len(done.outcomes), len(done.outcomes))
            yield done


def run_set(each: EvalSet, plan: Plan, told: Told = lambda *_: None) -> SetRun:
    """Ingest one set and ask its questions."""
    questions = spread(each.questions(), plan.sample)
    digest = each.digest()
    with ExitStack() as stack:
        folder = plan.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memcli-eval-")))
        folder.mkdir(parents=True, exist_ok=True)
        # The digest in the name: a kept store is never asked about other data than it was made from.
        store = (folder / f"{each.name}-{digest[:12]}.db").resolve()
        settings = replace(plan.settings, store=store_url(str(store), folder))
        told(each.name, 0, len(questions))
        floor = stack.enter_context(Floor(records(each.inputs, settings.ingest_longest)))
        memory = stack.enter_context(plan.opener(settings, create=True))
        ingest = memory.ingest(each.inputs)
        outcomes = []
        for outcome in ask(questions, memory.ask, floor, plan.limit):
            outcomes.append(outcome)
            told(each.name, len(outcomes), len(questions))
        unknown = floor.missing(gold for question in questions for gold in question.gold)
    return SetRun(each.name, digest, ingest, tuple(outcomes), unknown)


def ask(
    questions: Iterable[EvalQuestion], reply: Callable[[Question], Reply], floor: Floor, limit: int
) -> Iterator[Outcome]:
    """Ask each question of memcli and of the floor."""
    for each in questions:
        hits, best = floor.search(each.text, each.conversation, limit)
        question = Question(each.text, id=each.id, asked_at=each.asked_at, conversation=each.conversation, limit=limit)
        yield Outcome(each, Attempt(tuple(hits), bool(hits), best), attempt(reply(question)))


def attempt(reply: Reply) -> Attempt:
    """What is measured of a reply."""
    hits = tuple(Evidence(_ids(hit), len(hit.text.split())) for hit in reply.hits)
    return Attempt(hits, reply.answer.found, reply.answer.text, reply.elapsed_ms)


def spread(questions: list[EvalQuestion], sample: int) -> list[EvalQuestion]:
    """`sample` of the questions, evenly from the whole list; all of them for 0."""
    count = len(questions)
    if not 0 < sample < count:
        return questions
    return [questions[number * count // sample] for number in range(sample)]


def records(inputs: Sequence[Path], longest: int) -> Iterator[Record]:
    """What the readers find in the set's files: the floor is given no more and no less than memcli."""
    for source in discover(inputs, None):
        if isinstance(source, Reject):
            continue
        try:
            yield from (each for each in sniff(source).read(source, longest) if isinstance(each, Record))
        except InputError:
            # Ingest rejects the same source, and its report says so.
            continue


def _ids(hit: Hit) -> frozenset[str]:
    return frozenset(id for source in hit.sources for id in (source.message, source.document) if id is not None)
