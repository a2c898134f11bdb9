"""What both stores find: the best ten hits of each, and the measures of `memcli eval`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import neo4j

from graph.memory import Memory
from graph.settings import Settings
from graph.store.neo4j.schema import planned
from memcli.evals import sets
from memcli.evals.figures import figures
from memcli.evals.measures import MEASURES
from memcli.evals.runner import Plan, SetRun, run_set
from memcli.evals.tiers import chosen_tiers
from memcli.session import open_memory

OWN = "MATCH (n) WHERE any(label IN labels(n) WHERE label STARTS WITH '_Memcli') "
SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
BEST = 10
COLUMNS = (*MEASURES, "abstention", "answer")


def measured(given: Namespace) -> list[dict[str, Any]]:
    """Overlap and measures of each set and tier, asked of a memory in SQLite and of its copy in Neo4j."""
    settings = Settings(models=str(given.models))
    tiers = chosen_tiers((), settings)

    def copied(settings: Settings, *, create: bool = False) -> Memory:
        if not create:
            return open_memory(replace(settings, store=given.url))
        with open_memory(settings) as source:
            target = emptied(given.url, create=create)
            assert source.copy(target).differing == 0
        return target

    folders = {folder.resolve(): folder for folder in (SAMPLES, given.data)}.values()
    chosen = [each for folder in folders for each in sets.discover(folder)]
    found = []
    for each in (each for each in chosen if each.name in (given.sets or [one.name for one in chosen])):
        sqlite, graph = (
            run_set(each, Plan(settings, opener, tiers, sample=given.sample, keep=given.keep))
            for opener in (open_memory, copied)
        )
        for tier in tiers:
            found.append({"set": each.name, "sha256": each.digest(), "tier": tier, **compared(sqlite, graph, tier)})
            print(found[-1], flush=True)
    return found


def emptied(url: str, *, create: bool = True, **settings: Any) -> Memory:
    """A memory at `url` with nothing in it, its indexes made anew: they count what was deleted for a while."""
    with neo4j.GraphDatabase.driver(url) as driver, driver.session() as session:
        session.run(OWN + "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
        for name, made in planned().items():
            session.run(f"DROP {'CONSTRAINT' if made.constrains else 'INDEX'} {name} IF EXISTS").consume()
    return open_memory(Settings(store=url, **settings), create=create)


def compared(sqlite: SetRun, graph: SetRun, tier: str) -> dict[str, Any]:
    """The figures of two runs over the same questions, by one tier."""
    tops = [[ids(run, number, tier) for run in (sqlite, graph)] for number in range(len(sqlite.outcomes))]
    shares = [len(one & other) / len(one) for one, other in tops if one]
    return {
        "questions": len(sqlite.outcomes),
        "overlap": round(fmean(shares), 4),
        "same": round(fmean(one == other for one, other in tops), 4),
        "sqlite": measures(sqlite, tier),
        "neo4j": measures(graph, tier),
    }


def ids(run: SetRun, number: int, tier: str) -> frozenset[frozenset[str]]:
    return frozenset(hit.ids for hit in run.outcomes[number].tiers[tier].hits[:BEST])


def measures(run: SetRun, tier: str) -> dict[str, float | None]:
    """What `memcli eval` reports of a tier, by column; None where there is nothing to measure."""
    told = figures(run.outcomes, [tier])
    estimates: Sequence[Any] = (
        *(told["recall"][name][tier] for name in MEASURES),
        told["abstention"]["balanced_accuracy"][tier],
        told["answer"]["token_recall"][tier],
    )
    return {name: each["mean"] if each else None for name, each in zip(COLUMNS, estimates, strict=True)}


def markdown(found: list[dict[str, Any]]) -> Iterator[str]:
    yield "\n## What they find\n\n"
    yield "A memory in SQLite and its copy in Neo4j are asked the same questions, those of a set or "
    yield f"some spread evenly. Overlap is the mean share of SQLite's best {BEST} hits that are among Neo4j's; "
    yield "same is the share of questions with the very same ones. The tiers and the other columns are those "
    yield "of [eval.md](eval.md).\n\n"
    yield line("set", "tier", "questions", "overlap", "same", "store", *COLUMNS)
    yield line(*["---"] * (6 + len(COLUMNS)))
    for each in found:
        head = (each["set"], each["tier"], f"{each['questions']:,}", f"{each['overlap']:.3f}", f"{each['same']:.3f}")
        sqlite, graph = each["sqlite"], each["neo4j"]
        yield line(*head, "SQLite", *(shown(sqlite[name]) for name in COLUMNS))
        yield line("", "", "", "", "", "Neo4j", *(shown(graph[name]) for name in COLUMNS))
        apart = ("–" if sqlite[name] is None else f"{graph[name] - sqlite[name]:+.3f}" for name in COLUMNS)
        yield line("", "", "", "", "", "difference", *apart)


def shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
