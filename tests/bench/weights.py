"""What recall's weights are worth on a set that they were not chosen by.

    python -m tests.bench.weights --data SETS [--tier text] [--sample 50] [--keep DIR] [--models DIR] [--output DIR]

Each weight is tried at half and at twice its value, the others as they are, on every set. Then each set is left out in
its turn: every weight takes the one of the three values with the best mean recall on the other sets, and with these
the set is asked. What it gains or loses against the weights as they are is what fitting to other data is worth.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from graph.settings import Settings, named
from memcli.evals.asking import attempts
from memcli.evals.measures import recall
from memcli.evals.runner import spread, store_name
from memcli.evals.sets import EvalSet, discover
from memcli.evals.tiers import TIERS, ingest_settings, tier_settings
from memcli.session import open_memory

WEIGHTS = (
    "recall_piece",
    "recall_vectors",
    "recall_tokens",
    "recall_previous",
    "recall_next",
    "recall_reply",
    "recall_speaker",
    "recall_when",
    "recall_standing",
    "recall_common",
    "recall_prior",
    "recall_graph",
    "recall_graph_documents",
)
"""The weights and factors of `graph.settings` that join signals."""
MULTIPLIERS = ("recall_speaker", "recall_when", "recall_standing")
"""Those of them that change nothing at 1: what is halved is how far they are from that."""
FACTORS = (0.5, 2.0)
DEPTH = 10
Weights = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder of question sets")
    parser.add_argument("--tier", choices=TIERS, default="text")
    parser.add_argument("--sample", type=int, default=50, help="questions of each set; 0 is all")
    parser.add_argument("--keep", type=Path, default=Path(".cache/eval"), help="where the memories stay")
    parser.add_argument("--models", type=Path, default=Path(".cache/models"))
    parser.add_argument("--output", type=Path, help="write weights.md here")
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    settings = Settings(models=str(given.models))
    sets = discover(given.data)
    tried: list[Weights] = [{}, *variants(tier_settings(given.tier, settings))]
    alone = {each.name: measured(each, tried, settings, given) for each in sets}
    rows = []
    for each in sets:
        others = [alone[name] for name in alone if name != each.name]
        fitted = chosen(tried, [fmean(scores) for scores in zip(*others, strict=True)])
        [found] = measured(each, [fitted], settings, given)
        rows.append((each.name, alone[each.name][0], found, fitted))
        print(rows[-1], flush=True)
    page = "".join(f"{line}\n" for line in markdown(given, tried, alone, rows))
    print(page)
    if given.output:
        (given.output / "weights.md").write_text(page, "utf-8")


def variants(settings: Settings) -> Iterator[Weights]:
    """Yield each weight that counts, at each of `FACTORS` of its value, within what it may be."""
    highest = {each.name: each.metadata["high"] for each in named()}
    for name in WEIGHTS:
        value = getattr(settings, name)
        for factor in FACTORS if value else ():
            tried = 1 + (value - 1) * factor if name in MULTIPLIERS else value * factor
            yield {name: round(min(tried, highest[name]), 6)}


def measured(each: EvalSet, tried: Sequence[Weights], settings: Settings, given: argparse.Namespace) -> list[float]:
    """Mean R@10 of a set's questions with each of the weights that are `tried`."""
    ingest = ingest_settings(tuple(TIERS), settings)
    url = f"sqlite:///{(given.keep / store_name(each.name, each.digest(), ingest)).resolve()}"
    with open_memory(replace(ingest, store=url), create=True) as memory:
        memory.ingest(each.inputs)
    tier = replace(tier_settings(given.tier, settings), store=url)
    questions = [one for one in spread(each.questions(), given.sample) if one.gold]
    systems = {str(number): replace(tier, **weights) for number, weights in enumerate(tried)}
    made = attempts(questions, systems, open_memory, DEPTH)
    return [
        fmean(recall(one.hits[:DEPTH], question.gold) for one, question in zip(some, questions, strict=True))
        for some in made.values()
    ]


def chosen(tried: Sequence[Weights], scores: Sequence[float]) -> dict[str, float]:
    """Of each weight the value that scores best, and better than as it is."""
    best: dict[str, tuple[float, float]] = {}
    for weights, score in zip(tried, scores, strict=True):
        for name, value in weights.items():
            if score > best.get(name, (scores[0], 0.0))[0]:
                best[name] = score, value
    return {name: value for name, (_, value) in best.items()}


def markdown(
    given: argparse.Namespace,
    tried: Sequence[Weights],
    alone: Mapping[str, Sequence[float]],
    rows: Sequence[tuple[str, float, float, Weights]],
) -> Iterator[str]:
    yield "# Weights"
    yield ""
    count = f"{given.sample} questions" if given.sample else "all questions"
    command = f"python -m tests.bench.weights --data SETS --tier {given.tier} --sample {given.sample}"
    yield f"`{command}`: mean R@{DEPTH} over {count} of each set."
    yield ""
    yield "## One set left out"
    yield ""
    yield "Every weight at that of three values (half, as it is, twice) which is best on the other sets."
    yield ""
    yield from table(
        ["set", "as they are", "chosen by the others", "difference", "what they changed"],
        [
            [name, f"{before:.3f}", f"{after:.3f}", f"{after - before:+.3f}", ", ".join(told(fitted)) or "nothing"]
            for name, before, after, fitted in rows
        ],
    )
    yield ""
    yield "## One weight at a time"
    yield ""
    yield "The change in R@10 by each."
    yield ""
    body = [
        [*told(weights), *(f"{scores[number] - scores[0]:+.3f}" for scores in alone.values())]
        for number, weights in enumerate(tried)
        if weights
    ]
    yield from table(["weight", *alone], body)


def told(weights: Weights) -> list[str]:
    return [f"`{name.replace('_', '.', 1)}` {value:g}" for name, value in weights.items()]


def table(head: Sequence[str], body: Sequence[Sequence[Any]]) -> Iterator[str]:
    for cells in (head, ["---"] * len(head), *body):
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
