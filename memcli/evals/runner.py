"""Run question sets: ingest each into a store of its own, ask every question, and keep what came back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

from msgspec import Struct

from graph.embedding.registry import NONE
from graph.errors import InputError
from graph.extract.registry import extractor_named
from graph.memory import Memory
from graph.model import IngestReport, Record, Reject
from graph.readers.discovery import discover
from graph.readers.registry import sniff
from graph.settings import Settings
from memcli import __version__
from memcli.config import store_url
from memcli.evals.asking import Attempt, Outcome, Step, Told, attempts
from memcli.evals.baseline import Floor
from memcli.evals.sets import EvalQuestion, EvalSet
from memcli.evals.tiers import TEXT, ablated, ingest_settings, model_of, tier_settings


class SetRun(Struct, frozen=True):
    """All that came of one set. `unknown` counts gold ids that no record of the set has."""

    name: str
    digest: str
    ingest: IngestReport
    outcomes: tuple[Outcome, ...]
    unknown: int


class Plan(Struct, frozen=True):
    """How sets are run.

    `opener` opens a memory from settings, `tiers` are asked from the least to the most, and with `ablate` the last of
    them without each piece too. `limit` counts hits a question, `sample` questions a set (0: all of them); `keep` is
    the folder of the stores that outlive the run (None: there are none).
    """

    settings: Settings
    opener: Callable[..., Memory]
    tiers: tuple[str, ...] = (TEXT,)
    ablate: bool = False
    limit: int = 20
    sample: int = 0
    keep: Path | None = None

    @property
    def ingest(self) -> Settings:
        """The settings to take sets in with."""
        return ingest_settings(self.tiers, self.settings)

    @property
    def pieces(self) -> dict[str, Settings]:
        """The settings of the best tier without each of its pieces; empty where nobody asked for them."""
        return ablated(self.tiers[-1], self.settings) if self.ablate else {}

    @property
    def asked(self) -> dict[str, Settings]:
        """The settings of every system that is asked: the tiers, and the best of them without each piece."""
        tiers = {name: tier_settings(name, self.settings) for name in self.tiers}
        return tiers | {self.without(piece): settings for piece, settings in self.pieces.items()}

    def without(self, piece: str) -> str:
        """What the best tier without a piece is called: pieces and tiers share names."""
        return f"{self.tiers[-1]} without {piece}"


def run(sets: Sequence[EvalSet], plan: Plan, *, jobs: int = 1, told: Told = lambda _: None) -> Iterator[SetRun]:
    """Run every set, in order; with `jobs` above 1, that many at a time in processes of their own.

    Raises:
        InputError: a set's questions cannot be read.
        StoreError: a store cannot be written.
    """
    if jobs == 1 or len(sets) == 1:
        yield from (run_set(each, plan, told) for each in sets)
        return
    with ProcessPoolExecutor(min(jobs, len(sets)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(run_set, sets, [plan] * len(sets))


def run_set(each: EvalSet, plan: Plan, told: Told = lambda _: None) -> SetRun:
    """Ingest one set, once, and ask its questions of the floor and of everything in the plan."""
    questions = spread(each.questions(), plan.sample)
    digest = each.digest()
    with ExitStack() as stack:
        folder = plan.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memcli-eval-")))
        folder.mkdir(parents=True, exist_ok=True)
        url = store_url(str((folder / store_name(each.name, digest, plan.ingest)).resolve()), folder)
        systems = {name: replace(settings, store=url) for name, settings in plan.asked.items()}

        def tell(step: int, name: str, done: int) -> None:
            told(Step(each.name, step, len(systems), name, done, len(questions)))

        tell(0, "", 0)
        floor = stack.enter_context(Floor(records(each.inputs, plan.settings.ingest_longest)))
        with plan.opener(replace(plan.ingest, store=url), create=True) as memory:
            ingest = memory.ingest(each.inputs)
        made = attempts(questions, systems, plan.opener, plan.limit, tell)
        outcomes = tuple(_outcomes(questions, floor, made, plan))
        unknown = floor.missing(gold for question in questions for gold in question.gold)
    return SetRun(each.name, digest, ingest, outcomes, unknown)


def store_name(name: str, digest: str, settings: Settings) -> str:
    """The file of a set's store, named after the data and what ingest derives of it.

    So a kept store is never asked about other data than it was made from, nor one without vectors taken for one with.
    """
    extractor, _ = extractor_named(settings.ingest_extractor)
    derived = (__version__, model_of(settings) or NONE, extractor.name, str(settings.ingest_longest))
    return f"{name}-{digest[:12]}-{sha256(chr(0).join(derived).encode()).hexdigest()[:8]}.db"


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


def _outcomes(
    questions: Sequence[EvalQuestion], floor: Floor, made: Mapping[str, Sequence[Attempt]], plan: Plan
) -> Iterator[Outcome]:
    pieces = {piece: plan.without(piece) for piece in plan.pieces}
    for number, each in enumerate(questions):
        hits, best = floor.search(each.text, each.conversation, plan.limit)
        tiers = {name: made[name][number] for name in plan.tiers}
        without = {piece: made[name][number] for piece, name in pieces.items()}
        yield Outcome(each, Attempt(tuple(hits), bool(hits), best), tiers, without)
