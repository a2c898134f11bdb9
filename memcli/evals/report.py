"""From outcomes to figures: by set and by category, the floor beside the tiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from statistics import median, quantiles

from graph.model import Json
from memcli import __version__
from memcli.evals.asking import Outcome
from memcli.evals.figures import ABLATED, figures, worth
from memcli.evals.reliability import bins
from memcli.evals.runner import Plan, SetRun
from memcli.evals.tiers import PIECES, TIERS, model_of, named


def full_report(runs: Iterable[SetRun], plan: Plan, command: str) -> Json:
    """The figures of every set, with what it takes to get them again. `sha256` is over all the sets' own."""
    sets = [report(each, plan.tiers) for each in runs]
    digests = "".join(f"{each['set']}\0{each['sha256']}\n" for each in sets)
    return {
        "command": command,
        "version": __version__,
        "sha256": sha256(digests.encode()).hexdigest(),
        "model": model_of(plan.ingest),
        "tiers": {name: named(TIERS[name]) for name in plan.tiers},
        "ablation": ablation(plan) if plan.ablate else None,
        "sets": sets,
    }


def ablation(plan: Plan) -> Json:
    """Which tier pieces were left out of, and the settings that leave out each."""
    pieces = {name: named(PIECES[name]) for name in plan.pieces}
    return {"tier": plan.tiers[-1], "measure": ABLATED, "pieces": pieces}


def report(run: SetRun, tiers: Sequence[str]) -> Json:
    """The figures of one set as JSON. Where there is nothing to measure, a figure is null."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in run.outcomes:
        groups.setdefault(outcome.question.category, []).append(outcome)
    return {
        "set": run.name,
        "sha256": run.digest,
        "unknown_gold": run.unknown,
        "ingest": {name: getattr(run.ingest, name) for name in ("read", "added", "skipped", "rejected", "elapsed_s")},
        "ask_ms": {tier: spans([each.tiers[tier].elapsed_ms for each in run.outcomes]) for tier in tiers},
        "overall": figures(run.outcomes, tiers),
        "categories": {name: figures(groups[name], tiers) for name in sorted(groups)},
        "reliability": {tier: bins((each.question, each.tiers[tier]) for each in run.outcomes) for tier in tiers},
        "ablation": worth(run.outcomes, tiers[-1]),
    }


def spans(times: Sequence[float]) -> Json:
    """Median and 95th percentile of milliseconds."""
    if len(times) < 2:
        return {"median": times[0] if times else None, "p95": times[0] if times else None}
    return {"median": round(median(times), 1), "p95": round(quantiles(times, n=20, method="inclusive")[-1], 1)}
