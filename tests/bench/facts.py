"""Facts measured: evidence recall with and without them, how often the newest evidence of a question stands before
what is outdated, and some facts at random, to be judged by a reader.

Of each question of a category that asks for the latest state, the newest of its evidence is right and the rest is
outdated. No model is used. Memories that `memcli eval --keep` made are copied, and given facts where they have none.

    python tests/bench/facts.py --data SETS [--set NAME …] [--keep DIR] [--extractor rules] [--facts 10]
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from graph.extract.registry import extractor_named
from graph.memory import Memory
from graph.model import Fact, Form, Interaction, NodeKind, Question, Selection
from graph.restating import restate
from graph.settings import Settings
from graph.store.registry import open_store
from memcli.evals.sets import EvalQuestion, EvalSet, discover

UPDATES = ("knowledge-update", "knowledge_update")
"""Categories of which the newest evidence is right."""
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "without facts": {"recall_facts": False},
    "with facts": {},
}
DEPTH = 50
"""Hits among which evidence is looked for."""


def kept(chosen: EvalSet, keep: Path | None, folder: Path, extractor: str) -> str:
    """The URL of a memory of a set, made anew or copied, with facts."""
    path = folder / f"{chosen.name}.db"
    settings = Settings(store=f"sqlite:///{path}", ingest_extractor=extractor, embedding_model="none")
    made = sorted(keep.glob(f"{chosen.name}-*.db")) if keep else []
    if not made or made[0].stat().st_size < 100_000:
        with Memory.open(settings, create=True) as memory:
            memory.ingest(chosen.inputs)
        return settings.store
    for suffix in ("", "-wal"):
        if (there := Path(f"{made[0]}{suffix}")).exists():
            shutil.copy(there, f"{path}{suffix}")
    store = open_store(settings.store, create=False)
    if not store.info().nodes.get(NodeKind.FACT):
        restate(store, extractor_named(extractor)[0])
    store.close()
    return settings.store


def ranks(url: str, questions: Sequence[EvalQuestion], **settings: Any) -> Iterator[dict[str, int]]:
    """Yield, for each question, the rank of each message that is a hit."""
    with Memory.open(Settings(store=url, embedding_model="none", **settings)) as memory:
        for each in questions:
            question = Question(
                each.text, asked_at=each.asked_at, conversation=each.conversation, limit=DEPTH, answer=False
            )
            hits = memory.ask(question).hits
            yield {id: hit.rank for hit in reversed(hits) for source in hit.sources if (id := source.message)}


def newest_first(found: Mapping[str, int], gold: Sequence[str]) -> bool | None:
    """Whether the last of `gold`, which are in order of time, stands before the others; None where none is found."""
    places = [found.get(each, DEPTH + 1) for each in gold]
    if min(places) > DEPTH:
        return None
    return places[-1] < min(places[:-1])


def rows(chosen: EvalSet, url: str, most: int) -> Iterator[list[str]]:
    """Yield a row for each category: questions, R@10 of each setting, and newest first of each."""
    questions = [each for each in chosen.questions() if each.answerable and each.gold]
    # Of the categories that time has a say in, all.
    timed = [each for each in questions if "update" in each.category or "temporal" in each.category]
    others = [each for each in questions if each not in timed]
    questions = timed[:most] + random.Random(1).sample(others, max(0, min(most - len(timed), len(others))))
    with Memory.open(Settings(store=url)) as memory:
        said = [each for each in memory.nodes(Selection((NodeKind.INTERACTION,))) if isinstance(each, Interaction)]
    time = {each.key: (each.timestamp or "", each.position) for each in said if each.form is Form.MESSAGE}
    found = {name: list(ranks(url, questions, **some)) for name, some in SETTINGS.items()}
    by_category: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(questions):
        by_category[each.category].append(number)
    for category, numbers in sorted(by_category.items()):
        row = [chosen.name, category, str(len(numbers))]
        for some in found.values():
            row.append(f"{fmean(_recall(some[n], questions[n].gold) for n in numbers):.3f}")
        for some in found.values():
            gold = [sorted(questions[n].gold, key=lambda id: time.get(id, ("", 0))) for n in numbers]
            told = [newest_first(some[n], order) for n, order in zip(numbers, gold, strict=True) if len(order) > 1]
            known = [each for each in told if each is not None]
            row.append(f"{sum(known)} of {len(known)}" if category in UPDATES else "")
        moved = sum(len({json.dumps(some[n], sort_keys=True) for some in found.values()}) > 1 for n in numbers)
        yield [*row, str(moved)]


def _recall(found: Mapping[str, int], gold: frozenset[str]) -> float:
    return sum(found.get(each, DEPTH) <= 10 for each in gold) / len(gold)


def some_facts(url: str, count: int, seed: int) -> Iterator[str]:
    """Yield facts at random, each with what was said."""
    with Memory.open(Settings(store=url)) as memory:
        facts = [each for each in memory.nodes(Selection((NodeKind.FACT,))) if isinstance(each, Fact)]
        print(f"{len(facts)} facts, {sum(each.valid_to is not None for each in facts)} of them ended")
        for each in random.Random(seed).sample(facts, min(count, len(facts))):
            page = memory.fact(each.id)
            said = " ".join(page.said.text.split()) if page.said else ""
            yield f"- {each.text} [{each.relation}: {each.object}; {each.valid_from} to {each.valid_to}] — {said[:300]}"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Measure facts.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--extractor", default="auto")
    parser.add_argument("--most", type=int, default=300, help="questions of a set, at random")
    parser.add_argument("--facts", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    print("| set | category | questions | R@10 without | R@10 with | newest first without | with | rankings changed |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for chosen in discover(given.data, given.set):
            url = kept(chosen, given.keep, Path(folder), given.extractor)
            for row in rows(chosen, url, given.most):
                print("| " + " | ".join(row) + " |", flush=True)
            for line in some_facts(url, given.facts, given.seed) if given.facts else ():
                print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
