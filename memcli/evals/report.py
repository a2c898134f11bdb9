"""From outcomes to figures: by set and by category, the floor beside memcli."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from statistics import fmean, median, quantiles

from msgspec.structs import asdict

from graph.model import Json
from memcli import __version__
from memcli.evals.measures import MEASURES, Estimate, estimate, token_recall, words
from memcli.evals.runner import Attempt, Outcome, SetRun

SYSTEMS = ("floor", "memcli")


def full_report(runs: Iterable[SetRun], command: str) -> Json:
    """The figures of every set, with what it takes to get them again. `sha256` is over all the sets' own."""
    sets = [report(each) for each in runs]
    digests = "".join(f"{each['set']}\0{each['sha256']}\n" for each in sets)
    return {
        "command": command,
        "version": __version__,
        "sha256": sha256(digests.encode()).hexdigest(),
        "sets": sets,
    }


def report(run: SetRun) -> Json:
    """The figures of one set as JSON. Where there is nothing to measure, a figure is null."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in run.outcomes:
        groups.setdefault(outcome.question.category, []).append(outcome)
    return {
        "set": run.name,
        "sha256": run.digest,
        "unknown_gold": run.unknown,
        "ingest": {name: getattr(run.ingest, name) for name in ("read", "added", "skipped", "rejected", "elapsed_s")},
        "ask_ms": spans([outcome.memcli.elapsed_ms for outcome in run.outcomes]),
        "overall": figures(run.outcomes),
        "categories": {name: figures(groups[name]) for name in sorted(groups)},
    }


def figures(outcomes: Sequence[Outcome]) -> Json:
    """Every measure over some questions, each for the floor, for memcli and as their difference."""
    measured = [each for each in outcomes if each.question.answerable and each.question.gold]
    return {
        "questions": len(outcomes),
        "measured": len(measured),
        "recall": {name: recall_figures(name, measured) for name in MEASURES},
        "abstention": abstention_figures(outcomes),
        "answer": answer_figures(outcomes),
    }


def recall_figures(name: str, outcomes: Sequence[Outcome]) -> Mapping[str, Json]:
    """One measure of recall. The difference is of pairs, so its interval is that of a paired bootstrap."""
    gold = [each.question.gold for each in outcomes]
    floor, memcli = (
        [MEASURES[name](attempt.hits, ids) for attempt, ids in zip(side, gold, strict=True)]
        for side in _sides(outcomes)
    )
    return compared(floor, memcli)


def abstention_figures(outcomes: Sequence[Outcome]) -> Json:
    """Balanced accuracy of `found`; null where every question is answerable, or none is."""
    answerable = [each for each in outcomes if each.question.answerable]
    rest = [each for each in outcomes if not each.question.answerable]
    floor, memcli = (
        estimate([float(each.found) for each in yes], [float(not each.found) for each in no])
        for yes, no in zip(_sides(answerable), _sides(rest), strict=True)
    )
    return {
        "answerable": len(answerable),
        "unanswerable": len(rest),
        "balanced_accuracy": {"floor": _json(floor), "memcli": _json(memcli)},
    }


def answer_figures(outcomes: Sequence[Outcome]) -> Json:
    """Token recall of the answers to answerable questions with short gold answers, and the answers' length.

    The floor's answer is the text of its best hit. Longer answers recall more: read the two together.
    """
    short = [
        each for each in outcomes if each.question.answerable and token_recall("", each.question.answer) is not None
    ]
    floor, memcli = (
        [token_recall(attempt.answer, each.question.answer) or 0.0 for attempt, each in zip(side, short, strict=True)]
        for side in _sides(short)
    )
    lengths = ([len(words(attempt.answer)) for attempt in side] for side in _sides(short))
    return {
        "measured": len(short),
        "token_recall": compared(floor, memcli),
        "words": {name: fmean(each) if each else None for name, each in zip(SYSTEMS, lengths, strict=True)},
    }


def compared(floor: Sequence[float], memcli: Sequence[float]) -> Mapping[str, Json]:
    """The floor, memcli, and memcli minus the floor, question by question."""
    difference = [ours - theirs for ours, theirs in zip(memcli, floor, strict=True)]
    values = {"floor": floor, "memcli": memcli, "difference": difference}
    return {name: _json(estimate(each)) for name, each in values.items()}


def spans(times: Sequence[float]) -> Json:
    """Median and 95th percentile of milliseconds."""
    if len(times) < 2:
        return {"median": times[0] if times else None, "p95": times[0] if times else None}
    return {"median": round(median(times), 1), "p95": round(quantiles(times, n=20, method="inclusive")[-1], 1)}


def _sides(outcomes: Sequence[Outcome]) -> Iterator[list[Attempt]]:
    yield [each.floor for each in outcomes]
    yield [each.memcli for each in outcomes]


def _json(value: Estimate | None) -> Json:
    return {name: round(number, 4) for name, number in asdict(value).items()} if value else None
